"""Tables of moderate size, as text or workbook: clinical sheets, annotations, sample names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.ingest.workbook import column_letter, is_workbook, read_sheet
from immunosep_omics.settings.tables import TableFile


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


def read_table_file(facts: TableFile, folder: Path, *, skip: tuple[str, ...] = ()) -> Table:
    """Read a delimited text file or a sheet whose first row is the header.

    Lines that begin with one of `skip` are passed over. Raises :class:`InputError` for files that
    cannot be read, a wrong delimiter, merged headers and ragged rows (each named by its line).
    """
    path = folder / facts.file
    if is_workbook(path):
        return _from_workbook(path, facts.sheet)
    return _from_text(path, text_file.delimiter_of(path, facts.delimiter), skip)


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


def _from_workbook(path: Path, sheet: str | None) -> Table:
    found = read_sheet(path, sheet, header_rows=1)
    if not found.rows:
        raise InputError(Problem(found.shown, "the sheet is empty", "state another `sheet`"))
    header = [cell_text(cell) for cell in found.rows[0]]
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
    return Table(found.shown, header, [row for _, row in body], [number for number, _ in body])


def _from_text(path: Path, delimiter: str, skip: tuple[str, ...]) -> Table:
    file = text_file.read_text_file(path)
    rows = _records_without(file.data, delimiter, skip)
    if not rows:
        raise InputError(Problem(file.shown, "the table is empty", "check the export"))
    text_file.check_quotes(rows, file.shown)
    header = [name.strip() for name in rows[0][1]]
    text_file.check_delimiter(header, delimiter, file.shown)
    body = rows[1:]
    if body and all(len(fields) == len(header) + 1 for _, fields in body):
        # R's write.table leaves out the header of the row names.
        header = ["", *header]
    problems, width = Problems(), len(header)
    for line, fields in body:
        if len(fields) < width or any(extra.strip() for extra in fields[width:]):
            problems.add(
                f"{file.shown}:{line}", f"the row has {len(fields)} fields, the header {width}",
                "mend the row (a delimiter inside a text needs quotation marks)",
            )  # fmt: skip
    problems.raise_any()
    cells: list[list[object]] = [list(fields[:width]) for _, fields in body]
    return Table(file.shown, header, cells, [line for line, _ in body], file.notes)


def _records_without(
    data: bytes, delimiter: str, skip: tuple[str, ...]
) -> list[tuple[int, list[str]]]:
    """Records of a file, without lines that are no part of the table."""
    if skip:
        marks = tuple(mark.encode() for mark in skip)
        # Blank lines take the place of those left out: line numbers stay those of the file.
        data = b"\n".join(b"" if line.startswith(marks) else line for line in data.split(b"\n"))
    return list(text_file.records(data, delimiter))
