"""Units, missing codes and outcomes of clinical tables: what is understood, what is refused."""

import numpy as np
import pytest

from immunosep_omics.ingest import read_clinical, write_clinical
from immunosep_omics.settings.cohort import Clinical


def read(folder, columns, **more):
    facts = {"file": "c.csv", "patient": "id", "columns": columns, **more}
    return read_clinical("x", Clinical.model_validate(facts), folder)


def table_of(header, cells):
    return f"id,{header}\n" + "".join(f"p{n},{cell}\n" for n, cell in enumerate(cells))


def test_unit_is_taken_from_the_header_and_noted(put, tmp_path):
    found = read(put("c.csv", table_of("ferritin_mg_L", ["0.5", "1"])),
                 {"ferritin": "ferritin_mg_L"})  # fmt: skip
    assert found.table["ferritin"].tolist() == [500, 1000]
    assert found.notes[-1][:2] == ("unit recognised", 1)
    write_clinical(found, tmp_path / "t.tsv", tmp_path / "n.tsv", tmp_path / "s.tsv")
    lines = (tmp_path / "s.tsv").read_text().splitlines()
    assert lines[0].split("\t") == ["cohort", "assay", "step", "count", "reason"]
    assert lines[1].split("\t")[:4] == ["x", "clinical", "unit recognised", "1"]


def test_header_and_unit_that_disagree(put, refused):
    folder = put("c.csv", table_of("Ferritin (ng/mL)", ["500"]))
    columns = {"ferritin": {"from": "Ferritin (ng/mL)", "unit": "mg/L"}}
    refused(lambda: read(folder, columns), "'Ferritin (ng/mL)' says ng/mL, but `unit` says mg/L",
            "clinical.columns.ferritin")  # fmt: skip


def test_header_with_a_unit_that_cannot_be_converted(put, refused):
    folder = put("c.csv", table_of("HLA-DR MFI", ["5000"]))
    refused(lambda: read(folder, {"hla_dr": "HLA-DR MFI"}), "in 'MFI' is refused", "hla_dr_mfi")


def test_each_row_in_its_unit(put, refused):
    text = "id,T,unit\na,98.6,Fahrenheit\nb,37.5,Celsius\nc,,\n"
    columns = {"temperature": {"from": "T", "unit_from": "unit"}}
    found = read(put("c.csv", text), columns).table["temperature"]
    assert found.iloc[:2].to_numpy() == pytest.approx([37, 37.5])
    assert np.isnan(found.iloc[2])
    text = text.replace("Celsius", "Kelvin").replace("c,,", "c,37,")
    refused(
        lambda: read(put("c.csv", text), columns), "row 4: a value without a unit",
        "column 'unit', row 3: unknown unit 'Kelvin'",
    )  # fmt: skip


def test_mixed_units_name_rows_and_both_units(put, refused):
    cells = ["0.8", "1.1", "1.5", "980", "2.1", "1340", "0.7"]
    columns = {"lymphocytes": {"from": "Lymph", "unit": "10^9/L"}}
    message = refused(
        lambda: read(put("c.csv", table_of("Lymph", cells)), columns),
        "c.csv, column 'Lymph', rows 5, 7: usual in /uL, but not in 10^9/L", "mix both units",
        "`unit_from`",
    )  # fmt: skip
    assert "980" not in message


def test_wrong_unit_of_a_column(put, refused):
    columns = {"lactate": {"from": "L", "unit": "mmol/L"}}
    folder = put("c.csv", table_of("L", ["12", "18", "22", "31", "15"]))
    refused(lambda: read(folder, columns), "usual in mg/dL, but not in mmol/L",
            "state `unit: mg/dL`")  # fmt: skip


def test_share_given_as_receptors(put, refused):
    columns = {"hla_dr": {"from": "H", "unit": "AB/C"}}
    folder = put("c.csv", table_of("H", ["12000", "45", "60", "9000"]))
    refused(lambda: read(folder, columns), "rows 3, 4: usual in %", "cannot be converted",
            "hla_dr_positive")  # fmt: skip


def test_missing_codes_of_one_column(put, refused):
    text = "id,Age,W\na,>90,-9\nb,60,70\n"
    columns = {
        "age": {"from": "Age", "missing": [">90"]},
        "weight": {"from": "W", "type": "number", "missing": ["-9"]},
    }
    table = read(put("c.csv", text), columns).table
    assert table["age"].isna().tolist() == table["weight"].isna().tolist() == [True, False]
    refused(lambda: read(put("c.csv", text), {"age": "Age"}), "a value with < or >", "`missing`")
    refused(lambda: read(put("c.csv", text), {"age": "W"}), "implausible", "(-9, 999)")


def test_words_for_missing_in_numbers_and_categories(put, refused):
    text = "id,Age,Site\na,NULL,n/a\nb,60,lung\n"
    refused(
        lambda: read(put("c.csv", text), {"age": "Age", "site": "Site"}),
        "column 'Age', row 2: text 'NULL'", 'missing: ["", NA, "NULL"]',
        "column 'Site', row 2: 'n/a' -> add n/a to `missing`",
    )  # fmt: skip


def test_outcomes_that_contradict_each_other(put, refused):
    text = "id,d,t,d90\na,1,,1\nb,1,3,0\nc,0,28,0\n"
    columns = {"death_28d": "d", "time_28d": {"from": "t", "unit": "d"}, "death_90d": "d90"}
    refused(
        lambda: read(put("c.csv", text), columns),
        "c.csv (death_28d and time_28d), row 2: death_28d is 1, but time_28d is missing",
        "c.csv (death_28d and death_90d), row 3: death_28d is 1, but death_90d is 0",
    )  # fmt: skip


def test_time_beyond_the_horizon(put, refused):
    folder = put("c.csv", "id,t\na,45\nb,3\n")
    refused(lambda: read(folder, {"time_28d": {"from": "t", "unit": "d"}}), "column 't', row 2",
            "outside 0 to 28 days", "alive at 28 days", "`follow_up`")  # fmt: skip


def test_outcomes_of_a_longer_follow_up_are_computed(put):
    columns = {"death": "D", "follow_up": {"from": "t", "unit": "d"}}
    table = read(put("c.csv", "id,D,t\na,1,45\nb,0,365\nc,1,3\nd,0,30\n"), columns).table
    assert table["death_28d"].tolist() == [0, 0, 1, 0]
    assert table["time_28d"].tolist() == [28, 28, 3, 28]
    assert table["death_90d"].fillna(-1).tolist() == [1, 0, 1, -1]
    assert table["time_90d"].tolist() == [45, 90, 3, 30]


def test_a_header_may_be_wrong_about_its_unit(put):
    columns = {"ferritin": {"from": "Ferritin (mg/L)", "unit": "ng/mL", "checked": ["unit"]}}
    found = read(put("c.csv", table_of("Ferritin (mg/L)", ["500", "900"])), columns)
    assert found.table["ferritin"].tolist() == [500, 900]
    assert found.notes[-1].step == "doubt that was checked"


def test_eligibility_is_a_column_where_enough_is_declared(put):
    text = "id,Age,Site,S,F,H,t\na,70,cap,9,5000,8000,10\nb,70,cap,9,300,,10\nc,16,cap,9,5000,1,1\n"
    columns = {
        "age": "Age", "site_of_infection": "Site", "sofa_day0": "S",
        "ferritin": {"from": "F", "unit": "ng/mL"}, "hla_dr": {"from": "H", "unit": "AB/C"},
        "hours": {"from": "t", "unit": "h"},
    }  # fmt: skip
    folder = put("c.csv", text)
    with pytest.raises(Exception, match="implausible"):
        read(folder, columns)
    table = read(put("c.csv", text.replace("5000,1,1", "5000,1000,1")), columns).table
    assert table["eligibility"].tolist() == ["eligible", "cannot_tell", "ineligible"]


def test_units_of_rows_need_a_known_column(put, refused):
    columns = {"lactat": {"from": "L", "unit_from": "U"}}
    refused(lambda: read(put("c.csv", "id,L,U\na,2,mM\n"), columns), "columns.lactat",
            "did you mean 'lactate'?")  # fmt: skip


def test_names_of_patients_are_no_hint(put, refused):
    folder = put("c.csv", table_of("Age", ["50"] * 20))
    message = refused(lambda: read(folder, {"age": "Age"}, only={"id": "p"}), "no row has 'p'")
    assert "p1" not in message
    folder = put("c.csv", "id,Age\npat7,50\npat7,51\n")
    message = refused(lambda: read(folder, {"age": "Age"}), "rows 2, 3")
    assert "pat7" not in message
