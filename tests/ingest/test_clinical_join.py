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
