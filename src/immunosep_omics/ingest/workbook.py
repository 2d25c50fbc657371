"""Sheets of Excel workbooks, as values."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from immunosep_omics.errors import InputError, Problem, did_you_mean

Row = list[object]


@dataclass(frozen=True)
class Sheet:
    """Rows of a sheet, all of the same length; row ``i`` of the list is row ``i + 1`` there."""

    shown: str
    rows: list[Row]


def is_workbook(path: Path) -> bool:
    """True where the ending says that a file is a workbook."""
    return path.suffix.lower() in (".xlsx", ".xlsm", ".xls")


def read_sheet(path: Path, sheet: str | None, *, header_rows: int = 0) -> Sheet:
    """Read a sheet (the first if not named): text, numbers, dates, truth values, None.

    Formulas give the values that the workbook keeps for them. With `header_rows`, merged cells
    in that many first rows are refused. Raises :class:`InputError` for a file or sheet that is
    not there, for formulas without a kept value and for merged headers.
    """
    shown = path.as_posix()
    if path.suffix.lower() == ".xls":
        raise _problem(shown, "is in Excel's old format", "save it as .xlsx or CSV")
    book = _open(path, values=False, streaming=not header_rows)
    try:
        name = _name(book, sheet, shown)
        shown = f"{shown} [sheet {name}]"
        if header_rows:
            _refuse_merged(book[name], header_rows, shown)
        rows, formulas = _rows(book[name])
    finally:
        book.close()
    if formulas:
        rows = _with_kept_values(path, name, formulas, shown)
    return Sheet(shown, _rectangle(rows))


def column_letter(position: int) -> str:
    """The letter of a column, counted from 0."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position + 1))


def _open(path: Path, *, values: bool, streaming: bool) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(path, read_only=streaming, data_only=values)
    except FileNotFoundError:
        raise _problem(
            path.as_posix(), "no such file", "check `folder` and the file's name"
        ) from None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError):
        raise _problem(
            path.as_posix(), "is not a readable .xlsx workbook (or it has a password)",
            "save it again as .xlsx, or as CSV",
        ) from None  # fmt: skip


def _name(book: Any, sheet: str | None, shown: str) -> str:
    names = [worksheet.title for worksheet in book.worksheets]
    if sheet is None:
        return str(names[0])
    if sheet not in names:
        raise _problem(shown, f"there is no sheet '{sheet}'", did_you_mean(sheet, names))
    return sheet


def _refuse_merged(worksheet: Any, header_rows: int, shown: str) -> None:
    merged = [str(area) for area in worksheet.merged_cells.ranges if area.min_row <= header_rows]
    if merged:
        raise _problem(
            shown, f"header cells are merged: {', '.join(sorted(merged)[:5])}",
            "unmerge them, and give each column a header of its own in row 1",
        )  # fmt: skip


def _rows(worksheet: Any) -> tuple[list[Row], list[tuple[int, int]]]:
    rows: list[Row] = []
    formulas = []
    if hasattr(worksheet, "reset_dimensions"):
        # Some programs write a size into the file that is smaller than the sheet.
        worksheet.reset_dimensions()
    for number, cells in enumerate(worksheet.iter_rows()):
        rows.append([cell.value for cell in cells])
        formulas += [(number, place) for place, c in enumerate(cells) if c.data_type == "f"]
    return rows, formulas


def _with_kept_values(
    path: Path, name: str, formulas: list[tuple[int, int]], shown: str
) -> list[Row]:
    book = _open(path, values=True, streaming=True)
    try:
        book[name].reset_dimensions()
        rows = [list(row) for row in book[name].iter_rows(values_only=True)]
    finally:
        book.close()
    lost = [
        f"{column_letter(place)}{number + 1}"
        for number, place in formulas
        if number >= len(rows) or place >= len(rows[number]) or rows[number][place] is None
    ]
    if lost:
        raise _problem(
            shown, f"{len(lost)} formulas have no kept value: {', '.join(lost[:5])}",
            "open the workbook in a spreadsheet program and save it, or paste values",
        )  # fmt: skip
    return rows


def _rectangle(rows: list[Row]) -> list[Row]:
    """Without blank rows at the end and blank columns at the right; all rows equally long."""
    while rows and all(_blank(cell) for cell in rows[-1]):
        rows.pop()
    width = max((last_filled(row) for row in rows), default=0)
    return [[*row[:width], *[None] * (width - len(row))] for row in rows]


def last_filled(row: Row) -> int:
    """How many cells of a row are left once blank ones at its end are cut."""
    return next((place for place in range(len(row), 0, -1) if not _blank(row[place - 1])), 0)


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
