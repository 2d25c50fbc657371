"""Metabolon's tables, annotated above and at the left."""

import numpy as np
import pytest

from immunosep_omics.ingest.readers.metabolon import read
from immunosep_omics.settings.assays import Metabolon

ROWS = [
    [None, None, None, None, "PARENT_SAMPLE_NAME", "M-1", "M-2", "M-3"],
    [None, None, None, None, "CLIENT_IDENTIFIER", "s1", "s2", "s3"],
    [None, None, None, None, "AGE", 61, 70, 55],
    ["PATHWAY_SORTORDER", "BIOCHEMICAL", "SUPER_PATHWAY", "COMP_ID", "Group HMDB",
     "sepsis", "sepsis", "healthy"],
    [1, "lactate", "Carbohydrate", 527, "HMDB00190", 1.5, 2.25, 0.5],
    [2, "kynurenine", "Amino Acid", 15140, "HMDB00684", None, 3, 1],
    [3, "X - 12345", None, 9, None, 0.25, "<LOD", 4],
]  # fmt: skip
VALUES = [[1.5, np.nan, 0.25], [2.25, 3, np.nan], [0.5, 1, 4]]


def metabolon(folder, file="m.xlsx", rows=None, **more):
    return read(Metabolon(file=file, **more), folder, rows)


def text(rows):
    return "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in rows)


@pytest.mark.parametrize("file", ["m.xlsx", "m.tsv"])
@pytest.mark.parametrize("without", [[], [0, 2], [3]])
def test_layouts(put, put_sheets, file, without):
    """Rows of annotation differ between deliveries, and so do columns."""
    rows = [row for place, row in enumerate(ROWS) if place not in without or place == 3]
    if without == [3]:
        rows = [[*row[:2], *row[3:]] for row in rows]
    folder = put(file, text(rows)) if file == "m.tsv" else put_sheets(file, info=[["x"]], a=rows)
    raw = metabolon(folder, file, **({} if file == "m.tsv" else {"sheet": "a"}))
    assert raw.values.index.tolist() == ["s1", "s2", "s3"]
    assert raw.values.columns.tolist() == ["lactate", "kynurenine", "X - 12345"]
    np.testing.assert_array_equal(raw.values, VALUES)
    assert raw.features["hmdb"].tolist() == ["HMDB00190", "HMDB00684", ""]
    assert raw.features["comp_id"].tolist() == ["527", "15140", "9"]
    assert [note[:2] for note in raw.notes] == [("values below detection", 1)]


def test_names_from_another_row_and_first_rows_only(put_sheets):
    folder = put_sheets("m.xlsx", a=ROWS)
    raw = metabolon(folder, sample_names="PARENT_SAMPLE_NAME", rows=5)
    assert raw.values.index.tolist() == ["M-1", "M-2", "M-3"]


def test_labels_with_blanks(put_sheets):
    raw = metabolon(put_sheets("m.xlsx", a=changed(1, 4, "Client  identifier")))
    assert raw.values.index.tolist() == ["s1", "s2", "s3"]


def test_rows_without_a_name_are_noted(put_sheets):
    raw = metabolon(put_sheets("m.xlsx", a=[*ROWS, [4, None, None, 1, None, 1, 2, 3]]))
    assert raw.values.shape == (3, 3)
    assert raw.notes[0][:2] == ("rows without a name", 1)


def changed(row, place, cell):
    rows = [list(cells) for cells in ROWS]
    rows[row][place] = cell
    return rows


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["BIOCHEMICAL", "s1"], ["lactate", 1]], ("BIOCHEMICAL", "format: matrix")),
        (changed(1, 4, "CLIENT_ID"), ("no row 'CLIENT_IDENTIFIER'", "did you mean 'CLIENT_ID'?")),
        (changed(1, 6, "s1"), ("more than once: 's1'",)),
        (changed(1, 6, None), ("row 2", "1 samples have no name")),
        (changed(4, 6, "high"), ("row 5, column 's2'", "text 'high'")),
        (changed(4, 6, "1_000"), ("row 5, column 's2'", "followed by")),
        (changed(0, 0, "Report"), ("rows above",)),
    ],
)
def test_refusals(put_sheets, refused, rows, words):
    refused(lambda: metabolon(put_sheets("m.xlsx", a=rows)), "m.xlsx [sheet a]", *words)


def test_lines_of_text_are_counted_with_blank_ones(put, refused):
    lines = text(changed(4, 6, "high")).split("\n")
    folder = put("m.tsv", "\n".join([*lines[:2], "", *lines[2:]]))
    refused(lambda: metabolon(folder, "m.tsv"), "m.tsv:6, column 's2'", "text 'high'")
    folder = put("m.tsv", "\n\n" + text(ROWS)[:-2])
    refused(lambda: metabolon(folder, "m.tsv"), "m.tsv:9", "7 fields, others 8")


def test_extrapolated_values_are_read_and_counted(put_sheets):
    raw = metabolon(put_sheets("m.xlsx", a=changed(4, 6, "2.25*")))
    np.testing.assert_array_equal(raw.values, VALUES)
    assert raw.notes[0][:2] == ("extrapolated values", 1)


def test_newer_deliveries_are_plain_tables(put_sheets):
    """Samples x CHEM_ID, with the names in a sheet of their own."""
    from immunosep_omics.ingest.readers import matrix
    from immunosep_omics.settings.assays import Matrix

    folder = put_sheets("m.xlsx", a=[["PARENT_SAMPLE_NAME", "100", "35"], ["M-1", 1.5, 2]])
    facts = Matrix(kind="metabolites", file="m.xlsx", samples_in="rows")
    assert matrix.read(facts, folder).values.loc["M-1"].tolist() == [1.5, 2]
