"""Clinical tables of real cohorts, against the same files read by the csv module."""

import csv
import gzip

import pytest
import yaml

from immunosep_omics.ingest import read_clinical
from immunosep_omics.ingest.readers.matrix import read as read_matrix
from immunosep_omics.settings.assays import Matrix
from immunosep_omics.settings.cohort import Clinical

RACE = """
file: RACE_CytokineData.csv
sample: sampleid
patient: studyid
tables:
  people: {file: RACE_dems.csv, patient: studyid, missing: ["", NA, ">90"]}
  metabolome: {file: RACE_combined.csv, patient: studyid, only: {Timepoint: T0}}
  boxes: {file: Sample_MetaData.csv, sample: Sample ID}
columns:
  time_point: Timepoint
  il6: {from: IL-6, unit: pg/mL}
  age: {from: Age, table: people}
  sex: {from: "Gender:", table: people, codes: {Female: female, Male: male}}
  sofa: {from: "Calculated T0 SOFA Value:", table: people}
  temperature: {from: "Temp:", unit_from: "Temperature unit?", table: people}
  lactate: {from: "Lactate Value:", unit: mmol/L, table: people}
  creatinine: {from: "Cr Value:", unit: mg/dL, table: people}
  bilirubin: {from: "Bili Value:", unit: mg/dL, table: people}
  haemoglobin: {from: "HGB Value:", unit: g/dL, table: people}
  platelets: {from: "Platelets Value:", unit: 10^9/L, table: people}
  leukocytes: {from: "WBC Value:", unit: 10^9/L, table: people}
  death_28d: {from: X28DayMortality, table: metabolome}
  plasma_lactate: {from: Lactate, unit: umol/L, table: metabolome}
  box: {from: Box Number, table: boxes}
"""
GISBY = """
file: plasma_sample_level.csv
patient: Individual_ID
sample: SampleID
columns:
  sex: {from: Sex, codes: {F: female, M: male}}
  case: Case_Control
  hours: {from: Time_From_First_Symptoms, unit: days}
  leukocytes: {from: WCC, unit: 10^9/L}
  neutrophil_count: {from: Neutrophil, unit: 10^9/L}
  monocyte_count: {from: Monocyte, unit: 10^9/L}
  lymphocytes: {from: Lymphocyte, unit: 10^9/L}
  crp: {from: CRP, unit: mg/L}
  d_dimer: {from: DDimer, unit: ng/mL FEU}
  ferritin: {from: Ferritin, unit: ug/L}
  fatal: {from: Fatal_Disease, codes: {"TRUE": 1, "FALSE": 0}}
"""
OVERMYER = """
file: 2020-06-10_proteomics.tsv.gz
patient: Sample_label
columns:
  ferritin: Ferritin_NG/ML
  crp: CRP_MG/L
  d_dimer: DDIMER_mg/L_FEU
  procalcitonin: Procalcitonin_NG/ML
  lactate: Lactate_MMol/L
"""


def cohort(text, **change):
    return Clinical.model_validate({**yaml.safe_load(text), **change})


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def race(shared_data):
    return shared_data / "umich_race"


def test_race_joins_three_tables_to_its_samples(race):
    found = read_clinical("race", cohort(RACE), race)
    table = found.table
    samples = rows_of(race / "RACE_CytokineData.csv")
    people = {row["studyid"]: row for row in rows_of(race / "RACE_dems.csv")}
    boxes = {row["Sample ID"]: row["Box Number"] for row in rows_of(race / "Sample_MetaData.csv")}
    assert list(table.index) == [row["sampleid"] for row in samples]
    assert table["patient"].nunique() == len({row["studyid"] for row in samples}) < len(table)
    ages = [people[row["studyid"]]["Age"] for row in samples]
    assert ages.count(">90") == table["age"].isna().sum() > 0
    assert [float(a) for a in ages if a != ">90"] == table["age"].dropna().tolist()
    assert table["box"].tolist() == [boxes[row["sampleid"]] for row in samples]
    told = {(note.step, note.amount) for note in found.notes}
    assert ("join of table people", len(people) - table["patient"].nunique()) in told
    t0 = {r["studyid"]: r for r in rows_of(race / "RACE_combined.csv") if r["Timepoint"] == "T0"}
    dead = [t0[row["studyid"]]["X28DayMortality"] for row in samples if row["studyid"] in t0]
    assert table["death_28d"].sum() == dead.count("1")


def test_race_temperatures_in_two_units(race):
    table = read_clinical("race", cohort(RACE), race).table
    people = {row["studyid"]: row for row in rows_of(race / "RACE_dems.csv")}
    told = [people[patient] for patient in table["patient"]]
    units = [row["Temperature unit?"] for row in told if row["Temp:"]]
    assert {"Celsius", "Fahrenheit"} <= set(units)
    assert table["temperature"].count() == len(units)
    assert table["temperature"].between(33, 41).sum() == len(units)


def test_race_without_what_must_be_declared(race, refused):
    facts = yaml.safe_load(RACE)
    facts["tables"]["people"]["missing"] = ["", "NA"]
    del facts["tables"]["metabolome"]["only"]
    facts["columns"]["temperature"] = {"from": "Temp:", "unit": "°C", "table": "people"}
    message = refused(
        lambda: read_clinical("race", Clinical.model_validate(facts), race),
        "RACE_dems.csv, column 'Age'", "a value with < or >", "RACE_combined.csv, column 'studyid'",
        "the same patient stands in several rows", "column 'Temp:'", "usual in F, but not in °C",
    )  # fmt: skip
    assert ">90" not in message


def test_race_of_metabolites_alone(race):
    facts = {
        "file": "RACE_combined.csv", "patient": "studyid", "only": {"Timepoint": "T0"},
        "columns": {
            "age": {"from": "Age", "missing": [">90"]}, "death_28d": "X28DayMortality",
            "lactate": {"from": "Lactate", "unit": "umol/L"},
            "creatinine": {"from": "Creatinine", "unit": "umol/L"},
        },
    }  # fmt: skip
    table = read_clinical("race", Clinical.model_validate(facts), race).table
    rows = [row for row in rows_of(race / "RACE_combined.csv") if row["Timepoint"] == "T0"]
    assert len(table) == len(rows)
    first = next(row for row in rows if row["Lactate"] != "NA")
    assert table.loc[first["studyid"], "lactate"] == pytest.approx(float(first["Lactate"]) / 1000)


def test_race_samples_are_named_by_two_columns(race):
    """Every time point, in a table without a column of samples; some rows do not say theirs."""
    facts = {
        "file": "RACE_combined.csv", "patient": "studyid", "sample": "{studyid}_{Timepoint}",
        "ignore_rows": [28, 82, 166, 296, 311, 352, 385, 568],
        "columns": {
            "time_point": "Timepoint", "sex": {"from": "Sex", "codes": {
                "Male": "male", "Female": "female"}},
            "age": {"from": "Age", "codes": {">90": 91}},
        },
    }  # fmt: skip
    table = read_clinical("race", Clinical.model_validate(facts), race).table
    rows = [row for row in rows_of(race / "RACE_combined.csv") if row["Timepoint"] != "NA"]
    names = [f"{row['studyid']}_{row['Timepoint']}" for row in rows]
    assert table.index.tolist() == names
    assert table["age"].tolist() == [float(row["Age"].replace(">90", "91")) for row in rows]
    metabolites = list(rows[0])[list(rows[0]).index("Timepoint") + 1 :]
    raw = read_matrix(
        Matrix(
            kind="metabolites", file="RACE_combined.csv", samples_in="rows",
            names="{studyid}_{Timepoint}", not_features=[h for h in rows[0] if h not in metabolites
                                                         and h not in ("studyid", "Timepoint")],
        ),
        race,
    )  # fmt: skip
    assert raw.values.index.tolist() == names
    assert raw.values.loc[names[1], metabolites[0]] == float(rows[1][metabolites[0]])


def test_gisby_plasma(shared_data):
    folder = shared_data / "formats" / "olink" / "gisby_2021_long"
    table = read_clinical("gisby", cohort(GISBY), folder).table
    rows = rows_of(folder / "plasma_sample_level.csv")
    assert len(table) == len(rows) == 307
    assert table["case"].value_counts().to_dict() == {
        case: sum(row["Case_Control"] == case for row in rows) for case in ("POSITIVE", "NEGATIVE")
    }
    assert table["fatal"].sum() == sum(row["Fatal_Disease"] == "TRUE" for row in rows)
    assert table["ferritin"].count() == sum(row["Ferritin"] != "NA" for row in rows)
    assert table["hours"].iloc[0] == 24 * float(rows[0]["Time_From_First_Symptoms"])


def test_overmyer_units_are_in_its_headers(shared_data):
    found = read_clinical("overmyer", cohort(OVERMYER), shared_data / "overmyer_covid")
    assert [note.step for note in found.notes].count("unit recognised") == 5
    assert found.table.loc["COVID_01", "ferritin"] == 946


def test_gisby_blood(shared_data):
    facts = {
        "file": "wave1_samples.csv.gz", "patient": "individual_id", "sample": "sample_id",
        "columns": {
            "age": "calc_age", "sex": {"from": "sex", "codes": {"F": "female", "M": "male"}},
            "hours": {"from": "time_from_first_symptoms", "unit": "days"},
            "diabetes_kind": "diabetes",
            "fatal": {"from": "fatal_disease", "codes": {"TRUE": 1, "FALSE": 0}},
        },
    }  # fmt: skip
    folder = shared_data / "gisby_covid_rnaseq"
    table = read_clinical("gisby", Clinical.model_validate(facts), folder).table
    with gzip.open(folder / facts["file"], "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(table) == len(rows) == 234
    assert table["patient"].nunique() == 105
    assert table["fatal"].sum() == sum(row["fatal_disease"] == "TRUE" for row in rows)
    assert table["age"].tolist() == [float(row["calc_age"]) for row in rows]
    assert table["hours"].count() == sum(row["time_from_first_symptoms"] != "NA" for row in rows)
