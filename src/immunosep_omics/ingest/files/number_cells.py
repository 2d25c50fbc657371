"""Cells that must be numbers: read one by one, and told by row and column where they are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.clinical.numbers import KEYS, parse_numbers, remedy_for
from immunosep_omics.errors import Problems
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.wide_text import SHOWN
from immunosep_omics.ingest.raw_assay import Note

if TYPE_CHECKING:
    import polars as pl

Values = NDArray[np.float64]
Where = Callable[[int], str]


class NumberCells:
    """Reads columns (or rows) of cells of one file; of what is no number, the first are told.

    `missing` are texts without a value, `keys` what the file's facts can state to help.
    """

    def __init__(
        self, shown: str, *, decimal: str = ".", missing: Collection[str] = ("",),
        keys: Collection[str] = KEYS,
    ) -> None:  # fmt: skip
        self.shown, self.decimal = shown, decimal
        self.missing, self.keys = frozenset(missing), keys
        self._told = Problems()
        self._count = 0

    def read(self, cells: Sequence[object], where: Where) -> Values:
        """Numbers, NaN where missing or at fault; `where` names the place of a cell."""
        known = [None if cell_text(cell) in self.missing else cell for cell in cells]
        values, faults = self.parse(known)
        self.refuse(faults, where)
        return values

    def read_column(self, cells: Sequence[object], row: Where, column: str) -> Values:
        """Like :meth:`read`, of the cells below a header; `row` names the row of a cell."""
        return self.read(cells, lambda place: f"{row(place)}, column '{column}'")

    def parse(self, cells: Sequence[object]) -> tuple[Values, dict[int, str]]:
        """Values of cells, and the kind of fault by position."""
        return parse_numbers(cells, self.decimal)

    @property
    def notes(self) -> list[Note]:
        """What was read although it is marked: nothing here."""
        return []

    def read_series(self, column: pl.Series) -> Values:
        """Like :meth:`read_column`, of a column of a Parquet file: of numbers, or of text."""
        import polars as pl

        def row(place: int) -> str:
            return f"{self.shown} row {place + 1}"

        if column.dtype in (pl.String, pl.Null):
            return self.read_column(column.to_list(), row, column.name)
        if not column.dtype.is_numeric():
            self._told.add(
                f"{self.shown}, column '{column.name}'", f"holds {column.dtype}, not numbers",
                "export the table again, with this column as numbers",
            )  # fmt: skip
            return np.full(len(column), np.nan)
        values: Values = column.cast(pl.Float64).to_numpy()
        infinite = np.flatnonzero(np.isinf(values)).tolist()
        self.refuse(
            dict.fromkeys(infinite, "an infinite number"),
            lambda place: f"{row(place)}, column '{column.name}'",
        )
        return values

    def refuse_negative(self, values: Values, where: Where) -> None:
        """Note the values below 0 among some that cannot be."""
        negative = np.flatnonzero(values < 0).tolist()
        self.refuse(dict.fromkeys(negative, "a negative number"), where, "one of 0 or more")

    def refuse(self, faults: Mapping[int, str], where: Where, expected: str = "a number") -> None:
        """Note cells at fault, by position."""
        for place, kind in list(faults.items())[: max(0, SHOWN - self._count)]:
            self._told.add(
                where(place), f"{kind} where {expected} is expected", remedy_for(kind, self.keys)
            )
        self._count += len(faults)

    def tell(self, problems: Problems) -> None:
        """Add what was noted."""
        if self._count > SHOWN:
            self._told.add(
                self.shown, f"{self._count} cells are no numbers that could stand there",
                "see those above",
            )  # fmt: skip
        problems.extend(self._told)

    def raise_any(self) -> None:
        """Raise :class:`InputError` if any cell was noted."""
        self.tell(problems := Problems())
        problems.raise_any()
