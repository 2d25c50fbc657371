"""One declared clinical column: from the cells of a table to numbers or words in our units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from immunosep_omics.clinical.dates import one_way_time
from immunosep_omics.clinical.levels import no_levels, other_spellings
from immunosep_omics.clinical.missing_codes import look_like_codes
from immunosep_omics.clinical.numbers import (
    may_be_thousands,
    numbers_and_units,
    parse_numbers,
    quotable,
    remedy_for,
)
from immunosep_omics.clinical.unit_doubts import unit_doubt
from immunosep_omics.clinical.units import Conversion, conversion, same_unit, unit_in_header
from immunosep_omics.clinical.vocabulary import Entry, vocabulary
from immunosep_omics.errors import InputError, Problems, did_you_mean
from immunosep_omics.ingest.clinical.rows import rows_text
from immunosep_omics.ingest.files.table_file import Table, cell_text
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.settings.cohort import ClinicalFile, Column, Doubt

SECONDS_PER_HOUR = 3600.0

MOST_NUMBERED = 8
"""So many different numbers, some with decimals, number no groups."""


@dataclass(frozen=True)
class ColumnReader:
    """What reading any column of a clinical table needs.

    Faults go to `problems`; what was understood without being stated goes to `notes`.
    """

    table: Table
    facts: ClinicalFile
    problems: Problems
    notes: list[Note] = field(default_factory=list)

    def read(self, name: str, column: Column) -> pd.Series:
        """Values of a column (float64, or text with NaN where missing), one per row.

        A message names file, header and rows; it never quotes a measurement.
        """
        entry = vocabulary().get(name)
        kind = self._kind(name, column, entry)
        if kind == "date":
            return self._hours(name, column, entry)
        cells = self._known(column.source, column.missing)
        if column.codes:
            measured = kind == "number" and (entry is not None or column.type == "number")
            cells = self._decoded(column, cells, measured and self._no_number(column.codes))
        if kind == "category":
            return self._category(name, column, cells, entry)
        return self._number(name, column, cells, entry, binary=kind == "binary")

    def _kind(self, name: str, column: Column, entry: Entry | None) -> str:
        stated = column.type or ("number" if column.unit or column.unit_from else None)
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

    def _known(self, header: str, codes: list[str]) -> list[object]:
        missing = {"", *(text.strip() for text in [*self.facts.missing, *codes])}
        return [None if cell_text(cell) in missing else cell for cell in self.table.cells(header)]

    def _tell(self, header: str, faults: dict[int, str], remedy: str | None = None) -> None:
        """One message for each kind of fault of a column, with the rows."""
        for kind in dict.fromkeys(faults.values()):
            rows = [self.table.numbers[place] for place, k in faults.items() if k == kind]
            self.problems.add(
                f"{self.table.shown}, column '{header}', {rows_text(rows)}", kind,
                remedy or remedy_for(kind),
            )  # fmt: skip

    def _doubt(
        self, name: str, column: Column, doubt: Doubt, faults: dict[int, str], remedy: str
    ) -> bool:
        """Tell what is rather wrong than right; a note where a person has `checked` that it is not.

        True where the values count as wrong.
        """
        if doubt in column.checked:
            for kind in dict.fromkeys(faults.values()):
                count = sum(other == kind for other in faults.values())
                reason = f"{name}: {kind}; right by `checked: [{doubt}]`"
                self.notes.append(Note("doubt that was checked", count, reason))
            return False
        right = f"{remedy}; if it is right as it is, state `checked: [{doubt}]`"
        self._tell(column.source, faults, right)
        return True

    def _no_number(self, codes: Iterable[str]) -> bool:
        """True where numbers may stand beside these codes; if one is a number, all have a code."""
        texts = list(codes)
        faults = parse_numbers(texts, self.facts.decimal, self.facts.thousands)[1]
        return len(faults) == len(texts)

    def _decoded(self, column: Column, cells: list[object], measured: bool) -> list[object]:
        codes = column.codes or {}
        faults: dict[int, str] = {}
        decoded: list[object] = []
        for place, cell in enumerate(cells):
            text = cell_text(cell)
            if measured and text not in codes:
                decoded.append(cell)
                continue
            if cell is not None and text not in codes:
                faults[place] = f"a code that is not declared {quotable(text)}".strip()
            decoded.append(codes.get(text))
        self._tell(
            column.source, faults,
            f"add it to `codes` (declared: {', '.join(codes)}), or to `missing`",
        )  # fmt: skip
        return decoded

    def _category(
        self, name: str, column: Column, cells: list[object], entry: Entry | None
    ) -> pd.Series:
        words = [None if c is None else " ".join(cell_text(c).split()) for c in cells]
        levels = entry.levels if entry is not None else ()
        faults = {
            place: f"{quotable(word) or 'a value'} is none of {', '.join(levels)}"
            for place, word in enumerate(words)
            if levels and word is not None and word not in levels
        }
        example = ", ".join(f"{level[0].upper()}: {level}" for level in levels)
        self._tell(column.source, faults, f"say what it means: `codes: {{{example}}}`")
        if not levels and not column.codes:
            self._doubt_levels(name, column, words)
        if entry is None and column.type is None and not column.codes:
            self._refuse_measurements(name, words)
        return pd.Series([np.nan if word is None else word for word in words], dtype=object)

    def _refuse_measurements(self, name: str, words: list[str | None]) -> None:
        """Numbers with decimals are no levels, though nobody said that they are numbers."""
        values, faults = parse_numbers(words, self.facts.decimal, self.facts.thousands)
        known = np.unique(values[~np.isnan(values)])
        if not faults and len(known) >= MOST_NUMBERED and (known % 1 != 0).any():
            self.problems.add(
                self._key(name), "these are numbers with decimals, and would be read as categories",
                "state `type: number` (or `type: category`)",
            )  # fmt: skip

    def _doubt_levels(self, name: str, column: Column, words: list[str | None]) -> None:
        for text in sorted(no_levels(words)):
            places = {place: quotable(text) for place, word in enumerate(words) if word == text}
            remedy = f"add {text} to `missing`, or give it a meaning in `codes`"
            self._doubt(name, column, "levels", places, remedy)
        spelled = {
            word: f"{quotable(word) or 'a level'} is also written {quotable(most) or 'otherwise'}"
            for word, most in other_spellings(words).items()
        }
        places = {place: spelled[word] for place, word in enumerate(words) if word in spelled}
        self._doubt(name, column, "levels", places, "give both one meaning in `codes`")

    def _number(
        self, name: str, column: Column, cells: list[object], entry: Entry | None, *, binary: bool
    ) -> pd.Series:
        units = [] if column.unit_from is None else self.table.texts(column.unit_from)
        if column.unit_from == column.source:
            cells, units = numbers_and_units(cells)
        values, faults = parse_numbers(cells, self.facts.decimal, self.facts.thousands)
        if self.facts.thousands is None and not faults:
            self._doubt_marks(name, column, cells)
        text = {place: kind for place, kind in faults.items() if kind.startswith("text")}
        meaning = "0 and 1" if binary else "numbers"
        for kind in dict.fromkeys(text.values()):
            self._tell(
                column.source, {place: k for place, k in text.items() if k == kind},
                f"{remedy_for(kind)}; if it is a code, say what it means with `codes` ({meaning})",
            )  # fmt: skip
        for kind in dict.fromkeys(k for k in faults.values() if k not in text.values()):
            places = {place: kind for place, other in faults.items() if other == kind}
            self._tell(column.source, places, f"{remedy_for(kind)}; or {_by_facts(kind)}")
        if binary:
            wrong = np.flatnonzero(~np.isnan(values) & ~np.isin(values, (0, 1)))
            odd = {int(place): "neither 0 nor 1" for place in wrong}
            self._tell(column.source, odd, "say what it means with `codes` (0 and 1)")
        elif entry is None and column.unit_from is not None:
            self.problems.add(
                self._key(name), f"no units of '{name}' are known, so rows cannot be converted",
                f"remove `unit_from`, or use a known name: {did_you_mean(name, vocabulary())}",
            )  # fmt: skip
        else:
            ours = (
                values if entry is None else self._in_our_unit(name, column, values, entry, units)
            )
            self._doubt_codes(name, column, np.where(np.isnan(ours), np.nan, values), entry)
            values = ours
        return pd.Series(values)

    def _doubt_marks(self, name: str, column: Column, cells: list[object]) -> None:
        mark = self.facts.decimal
        other = "," if mark == "." else "."
        kind = f"the '{mark}' seems to stand between thousands, and is read as the decimal mark"
        self._doubt(
            name, column, "unit", dict.fromkeys(may_be_thousands(cells, mark), kind),
            f"state the file's `decimal: \"{other}\"` and `thousands: \"{mark}\"`",
        )  # fmt: skip

    def _doubt_codes(
        self, name: str, column: Column, values: np.ndarray, entry: Entry | None
    ) -> None:
        may_be_negative = entry is not None and (entry.low or 0) < 0
        kind = "looks like a code for 'not known'"
        self._doubt(
            name, column, "range",
            {int(place): kind for place in look_like_codes(values, may_be_negative)},
            'add it: `missing: ["", NA, "-9"]`',
        )  # fmt: skip

    def _in_our_unit(
        self, name: str, column: Column, values: np.ndarray, entry: Entry, units: list[str]
    ) -> np.ndarray:
        if column.unit_from is not None:
            return self._each_in_its_unit(name, column, values, entry, units)
        unit = self._unit(name, column, entry)
        try:
            found = conversion(entry, unit, self._key(name))
        except InputError as error:
            self.problems.extend(error)
            return values
        return self._converted(column, values, entry, found, unit or str(entry.unit))

    def _unit(self, name: str, column: Column, entry: Entry) -> str | None:
        """The stated unit, which the header must not contradict; otherwise the header's."""
        in_header = unit_in_header(column.source, entry)
        if in_header is None or not entry.unit_must_be_stated:
            return column.unit
        if column.unit is None:
            reason = f"{name} is in {in_header} by its header '{column.source}'"
            self.notes.append(Note("unit recognised", 1, reason))
            return in_header
        if not same_unit(entry, column.unit, in_header):
            said = f"the header '{column.source}' says {in_header}, but `unit` says {column.unit}"
            if "unit" in column.checked:
                self.notes.append(Note("doubt that was checked", 1, f"{said}; `unit` is right"))
            else:
                self.problems.add(
                    self._key(name), said,
                    "find out which is right; then correct `unit`, or state `checked: [unit]`",
                )  # fmt: skip
        return column.unit

    def _each_in_its_unit(
        self, name: str, column: Column, values: np.ndarray, entry: Entry, units: list[str]
    ) -> np.ndarray:
        ours, faults = np.full(len(values), np.nan), dict[int, str]()
        valued = ~np.isnan(values)
        for unit in dict.fromkeys(units):
            rows = valued & np.array([text == unit for text in units], dtype=bool)
            try:
                found = conversion(entry, unit or None, self._key(name))
            except InputError as error:
                kind = error.problems[0].problem if unit else "a value without a unit"
                if kind.startswith("unknown unit") and not quotable(unit):
                    kind = "a unit that is not known"
                faults |= {int(place): kind for place in np.flatnonzero(rows)}
                continue
            there = np.where(rows, values, np.nan)
            ours[rows] = self._converted(column, there, entry, found, unit)[rows]
        valid = ", ".join(dict.fromkeys([str(entry.unit), *entry.units]))
        self._tell(str(column.unit_from), faults, f"write a unit that is known: {valid}")
        return ours

    def _converted(
        self, column: Column, values: np.ndarray, entry: Entry, stated: Conversion, unit: str
    ) -> np.ndarray:
        """Values in our unit, refused where they look to be in another than `unit`."""
        ours = stated.apply(values)
        doubt = unit_doubt(ours, entry, stated)
        if doubt is not None:
            kind = f"usual in {doubt.unit}, but not in {unit}, as which it is read"
            remedy = f"find out the unit; if it is {doubt.unit}, state `unit: {doubt.unit}`"
            if not doubt.whole:
                kind += ": the column seems to mix both units"
                remedy = (
                    "name a column of units (`unit_from`), or split the column or the cohort so"
                    " that each has one unit"
                )
            if doubt.unit in entry.refused:
                remedy += f"; {doubt.unit} cannot be converted: {entry.refused[doubt.unit]}"
            faults = {int(place): kind for place in doubt.places}
            if self._doubt(entry.name, column, "unit", faults, remedy):
                ours[doubt.places] = np.nan
        self._check_range(column, ours, entry, unit)
        return ours

    def _check_range(self, column: Column, values: np.ndarray, entry: Entry, unit: str) -> None:
        """Values outside the entry's range are told, and made missing."""
        if entry.low is None or entry.high is None:
            return
        outside = np.flatnonzero((values < entry.low) | (values > entry.high))
        bounds = f"{entry.low:g} to {entry.high:g} {entry.unit}"
        faults = {int(place): f"implausible: outside {bounds}" for place in outside}
        valid = ", ".join([str(entry.unit), *entry.units])
        remedy = (
            f"check the unit (it is read as {unit}; valid: {valid}) and the cell; a code for 'not"
            " known' (-9, 999) goes under `missing`"
        )
        if entry.name.startswith("time_"):
            remedy += (
                f"; who was followed longer counts as alive at {entry.high:g} days: declare"
                " `death` and `follow_up`, from which it is computed"
            )
        if self._doubt(entry.name, column, "range", faults, remedy):
            values[outside] = np.nan

    def _hours(self, name: str, column: Column, entry: Entry | None) -> pd.Series:
        later = self._times(column.source, column)
        earlier = self._times(str(column.since), column)
        values = np.array([
            (b - a).total_seconds() / SECONDS_PER_HOUR if a is not None and b is not None
            else np.nan
            for a, b in zip(earlier, later, strict=True)
        ])  # fmt: skip
        if entry is not None:
            try:
                values = conversion(entry, "h", self._key(name)).apply(values)
            except InputError as error:
                self.problems.extend(error)
            self._check_range(column, values, entry, "hours between two dates")
        return pd.Series(values, dtype=np.float64)

    def _times(self, header: str, column: Column) -> list[datetime | None]:
        faults: dict[int, str] = {}
        times: list[datetime | None] = []
        for place, cell in enumerate(self._known(header, column.missing)):
            time = None if cell is None else one_way_time(cell, cell_text(cell), column.dates)
            if cell is not None and time is None:
                faults[place] = "not a date that can only be read in one way"
            times.append(time)
        self._tell(
            header,
            faults,
            "write dates as 2024-03-31 or 2024-03-31 14:30 (or 31.03.2024 14:30), or say how they"
            " are written: `dates: d/m/y`, `m/d/y` or `excel` (days since 1900)",
        )
        return times


def _by_facts(kind: str) -> str:
    """What the cohort's facts can say of a cell that is no plain number."""
    if "followed by" in kind or "percent" in kind:
        return "name the column itself in `unit_from`, to read number and unit out of one cell"
    if "ambiguous" in kind or "thousands" in kind:
        return "say of a few such cells what number each stands for, with `codes`"
    return 'say what number the text stands for: `codes: {"<5": 2.5}`'
