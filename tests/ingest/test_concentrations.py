"""Tables of cytokines and metabolites as the programs of assays write them."""

import numpy as np
import pytest

from immunosep_omics.ingest.concentrations import ConcentrationCells, is_row_of_units
from immunosep_omics.ingest.readers.matrix import read
from immunosep_omics.settings.assays import Matrix

LOW, HIGH = -np.inf, np.inf
ROWS = [
    ["Sample", "IL-6 (pg/mL)", "TNF-a", "CRP"],
    ["", "pg/mL", "pg/mL", "mg/L"],
    ["s1", "3.2*", "OOR <", "<0.5"],
    ["s2", "*4.5", "12", "OOR >"],
    ["s3", "<LOD", "***", "7"],
]
EXPECTED = [[3.2, np.nan, np.nan], [4.5, 12, np.nan], [np.nan, np.nan, 7]]


def cytokines(folder, file="c.csv", **more):
    facts = {"kind": "cytokines", "samples_in": "rows", "file": file, **more}
    return read(Matrix.model_validate(facts), folder)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.2", 3.2), ("3.2*", 3.2), ("*3.2", 3.2), ("* 3.2", 3.2), ("1e2", 100), (7, 7),
        ("OOR <", LOW), ("OOR<", LOW), ("<0.5", LOW), ("< 0.5", LOW), ("<LOD", LOW),
        ("< LLOQ", LOW), ("BLQ", LOW), ("BDL", LOW), ("BLOQ", LOW), ("below detection", LOW),
        ("Below LOD", LOW), ("Below Fit Curve Range", LOW), ("undetectable", LOW),
        ("not detected", LOW), ("OOR >", HIGH), (">10000", HIGH), (">ULOQ", HIGH), ("ALQ", HIGH),
        ("AQL", HIGH), ("ALOQ", HIGH), ("AULOQ", HIGH),
        ("Above Fit Curve Range", HIGH), ("***", np.nan), ("---", np.nan), ("", np.nan),
    ],
)  # fmt: skip
def test_cells(text, value):
    values, faults = ConcentrationCells("c.csv", decimal=".").parse([text])
    assert not faults
    np.testing.assert_array_equal(values, [value])


@pytest.mark.parametrize("text", ["<NA>", "ND", "high", "3,2", "3,2*", "3 pg/mL", "inf", "bad"])
def test_cells_that_are_not_understood(text):
    values, faults = ConcentrationCells("c.csv", decimal=".").parse(["1", text])
    assert list(faults) == [1]
    assert np.isnan(values[1])


def test_decimal_comma():
    values, faults = ConcentrationCells("c.csv", decimal=",").parse(["3,2*", "<0,5", "1,5"])
    assert not faults
    np.testing.assert_array_equal(values, [3.2, LOW, 1.5])


@pytest.mark.parametrize(
    ("cells", "units"),
    [
        (["pg/mL", "ng/mL", "pg/ml"], True), (["µM", "µmol/L"], True), (["(mmol/L)"], True),
        (["[IU/mL]", "mg/dL", "%"], True), (["pg/mL", None], True), ([None, ""], False),
        (["pg/mL", "3"], False), (["s1"], False), ([1.0], False),
    ],
)  # fmt: skip
def test_rows_of_units(cells, units):
    assert is_row_of_units(cells) is units


def text_of(rows, delimiter=","):
    return "".join(delimiter.join(str(cell) for cell in row) + "\n" for row in rows)


@pytest.mark.parametrize("units", [[], [1]])
@pytest.mark.parametrize("file", ["c.csv", "c.tsv", "c.xlsx"])
def test_table_of_a_bead_assay(put, put_sheets, file, units):
    rows = [row for place, row in enumerate(ROWS) if place != 1 or units]
    if file.endswith("xlsx"):
        cells = [[None if cell == "" else cell for cell in row] for row in rows]
        raw = cytokines(put_sheets(file, a=cells), file)
    else:
        text = text_of(rows, "," if file == "c.csv" else "\t")
        raw = cytokines(put(file, text), file)
    assert raw.values.index.tolist() == ["s1", "s2", "s3"]
    np.testing.assert_array_equal(raw.values, EXPECTED)
    assert raw.features["below_lod"].tolist() == [1 / 3, 0.5, 1 / 3]
    assert raw.samples["below_lod"].tolist() == [2 / 3, 0, 0.5]
    assert [note[:2] for note in raw.notes] == [
        ("extrapolated values", 2),
        ("values below detection", 3), ("values above the range", 1),
    ]  # fmt: skip


def test_samples_in_columns(put):
    turned = [list(row) for row in zip(*[ROWS[0], *ROWS[2:]], strict=True)]
    raw = cytokines(put("c.csv", text_of(turned)), samples_in="columns")
    np.testing.assert_array_equal(raw.values, EXPECTED)
    assert raw.samples["below_lod"].tolist() == [2 / 3, 0, 0.5]


def test_what_is_no_value_is_told_with_its_line(put, put_sheets, refused):
    rows = [*ROWS, ["s4", "<1", "??", "7"], ["s5", "high", "1", "1"]]
    refused(lambda: cytokines(put("c.csv", text_of(rows))),
            "c.csv:6, column 'TNF-a'", "c.csv:7, column 'IL-6 (pg/mL)'", "text 'high'")  # fmt: skip
    refused(lambda: cytokines(put_sheets("c.xlsx", a=rows), "c.xlsx"),
            "row 6, column 'TNF-a'", "row 7, column 'IL-6 (pg/mL)'")  # fmt: skip


def test_a_column_of_text_is_told(put, refused):
    rows = [[*row, extra] for row, extra in zip(ROWS, ["ward", "", "a", "b", "c"], strict=True)]
    refused(lambda: cytokines(put("c.csv", text_of(rows))),
            "text, not values, is in 1 column(s): 'ward'", "`not_features`")  # fmt: skip
    raw = cytokines(put("c.csv", text_of(rows)), not_features=["ward"])
    np.testing.assert_array_equal(raw.values, EXPECTED)


def test_genes_are_not_read_so(put, refused):
    facts = Matrix(kind="expression", file="c.csv")
    folder = put("c.csv", "gene,s1,s2\nTNF,<0.5,2\nIL6,1,2\n")
    refused(lambda: read(facts, folder), "c.csv:2, column 's1'", "a value with < or >")
