"""Mistakes in clinical tables: each is told with file, column and row, and no value is quoted."""

import pytest
from openpyxl import Workbook

TABLE, BOOK = "data/a/clinical.csv", "data/b/clinical.xlsx"


def _cell(header, row, value):
    """Sets one cell; rows count from 1, the header's."""

    def change(rows):
        rows[row - 1][rows[0].index(header)] = value

    return lambda study: study.table(change)


def _rows(change):
    return lambda study: study.table(change)


def _sheet(change):
    return lambda study: study.book(lambda book: change(book.active))


def _merge(sheet):
    sheet.merge_cells("C1:D1")


def _formula(sheet):
    sheet["E5"] = "=1+1"


def _empty_workbook(study):
    Workbook().save(study.folder / BOOK)


def _swap(rows):
    at, other = rows[0].index("Age"), rows[0].index("Ferritin")
    rows[0][at], rows[0][other] = rows[0][other], rows[0][at]


def _double(rows):
    for row in rows:
        row.append(row[2])


CAUGHT = {
    "text in a number": (_cell("Age", 4, "old"), ("clinical.csv", "column 'Age'", "row 4")),
    "decimal comma": (_cell("Lactate", 6, "2,31"), ("column 'Lactate'", "row 6", "decimal")),
    "thousands mark": (_cell("Ferritin", 6, "1,234.5"), ("column 'Ferritin'", "row 6")),
    "a bound": (_cell("Ferritin", 7, ">1500"), ("column 'Ferritin'", "row 7")),
    "unit in the cell": (_cell("Ferritin", 7, "900 ng/mL"), ("column 'Ferritin'", "row 7")),
    "infinity": (_cell("Ferritin", 8, "inf"), ("column 'Ferritin'", "row 8")),
    "age of a slip": (_cell("Age", 9, "450"), ("column 'Age'", "row 9", "implausible")),
    "negative lactate": (_cell("Lactate", 9, "-1"), ("column 'Lactate'", "row 9", "implausible")),
    "undeclared missing code": (_cell("Age", 9, "-9"), ("column 'Age'", "row 9")),
    "undeclared code": (_cell("Dead", 5, "dead"), ("column 'Dead'", "row 5", "codes")),
    "trailing case of a code": (_cell("Sex", 5, "f"), ("column 'Sex'", "row 5", "codes")),
    "unit lie": (
        lambda s: s.column("Ferritin", lambda cell, row: f"{float(cell) / 100000:.7f}"),
        ("column 'Ferritin'", "rows", "unit"),
    ),
    "swapped columns": (_rows(_swap), ("column 'Age'", "implausible")),
    "duplicated header": (_rows(_double), ("'Age' stands 2 times", "clinical.columns.age.from")),
    "sample without a name": (_cell("SampleID", 5, ""), ("column 'SampleID'", "row 5")),
    "patient without a name": (_cell("PatID", 5, ""), ("column 'PatID'", "row 5")),
    "sample twice": (_cell("SampleID", 5, "S01"), ("column 'SampleID'", "rows 2, 5")),
    "ragged row": (_rows(lambda rows: rows[3].__delitem__(-1)), ("clinical.csv:4", "fields")),
    "wrong delimiter": (
        lambda s: s.write(TABLE, s.text(TABLE).replace(",", ";")),
        ("clinical.csv", "delimiter"),
    ),
    "a sample too few": (_rows(lambda rows: rows.__delitem__(8)), ("assays.rna", "S08")),
    "sample misspelt": (_cell("SampleID", 9, "S8"), ("assays.rna", "S08", "did you mean")),
    "no rows": (_rows(lambda rows: rows[:1]), ("clinical.csv", "no rows")),
    "empty file": (lambda s: s.write(TABLE, ""), ("clinical.csv", "empty")),
    "binary rubbish": (lambda s: s.write(TABLE, bytes(range(256)) * 9), ("clinical.csv",)),
    "a name among the columns": (
        lambda s: (
            s.replace(TABLE, "Batch", "Surname"),
            s.replace("cohorts/a.yaml", "batch: Batch", "batch: Surname"),
        ),
        ("clinical.columns.batch.from", "Surname", "name"),
    ),
    "merged header": (_sheet(_merge), ("clinical.xlsx", "C1:D1")),
    "formula without a value": (_sheet(_formula), ("clinical.xlsx", "E5")),
    "empty sheet": (_empty_workbook, ("clinical.xlsx", "Sheet", "empty")),
    "text in a workbook's number": (
        _sheet(lambda sheet: sheet.__setitem__("C4", "old")),
        ("column 'Age'", "row 4"),
    ),
    "values without a header": (
        _sheet(lambda sheet: sheet.__setitem__("K4", "x")),
        ("clinical.xlsx", "column K", "row 4"),
    ),
    "sheet that is not there": (
        lambda s: s.replace("cohorts/b.yaml", "clinical.xlsx", "clinical.xlsx\n  sheet: Shet"),
        ("clinical.xlsx", "did you mean 'Sheet'"),
    ),
    "no workbook": (lambda s: s.write(BOOK, "a,b\n1,2\n"), ("clinical.xlsx", "workbook")),
    "damaged workbook": (
        lambda s: s.write(BOOK, (s.folder / BOOK).read_bytes()[:2000]),
        ("clinical.xlsx", "damaged"),
    ),
}


def _unclosed(study):
    study.replace(TABLE, "P03,", '"P03,')


CAUGHT["unclosed quotation mark"] = (_unclosed, ("clinical.csv:4", "quotation mark"))


@pytest.mark.parametrize("name", CAUGHT)
def test_a_mistake_in_a_clinical_table_is_told_with_its_cell(caught, name):
    change, words = CAUGHT[name]
    caught(change, *words)


def test_no_message_quotes_a_measurement(caught):
    told = caught(_cell("Ferritin", 7, "87654,32"), "column 'Ferritin'", "row 7")
    assert "87654" not in " ".join(told)


def test_patients_are_not_named_where_samples_have_no_names_of_their_own(caught):
    def change(study):
        study.replace("cohorts/a.yaml", "  sample: SampleID\n", "")

    told = caught(change, "assays.rna", "S01")
    assert "P01" not in " ".join(told)


HANDLED = {
    "byte-order mark": lambda s: s.write(TABLE, "\ufeff" + s.text(TABLE)),
    "CRLF": lambda s: s.write(TABLE, s.text(TABLE).replace("\n", "\r\n")),
    "old Mac line ends": lambda s: s.write(TABLE, s.text(TABLE).replace("\n", "\r")),
    "UTF-16": lambda s: s.write(TABLE, s.text(TABLE).encode("utf-16")),
    "Windows-1252 in a column that is not read": lambda s: s.write(
        TABLE,
        s.text(TABLE)
        .replace(",b1", ",b1", 1)
        .replace("Batch\n", "Batch,Note\n", 1)
        .replace("b1\n", "b1,M\u00fcller-Test\n")
        .replace("b0\n", "b0,ok\n")
        .encode("cp1252"),
    ),
    "quoted fields": lambda s: s.replace(TABLE, "P03,", '"P03",'),
    "blank lines": lambda s: s.write(TABLE, s.text(TABLE) + "\n\n"),
    "spaces around cells": lambda s: s.replace(TABLE, "P03,S03,", "P03 , S03 ,"),
    "another order of rows": _rows(lambda rows: [rows[0], *rows[:0:-1]]),
    "more columns": _rows(
        lambda rows: [[*row, "x" if n else "More"] for n, row in enumerate(rows)]
    ),
    "semicolons declared": lambda s: (
        s.write(TABLE, s.text(TABLE).replace(",", ";")),
        s.replace("cohorts/a.yaml", "clinical.csv", 'clinical.csv\n  delimiter: ";"'),
    ),
    "decimal commas declared": lambda s: (
        s.write(TABLE, s.text(TABLE).replace(",", ";").replace(".", ",")),
        s.replace(
            "cohorts/a.yaml", "clinical.csv", 'clinical.csv\n  delimiter: ";"\n  decimal: ","'
        ),
    ),
    "hidden second sheet": lambda s: s.book(lambda book: book.create_sheet("Notes")),
}


@pytest.mark.parametrize("name", HANDLED)
def test_the_same_clinical_table_written_otherwise_gives_the_same(handled, name):
    handled(HANDLED[name])
