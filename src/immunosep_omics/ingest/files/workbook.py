"""Sheets of Excel workbooks, as values."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.files.text_file import TextFile, records

Row = list[object]

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

MOST_UNPACKED = 2 << 30
"""Bytes of XML: some 40 million cells, more than a sheet of 1,048,576 rows that anyone fills."""

MOST_RATIO = 200
"""Real sheets shrink 5 to 30-fold, blank formatted ones about 100-fold; a bomb near 1,000-fold."""

SMALL = 64 << 20
"""Bytes below which no ratio is a danger."""

OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+(\d+)[:A-Z\d]*)"')
"""A merged area in the XML of a sheet, which tells of them behind all cells; and its first row."""

PIECE, LONGEST = 1 << 20, 100
"""Bytes of XML that are searched at a time, and of the words that are looked for."""

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ParseError, KeyError, ValueError, TypeError,
    IndexError, AttributeError, NotImplementedError,
)  # fmt: skip
"""What openpyxl raises for workbooks that are damaged, or that other programs write badly."""


@dataclass(frozen=True)
class Sheet:
    """Rows of a sheet, all of the same length; row ``i`` of the list is row ``i + 1`` there.

    `hidden` counts the filled ones that the spreadsheet does not show, where it was looked at.
    `others` are the workbook's other sheets, where none was asked for.
    """

    shown: str
    rows: list[Row]
    hidden: int = 0
    others: tuple[str, ...] = ()


def is_workbook(path: Path) -> bool:
    """True where the ending says that a file is a workbook."""
    return path.suffix.lower() in ENDINGS


def read_sheet(
    path: Path, sheet: str | None, *, header_rows: int = 0, may_merge: bool = False,
    rows: int | None = None,
) -> Sheet:  # fmt: skip
    """Read a sheet (the first visible one if not named): text, numbers, dates, truth values, None.

    Formulas give the values that the workbook keeps for them. With `header_rows`, merged cells
    in that many first rows are refused unless they `may_merge`, and hidden rows are counted. With
    `rows`, only that many first rows are read, and none are counted. Raises :class:`InputError`
    for a file or sheet that is not there, for formulas without a kept value,
    for merged headers, and for a workbook that would unpack to more than memory should hold.
    """
    shown = path.as_posix()
    streaming = rows is not None or not header_rows
    with _opened(path, values=False, streaming=streaming) as book:
        name = _name(book, sheet, shown)
        others = tuple(n for n in _names(book) if n != name) if sheet is None else ()
        shown = f"{shown} [sheet {name}]"
        if header_rows and not may_merge:
            _refuse_merged(book[name], header_rows, shown)
        cells, formulas = _rows(book[name], rows)
        hidden = 0 if streaming else _hidden(book[name], cells)
    if formulas:
        cells = _with_kept_values(path, name, formulas, shown, rows)
    return Sheet(shown, _rectangle(cells), hidden, others)


def text_sheet(file: TextFile, delimiter: str, *, even: bool = False) -> Sheet:
    """Delimited text as a sheet, whose rows are the lines, blank ones too.

    With `even`, raises :class:`InputError` for lines that are shorter than others.
    """
    cells = dict(records(file.data, delimiter))
    width, problems = max(map(len, cells.values())), Problems()
    for line, fields in cells.items():
        if even and len(fields) < width:
            problems.add(
                f"{file.shown}:{line}", f"the row has {len(fields)} fields, others {width}",
                "get the file again: it may be cut short",
            )  # fmt: skip
    problems.raise_any()
    return Sheet(file.shown, _rectangle([[*cells.get(n, ())] for n in range(1, max(cells) + 1)]))


def sheet_names(path: Path) -> list[str]:
    """The sheets of cells, visible ones first; charts are none. Raises like :func:`read_sheet`."""
    with _opened(path, values=False, streaming=True) as book:
        return _names(book)


def column_letter(position: int) -> str:
    """The letter of a column, counted from 0."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position + 1))


@contextmanager
def _opened(path: Path, *, values: bool, streaming: bool) -> Iterator[Any]:
    """An open workbook; whatever goes wrong while it is read is told as a user's problem."""
    from openpyxl import load_workbook

    shown = path.as_posix()
    _check_file(path, shown)
    book = None
    try:
        with warnings.catch_warnings():
            # They tell of styles and data validation that are not read.
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=streaming, data_only=values)
            yield book
    except InputError:
        raise
    except UNREADABLE:
        raise _problem(
            shown, "is not a readable .xlsx workbook: it is damaged",
            "open it in a spreadsheet program and save it again as .xlsx, or as CSV",
        ) from None  # fmt: skip
    finally:
        if book is not None:
            book.close()


def _check_file(path: Path, shown: str) -> None:
    """Refuse what is no .xlsx, and what would unpack to too much, before anything is parsed."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
            encrypted = start[:4] == OLE and ENCRYPTED in start + file.read()
    except FileNotFoundError:
        raise _problem(shown, "no such file", "check `folder` and the file's name") from None
    except OSError as error:
        raise _problem(shown, f"cannot be read ({error.strerror})", "get the file again") from None
    if encrypted:
        raise _problem(shown, "has a password", "save it without a password")
    if start[:4] == OLE:
        raise _problem(shown, "is in Excel's old format", "save it as .xlsx or CSV")
    if not start:
        raise _problem(shown, "the file is empty (0 bytes)", "get the file again")
    if start[:2] != ZIP:
        raise _problem(
            shown, f"is {_kind(start)}, not a readable workbook, whatever its ending says",
            "open it in a spreadsheet program and save it as .xlsx or CSV (if it is delimited text"
            " already, give it the ending .csv or .tsv)",
        )  # fmt: skip
    _check_archive(path, shown)


def _kind(start: bytes) -> str:
    if b"\0" in start:
        return "another kind of file"
    return "a web page" if start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<" else "text"


def _check_archive(path: Path, shown: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except UNREADABLE:
        raise _problem(shown, "is cut short or damaged", "get the file again") from None
    refuse_bomb(members, shown)
    names = {member.filename for member in members}
    if "xl/workbook.bin" in names or "[Content_Types].xml" not in names:
        raise _problem(
            shown, "is not an .xlsx workbook (.xlsb, .ods and .zip are not read)",
            "save it as .xlsx or CSV",
        )  # fmt: skip


def refuse_bomb(members: list[zipfile.ZipInfo], shown: str) -> None:
    """Raise :class:`InputError` where the members of an archive would fill the memory."""
    # A member never unpacks to more than it declares: zipfile reads no further.
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked / packed > MOST_RATIO):
        raise _problem(
            shown, f"would unpack to {unpacked / 2**20:,.0f} MB from {packed / 2**20:,.1f} MB",
            "no table needs that: delete formatted blank rows and columns, or save it as CSV",
        )  # fmt: skip


def _names(book: Any) -> list[str]:
    sheets = book.worksheets
    return [str(s.title) for s in sorted(sheets, key=lambda s: s.sheet_state != "visible")]


def _name(book: Any, sheet: str | None, shown: str) -> str:
    names = _names(book)
    if not names:
        raise _problem(shown, "has no sheet of cells, only charts", "check the workbook")
    if sheet is None:
        return names[0]
    if sheet not in names:
        raise _problem(shown, f"there is no sheet '{sheet}'", did_you_mean(sheet, names))
    return sheet


def _refuse_merged(worksheet: Any, header_rows: int, shown: str) -> None:
    merged = [area for area, first in _merged_areas(worksheet) if first <= header_rows]
    if merged:
        raise _problem(
            shown, f"header cells are merged: {', '.join(sorted(merged)[:5])}",
            "state the row that has a header for each column, such as `header: 2`; or join both"
            " rows: `header: [1, 2]`; or unmerge them, and give each column a header in row 1",
        )  # fmt: skip


def _merged_areas(worksheet: Any) -> list[tuple[str, int]]:
    """Merged areas and their first rows, also of a sheet that is read as a stream."""
    if hasattr(worksheet, "merged_cells"):
        return [(str(area), int(area.min_row)) for area in worksheet.merged_cells.ranges]
    # A stream's cells come before them; to search the bytes takes far less than to parse these.
    found: dict[str, int] = {}
    end = b""
    with worksheet._get_source() as source:
        while piece := source.read(PIECE):
            found |= {area.decode(): int(first) for area, first in MERGED.findall(end + piece)}
            end = piece[-LONGEST:]
    return list(found.items())


def _hidden(worksheet: Any, rows: list[Row]) -> int:
    formats = worksheet.row_dimensions
    return sum(
        bool(row) and number in formats and bool(formats[number].hidden)
        for number, row in enumerate(rows, start=1)
    )


def _cells(worksheet: Any, rows: int | None) -> Iterator[tuple[Any, ...]]:
    if hasattr(worksheet, "reset_dimensions"):
        # Some programs write a size into the file that is smaller than the sheet.
        worksheet.reset_dimensions()
    for number, cells in enumerate(worksheet.iter_rows()):
        if number == rows:
            return
        yield cells


def _rows(worksheet: Any, rows: int | None) -> tuple[list[Row], list[tuple[int, int]]]:
    """The cells, blank ones at the end of a row cut, and the places of formulas."""
    found: list[Row] = []
    formulas = []
    for number, cells in enumerate(_cells(worksheet, rows)):
        row = [cell.value for cell in cells]
        found.append(row[: last_filled(row)])
        formulas += [(number, place) for place, c in enumerate(cells) if c.data_type == "f"]
    return found, formulas


def _with_kept_values(
    path: Path, name: str, formulas: list[tuple[int, int]], shown: str, rows: int | None
) -> list[Row]:
    found: list[Row] = []
    wanted, kept = set(formulas), set()
    with _opened(path, values=True, streaming=True) as book:
        for number, cells in enumerate(_cells(book[name], rows)):
            row = [cell.value for cell in cells]
            found.append(row[: last_filled(row)])
            # The kept value of type "str" may be an empty text, which is read as None.
            kept |= {
                (number, place) for place, cell in enumerate(cells)
                if (number, place) in wanted and (cell.value is not None or cell.data_type == "str")
            }  # fmt: skip
    lost = [f"{column_letter(place)}{number + 1}" for number, place in sorted(wanted - kept)]
    if lost:
        raise _problem(
            shown, f"{len(lost)} formulas have no kept value: {', '.join(lost[:5])}",
            "open the workbook in a spreadsheet program and save it, or paste values",
        )  # fmt: skip
    return found


def _rectangle(rows: list[Row]) -> list[Row]:
    """Without blank rows at the end and blank columns at the right; all rows equally long."""
    while rows and not last_filled(rows[-1]):
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
