"""Tables of moderate size, as text or workbook: clinical sheets, annotations, sample names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.geo_samples import describes_samples, sample_rows
from immunosep_omics.ingest.geo_text import blocks, is_soft, plain_rows, refuse_cut_short
from immunosep_omics.ingest.raw_arrays import HEAD, refuse_raw_arrays
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.ingest.wide_text import SHOWN
from immunosep_omics.ingest.workbook import column_letter, is_workbook, read_sheet
from immunosep_omics.settings.tables import TableFile

TITLES = 20
"""Rows among which the header is looked for, where the first row is none."""


@dataclass(frozen=True)
class Table:
    """Cells of a table: text from a text file; text, numbers and dates from a workbook.

    `numbers` are the lines of the file or the rows of the sheet, counted from 1.
    """

    shown: str
    header: list[str]
    rows: list[list[object]]
    numbers: list[int]
    notes: list[Note] = field(default_factory=list)

    def cells(self, header: str) -> list[object]:
        """The cells below a header, text stripped."""
        place = self.header.index(header)
        return [_strip(row[place]) for row in self.rows]

    def texts(self, header: str) -> list[str]:
        """The cells below a header as text, "" where empty."""
        return [cell_text(cell) for cell in self.cells(header)]


def read_table_file(
    facts: TableFile, folder: Path, *, skip: tuple[str, ...] = (), rows: int | None = None
) -> Table:
    """Read a delimited text file or a sheet whose first row is the header.

    Lines that begin with one of `skip` are passed over. A GEO file gives its samples, or with
    `skip` its platform's table. With `rows`, only about so many first rows are read. Raises
    :class:`InputError` for files that cannot be read, a wrong delimiter, merged or repeated
    headers, titles above the header and ragged rows (each named by its line).
    """
    path = folder / facts.file
    if is_workbook(path):
        return _from_workbook(path, facts.sheet, rows)
    file = text_file.read_text_file(path) if rows is None else _beginning(path, rows)
    refuse_raw_arrays(file.data[:HEAD], file.shown)
    if skip and is_soft(file.data):
        return _of_platform(file, rows)
    if not skip and describes_samples(file.data):
        header, cells, numbers, notes = sample_rows(file.data, file.shown)
        return Table(file.shown, header, [list(row) for row in cells], numbers, file.notes + notes)
    delimiter = text_file.delimiter_of(path, facts.delimiter)
    return _from_text(file, delimiter, skip, rows is not None)


def check_headers(table: Table, wanted: Iterable[tuple[str, str]], problems: Problems) -> None:
    """Note each (key, header) of the settings whose header the table lacks or has twice."""
    for key, header in wanted:
        count = table.header.count(header)
        if count == 0:
            known = [name for name in table.header if name]
            problems.add(
                f"{table.shown} ({key})", f"there is no column '{header}'",
                did_you_mean(header, known),
            )  # fmt: skip
        elif count > 1:
            problems.add(
                f"{table.shown} ({key})", f"the header '{header}' stands {count} times",
                "rename the other columns in the file",
            )  # fmt: skip


def cell_text(cell: object) -> str:
    """A cell as text: 3.0 from a workbook is "3", a date is in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date)):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell).strip()


def _strip(cell: object) -> object:
    return cell.strip() if isinstance(cell, str) else cell


def _beginning(path: Path, rows: int) -> text_file.TextFile:
    """The first lines of a file; the whole of a GEO file, whose samples stand in its depth."""
    file = text_file.read_text_file(path, rows=rows + 1)
    return text_file.read_text_file(path) if describes_samples(file.data) else file


def _from_workbook(path: Path, sheet: str | None, most: int | None) -> Table:
    found = read_sheet(path, sheet, header_rows=1, rows=None if most is None else most + 1)
    if not found.rows:
        raise InputError(Problem(found.shown, "the sheet is empty", "state another `sheet`"))
    numbered = [(number, [cell_text(c) for c in row]) for number, row in enumerate(found.rows, 1)]
    _refuse_titles(numbered, found.shown)
    header = numbered[0][1]
    body = [
        (number, row)
        for number, row in enumerate(found.rows[1:], start=2)
        if any(cell_text(cell) for cell in row)
    ]
    for place, name in enumerate(header):
        filled = next((number for number, row in body if cell_text(row[place])), None)
        if not name and filled is not None and place > 0:
            raise InputError(
                Problem(
                    found.shown,
                    f"column {column_letter(place)} has values (row {filled}) but no header",
                    "give it a header in row 1, or clear the column",
                )
            )
    _refuse_second_header(header, [(n, texts) for n, texts in numbered[1:]], found.shown)
    return Table(found.shown, header, [row for _, row in body], [number for number, _ in body])


def _of_platform(file: text_file.TextFile, most: int | None) -> Table:
    """The table of the one platform that a SOFT file holds."""
    found = [b for b in blocks(file.data) if b.table and b.kind in ("PLATFORM", "ANNOTATION")]
    if len(found) != 1:
        raise InputError(
            Problem(
                file.shown, f"the file holds the tables of {len(found)} platforms, not of one",
                "give the platform's own table: GPL....annot.gz, or the one on its page at GEO",
            )
        )  # fmt: skip
    refuse_cut_short(found, file.shown)
    header, rows, numbers = plain_rows(found[0].table or b"", found[0].table_line, file.shown, most)
    return Table(file.shown, header, [list(row) for row in rows], numbers, file.notes)


def _from_text(
    file: text_file.TextFile, delimiter: str, skip: tuple[str, ...], partial: bool
) -> Table:
    rows = _records_without(file.data, delimiter, skip)
    if not rows:
        raise InputError(Problem(file.shown, "the table is empty", "check the export"))
    text_file.check_quotes(rows, file.shown)
    header = [name.strip() for name in rows[0][1]]
    body = rows[1:]
    # One field more in each row of a comma-separated file may as well be a decimal comma.
    without_names = (
        delimiter != "," and bool(body) and all(len(row) == len(header) + 1 for _, row in body)
    )
    if not without_names:
        _refuse_titles(rows, file.shown)
    text_file.check_delimiter(header, delimiter, file.shown)
    if without_names:
        # R's write.table leaves out the header of the row names.
        header = ["", *header]
    _refuse_second_header(header, body, file.shown)
    # The last record of a part may be cut within a quoted text.
    _refuse_ragged(body[:-1] if partial else body, header, delimiter, file.shown)
    width = len(header)
    cells: list[list[object]] = [
        [*fields[:width], *[""] * (width - len(fields))] for _, fields in body
    ]
    return Table(file.shown, header, cells, [line for line, _ in body], file.notes)


def _refuse_titles(rows: list[tuple[int, list[str]]], shown: str) -> None:
    """Raise :class:`InputError` where the first row is a title: few of its cells are filled."""
    filled = [sum(bool(cell.strip()) for cell in fields) for _, fields in rows[:TITLES]]
    most = max(filled)
    if most < 3 or filled[0] * 2 >= most:
        return
    place = next(n for n, count in enumerate(filled) if count * 5 >= most * 4)
    raise InputError(
        Problem(
            f"{shown}:{rows[0][0]}",
            f"the first row is no header: {filled[0]} of {most} columns are named; row"
            f" {rows[place][0]} looks like the header",
            f"remove the rows above row {rows[place][0]}, or name every column in the first row",
        )
    )


def _refuse_second_header(header: list[str], body: list[tuple[int, list[str]]], shown: str) -> None:
    """Raise :class:`InputError` where tables were put below each other with their headers."""
    again = [n for n, row in body if [cell.strip() for cell in row] == header]
    if again and len(header) > 1:
        listed = ", ".join(map(str, again[:SHOWN]))
        raise InputError(
            Problem(f"{shown}:{again[0]}", f"the header stands again (row {listed})", "remove it")
        )


def _refuse_ragged(
    body: list[tuple[int, list[str]]], header: list[str], delimiter: str, shown: str
) -> None:
    problems, width = Problems(), len(header)
    ragged = [
        (line, len(fields)) for line, fields in body
        if len(fields) < width or any(extra.strip() for extra in fields[width:])
    ]  # fmt: skip
    comma = " or a decimal comma" if delimiter == "," else ""
    for line, found in ragged[:SHOWN]:
        problems.add(
            f"{shown}:{line}", f"the row has {found} fields, the header {width}",
            f"mend the row (a delimiter inside a text{comma} needs quotation marks)",
        )  # fmt: skip
    if len(ragged) > SHOWN:
        problems.add(shown, f"{len(ragged)} rows are too short or too long", "see those above")
    problems.raise_any()


def _records_without(
    data: bytes, delimiter: str, skip: tuple[str, ...]
) -> list[tuple[int, list[str]]]:
    """Records of a file, without lines that are no part of the table."""
    if skip:
        marks = tuple(mark.encode() for mark in skip)
        # Blank lines take the place of those left out: line numbers stay those of the file.
        data = b"\n".join(b"" if line.startswith(marks) else line for line in data.split(b"\n"))
    return list(text_file.records(data, delimiter))
