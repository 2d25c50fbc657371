"""Concentrations as the programs of assays write them: out of range, extrapolated, with units.

While a table is read, minus infinity stands for below the range and infinity for above it: no
number of a file is infinite (such are refused).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problems
from immunosep_omics.ingest.files.number_cells import NumberCells
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.wide_text import (
    Odd,
    WideText,
    line_of_row,
    read_columns,
    tell_odd,
)
from immunosep_omics.ingest.raw_assay import Note, RawAssay

KINDS = ("cytokines", "metabolites")

BELOW = re.compile(
    r"[<\u2264](?!NA>).*|oor ?<|below( (the )?(lod|detection|fit|limit|range|curve|lloq|loq).*)?"
    r"|b(lo|l|d|q)[dql]|< ?l?lo[dq]|undetect(ed|able)|not detect(ed|able)",
    re.IGNORECASE,
)
ABOVE = re.compile(
    r"[>\u2265].*|oor ?>|above( (the )?(uloq|detection|fit|limit|range|curve).*)?|a(u?lo|l|q)[lq]"
    r"|saturated",
    re.IGNORECASE,
)
"""`OOR <` and `*3.2` are Bio-Plex's and xPONENT's words, `Below Fit Curve Range` is MSD's."""

EXTRAPOLATED = re.compile(r"\* ?([0-9][0-9.,]*)|([0-9][0-9.,]*) ?\*")
FAILED = ("***", "---")
"""Wells that the machine or a person took out."""

UNIT = re.compile(
    r"\(?\[?([pnu\u00b5\u03bcm]?g|[pnu\u00b5\u03bcm]?mol|[km]?i?u|[\u00b5\u03bcu]iu)"
    r" ?(/|per) ?[\u00b5\u03bcumd]?l\]?\)?|[pnu\u00b5\u03bcm]m|a\.?u\.?|mfi|%",
    re.IGNORECASE,
)


class ConcentrationCells(NumberCells):
    """Reads cells as :class:`NumberCells` does, and those out of range and extrapolated too.

    Cells out of range are infinite, wells that failed NaN. A number that is marked as extrapolated
    beyond the standards (``3.2*``) is read, and counted.
    """

    extrapolated = 0

    def parse(self, cells: Sequence[object]) -> tuple[np.ndarray, dict[int, str]]:
        """Values of cells, and the kind of fault by position."""
        texts = [cell_text(cell) if isinstance(cell, str) else "" for cell in cells]
        known: list[object] = list(cells)
        extrapolated = set()
        for place, text in enumerate(texts):
            marked = EXTRAPOLATED.fullmatch(text)
            if marked:
                known[place] = marked[1] or marked[2]
                extrapolated.add(place)
            elif text in FAILED or BELOW.fullmatch(text) or ABOVE.fullmatch(text):
                known[place] = None
        values, faults = super().parse(known)
        for place, text in enumerate(texts):
            if BELOW.fullmatch(text):
                values[place] = -np.inf
            elif ABOVE.fullmatch(text):
                values[place] = np.inf
        self.extrapolated += len(extrapolated - faults.keys())
        return values, faults

    @property
    def notes(self) -> list[Note]:
        """How many values were extrapolated."""
        reason = "marked with a * as beyond the standards: read as they are"
        found = Note("extrapolated values", self.extrapolated, reason)
        return [found] if self.extrapolated else []


def read_concentrations(
    table: WideText, texts: list[int], numbers: list[int], *, decimal: str, missing: list[str],
    keys: Collection[str], notes: list[Note], trimmed: bool = False,
) -> tuple[pd.DataFrame, np.ndarray]:  # fmt: skip
    """Like :func:`read_columns`; cells out of range are infinite, a row of units is left out.

    Extrapolated values are added to `notes`.
    """
    try:
        return read_columns(table, texts, numbers, decimal=decimal, missing=missing, keys=keys,
                            trimmed=trimmed)  # fmt: skip
    except InputError:
        pass
    words, _ = read_columns(
        table, [*texts, *numbers], [], decimal=decimal, missing=missing, keys=keys,
        trimmed=trimmed,
    )  # fmt: skip
    first = 1 if is_row_of_units(words.iloc[0][numbers]) else 0
    values = np.empty((len(words) - first, len(numbers)))
    odd: dict[int, Odd] = {}
    reader = ConcentrationCells(table.shown, decimal=decimal)
    for column, place in enumerate(numbers):
        cells = [word if isinstance(word, str) else None for word in words[place][first:]]
        values[:, column], faults = reader.parse(cells)
        known = len(cells) - cells.count(None)
        row, kind = next(iter(faults.items()), (0, ""))
        line = line_of_row(table, row + first) if faults else 0
        odd[place] = Odd(known, len(faults), line, kind)
    problems = Problems()
    tell_odd(odd, table.shown, table.header, keys, problems)
    problems.raise_any()
    notes += reader.notes
    return words[texts][first:].reset_index(drop=True), values


def is_row_of_units(cells: Sequence[object]) -> bool:
    """Whether the cells under the header of values hold units."""
    known = [text for cell in cells if (text := cell_text(cell)) and text != "nan"]
    return bool(known) and all(UNIT.fullmatch(text) for text in known)


def out_of_range(raw: RawAssay) -> RawAssay:
    """The same assay: values out of range become missing, and are counted.

    `below_lod` of features and samples, where the file gave no limits: the share below the range
    of those that were measured.
    """
    values = raw.values.to_numpy()
    below, above = np.isneginf(values), np.isposinf(values)
    if not (below.any() or above.any()):
        return raw
    notes = [
        Note("values below detection", int(below.sum()), "out of the assay's range: missing"),
        Note("values above the range", int(above.sum()), "out of the assay's range: missing"),
    ]
    share = pd.DataFrame(
        np.where(np.isnan(values), np.nan, below),
        index=raw.values.index,
        columns=raw.values.columns,
    )
    features, samples = raw.features, raw.samples
    if "below_lod" not in features:
        features = features.assign(below_lod=share.mean())
        samples = samples.assign(below_lod=share.mean(axis=1))
    return RawAssay(
        raw.values.replace([-np.inf, np.inf], np.nan),
        features,
        samples,
        raw.source,
        [*raw.notes, *(note for note in notes if note.amount)],
    )
