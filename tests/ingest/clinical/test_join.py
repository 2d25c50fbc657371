"""Several clinical tables of one cohort."""

import numpy as np
import pytest

from immunosep_omics.ingest import read_clinical
from immunosep_omics.settings.cohort import Clinical

FIRST = "PatID,SampleID,Age\np1,s1,71\np2,s2,64\np2,s3,64\np4,s4,50\n"
LABS = "id;day;Ferritin\np2;0;1.200,5\np1;0;300\np9;0;<5\np1;7;400\np9;0;3\n"


def read(folder, tables, columns, **more):
    stated = {"file": "c.csv", "patient": "PatID", "sample": "SampleID", **more}
    columns = {"age": "Age", **columns}
    facts = Clinical.model_validate({**stated, "tables": tables, "columns": columns})
    return read_clinical("x", facts, folder)


LAB_FACTS = {
    "file": "labs.csv", "patient": "id", "only": {"day": 0}, "delimiter": ";", "decimal": ",",
    "thousands": ".",
}  # fmt: skip
FERRITIN = {"ferritin": {"from": "Ferritin", "unit": "ng/mL", "table": "labs"}}


@pytest.fixture
def folder(put):
    put("labs.csv", LABS)
    return put("c.csv", FIRST)


def test_join_by_patient(folder):
    found = read(folder, {"labs": LAB_FACTS}, FERRITIN)
    assert list(found.table.columns) == ["patient", "cohort", "age", "ferritin"]
    assert found.table["ferritin"].iloc[:3].tolist() == [300, 1200.5, 1200.5]
    assert np.isnan(found.table["ferritin"].iloc[3])
    assert [note[:2] for note in found.notes] == [
        ("rows of other cohorts", 1), ("join of table labs", 2), ("join of table labs", 1),
    ]  # fmt: skip


def test_join_by_sample(put):
    put("c.csv", FIRST)
    folder = put("more.tsv", "s\tCentre\tAge\ns3\tAthens\t1\ns1\tCork\t2\n")
    tables = {"more": {"file": "more.tsv", "sample": "s"}}
    table = read(folder, tables, {"centre": {"from": "Centre", "table": "more"}}).table
    assert table["centre"].tolist() == ["Cork", np.nan, "Athens", np.nan]
    assert table["age"].tolist() == [71, 64, 64, 50]


def test_a_patient_in_several_rows(folder, refused):
    facts = {k: v for k, v in LAB_FACTS.items() if k != "only"}
    message = refused(
        lambda: read(folder, {"labs": facts}, FERRITIN), "labs.csv, column 'id', rows 3, 5",
        "`clinical.tables.labs.only`", "join by `sample`",
    )  # fmt: skip
    assert "p1" not in message


def test_no_patient_in_common(put, refused):
    put("c.csv", FIRST)
    folder = put("labs.csv", LABS.replace("p", "P0"))
    message = refused(
        lambda: read(folder, {"labs": LAB_FACTS}, FERRITIN),
        "labs.csv (clinical.tables.labs.patient): no patient of it is in the first table",
        "upper and lower case and leading zeros",
    )  # fmt: skip
    assert "P01" not in message
    assert "p1" not in message


def test_mistakes_in_a_further_table_are_told_with_those_of_the_first(folder, put, refused):
    put("c.csv", FIRST.replace("71", "old"))
    refused(
        lambda: read(folder, {"labs": {**LAB_FACTS, "patient": "idd"}}, FERRITIN),
        "c.csv, column 'Age', row 2: text 'old'",
        "labs.csv (clinical.tables.labs.patient): there is no column 'idd'", "did you mean 'id'?",
    )  # fmt: skip
    put("labs.csv", LABS.replace("300", "<30"))
    refused(lambda: read(folder, {"labs": LAB_FACTS}, FERRITIN),
            "labs.csv, column 'Ferritin', row 3: a value with < or >")  # fmt: skip


def test_identifying_headers_of_a_further_table(folder, refused):
    columns = {"who": {"from": "Surname", "table": "labs"}}
    refused(lambda: read(folder, {"labs": LAB_FACTS}, columns),
            "labs.csv (clinical.columns.who.from)", "looks like")  # fmt: skip


LONG = """\
id,day,parameter,value,unit
p1,0,Ferritin,5.12,mg/L
p1,0,Lactate,2.5,mmol/L
p1,4,Ferritin,900,ng/mL
p2,0,Ferritin,300,ug/L
p2,0,Lactate,18,mg/dL
p2,4,Lactate,9,mg/dL
"""


def long_tables(key, **only):
    names = {"ferritin": "Ferritin", "lactate": "Lactate"}
    return {
        name: {"file": "long.csv", **key, "only": {"parameter": word, **only}}
        for name, word in names.items()
    }, {name: {"from": "value", "unit_from": "unit", "table": name} for name in names}


def test_a_row_per_parameter_with_its_unit(put):
    put("long.csv", LONG)
    table = read(put("c.csv", FIRST), *long_tables({"patient": "id"}, day=0)).table
    assert table.loc["s1", "ferritin"] == pytest.approx(5120)
    assert table.loc["s2", ["ferritin", "lactate"]].tolist() == pytest.approx([300, 18 * 0.111012])
    assert table.loc["s4"].isna().sum() == 2


def test_a_row_per_parameter_and_sample(put, refused):
    put("long.csv", LONG)
    folder = put("c.csv", "PatID,Day,Age\np1,0,71\np1,4,71\np2,0,64\np2,4,64\n")
    tables, columns = long_tables({"sample": "{id}_{day}"})
    table = read(folder, tables, columns, sample="{PatID}_{Day}").table
    assert table["ferritin"].iloc[[0, 1, 2]].tolist() == pytest.approx([5120, 900, 300])
    assert np.isnan(table.loc["p2_4", "ferritin"])
    assert table["lactate"].round(2).tolist() == pytest.approx([2.5, np.nan, 2, 1], nan_ok=True)
    tables, columns = long_tables({"patient": "id"})
    message = refused(
        lambda: read(folder, tables, columns, sample="{PatID}_{Day}"),
        "column 'id', rows 2, 4: the same patient stands in several rows",
        "`clinical.tables.ferritin.only`", '`sample: "{Patient}_{Day}"`', "`ignore_rows`",
    )  # fmt: skip
    assert "p1" not in message


@pytest.mark.parametrize("name", ["P2 ", "p02", "p\u20112", "P 2"])
def test_names_that_nearly_meet_are_not_left_out_in_silence(put, refused, name):
    put("c.csv", FIRST.replace("p2", "p-2") if "\u2011" in name else FIRST)
    folder = put("labs.csv", f"id,f\np1,500\n{name},900\n")
    columns = {"ferritin": {"from": "f", "unit": "ng/mL", "table": "labs"}}
    message = refused(
        lambda: read(folder, {"labs": {"file": "labs.csv", "patient": "id"}}, columns),
        "labs.csv, column 'id', row 3: the first table has the same name written otherwise",
    )  # fmt: skip
    assert "p2" not in message.lower()


WIDE = "id,ferritin_d0,ferritin_d4,ward_d0\np1,500,300,A\np2,900,,B\n"
DAYS = "PatID,SampleID,Day,Age\np1,s1,0,71\np1,s2,4,71\np2,s3,0,64\np2,s4,4,64\np2,s5,9,64\n"
TABLES = {"wide": {"file": "wide.csv", "patient": "id"}}


def of_days(source="ferritin_d{Day}"):
    return {"ferritin": {"from": source, "unit": "ng/mL", "table": "wide"}}


def test_a_column_per_day(put):
    put("wide.csv", WIDE)
    ward = {"ward": {"from": "ward_d{Day}", "table": "wide"}}
    found = read(put("c.csv", DAYS), TABLES, {**of_days(), **ward})
    assert found.table["ferritin"].dtype == float
    assert found.table["ferritin"].iloc[:3].tolist() == [500, 300, 900]
    assert found.table["ferritin"].iloc[3:].isna().all()
    assert found.table["ward"].fillna("").tolist() == ["A", "", "B", "", ""]
    told = {note.amount for note in found.notes if note.step == "samples of other days"}
    assert told == {1, 3}


@pytest.mark.parametrize(
    ("wide", "source", "words"),
    [
        (WIDE, "ferritn_d{Day}", ("no column 'ferritn_d0'", "did you mean 'ferritin_d0'?")),
        (WIDE, "ferritin_d{Dya}", ("no column 'Dya'",)),
        (WIDE.replace("ward_d0", "ferritin_d0"), "ferritin_d{Day}", ("stands 2 times",)),
        (WIDE.replace("300", "0.3"), "ferritin_d{Day}",
         ("column 'ferritin_d4', row 2: implausible",)),
    ],
)  # fmt: skip
def test_mistakes_of_a_column_per_day(put, refused, wide, source, words):
    put("wide.csv", wide)
    refused(lambda: read(put("c.csv", DAYS), TABLES, of_days(source)), "wide.csv", *words)


def test_statistics_of_multiqc_become_covariates(put, folder):
    put("multiqc.txt", "Sample\tSTAR_mqc-percent\ns1\t90.5\ns2\t88\ns3\t71\ns4\t93\n")
    table = {"multiqc": {"file": "multiqc.txt", "sample": "Sample"}}
    mapped = {"mapped": {"from": "STAR_mqc-percent", "type": "number", "table": "multiqc"}}
    found = read(folder, table, mapped)
    assert found.table["mapped"].tolist() == [90.5, 88, 71, 93]
