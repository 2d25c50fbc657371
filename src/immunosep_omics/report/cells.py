"""Tables as the page shows them: every cell a short text, and the whole table to take away."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SHOWN_ROWS = 12
MISSING = "\N{EN DASH}"
PLAIN_BYTES = 200_000
"""Longer tables are carried compressed."""
MOST_BYTES = 1_500_000
"""Tables that are longer even then stay in the results folder."""


@dataclass(frozen=True)
class Grid:
    """A table ready to show: texts, and which columns hold numbers."""

    columns: list[str]
    numeric: list[bool]
    rows: list[list[str]]
    total: int


@dataclass(frozen=True)
class Download:
    """A file inside the page; without an address it was too long to carry."""

    name: str
    address: str
    place: str


def grid(table: pd.DataFrame, rows: int | None = None) -> Grid:
    """The first rows of a table (all if not stated), cells rounded for reading."""
    shown = table if rows is None else table.head(rows)
    return Grid(
        columns=[str(column).replace("_", " ") for column in table.columns],
        numeric=[bool(pd.api.types.is_numeric_dtype(table[column])) for column in table.columns],
        rows=[[cell(value) for value in row] for row in shown.itertuples(index=False)],
        total=len(table),
    )


def cell(value: object) -> str:
    """A value as text: three significant digits, a dash for what is missing."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return MISSING
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e6:
            return f"{int(value)}"
        return f"{value:.2e}" if 0 < abs(value) < 1e-3 else f"{value:.3g}"
    return str(value)


def interval(row: pd.Series, low: str = "ci_low", high: str = "ci_high", digits: int = 2) -> str:
    """`0.71 (95% CI 0.62 to 0.80)` without the estimate."""
    return f"{row[low]:.{digits}f} to {row[high]:.{digits}f}"


def download(path: Path, results: Path, name: str) -> Download:
    """A table file as a link that carries it."""
    content = path.read_bytes()
    kind, place = "text/tab-separated-values", path.relative_to(results).as_posix()
    if len(content) > PLAIN_BYTES:
        content, name, kind = gzip.compress(content, 9, mtime=0), f"{name}.gz", "application/gzip"
    if len(content) > MOST_BYTES:
        return Download(name, "", place)
    return Download(name, f"data:{kind};base64,{base64.b64encode(content).decode()}", place)


def picture(path: Path) -> str:
    """A PNG file as an address that carries it."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
