"""The series matrix files of the Gene Expression Omnibus."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from immunosep_omics.errors import InputError, Problem, did_you_mean
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.wide_text import open_wide, read_columns
from immunosep_omics.ingest.geo.samples import sample_rows
from immunosep_omics.ingest.geo.text import MISSING, NoValuesError, other_files_of_series
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table, told_apart
from immunosep_omics.settings.assays import GeoSeriesMatrix

BEGIN, END = b"!series_matrix_table_begin", b"!series_matrix_table_end"

HEAD_LINES = 200
"""Lines above the table, more or less; a preflight reads on until it finds the table."""

SUPPLEMENTARY = re.compile(rb'^!Series_supplementary_file\t"?([^"\n]*)', re.MULTILINE)


def read(facts: GeoSeriesMatrix, folder: Path, rows: int | None = None) -> RawAssay:
    """Read the table of a series matrix; samples get the names of a column of its sample lines.

    With `rows`, only about so many first rows are read. Raises :class:`InputError` where the
    table is missing, cut short or empty, and where `sample_names` does not give one name each.
    """
    file = _opened(folder / facts.file, rows)
    place = file.data.find(BEGIN)
    if place < 0:
        raise _problem(
            file.shown, "there is no line !series_matrix_table_begin",
            "give GEO's series matrix, or use `format: matrix` (`geo_soft` for SOFT files)",
        )  # fmt: skip
    head, start = file.data[:place], file.data.find(b"\n", place) + 1
    end = file.data.find(END, start) if start else -1
    if end < 0 and rows is None:
        raise _problem(
            file.shown, "the line !series_matrix_table_end is missing: the file is cut short",
            "download the file again",
        )  # fmt: skip
    body = file.data[start : end if end >= 0 else file.data.rfind(b"\n") + 1].lstrip(b"\n")
    if body.rstrip(b"\n").count(b"\n") == 0:
        raise _without_values(head, file.shown)
    table = open_wide(body, "\t", file.shown, file.data.count(b"\n", 0, start) + 1)
    values_at = list(range(1, len(table.header)))
    texts, values = read_columns(table, [0], values_at, decimal=".", missing=MISSING, keys=())
    samples = _sample_names(head, facts.sample_names, table.header[1:], file.shown)
    features = feature_table(texts[0].astype(object).fillna("").str.strip().tolist())
    frame = pd.DataFrame(values.T, index=samples, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), file.shown, file.notes)


def _opened(path: Path, rows: int | None) -> text_file.TextFile:
    if rows is None:
        return text_file.read_text_file(path)
    lines, size = HEAD_LINES + rows, -1
    while True:
        file = text_file.read_text_file(path, rows=lines)
        place = file.data.find(BEGIN)
        enough = place >= 0 and file.data.count(b"\n", place) > rows
        if enough or len(file.data) == size:
            return file
        lines, size = lines * 4, len(file.data)


def _without_values(head: bytes, shown: str) -> InputError:
    files = [found.decode() for found in SUPPLEMENTARY.findall(head)]
    return NoValuesError(
        Problem(
            shown, "the series matrix holds no values, as is usual for RNA sequencing",
            other_files_of_series(files),
        )
    )  # fmt: skip


def _sample_names(head: bytes, wanted: str, columns: list[str], shown: str) -> list[str]:
    """The names of the table's columns, in their order, by the accessions in its header."""
    where, key = f"{shown} (sample_names)", wanted.removeprefix("!").removeprefix("Sample_")
    if key == "geo_accession" and b"!Sample_" not in head:
        return told_apart(columns, where)
    found = sample_rows(head, shown)
    rows = dict(zip(found.header, zip(*found.rows, strict=True), strict=True))
    if key not in rows:
        unique = [name for name, texts in rows.items() if len(set(texts)) == len(texts)]
        raise _problem(where, f"there is no line !Sample_{key}", did_you_mean(key, unique))
    if len(found.rows) != len(columns):
        raise _problem(
            where, f"the sample lines name {len(found.rows)} samples, the table {len(columns)}",
            "download the file again",
        )  # fmt: skip
    names = list(rows[key])
    accessions = rows.get("geo_accession", ())
    if set(accessions) == set(columns):
        named = dict(zip(accessions, names, strict=True))
        names = [named[column] for column in columns]
    elif set(accessions) & set(columns):
        told_apart(columns, where)
        other = next(column for column in columns if column not in accessions)
        raise _problem(
            where, f"the table has a column '{other}', which no line !Sample_geo_accession names",
            "download the file again",
        )  # fmt: skip
    if not all(names):
        raise _problem(
            where, f"!Sample_{key} is empty for {names.count('')} samples",
            "choose a line that names every sample",
        )  # fmt: skip
    return told_apart(names, where)


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
