"""Metabolon's tables of metabolites x samples, with annotation above and at the left."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.concentrations import ConcentrationCells, out_of_range
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.text_file import delimiter_of, read_text_file
from immunosep_omics.ingest.files.workbook import Sheet, is_workbook, read_sheet, text_sheet
from immunosep_omics.ingest.raw_assay import Note, RawAssay, feature_table, refuse_repeated_samples
from immunosep_omics.settings.assays import Metabolon

TOP_ROWS = 60
"""Rows of sample annotation, at most."""

NAMES = ("biochemical", "chemicalname", "biochemicalname", "metabolite")
ANNOTATION = {
    "superpathway": "super_pathway",
    "subpathway": "sub_pathway",
    "compid": "comp_id",
    "chemid": "chem_id",
    "chemicalid": "chem_id",
    "kegg": "kegg",
    "hmdb": "hmdb",
    "grouphmdb": "hmdb",
    "hmdbid": "hmdb",
}
"""Headers of the metabolites' annotation (letters, lower case), and what is kept of it."""


def read(facts: Metabolon, folder: Path, rows: int | None = None) -> RawAssay:
    """Read OrigScale, ScaledImpData and their like, from a sheet or from text.

    Rows of sample annotation stand above; their labels stand in the column before the first
    sample, and `sample_names` is one of them. The header of the metabolites' annotation is the
    last of these rows. Raises :class:`InputError` for another layout, repeated samples, and cells
    that are no numbers.
    """
    sheet = _sheet(facts, folder / facts.file, None if rows is None else TOP_ROWS + rows)
    top, names_at = _header(sheet)
    label = _label_column(sheet, top, names_at)
    samples_at = [
        place for place in range(label + 1, len(sheet.rows[0]))
        if any(cell_text(row[place]) for row in sheet.rows)
    ]  # fmt: skip
    names = _sample_names(facts, sheet, top, label, samples_at)
    filled = [n for n in range(top + 1, len(sheet.rows)) if any(map(cell_text, sheet.rows[n]))]
    body = [n for n in filled if cell_text(sheet.rows[n][names_at])]
    notes = [Note("rows without a name", len(filled) - len(body), "no metabolite is named")]
    values = _values(facts, sheet, body, samples_at, names, notes)
    metabolites = [cell_text(sheet.rows[n][names_at]) for n in body]
    features = feature_table(metabolites)
    for place in range(label + 1):
        kept = ANNOTATION.get(_key(sheet.rows[top][place]))
        if kept is not None:
            features[kept] = [cell_text(sheet.rows[n][place]) for n in body]
    frame = pd.DataFrame(values.T, index=names, columns=features.index)
    notes = [note for note in notes if note.amount]
    raw = RawAssay(frame, features, pd.DataFrame(index=frame.index), sheet.shown, notes)
    return out_of_range(raw)


def _sheet(facts: Metabolon, path: Path, rows: int | None) -> Sheet:
    if is_workbook(path):
        return read_sheet(path, facts.sheet, rows=rows)
    file = read_text_file(path, rows=rows)
    return text_sheet(file, delimiter_of(path, facts.delimiter), even=True)


def _row(sheet: Sheet, row: int) -> str:
    """Where a row stands, as messages name it."""
    return (
        f"{sheet.shown} row {row + 1}" if "[sheet " in sheet.shown else f"{sheet.shown}:{row + 1}"
    )


def _key(cell: object) -> str:
    return re.sub(r"[^a-z]", "", cell_text(cell).lower())


def _label(text: str) -> str:
    """A row's label without case and blanks: `CLIENT IDENTIFIER` is `CLIENT_IDENTIFIER`."""
    return re.sub(r"[\s_]+", "_", text.strip()).lower()


def _header(sheet: Sheet) -> tuple[int, int]:
    """Row and column of the header above the metabolites' names."""
    for row, cells in enumerate(sheet.rows[:TOP_ROWS]):
        for place, cell in enumerate(cells):
            if _key(cell) in NAMES and row > 0:
                return row, place
    raise InputError(
        Problem(
            sheet.shown, "no row below the first has a column BIOCHEMICAL or CHEMICAL_NAME",
            "name the `sheet` of metabolites x samples (OrigScale, ScaledImpData); a sheet of"
            " samples x metabolites is `format: matrix` with `samples_in: rows`",
        )
    )  # fmt: skip


def _label_column(sheet: Sheet, top: int, names_at: int) -> int:
    """The column of the sample annotation's labels: the first that is filled above the header."""
    first = [
        next((place for place, cell in enumerate(row) if cell_text(cell)), None)
        for row in sheet.rows[:top]
    ]
    label = min((place for place in first if place is not None), default=0)
    if label < names_at:
        raise InputError(
            Problem(
                _row(sheet, 0), "the rows above the metabolites' header do not begin right"
                " before the first sample", "give the sheet as Metabolon delivered it",
            )
        )  # fmt: skip
    return label


def _sample_names(
    facts: Metabolon, sheet: Sheet, top: int, label: int, samples_at: list[int]
) -> list[str]:
    labels = {cell_text(row[label]): n for n, row in enumerate(sheet.rows[:top])}
    spelt = {_label(name): n for name, n in labels.items()}
    if _label(facts.sample_names) not in spelt:
        raise InputError(
            Problem(
                f"{sheet.shown} (sample_names)", f"there is no row '{facts.sample_names}'",
                did_you_mean(facts.sample_names, [name for name in labels if name]),
            )
        )  # fmt: skip
    row = spelt[_label(facts.sample_names)]
    names = [cell_text(sheet.rows[row][place]) for place in samples_at]
    problems = Problems()
    if not all(names):
        problems.add(
            _row(sheet, row), f"{names.count('')} samples have no name",
            "fill the row, or name another as `sample_names`",
        )  # fmt: skip
    refuse_repeated_samples([name for name in names if name], sheet.shown, problems)
    problems.raise_any()
    return names


def _values(
    facts: Metabolon, sheet: Sheet, body: list[int], samples_at: list[int], names: list[str],
    notes: list[Note],
) -> np.ndarray:  # fmt: skip
    """Metabolites x samples."""
    values = np.empty((len(body), len(samples_at)))
    reader = ConcentrationCells(sheet.shown, decimal=facts.decimal, missing=facts.missing)
    for column, (place, name) in enumerate(zip(samples_at, names, strict=True)):
        values[:, column] = reader.read_column(
            [sheet.rows[n][place] for n in body], lambda row: _row(sheet, body[row]), name
        )
    reader.raise_any()
    notes += reader.notes
    return values
