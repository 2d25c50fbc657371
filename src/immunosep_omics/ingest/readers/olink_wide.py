"""The workbook of samples x proteins that Olink's NPX Manager exports."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.clinical.numbers import parse_numbers, remedy_for
from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.olink import CONTROL_ASSAY, CONTROL_SAMPLE, joined, warnings
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    refuse_repeated_samples,
)
from immunosep_omics.ingest.table_file import cell_text
from immunosep_omics.ingest.wide_text import SHOWN
from immunosep_omics.ingest.workbook import Sheet, column_letter, read_sheet
from immunosep_omics.settings.assays import OlinkWide

HEADER_ROWS = 40
"""The row that begins with `Assay` must be one of this many: a summary may stand above it."""

ABOVE_OR_BELOW = {"panel": "panel", "uniprot id": "uniprot", "uniprot": "uniprot", "olinkid": "id"}
TAIL = re.compile(r"(max |plate )?lod\b|missing data freq|normali[sz]ation\b", re.IGNORECASE)
QUALITY = re.compile(r"(plate ?id|qc warning|qc deviation)", re.IGNORECASE)
MISSING = ("", "NA", "NaN", "No Data")


def read(facts: OlinkWide, folder: Path) -> RawAssay:
    """Read NPX Manager's workbook: full exports, and those stripped to names and values.

    Somewhere at the top a row begins with `Assay`; rows that begin with `Panel`, `Uniprot ID` and
    `OlinkID` may stand beside it. Below are samples, then LOD and missing frequency. NPX below the
    limit of detection are kept. Control wells are left out and counted. Raises
    :class:`InputError` for another layout, columns of values without a name, text among the
    values, and repeated samples.
    """
    sheet = read_sheet(folder / facts.file, facts.sheet)
    top = _assay_row(sheet)
    heads, first = _heads(sheet, top)
    names = [cell_text(cell) for cell in sheet.rows[top]]
    values_at = [
        place for place, name in enumerate(names)
        if place > 0 and name and not QUALITY.match(name) and not CONTROL_ASSAY.match(name)
    ]  # fmt: skip
    notes: list[Note] = []
    sample_rows, tail = _sample_rows(sheet, first, notes)
    _refuse_unnamed(sheet, names, sample_rows)
    values = _numbers(sheet, sample_rows, values_at, names)
    samples = [cell_text(sheet.rows[row][0]) for row in sample_rows]
    problems = Problems()
    refuse_repeated_samples(samples, sheet.shown, problems)
    problems.raise_any()
    features = _features(heads, [names[place] for place in values_at], values_at)
    lod = _lod(sheet, tail, values_at)
    extras = _quality(sheet, sample_rows, names, samples)
    if lod is not None:
        features["lod"] = lod
        known = np.isfinite(values) & np.isfinite(lod)
        share = np.where(known, values < lod, np.nan)
        extras["below_lod"] = [np.nanmean(row) if known[n].any() else np.nan
                               for n, row in enumerate(share)]  # fmt: skip
    frame = pd.DataFrame(values, index=samples, columns=features.index)
    return RawAssay(frame, features, extras, sheet.shown, notes)


def _assay_row(sheet: Sheet) -> int:
    for place, row in enumerate(sheet.rows[:HEADER_ROWS]):
        filled = sum(bool(cell_text(cell)) for cell in row)
        if cell_text(row[0]).lower() == "assay" and filled > 1:
            return place
    raise InputError(
        Problem(
            sheet.shown, "no row begins with 'Assay'",
            "name the `sheet` that NPX Manager wrote; another layout is `format: matrix`",
        )
    )  # fmt: skip


def _heads(sheet: Sheet, top: int) -> tuple[dict[str, list[object]], int]:
    """The header rows by what they hold, and the place of the first row below them."""
    heads: dict[str, list[object]] = {}
    first = top + 1
    for place, row in enumerate(sheet.rows[: top + 6]):
        word = ABOVE_OR_BELOW.get(cell_text(row[0]).lower())
        if word is not None:
            heads[word] = row
            first = max(first, place + 1)
    return heads, first


def _sample_rows(sheet: Sheet, first: int, notes: list[Note]) -> tuple[list[int], list[int]]:
    """Places of the rows of samples, and of those that sum up the assays."""
    samples, tail, controls = [], [], []
    for place in range(first, len(sheet.rows)):
        row = sheet.rows[place]
        name = cell_text(row[0])
        if not name:
            if any(cell_text(cell) for cell in row):
                raise InputError(
                    Problem(
                        f"{sheet.shown} row {place + 1}", "the row has values but no sample name",
                        "name the sample in the first column, or clear the row",
                    )
                )  # fmt: skip
        elif TAIL.match(name):
            tail.append(place)
        elif CONTROL_SAMPLE.match(name):
            controls.append(place)
        else:
            samples.append(place)
    if not samples:
        raise InputError(Problem(sheet.shown, "there is no row of a sample", "check the sheet"))
    if controls:
        notes.append(Note("control samples", len(controls), "rows of control wells"))
    return samples, tail


def _refuse_unnamed(sheet: Sheet, names: list[str], rows: list[int]) -> None:
    for place, name in enumerate(names):
        if place > 0 and not name and any(cell_text(sheet.rows[row][place]) for row in rows):
            raise InputError(
                Problem(
                    sheet.shown, f"column {column_letter(place)} has values but no assay name",
                    "name the `sheet` that NPX Manager wrote, or give the column a name",
                )
            )  # fmt: skip


def _numbers(sheet: Sheet, rows: list[int], columns: list[int], names: list[str]) -> np.ndarray:
    values = np.empty((len(rows), len(columns)))
    problems, told = Problems(), 0
    for place, column in enumerate(columns):
        cells = [sheet.rows[row][column] for row in rows]
        known = [None if cell_text(cell) in MISSING else cell for cell in cells]
        values[:, place], faults = parse_numbers(known, ".")
        for row, kind in list(faults.items())[: max(0, SHOWN - told)]:
            told += 1
            problems.add(
                f"{sheet.shown} row {rows[row] + 1}, column '{names[column]}'",
                f"{kind} where a number is expected", remedy_for(kind),
            )  # fmt: skip
    problems.raise_any()
    return values


def _features(
    heads: dict[str, list[object]], assays: list[str], values_at: list[int]
) -> pd.DataFrame:
    beside = {word: [cell_text(row[place]) for place in values_at] for word, row in heads.items()}
    pairs = zip(beside.get("id", assays), assays, strict=True)
    identifiers = [found or assay for found, assay in pairs]
    features = feature_table(identifiers, assays)
    for word in ("uniprot", "panel"):
        if word in beside:
            features[word] = beside[word]
    return features


def _lod(sheet: Sheet, tail: list[int], values_at: list[int]) -> np.ndarray | None:
    for row in tail:
        if cell_text(sheet.rows[row][0]).lower().endswith("lod"):
            cells = [sheet.rows[row][place] for place in values_at]
            values, _ = parse_numbers(cells, ".")
            return np.asarray(values)
    return None


def _quality(sheet: Sheet, rows: list[int], names: list[str], samples: list[str]) -> pd.DataFrame:
    extras = pd.DataFrame(index=pd.Index(samples))
    kinds = (("plate", "plate", joined), ("qc_warning", "qc warning", warnings))
    for word, pattern, summary in kinds:
        columns = [place for place, name in enumerate(names) if name.lower().startswith(pattern)]
        if not columns:
            continue
        texts = [pd.Series([cell_text(sheet.rows[row][c]) for c in columns]) for row in rows]
        extras[word] = [summary(found) for found in texts]
    return extras
