"""The clinical table: what is read, and every way in which it is refused."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from immunosep_omics.ingest import read_clinical, read_clinical_table, write_clinical
from immunosep_omics.settings.cohort import Clinical

CSV = """\
PatID,SampleID,RnaID,Sex,Age,Ferritin,HLADR,Status,Centre,Surname,S0,S9
p1,s1,r1,F,71,5120.5,8000,died,Athens,Alpha,9,6
p2,s2,r2,M,64,300,4999,alive,Athens,Beta,7,NA
p2,s3,,M,64,NA,4000,alive,Nijmegen,Beta,5,7
"""
COLUMNS = {
    "sex": {"from": "Sex", "codes": {"F": "female", "M": "male"}},
    "age": "Age",
    "ferritin": {"from": "Ferritin", "unit": "ng/mL"},
    "hla_dr": {"from": "HLADR", "unit": "AB/C"},
    "death_28d": {"from": "Status", "codes": {"died": 1, "alive": 0}},
    "centre": "Centre",
    "sofa_day0": "S0",
    "sofa_day9": "S9",
}


def facts(file="c.csv", columns=COLUMNS, **more):
    more = {"patient": "PatID", "sample": "SampleID", **more}
    return Clinical.model_validate({"file": file, "columns": columns, **more})


def read(folder, *args, sample_columns=None, **more):
    return read_clinical("athens", facts(*args, **more), folder, sample_columns)


def test_values_and_derived_columns(put):
    found = read(put("c.csv", CSV), sample_columns={"rna": "RnaID"})
    table = found.table
    assert list(table.index) == ["s1", "s2", "s3"]
    assert table.index.name == "sample"
    assert list(table.columns) == [
        "patient", "cohort", "sex", "age", "ferritin", "hla_dr", "death_28d", "centre",
        "sofa_day0", "sofa_day9", "rule_class", "sofa_change",
    ]  # fmt: skip
    assert table["patient"].tolist() == ["p1", "p2", "p2"]
    assert table["sex"].tolist() == ["female", "male", "male"]
    assert table["ferritin"].iloc[:2].tolist() == [5120.5, 300]
    assert table["rule_class"].tolist() == ["MALS", "immunoparalysis", "not_evaluable"]
    assert table["death_28d"].tolist() == [1, 0, 0]
    assert table["sofa_change"].iloc[[0, 2]].tolist() == [-3, 2]
    assert np.isnan(table["sofa_change"].iloc[1])
    assert found.assay_samples["rna"].to_dict() == {"s1": "r1", "s2": "r2", "s3": np.nan}


def test_samples_may_stand_in_a_column_without_header(put):
    folder = put("c.csv", ",PatID\ns1,p1\ns2,p1\n")
    table = read(folder, columns={}, sample="").table
    assert table["patient"].to_dict() == {"s1": "p1", "s2": "p1"}


def test_only_declared_columns_are_kept(put):
    table = read(put("c.csv", CSV)).table
    assert not {"Surname", "Alpha"} & {*table.columns, *table.astype(str).to_numpy().ravel()}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + CSV.encode(), CSV.replace("\n", "\r\n").encode(), CSV.encode("utf-16"),
        CSV.replace("\n", "\n\n").encode(),
    ],
)  # fmt: skip
def test_byte_order_marks_line_ends_and_blank_lines(put, content):
    table = read(put("c.csv", content)).table
    assert table["ferritin"].iloc[0] == 5120.5


def test_gzip(put):
    assert len(read(put("c.csv.gz", CSV), "c.csv.gz").table) == 3


def test_windows_1252_is_told(put):
    folder = put("c.csv", CSV.replace("Athens", "Köln").encode("cp1252"))
    found = read(folder)
    assert found.table["centre"].iloc[0] == "Köln"
    assert found.notes[0].step == "encoding"


def test_comma_as_decimal_mark(put):
    text = "PatID;Ferritin\np1;5120,5\np2;300\n"
    found = read(
        put("c.csv", text), columns={"ferritin": {"from": "Ferritin", "unit": "ng/mL"}},
        decimal=",", delimiter=";", sample=None,
    )  # fmt: skip
    assert found.table["ferritin"].tolist() == [5120.5, 300]


@pytest.mark.parametrize(("decimal", "value"), [(",", "5.120"), (".", '"5,120"')])
def test_thousands_marks_are_ambiguous(put, refused, decimal, value):
    folder = put("c.csv", CSV.replace("5120.5", value).replace(",300,", ",300,"))
    message = refused(
        lambda: read(folder, decimal=decimal), "c.csv", "column 'Ferritin'", "row 2", "ambiguous",
        "decimal",
    )  # fmt: skip
    assert value.strip('"') not in message


def test_text_in_a_number_column(put, refused):
    folder = put("c.csv", CSV.replace(",300,", ",not done,").replace("5120.5", "<50"))
    refused(
        lambda: read(folder), "c.csv, column 'Ferritin', row 3: text 'not done'",
        "column 'Ferritin', row 2: a value with < or >", "`missing`", "`codes`",
    )  # fmt: skip


def test_all_problems_are_told_at_once(put, refused):
    text = CSV.replace("F,71", "X,171").replace("p2,s3", "p2,s2")
    refused(
        lambda: read(put("c.csv", text)),
        "column 'Sex', row 2: a code that is not declared 'X' -> add it to `codes`",
        "column 'Age', row 2: implausible: outside 0 to 120 years",
        "column 'SampleID', rows 3, 4: the same sample stands in several rows",
    )


def test_missing_headers_are_guessed(put, refused):
    columns = {"ferritin": {"from": "Feritin", "unit": "ng/mL"}, "age": "Alter"}
    refused(
        lambda: read(put("c.csv", CSV), columns=columns), "there is no column 'Feritin'",
        "did you mean 'Ferritin'?", "clinical.columns.ferritin.from", "there is no column 'Alter'",
    )  # fmt: skip


def test_repeated_headers(put, refused):
    text = CSV.replace("Centre", "Age")
    columns = {"age": "Age"}
    refused(lambda: read(put("c.csv", text), columns=columns), "'Age' stands 2 times", "rename")


def test_repeated_headers_that_are_not_read_do_no_harm(put):
    text = CSV.replace("Centre", "Status")
    assert len(read(put("c.csv", text), columns={"age": "Age"}).table) == 3


def test_wrong_delimiter(put, refused):
    folder = put("c.csv", CSV.replace(",", ";"))
    refused(
        lambda: read(folder),
        "c.csv",
        "only one column",
        "';'",
        'state the file\'s `delimiter`: ";"',
    )


def test_ragged_rows_are_named(put, refused):
    text = CSV.replace("p2,s2,r2,M", "p2,s2,r2").replace("Nijmegen", "Nijmegen, east")
    refused(lambda: read(put("c.csv", text)), "c.csv:3: the row has 11 fields, the header 12",
            "c.csv:4: the row has 13 fields", "quotation marks")  # fmt: skip


def test_unclosed_quotation_mark(put, refused):
    text = 'PatID,Age,Note\np1,3,"open\n' + "\n".join(f"p{n},4,x" for n in range(2, 20)) + "\n"
    refused(
        lambda: read(put("c.csv", text), columns={"age": "Age"}, sample=None), "c.csv:2",
        "not closed",
    )  # fmt: skip


def test_patients_and_samples_need_names(put, refused):
    text = CSV.replace("p1,", ",").replace(",s2,", ", ,")
    refused(lambda: read(put("c.csv", text)), "column 'PatID', row 2: the patient is not named",
            "column 'SampleID', row 3: the sample is not named")  # fmt: skip


def test_several_samples_per_patient_need_a_sample_column(put, refused):
    refused(lambda: read(put("c.csv", CSV), sample=None), "the same sample stands in several rows",
            "state `sample`")  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"columns": {"who": "Surname"}}, {"patient": "Surname"}, {"sample": "Surname"},
        {"columns": {"h": {"from": "S0", "type": "date", "since": "Date of birth"}}},
        {"only": {"Surname": "Alpha"}},
    ],
)  # fmt: skip
def test_identifying_headers_are_refused(put, refused, change):
    message = refused(lambda: read(put("c.csv", CSV), **change), "c.csv", "looks like")
    assert "pseudonym" in message
    assert "Alpha" not in message


def test_wrong_unit_shows_as_implausible(put, refused):
    columns = {"hla_dr": {"from": "HLADR", "unit": "AB/C"}}
    text = CSV.replace(",8000,", ",83,")
    message = refused(
        lambda: read(put("c.csv", text), columns=columns), "row 2", "implausible",
        "101 to 500000 receptors/cell", "check the unit",
    )  # fmt: skip
    assert "83" not in message


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ({"from": "HLADR", "unit": "%"}, ("clinical.columns.hla_dr", "refused", "receptors/cell")),
        ({"from": "HLADR", "unit": "MFI"}, ("refused", "receptors/cell")),
        ("HLADR", ("has no unit", "state one")),
        ({"from": "HLADR", "unit": "per cell"}, ("unknown unit 'per cell'", "valid")),
        ({"from": "HLADR", "type": "category"}, ("hla_dr is a number column, not a category",)),
    ],
)
def test_units_of_known_columns(put, refused, column, words):
    refused(lambda: read(put("c.csv", CSV), columns={"hla_dr": column}), "c.csv", *words)


def test_units_are_converted(put):
    columns = {
        "ferritin": {"from": "Ferritin", "unit": "mg/L"},
        "hours": {"from": "S0", "unit": "days"},
    }
    table = read(put("c.csv", CSV.replace("5120.5", "5.1205")), columns=columns).table
    assert table["ferritin"].iloc[0] == pytest.approx(5120.5)
    assert table["hours"].iloc[0] == 216


def test_fixed_levels_and_binary_columns(put, refused):
    columns = {"sex": "Sex", "icu": "Status", "ventilation": "S0"}
    refused(
        lambda: read(put("c.csv", CSV), columns=columns), "'F' is none of female, male",
        "`codes: {F: female, M: male}`", "column 'Status', row 2: text 'died'",
        "column 'S0', rows 2, 3, 4: neither 0 nor 1", "`codes` (0 and 1)",
    )  # fmt: skip


def test_types_of_columns_outside_the_vocabulary(put):
    columns = {
        "a": "S0", "b": {"from": "S0", "type": "number"}, "c": {"from": "S0", "unit": "g"},
        "d": {"from": "Status", "codes": {"died": 4, "alive": 2}},
        "e": {"from": "Status", "codes": {"died": "x", "alive": 2}},
    }  # fmt: skip
    table = read(put("c.csv", CSV), columns=columns).table
    assert table["a"].tolist() == ["9", "7", "5"]
    assert table["b"].tolist() == table["c"].tolist() == [9, 7, 5]
    assert table["d"].tolist() == [4, 2, 2]
    assert table["e"].tolist() == ["x", "2", "2"]


def test_na_that_is_not_declared_as_missing(put, refused):
    text = CSV.replace("Nijmegen", "NA")
    refused(lambda: read(put("c.csv", text), columns={"centre": "Centre"}, missing=["-9"]),
            "column 'Centre', row 4: 'NA'", "add NA to `missing`")  # fmt: skip


def test_hours_between_dates(put):
    text = """\
PatID,Onset,Sampled
p1,2024-03-30,2024-03-31 06:30
p2,1.3.2024 12:00,01.03.2024 10:00
p3,NA,2024-03-01
"""
    columns = {"hours": {"from": "Sampled", "type": "date", "since": "Onset"}}
    table = read(put("c.csv", text), columns=columns, sample=None).table
    assert table["hours"].iloc[:2].tolist() == [30.5, -2]
    assert np.isnan(table["hours"].iloc[2])


@pytest.mark.parametrize("date", ["03/04/2024", "2024-13-01", "yesterday", "45000"])
def test_dates_that_cannot_be_read_in_one_way(put, refused, date):
    text = f"PatID,Onset,Sampled\np1,2024-03-30,{date}\n"
    columns = {"hours": {"from": "Sampled", "type": "date", "since": "Onset"}}
    message = refused(lambda: read(put("c.csv", text), columns=columns, sample=None),
                      "column 'Sampled', row 2", "2024-03-31 14:30")  # fmt: skip
    assert date not in message


def test_dates_years_apart_are_implausible(put, refused):
    text = "PatID,Onset,Sampled\np1,2023-03-30,2204-03-31\n"
    columns = {"hours": {"from": "Sampled", "type": "date", "since": "Onset"}}
    refused(lambda: read(put("c.csv", text), columns=columns, sample=None), "implausible", "row 2")


def test_rows_of_one_cohort(put, refused):
    folder = put("c.csv", CSV)
    found = read(folder, only={"Centre": "Athens"})
    assert list(found.table.index) == ["s1", "s2"]
    assert found.notes[0][:2] == ("rows of other cohorts", 1)
    refused(lambda: read(folder, only={"Centre": "Athen"}), "no row has 'Athen'",
            "did you mean 'Athens'?")  # fmt: skip


CENTRES = "id,Centre,Day,Age\na,Athens,0.0,40\nb,ATHENS,7,41\nc,Bonn,3,42\nd,Rome,3,43\n"


@pytest.mark.parametrize(
    ("only", "samples"),
    [({"Centre": ["Athens", "Rome"]}, ["a", "b", "d"]), ({"Day": [0, "3"]}, ["a", "c", "d"]),
     ({"Centre": ["athens"], "Day": [0.0, 7]}, ["a", "b"]), ({"Day": "0"}, ["a"])],
)  # fmt: skip
def test_rows_that_have_one_of_several_values(put, only, samples):
    """Numbers are numbers, however they are written; case does not matter."""
    found = read(
        put("c.csv", CENTRES), only=only, columns={"age": "Age"}, patient="id", sample=None
    )
    assert list(found.table.index) == samples


def test_values_of_only_that_no_row_has_are_each_told(put, refused):
    folder = put("c.csv", CENTRES)
    refused(
        lambda: read(
            folder,
            only={"Centre": ["Athens", "Lome", "Bon"]},
            columns={"age": "Age"},
            patient="id",
            sample=None,
        ),
        "'Lome'",
        "'Bon'",
        "did you mean 'Bonn'?",
    )
    refused(
        lambda: read(
            folder,
            only={"Centre": "Bonn", "Day": 0},
            columns={"age": "Age"},
            patient="id",
            sample=None,
        ),
        "no row has all that is stated",
    )


def test_row_names_without_a_header_as_r_writes_them(put):
    table = read(put("c.tsv", "Age\nx1\t4\nx2\t5\n"), "c.tsv", columns={"age": "Age"}, patient="",
                 sample=None).table  # fmt: skip
    assert table["age"].to_dict() == {"x1": 4, "x2": 5}


@pytest.mark.parametrize(("name", "content"), [("c.csv", ""), ("c.csv", "PatID,SampleID\n")])
def test_empty_files(put, refused, name, content):
    refused(lambda: read(put(name, content), columns={}), "c.csv")


def test_absent_file_and_broken_gzip(put, tmp_path, refused):
    refused(lambda: read(tmp_path), "c.csv", "no such file")
    (tmp_path / "c.csv.gz").write_bytes(b"\x1f\x8b broken")
    refused(lambda: read(tmp_path, "c.csv.gz"), "cannot be read")
    (tmp_path / "d.csv").write_bytes(b"PK\x03\x04...")
    refused(lambda: read(tmp_path, "d.csv"), "workbook", ".xlsx")


ROWS = [
    ["PatID", "SampleID", "Ferritin", "When", "Onset", "Flag"],
    [101, "s1", 5.12, datetime(2024, 3, 2, 6), datetime(2024, 3, 1, 18), 1],
    ["102", "s2", "5,12", datetime(2024, 3, 3), "2024-03-01", 2.0],
    [None, None, None, None, None, None],
]
SHEET = {
    "ferritin": {"from": "Ferritin", "unit": "mg/L"}, "flag": "Flag",
    "hours": {"from": "When", "type": "date", "since": "Onset"},
}  # fmt: skip


def test_workbook(put_sheets):
    folder = put_sheets("c.xlsx", first=[["x"]], data=ROWS)
    table = read(folder, "c.xlsx", columns=SHEET, sheet="data", decimal=",").table
    assert table["patient"].tolist() == ["101", "102"]
    assert table["ferritin"].tolist() == [5120, 5120]
    assert table["hours"].tolist() == [12, 48]
    assert table["flag"].tolist() == ["1", "2"]


def test_workbook_problems_name_sheet_and_row(put_sheets, refused):
    folder = put_sheets("c.xlsx", data=ROWS)
    refused(lambda: read(folder, "c.xlsx", columns=SHEET),
            "c.xlsx [sheet data], column 'Ferritin', row 3", "ambiguous")  # fmt: skip
    refused(lambda: read(folder, "c.xlsx", sheet="date"), "no sheet 'date'", "did you mean 'data'?")


def test_merged_headers(tmp_path, refused):
    book = Workbook()
    book.active.append(["PatID", "Ferritin", None])
    book.active.append(["p1", 3, 4])
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "c.xlsx")
    refused(lambda: read(tmp_path, "c.xlsx"), "c.xlsx [sheet Sheet]", "merged: B1:C1", "unmerge")


def test_column_without_a_header(put_sheets, refused):
    folder = put_sheets("c.xlsx", data=[["PatID", "Ferritin", None], ["p1", 3, 4]])
    refused(lambda: read(folder, "c.xlsx"), "column C has values (row 2) but no header")


def test_formula_without_a_kept_value(put_sheets, refused):
    folder = put_sheets("c.xlsx", data=[["PatID", "Ferritin"], ["p1", "=1+1"]])
    refused(lambda: read(folder, "c.xlsx"), "1 formulas have no kept value: B2", "save it")


@pytest.mark.parametrize(
    ("name", "word"), [("c.xls", ".xlsx or CSV"), ("c.xlsx", "not a readable")]
)
def test_other_workbooks(put, refused, name, word):
    refused(lambda: read(put(name, b"old or encrypted"), name), name, word)


def test_round_trip(put, tmp_path):
    text = CSV.replace("Athens", '"A ""b"", c"').replace("Alpha", "1")
    columns = {**COLUMNS, "text_of_digits": "S0", "nothing": {"from": "RnaID", "codes": {"r": "r"}}}
    text = text.replace(",r1,", ",,").replace(",r2,", ",,")
    found = read(put("c.csv", text), columns=columns, sample_columns={"rna": "SampleID"})
    write_clinical(found, tmp_path / "t.tsv", tmp_path / "n.tsv", tmp_path / "s.tsv")
    back = read_clinical_table(tmp_path / "t.tsv", tmp_path / "n.tsv")
    pd.testing.assert_frame_equal(found.table, back.table)
    pd.testing.assert_series_equal(
        found.assay_samples["rna"], back.assay_samples["rna"], check_names=False
    )
    assert back.table["text_of_digits"].tolist() == ["9", "7", "5"]
    assert back.table["nothing"].dtype == object
    first = (tmp_path / "t.tsv").read_bytes()
    write_clinical(back, tmp_path / "t.tsv", tmp_path / "n.tsv", tmp_path / "s.tsv")
    assert (tmp_path / "t.tsv").read_bytes() == first


def test_points_between_thousands_are_doubted(put, refused):
    """Read as 5.12 ng/mL, a ferritin of 5,120 would miss its stratum."""
    folder = put("c.csv", "id,F\na,5.120\nb,350\nc,1.204\nd,80\n")
    column = {"ferritin": {"from": "F", "unit": "ng/mL"}}
    stated = {"file": "c.csv", "patient": "id"}
    refused(
        lambda: read_clinical("x", Clinical(**stated, columns=column), folder),
        "column 'F', rows 2, 4", 'thousands: "."',
    )  # fmt: skip
    column["ferritin"]["checked"] = ["unit"]
    sure = Clinical(**stated, columns=column)
    assert read_clinical("x", sure, folder).table["ferritin"].tolist()[0] == 5.12


def test_measurements_are_no_categories(put, refused):
    """Nobody said that they are numbers; as levels, each sample would be a group of its own."""
    rows = "".join(f"p{n},{n / 4 + 1},{n}\n" for n in range(12))
    folder = put("c.csv", "id,Score,Site\n" + rows)
    stated = {"file": "c.csv", "patient": "id"}
    both = Clinical(**stated, columns={"score": "Score", "site": "Site"})
    refused(lambda: read_clinical("x", both, folder), "clinical.columns.score", "`type: number`")
    told = Clinical(**stated, columns={"score": {"from": "Score", "type": "number"}})
    assert read_clinical("x", told, folder).table["score"].dtype == float
