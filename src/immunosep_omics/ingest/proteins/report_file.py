"""A search engine's report as columns, whether text, workbook or Parquet."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.concentrations import ConcentrationCells, read_concentrations
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.number_cells import NumberCells
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.wide_text import open_wide, read_columns
from immunosep_omics.ingest.files.workbook import is_workbook, read_sheet
from immunosep_omics.ingest.raw_assay import Note

MISSING = [
    "", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "#N/A", "n. def.", "Filtered", "-",
]  # fmt: skip
"""What search engines write where there is no value."""

ROW_NAMES = ("", "x", "v1", "1", "unnamed0", "index0", "rowname", "rownames", "indexlevel0")
"""First headers, as :func:`key` has them, under which R and pandas write the rows' names."""

KEYS = frozenset({"decimal"})
"""What reports' facts can state to help with a cell that is no number."""

PARQUET = b"PAR1"
PERSEUS = b"\n#!{"
HEAD = 1 << 20
"""Bytes among which Perseus' lines stand, below a header however long."""

Numbers = NDArray[np.float64]
Columns = Callable[[list[int], list[int], bool], tuple[pd.DataFrame, Numbers]]


@dataclass(frozen=True)
class Report:
    """A table whose header is read; `columns(texts, numbers, trimmed)` reads some by position.

    Texts come as a frame of categories ("" where missing), numbers as float64 rows x columns.
    With `trimmed`, short rows of a text file are complete: their empty cells at the end were cut.
    """

    shown: str
    header: list[str]
    notes: list[Note]
    columns: Columns

    @property
    def keys(self) -> list[str]:
        """The header as :func:`key` has it."""
        return [key(name) for name in self.header]


def key(header: str) -> str:
    """A header without what programs and R's `make.names` write differently.

    `PG.Q.Value`, `PG Q-Value` and `pg_q_value` are all `pgqvalue`.
    """
    return re.sub(r"[^a-z0-9]", "", header.lower())


def open_report(
    path: Path, rows: int | None, *, decimal: str = ".", delimiter: str | None = None,
    sheet: str | None = None, top: int = 1, missing: list[str] = MISSING,
    keys: Collection[str] = KEYS, concentrations: bool = False,
) -> Report:  # fmt: skip
    """Open a report; with `rows`, only its first rows. The file's own bytes tell what it is.

    (Spectronaut gives text the ending .xls.) The header is row `top`, of `sheet` (the first if
    None) in a workbook. `keys`: what its facts can state. Numbers may be `concentrations`, out of
    range or extrapolated. Raises :class:`InputError` for what cannot be read.
    """
    rows = None if rows is None else rows + top - 1
    cells = ConcentrationCells if concentrations else NumberCells
    start = _first_bytes(path)
    if start.startswith(PARQUET):
        return _parquet(path, rows, cells, decimal, missing, keys)
    if start.startswith(b"PK\x03\x04") or (start.startswith(b"\xd0\xcf") and is_workbook(path)):
        return _workbook(path, rows, sheet, top, cells, decimal, missing, keys)
    file = text_file.read_text_file(path, rows=rows)
    if PERSEUS in file.data[:HEAD]:
        raise InputError(
            Problem(
                file.shown, "is Perseus' export: lines that begin with #!{ describe its columns",
                "give the file that Perseus read; or remove these lines, and state `format: matrix`"
                " and the `scale` that the values have there",
            )
        )  # fmt: skip
    data = text_file.from_line(file.data, top, file.shown)
    mark = delimiter or text_file.dividing(data)
    table = open_wide(data, mark, file.shown, top)
    notes = list(file.notes)
    read_values = partial(read_concentrations, notes=notes) if concentrations else read_columns

    def columns(
        texts: list[int], numbers: list[int], trimmed: bool
    ) -> tuple[pd.DataFrame, Numbers]:
        frame, values = read_values(
            table, texts, numbers, decimal=decimal, missing=missing, trimmed=trimmed, keys=keys
        )
        return _categories(frame), values

    return Report(file.shown, table.header, notes, columns)


def _first_bytes(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as stream:
        return stream.read(4)


def _categories(frame: pd.DataFrame) -> pd.DataFrame:
    words = {}
    for place in frame:
        codes, names = pd.factorize(frame[place].fillna(""))
        stripped = [str(name).strip() for name in names]
        unique, where = np.unique(np.array(stripped, dtype=object), return_inverse=True)
        words[place] = pd.Categorical.from_codes(where[codes] if len(names) else codes, unique)
    return pd.DataFrame(words)


def _parquet(
    path: Path, rows: int | None, cells: type[NumberCells], decimal: str, missing: list[str],
    keys: Collection[str],
) -> Report:  # fmt: skip
    import polars as pl

    shown = path.as_posix()
    try:
        schema = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError):
        raise InputError(
            Problem(shown, "is not a readable Parquet file", "get the file again")
        ) from None
    header = list(schema)
    notes: list[Note] = []

    def columns(texts: list[int], numbers: list[int], _: bool) -> tuple[pd.DataFrame, Numbers]:
        wanted = [header[place] for place in dict.fromkeys([*texts, *numbers])]
        try:
            frame = pl.read_parquet(path, columns=wanted, n_rows=rows)
        except (pl.exceptions.PolarsError, OSError):
            raise InputError(
                Problem(shown, "the Parquet file is cut short or damaged", "get the file again")
            ) from None
        values = np.empty((frame.height, len(numbers)))
        reader = cells(shown, decimal=decimal, missing=missing, keys=keys)
        for at, place in enumerate(numbers):
            values[:, at] = reader.read_series(frame[header[place]])
        reader.raise_any()
        notes.extend(reader.notes)
        words = {p: frame[header[p]].cast(pl.String).to_list() for p in texts}
        return _categories(pd.DataFrame(words, columns=texts, dtype=object)), values

    return Report(shown, header, notes, columns)


def _workbook(
    path: Path, rows: int | None, name: str | None, top: int, cells: type[NumberCells],
    decimal: str, missing: list[str], keys: Collection[str],
) -> Report:  # fmt: skip
    sheet = read_sheet(
        path, name, header_rows=1, may_merge=top > 1, rows=None if rows is None else rows + 1
    )
    notes: list[Note] = []
    if not sheet.rows:
        raise InputError(Problem(sheet.shown, "the sheet is empty", "check the export"))
    if len(sheet.rows) < top:
        raise text_file.no_header(top, sheet.shown)
    header = [cell_text(cell) for cell in sheet.rows[top - 1]]
    body = [
        (number, row) for number, row in enumerate(sheet.rows[top:], start=top + 1)
        if any(cell_text(cell) for cell in row)
    ]  # fmt: skip

    def columns(texts: list[int], numbers: list[int], _: bool) -> tuple[pd.DataFrame, Numbers]:
        words = {place: [cell_text(row[place]) for _, row in body] for place in texts}
        values = np.empty((len(body), len(numbers)))
        reader = cells(sheet.shown, decimal=decimal, missing=missing, keys=keys)
        for at, place in enumerate(numbers):
            values[:, at] = reader.read_column(
                [row[place] for _, row in body], lambda n: f"{sheet.shown} row {body[n][0]}",
                header[place],
            )  # fmt: skip
        reader.raise_any()
        notes.extend(reader.notes)
        return _categories(pd.DataFrame(words, columns=texts, dtype=object)), values

    return Report(sheet.shown, header, notes, columns)
