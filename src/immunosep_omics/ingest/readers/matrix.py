"""A plain table of features x samples, or samples x features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.clinical.numbers import parse_numbers, remedy_for
from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.lines import lines_in_file
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    refuse_repeated_samples,
)
from immunosep_omics.ingest.table_file import cell_text
from immunosep_omics.ingest.wide_text import SHOWN, open_wide, read_columns
from immunosep_omics.ingest.workbook import is_workbook, read_sheet
from immunosep_omics.settings.assays import Matrix


def read(facts: Matrix, folder: Path, rows: int | None = None) -> RawAssay:
    """Read a matrix from text (plain or gzip) or from a workbook.

    The row names are in the column `names` (the first if not stated). Columns without a header
    must be empty. A feature that stands twice stays twice until features become genes; a sample
    that stands twice is refused.
    """
    path = folder / facts.file
    notes: list[Note] = []
    if is_workbook(path):
        sheet = read_sheet(path, facts.sheet, rows=rows)
        shown, header = sheet.shown, [cell_text(cell) for cell in sheet.rows[0]]
        names_at, values_at = _choose(header, facts, shown)
        body = [row for row in sheet.rows[1:] if any(cell_text(cell) for cell in row)]
        names = [cell_text(row[names_at]) for row in body]
        values = _sheet_values(sheet.rows, header, values_at, facts, shown)
    else:
        shown, lines = path.as_posix(), None if rows else lines_in_file(path)
        if lines is None:
            file = text_file.read_text_file(path, rows)
            notes = list(file.notes)
        table = open_wide(lines or file.data, text_file.delimiter_of(path, facts.delimiter), shown)
        header = table.header
        names_at, values_at = _choose(header, facts, shown)
        texts, values = read_columns(
            table, [names_at], values_at, decimal=facts.decimal, missing=facts.missing
        )
        names = texts[names_at].fillna("").str.strip().tolist()
    frame = pd.DataFrame(values, index=names, columns=[header[place] for place in values_at])
    frame = _without_unnamed(frame, shown, notes)
    if facts.samples_in == "columns":
        frame = frame.T
    problems = Problems()
    refuse_repeated_samples(list(frame.index), shown, problems)
    problems.raise_any()
    features = feature_table(frame.columns)
    samples = pd.DataFrame(index=frame.index)
    frame = pd.DataFrame(
        np.ascontiguousarray(frame.to_numpy()), index=frame.index, columns=features.index
    )
    return RawAssay(frame, features, samples, shown, notes)


def _choose(header: list[str], facts: Matrix, shown: str) -> tuple[int, list[int]]:
    """Positions of the row names and of the values."""
    problems = Problems()
    known = [name for name in header if name]
    for key, names in (("names", [facts.names or ""]), ("not_features", facts.not_features)):
        for name in names:
            if name and name not in header:
                problems.add(
                    f"{shown} ({key})", f"there is no column '{name}'", did_you_mean(name, known)
                )
    problems.raise_any()
    names_at = header.index(facts.names) if facts.names else 0
    apart = {facts.names, *facts.not_features}
    values_at = [
        place for place, name in enumerate(header)
        if place != names_at and name and name not in apart
    ]  # fmt: skip
    if not values_at:
        raise InputError(
            Problem(shown, "no column of values is left", "check `names` and `not_features`")
        )
    return names_at, values_at


def _without_unnamed(frame: pd.DataFrame, shown: str, notes: list[Note]) -> pd.DataFrame:
    unnamed = frame.index == ""
    if not unnamed.any():
        return frame
    filled = int(frame[unnamed].notna().any(axis=1).sum())
    notes.append(Note("rows without a name", int(unnamed.sum()), f"{filled} of them had values"))
    return frame[~unnamed]


def _sheet_values(
    rows: list[list[object]], header: list[str], values_at: list[int], facts: Matrix, shown: str
) -> np.ndarray:
    numbers = [n for n, row in enumerate(rows[1:], start=2) if any(cell_text(c) for c in row)]
    body = [rows[number - 1] for number in numbers]
    values = np.empty((len(body), len(values_at)))
    problems, told = Problems(), 0
    for column, place in enumerate(values_at):
        cells = [None if cell_text(row[place]) in facts.missing else row[place] for row in body]
        values[:, column], faults = parse_numbers(cells, facts.decimal)
        for row, kind in list(faults.items())[: max(0, SHOWN - told)]:
            told += 1
            problems.add(
                f"{shown} row {numbers[row]}, column '{header[place]}'",
                f"{kind} where a number is expected", remedy_for(kind),
            )  # fmt: skip
    problems.raise_any()
    return values
