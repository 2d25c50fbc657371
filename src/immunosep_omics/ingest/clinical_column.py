"""One declared clinical column: from the cells of a table to numbers or words in our units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from immunosep_omics.clinical.numbers import parse_numbers, quotable, remedy_for
from immunosep_omics.clinical.units import factor
from immunosep_omics.clinical.vocabulary import Entry, vocabulary
from immunosep_omics.errors import InputError, Problems
from immunosep_omics.ingest.table_file import Table, cell_text
from immunosep_omics.settings.cohort import Clinical, Column

SECONDS_PER_HOUR = 3600.0

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: +(\d{1,2}):(\d{2})(?::(\d{2}))?)?$")


@dataclass(frozen=True)
class ColumnReader:
    """What reading any column of a clinical table needs; faults go to `problems`."""

    table: Table
    facts: Clinical
    problems: Problems

    def read(self, name: str, column: Column) -> pd.Series:
        """Values of a column (float64, or text with NaN where missing), one per row.

        A message names file, header and rows; it never quotes a measurement.
        """
        entry = vocabulary().get(name)
        kind = self._kind(name, column, entry)
        if kind == "date":
            return self._hours(name, column, entry)
        cells = self._known(column.source)
        if column.codes:
            cells = self._decoded(column, cells)
        if kind == "category":
            return self._category(column, cells, entry)
        return self._number(name, column, cells, entry, binary=kind == "binary")

    def _kind(self, name: str, column: Column, entry: Entry | None) -> str:
        stated = column.type or ("number" if column.unit else None)
        if entry is None:
            codes = list((column.codes or {}).values())
            counted = bool(codes) and all(isinstance(code, (int, float)) for code in codes)
            return stated or ("number" if counted else "category")
        numeric = entry.type in ("number", "binary")
        if (stated == "category" and numeric) or (stated in ("number", "date") and not numeric):
            self.problems.add(
                self._key(name), f"{name} is a {entry.type} column, not a {stated}",
                "remove `type` and `unit`, or declare the column under another name",
            )  # fmt: skip
        return "date" if stated == "date" and numeric else entry.type

    def _key(self, name: str) -> str:
        return f"{self.table.shown} (clinical.columns.{name})"

    def _known(self, header: str) -> list[object]:
        missing = {"", *(text.strip() for text in self.facts.missing)}
        return [None if cell_text(cell) in missing else cell for cell in self.table.cells(header)]

    def _tell(self, header: str, faults: dict[int, str], remedy: str | None = None) -> None:
        """One message for each kind of fault of a column, with the rows."""
        for kind in dict.fromkeys(faults.values()):
            rows = [self.table.numbers[place] for place, k in faults.items() if k == kind]
            self.problems.add(
                f"{self.table.shown}, column '{header}', {rows_text(rows)}", kind,
                remedy or remedy_for(kind),
            )  # fmt: skip

    def _decoded(self, column: Column, cells: list[object]) -> list[object]:
        codes = column.codes or {}
        faults: dict[int, str] = {}
        decoded: list[object] = []
        for place, cell in enumerate(cells):
            text = cell_text(cell)
            if cell is not None and text not in codes:
                faults[place] = f"a code that is not declared {quotable(text)}".strip()
            decoded.append(codes.get(text))
        self._tell(
            column.source, faults,
            f"add it to `codes` (declared: {', '.join(codes)}), or to `missing`",
        )  # fmt: skip
        return decoded

    def _category(self, column: Column, cells: list[object], entry: Entry | None) -> pd.Series:
        words = [None if c is None else " ".join(cell_text(c).split()) for c in cells]
        levels = entry.levels if entry is not None else ()
        faults = {
            place: f"{quotable(word) or 'a value'} is none of {', '.join(levels)}"
            for place, word in enumerate(words)
            if levels and word is not None and word not in levels
        }
        example = ", ".join(f"{level[0].upper()}: {level}" for level in levels)
        self._tell(column.source, faults, f"say what it means: `codes: {{{example}}}`")
        unclear = {place: "'NA'" for place, word in enumerate(words) if word == "NA"}
        self._tell(column.source, unclear, "add NA to `missing`, or give it a meaning in `codes`")
        return pd.Series([np.nan if word is None else word for word in words], dtype=object)

    def _number(
        self, name: str, column: Column, cells: list[object], entry: Entry | None, *, binary: bool
    ) -> pd.Series:
        values, faults = parse_numbers(cells, self.facts.decimal)
        text = {place: kind for place, kind in faults.items() if kind.startswith("text")}
        meaning = "0 and 1" if binary else "numbers"
        self._tell(
            column.source, text,
            f"{remedy_for('text')}; if it is a code, say what it means with `codes` ({meaning})",
        )  # fmt: skip
        self._tell(column.source, {p: kind for p, kind in faults.items() if p not in text})
        if binary:
            wrong = np.flatnonzero(~np.isnan(values) & ~np.isin(values, (0, 1)))
            odd = {int(place): "neither 0 nor 1" for place in wrong}
            self._tell(column.source, odd, "say what it means with `codes` (0 and 1)")
        elif entry is not None:
            values = self._in_our_unit(name, column, values, entry)
        return pd.Series(values)

    def _in_our_unit(
        self, name: str, column: Column, values: np.ndarray, entry: Entry
    ) -> np.ndarray:
        try:
            scaled = values * factor(entry, column.unit, self._key(name))
        except InputError as error:
            self.problems.extend(error)
            return values
        self._check_range(column.source, scaled, entry, column.unit)
        return np.asarray(scaled)

    def _check_range(self, header: str, values: np.ndarray, entry: Entry, unit: str | None) -> None:
        if entry.low is None or entry.high is None:
            return
        outside = np.flatnonzero((values < entry.low) | (values > entry.high))
        bounds = f"{entry.low:g} to {entry.high:g} {entry.unit}"
        faults = {int(place): f"implausible: outside {bounds}" for place in outside}
        valid = ", ".join([str(entry.unit), *entry.units])
        stated = f"it is read as {unit or entry.unit}"
        self._tell(header, faults, f"check the unit ({stated}; valid: {valid}) and the cell")

    def _hours(self, name: str, column: Column, entry: Entry | None) -> pd.Series:
        later = self._times(column.source)
        earlier = self._times(str(column.since))
        values = np.array([
            (b - a).total_seconds() / SECONDS_PER_HOUR if a is not None and b is not None
            else np.nan
            for a, b in zip(earlier, later, strict=True)
        ])  # fmt: skip
        if entry is not None:
            try:
                values = values * factor(entry, "h", self._key(name))
            except InputError as error:
                self.problems.extend(error)
            self._check_range(column.source, values, entry, "hours between two dates")
        return pd.Series(values, dtype=np.float64)

    def _times(self, header: str) -> list[datetime | None]:
        faults: dict[int, str] = {}
        times: list[datetime | None] = []
        for place, cell in enumerate(self._known(header)):
            time = None if cell is None else _time(cell)
            if cell is not None and time is None:
                faults[place] = "not a date that can only be read in one way"
            times.append(time)
        self._tell(
            header, faults, "write dates as 2024-03-31 or 2024-03-31 14:30 (or 31.03.2024 14:30)"
        )
        return times


def rows_text(rows: list[int]) -> str:
    """Row numbers for a message: the first few, and how many there are."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"rows {', '.join(str(row) for row in rows[:5])}{more}"


def _time(cell: object) -> datetime | None:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    text = cell_text(cell)
    if match := _ISO.match(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    elif match := _DOTTED.match(text):
        day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    else:
        return None
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
