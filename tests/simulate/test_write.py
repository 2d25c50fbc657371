import gzip
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from immunosep_omics import simulate
from immunosep_omics.simulate import SimulatedStudy
from immunosep_omics.simulate.dialects import DIALECTS


@pytest.fixture(scope="module")
def folder(study: SimulatedStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("written")
    simulate.write(study, place)
    return place


def test_what_is_listed_is_written(study: SimulatedStudy, folder: Path) -> None:
    written = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    listed = simulate.files(study.world)
    assert list(listed) == ["athens", "nijmegen", "jena", "modena", "truth"]
    assert written == {path for paths in listed.values() for path in paths}


def test_the_same_seed_gives_the_same_bytes(
    study: SimulatedStudy, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    simulate.write(simulate.stream_cohorts(study.world, 1), tmp_path)
    monkeypatch.undo()
    time.tzset()
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(folder)).read_bytes(), path


def _read_clinical(folder: Path, cohort: str) -> pd.DataFrame:
    dialect = DIALECTS[cohort]
    path = folder / cohort / dialect.file
    if path.suffix == ".xlsx":
        return pd.read_excel(path, keep_default_na=False, na_values=[dialect.missing])
    return pd.read_csv(
        path, sep=dialect.delimiter, decimal=dialect.decimal, dtype={"SITE": str, "SEX": str},
        keep_default_na=False, na_values=[dialect.missing], encoding="utf-8",
    )  # fmt: skip


@pytest.mark.parametrize("cohort", ["athens", "nijmegen", "jena", "modena"])
def test_a_clinical_table_says_what_was_drawn(
    study: SimulatedStudy, folder: Path, cohort: str
) -> None:
    dialect, expected = DIALECTS[cohort], study.cohorts[cohort].clinical
    table = _read_clinical(folder, cohort)
    assert list(table) == [*dialect.headers.values(), *dialect.nuisance]
    assert table[dialect.headers["patient"]].tolist() == expected.index.tolist()
    for name in ("age", "sofa_day0", "sofa_day9", "ferritin", "hla_dr", "lactate", "neutrophils",
                 "time_28d"):  # fmt: skip
        np.testing.assert_allclose(table[dialect.headers[name]], expected[name])
    for name in ("sex", "site_of_infection", "treatment"):
        codes = dialect.codes.get(name, {})
        assert table[dialect.headers[name]].tolist() == [codes.get(v, v) for v in expected[name]]
    died = dialect.codes.get("death_28d", {"1": 1})["1"]
    assert (table[dialect.headers["death_28d"]] == died).tolist() == (
        expected["death_28d"] == 1
    ).tolist()
    if "hours" in dialect.headers:
        hours = table[dialect.headers["hours"]]
    else:
        onset, sampled = (pd.to_datetime(table[dialect.headers[k]]) for k in ("onset", "sampling"))
        hours = (sampled - onset) / pd.Timedelta(hours=1)
    np.testing.assert_allclose(hours, expected["hours"])


def test_feature_counts(study: SimulatedStudy, folder: Path) -> None:
    path = folder / "athens" / "counts.txt"
    assert path.read_text().startswith("# Program:featureCounts")
    table = pd.read_csv(path, sep="\t", comment="#")
    assert list(table)[:6] == ["Geneid", "Chr", "Start", "End", "Strand", "Length"]
    values = study.cohorts["athens"].assays["rna"].values
    assert list(table)[6:] == [f"bam/{sample}.bam" for sample in values.index]
    np.testing.assert_array_equal(table.iloc[:, 6:].to_numpy().T, values)


def test_count_matrix(study: SimulatedStudy, folder: Path) -> None:
    table = pd.read_csv(folder / "nijmegen" / "gene_counts.tsv.gz", sep="\t", index_col="gene")
    values = study.cohorts["nijmegen"].assays["rna"].values
    assert list(table) == values.index.tolist()
    assert table.columns[0].endswith("_T0")
    np.testing.assert_array_equal(table.to_numpy().T, values)


def test_series_matrix_and_platform(study: SimulatedStudy, folder: Path) -> None:
    with gzip.open(folder / "jena" / "GSE_SIMULATED_series_matrix.txt.gz", "rt") as file:
        lines = file.read().splitlines()
    start = lines.index("!series_matrix_table_begin")
    assert lines[-1] == "!series_matrix_table_end"
    head = {line.split("\t")[0]: line.split("\t")[1:] for line in lines[:start] if line}
    data = study.cohorts["jena"].assays["rna"]
    assert head["!Sample_geo_accession"][0] == '"GSMSIM0001"'
    rows = [line.split("\t") for line in lines[start + 1 : -1]]
    assert rows[0] == ['"ID_REF"', *head["!Sample_geo_accession"]]
    values = pd.DataFrame(rows[1:]).set_index(0).astype(float)
    values.index = values.index.str.strip('"')
    np.testing.assert_allclose(values.T.to_numpy(), data.values[values.index])

    platform = pd.read_csv(
        folder / "jena" / "GPL_SIMULATED.txt", sep="\t", comment="#", keep_default_na=False,
        index_col="ID",
    )  # fmt: skip
    assert list(platform) == ["Gene Symbol", "ENTREZ_GENE_ID"]
    assert set(platform.index) == set(values.index)
    genes = platform.loc[platform["Gene Symbol"] != "", "Gene Symbol"]
    assert genes.value_counts().between(1, 3).all()
    assert (platform["Gene Symbol"] == "").mean() == pytest.approx(0.09, abs=0.02)

    clinical = _read_clinical(folder, "jena").set_index("subject")
    named = clinical.loc[clinical["GEO_accession"] != "", "GEO_accession"]
    assert named.tolist() == [name.strip('"') for name in head["!Sample_geo_accession"]]
    assert named.index.tolist() == data.values.index.tolist()


@pytest.mark.parametrize("cohort", ["athens", "modena"])
def test_protein_groups(study: SimulatedStudy, folder: Path, cohort: str) -> None:
    place = folder / cohort
    table = pd.read_csv(place / "proteinGroups.txt", sep="\t", keep_default_na=False)
    values = study.cohorts[cohort].assays["proteome"].values
    names = values.index.tolist()
    if cohort == "modena":
        key = pd.read_csv(place / "sample_key.tsv", sep="\t").set_index("Sample")["Run"]
        names = key[names].tolist()
    assert [c for c in table if c.startswith("LFQ")] == [f"LFQ intensity {n}" for n in names]
    assert table["Protein IDs"].is_unique
    assert table["Protein IDs"].str.startswith("REV__").equals(table["Reverse"] == "+")
    assert (
        table["Protein IDs"].str.startswith("CON__").equals(table["Potential contaminant"] == "+")
    )
    assert (table["Only identified by site"] == "+").sum() == 5
    lfq = table.set_index("Protein IDs").loc[values.columns].filter(like="LFQ intensity")
    found = lfq.to_numpy(dtype=float).T
    np.testing.assert_array_equal(np.where(found == 0, np.nan, found), values)


@pytest.mark.parametrize(("cohort", "delimiter"), [("nijmegen", ";"), ("modena", ",")])
def test_npx(study: SimulatedStudy, folder: Path, cohort: str, delimiter: str) -> None:
    table = pd.read_csv(folder / cohort / "olink_npx.csv", sep=delimiter)
    assert list(table) == [
        "SampleID", "Index", "OlinkID", "UniProt", "Assay", "MissingFreq", "Panel",
        "Panel_Version", "PlateID", "QC_Warning", "LOD", "NPX",
    ]  # fmt: skip
    control = table["SampleID"].str.startswith("CONTROL_SAMPLE_")
    data = study.cohorts[cohort].assays["olink"]
    assert table.loc[control, "SampleID"].nunique() == 2 * table["PlateID"].nunique()
    wide = table[~control].pivot(index="SampleID", columns="Assay", values="NPX")
    np.testing.assert_allclose(wide.loc[data.values.index, data.values.columns], data.values)
    assert (table["NPX"] < table["LOD"]).any()
    assert set(table["QC_Warning"]) <= {"PASS", "WARN"}
    assert table["QC_Warning"].eq("WARN").mean() < 0.15
    plates = table[~control].groupby("SampleID")["PlateID"].first()
    assert plates[data.values.index].tolist() == [f"Plate{p}" for p in data.samples["plate"]]


def test_truth_tables(study: SimulatedStudy, folder: Path) -> None:
    tables = {
        name: pd.read_csv(folder / "truth" / f"{name}.tsv", sep="\t")
        for name in ("patients", "samples", "cohort_effects", "oracle", "genes")
    }
    assert len(tables["patients"]) == len(tables["oracle"]) == 264
    assert set(tables["patients"]["endotype"]) == set(study.world.endotypes)
    assert set(tables["samples"]["assay"]) == {"rna", "proteome", "olink"}
    assert not tables["cohort_effects"].duplicated(["cohort", "assay", "gene"]).any()
    assert tables["cohort_effects"]["scale"].median() == pytest.approx(1.0, abs=0.05)
    assert tables["genes"]["is_planted"].any()
