"""Tables of moderate size, as text or workbook: clinical sheets, annotations, sample names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.other_files import HEAD, refuse_other_files
from immunosep_omics.ingest.files.table_top import LOOKED_AT, header_among
from immunosep_omics.ingest.files.wide_text import SHOWN
from immunosep_omics.ingest.files.workbook import column_letter, is_workbook, read_sheet
from immunosep_omics.ingest.geo.samples import describes_samples, sample_rows
from immunosep_omics.ingest.geo.text import blocks, is_soft, plain_rows, refuse_cut_short
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.settings.tables import TableFile

T = TypeVar("T", bound=Sequence[object])

FULL_TABLE = b"#ID = "
"""How the table of a platform begins that its page at GEO gives."""
"""Rows among which the header is looked for, where the first row is none."""


PART = re.compile(r"\{([^{}]+)\}")
"""A header within braces, as a part of a name."""

DECLARED = re.compile(rb'"?sep=([,;\t|])"?[,;\t]*\n')
"""A first line that tells Excel the delimiter."""

DATUM = re.compile(r"[-+<>]?[0-9][0-9.,:/ -]*$")
"""A number or a date."""

NO_HEADERS = (
    "the row that is read as the headers holds numbers or dates: state the row in which they stand,"
    " such as `header: 2`, or write headers into the file"
)

UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]")
"""Characters without width, which web pages and word processors leave behind."""


@dataclass(frozen=True)
class Table:
    """Cells of a table: text from a text file; text, numbers and dates from a workbook.

    `numbers` are the lines of the file or the rows of the sheet, counted from 1. `header_of_data`
    is True where a row of headers holds numbers or dates, as rows of data do. `other_sheets` of a
    workbook are named where the first was read because none was stated.
    """

    shown: str
    header: list[str]
    rows: list[Sequence[object]]
    numbers: list[int]
    notes: list[Note] = field(default_factory=list)
    header_of_data: bool = False
    other_sheets: tuple[str, ...] = ()

    def cells(self, header: str) -> list[object]:
        """The cells below a header, text stripped."""
        place = self.header.index(header_text(header))
        return [_strip(row[place]) for row in self.rows]

    def texts(self, header: str, missing: Iterable[str] = ()) -> list[str]:
        """The cells below a header as text, "" where empty or one of `missing`.

        The parts of `{Patient}_{Day}` are the cells below both headers; one that is missing makes
        the whole so.
        """
        codes = {code.strip() for code in missing}
        places = [self.header.index(header_text(part)) for part in self.headers_of(header)]
        rows = ([cell_text(row[place]) for place in places] for row in self.rows)
        if header_text(header) in self.header:
            return ["" if text in codes else text for (text,) in rows]
        return [
            filled_in(header, row) if codes.isdisjoint(row) and all(row) else "" for row in rows
        ]

    def headers_of(self, header: str) -> list[str]:
        """The headers that a stated one means: itself, or those in its braces."""
        return [header] if header_text(header) in self.header else parts_of(header)


def read_table_file(
    facts: TableFile, folder: Path, *, skip: tuple[str, ...] = (), rows: int | None = None
) -> Table:
    """Read a delimited text file or a sheet whose first row, or the stated one, is the header.

    Lines that begin with one of `skip` are passed over. A GEO file gives its samples, or with
    `skip` its platform's table. With `rows`, only about so many first rows are read. Raises
    :class:`InputError` for files that cannot be read, a wrong delimiter, merged or repeated
    headers, titles above the header and ragged rows (each named by its line).
    """
    path = folder / facts.file
    if is_workbook(path):
        return _from_workbook(path, facts, rows)
    file = (
        text_file.read_text_file(path, encoding=facts.encoding)
        if rows is None
        else _beginning(path, rows, facts.encoding)
    )
    refuse_other_files(file.data[:HEAD], file.shown)
    if skip and is_soft(file.data):
        return _of_platform(file, rows)
    if skip and file.data.startswith(FULL_TABLE):
        return _full_table(file, rows)
    if not skip and describes_samples(file.data):
        header, cells, numbers, notes = sample_rows(file.data, file.shown)
        body = list(zip(numbers, cells, strict=True))
        body, left_out = _without_ignored(body, facts, file.shown, partial=False)
        return _table(file.shown, header, body, [*file.notes, *notes, *left_out])
    declared = DECLARED.match(file.data)
    mark = (
        declared[1].decode() if declared and declared[1].decode() in text_file.DELIMITERS else None
    )
    delimiter = text_file.delimiter_of(path, facts.delimiter or mark)
    return _from_text(file, delimiter, facts, skip, partial=rows is not None)


def check_headers(table: Table, wanted: Iterable[tuple[str, str]], problems: Problems) -> None:
    """Note each (key, header) of the settings whose header the table lacks or has twice."""
    stated = [(key, part) for key, header in wanted for part in table.headers_of(header)]
    met = sum(header_text(header) in table.header for _, header in stated)
    hint = _other_places(table, met, len(stated))
    # What stands there may be a patient's row: then it is not told.
    secret = table.header_of_data and 2 * met < len(stated)
    known = [name for name in table.header if name]
    for key, header in stated:
        count = table.header.count(header_text(header))
        if count == 0:
            problems.add(
                f"{table.shown} ({key})", f"there is no column '{header}'",
                (NO_HEADERS if secret else did_you_mean(header, known)) + hint,
            )  # fmt: skip
        elif count > 1:
            problems.add(
                f"{table.shown} ({key})", f"the header '{header}' stands {count} times",
                "rename the other columns in the file; or, where the row above tells them apart,"
                " join both rows: `header: [1, 2]`",
            )  # fmt: skip


def _other_places(table: Table, met: int, stated: int) -> str:
    """Where headers may be that a table lacks, of which so many of those stated are met."""
    hint = ""
    if table.other_sheets and not met:
        hint += f"; or state `sheet`, if it is another one: {', '.join(table.other_sheets)}"
    if met < stated and any(note.step == "encoding" for note in table.notes):
        hint += "; the file is no UTF-8: if its letters are of another script, state `encoding`"
    return hint


def refuse_header_of(known: Container[str], table: Table, key: str) -> None:
    """Raise :class:`InputError` where a header is one of the names that belong below it."""
    if any(name in known for name in table.header):
        raise InputError(
            Problem(
                f"{table.shown} ({key})", "the table has no headers: its first row is data",
                'state `header: 0`, and the columns by their numbers: `id: "1"`, `gene: "2"`',
            )
        )  # fmt: skip


def parts_of(header: str) -> list[str]:
    """The headers in the braces of ``{Patient}_{Day}``; a header without any is its only part."""
    return PART.findall(header) or [header]


def filled_in(form: str, parts: Iterable[str]) -> str:
    """A name such as ``{Patient}_{Day}`` with a row's own parts."""
    rest = iter(parts)
    return PART.sub(lambda _: next(rest), form)


def header_text(header: str) -> str:
    """A header without differences that nobody sees: spaces, line breaks, forms of an accent."""
    return " ".join(unicodedata.normalize("NFC", UNSEEN.sub("", header)).split())


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
    text = str(cell).strip()
    return text if text.isascii() else UNSEEN.sub("", text).strip()


def _strip(cell: object) -> object:
    return cell_text(cell) if isinstance(cell, str) else cell


def _beginning(path: Path, rows: int, encoding: str) -> text_file.TextFile:
    """The first lines of a file; the whole of a GEO file, whose samples stand in its depth."""
    file = text_file.read_text_file(path, rows + 1, encoding)
    return (
        text_file.read_text_file(path, encoding=encoding) if describes_samples(file.data) else file
    )


def _table(
    shown: str, header: list[str], body: Sequence[tuple[int, Sequence[object]]], notes: list[Note],
    top: Sequence[tuple[int, Sequence[object]]] = (),
) -> Table:  # fmt: skip
    return Table(
        shown, [header_text(name) for name in header], [row for _, row in body],
        [number for number, _ in body], notes,
        header_of_data=any(DATUM.match(cell_text(cell)) for _, row in top for cell in row),
    )  # fmt: skip


def _from_workbook(path: Path, facts: TableFile, most: int | None) -> Table:
    last = max([1, *facts.header_rows])
    found = read_sheet(
        path, facts.sheet, header_rows=last, may_merge=bool(facts.header_rows),
        rows=None if most is None else most + last,
    )  # fmt: skip
    rows = [(number, row) for number, row in enumerate(found.rows, start=1)
            if any(cell_text(cell) for cell in row)]  # fmt: skip
    if not rows:
        raise InputError(Problem(found.shown, "the sheet is empty", "state another `sheet`"))
    top, body, notes = _parted(rows, facts, found.shown, partial=most is not None)
    header = _joined(top)
    if not facts.header_rows:
        _refuse_titles([*top, *body], found.shown)
        _refuse_columns_without_header(header, body, found.shown)
    _refuse_second_header(top[-1][1], body, found.shown)
    if found.hidden:
        notes.append(Note("hidden rows", found.hidden, "they are read like any other row"))
    table = _table(found.shown, header, body, notes, top)
    return replace(table, other_sheets=found.others)


def _refuse_columns_without_header(
    header: list[str], body: list[tuple[int, list[object]]], shown: str
) -> None:
    for place, name in enumerate(header):
        filled = next((number for number, row in body if cell_text(row[place])), None)
        if not name and filled is not None and place > 0:
            raise InputError(
                Problem(
                    shown,
                    f"column {column_letter(place)} has values (row {filled}) but no header",
                    "give it a header in row 1, or clear the column; if the other headers stand"
                    " where they should, state `header: 1`",
                )
            )


def _without_ignored(
    rows: list[tuple[int, T]], facts: TableFile, shown: str, *, partial: bool
) -> tuple[list[tuple[int, T]], list[Note]]:
    """The rows that `ignore_rows` leaves."""
    if not facts.ignore_rows:
        return rows, []
    lost = sorted(set(facts.ignore_rows) - {number for number, _ in rows})
    if lost and not partial:
        raise InputError(
            Problem(
                f"{shown} (ignore_rows)",
                f"there is nothing in row {', '.join(map(str, lost[:SHOWN]))}",
                f"state rows by their numbers in the file (its last is {rows[-1][0]})",
            )
        )
    kept = [row for row in rows if row[0] not in facts.ignore_rows]
    return kept, [Note("ignored rows", len(rows) - len(kept), "by `ignore_rows`")]


def _parted(
    rows: list[tuple[int, T]], facts: TableFile, shown: str, *, partial: bool
) -> tuple[Sequence[tuple[int, Sequence[object]]], list[tuple[int, T]], list[Note]]:
    """The rows of headers, the rows below them, and notes of what was left out."""
    kept, notes = _without_ignored(rows, facts, shown, partial=partial)
    stated = facts.header_rows
    if not stated:
        return kept[:1], kept[1:], notes
    if stated == [0]:
        width = max(len(cells) for _, cells in kept)
        return [(0, [str(place) for place in range(1, width + 1)])], kept, notes
    top = [row for row in kept if row[0] in stated]
    if len(top) < len(stated):
        raise InputError(
            Problem(
                f"{shown} (header)",
                f"there is nothing in row {min(set(stated) - {n for n, _ in top})}",
                "state the row in which the headers stand",
            )
        )
    above = sum(number < stated[0] for number, _ in kept)
    if above:
        notes.append(Note("rows above the header", above, "not read"))
    return top, [row for row in kept if row[0] > stated[-1]], notes


def _joined(top: Sequence[tuple[int, Sequence[object]]]) -> list[str]:
    """One name for each column: the words of all rows of headers from above to below.

    In an upper row a word stands for the blank cells at its right too, as merged cells do.
    """
    *upper, lowest = [[cell_text(cell) for cell in row] for _, row in top]
    width = max(len(lowest), *(len(row) for row in upper), 0)
    columns = [
        [row[place] if place < len(row) else "" for row in [*upper, lowest]]
        for place in range(width)
    ]
    names, left = [], [""] * len(upper)
    for column in columns:
        left = [cell or before for cell, before in zip(column, left, strict=False)]
        words = [*left, column[-1]] if any(column) else []
        names.append(" ".join(word for word in words if word))
    return names


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
    body = list(zip(numbers, rows, strict=True))
    return _table(file.shown, header, body, file.notes)


def _full_table(file: text_file.TextFile, most: int | None) -> Table:
    """A platform's table as its page at GEO gives it, below a line for each column."""
    lines = file.data.split(b"\n")
    top = next((n for n, line in enumerate(lines) if line.strip() and line[:1] != b"#"), 0)
    below = b"\n".join(lines[top:])
    header, rows, numbers = plain_rows(below, top + 1, file.shown, most)
    return _table(file.shown, header, list(zip(numbers, rows, strict=True)), file.notes)


def _from_text(
    file: text_file.TextFile, delimiter: str, facts: TableFile, skip: tuple[str, ...], *,
    partial: bool,
) -> Table:  # fmt: skip
    rows = _records_without(file.data, delimiter, skip)[bool(DECLARED.match(file.data)) :]
    if not rows:
        raise InputError(Problem(file.shown, "the table is empty", "check the export"))
    text_file.check_quotes(rows, file.shown)
    top, body, notes = _parted(rows, facts, file.shown, partial=partial)
    header = _joined(top)
    # One field more in each row of a comma-separated file may as well be a decimal comma.
    named = (
        header if delimiter == ","
        else text_file.with_unnamed(header, [row for _, row in body], file.shown)
    )  # fmt: skip
    if named == header and not facts.header_rows:
        _refuse_titles([*top, *body], file.shown)
    text_file.check_delimiter(header, delimiter, file.shown)
    header = named
    _refuse_second_header(top[-1][1], body, file.shown)
    # The last record of a part may be cut within a quoted text.
    _refuse_ragged(body[:-1] if partial else body, header, delimiter, file.shown)
    width = len(header)
    cells = [(line, [*fields[:width], *[""] * (width - len(fields))]) for line, fields in body]
    return _table(file.shown, header, cells, [*file.notes, *notes], top)


def _refuse_titles(rows: Sequence[tuple[int, Sequence[object]]], shown: str) -> None:
    """Raise :class:`InputError` where the first row is a title: few of its cells are filled."""
    texts = [[cell_text(cell) for cell in fields] for _, fields in rows[:LOOKED_AT]]
    place = header_among(texts)
    if not place:
        return
    filled = [sum(map(bool, cells)) for cells in texts]
    raise InputError(
        Problem(
            f"{shown}:{rows[0][0]}",
            f"the first row is no header: {filled[0]} of {max(filled)} columns are named; row"
            f" {rows[place][0]} looks like the header",
            f"state `header: {rows[place][0]}` (or both rows, `header: [{rows[0][0]},"
            f" {rows[place][0]}]`), or name every column in the first row",
        )
    )


def _refuse_second_header(
    header: Sequence[object], body: Sequence[tuple[int, Sequence[object]]], shown: str
) -> None:
    """Raise :class:`InputError` where tables were put below each other with their headers."""
    names = [cell_text(cell) for cell in header]
    again = [
        number for number, row in body
        if cell_text(row[0]) == names[0] and [cell_text(cell) for cell in row] == names
    ]  # fmt: skip
    if again and len(names) > 1:
        listed = ", ".join(map(str, again[:SHOWN]))
        raise InputError(
            Problem(
                f"{shown}:{again[0]}", f"the header stands again (row {listed})",
                f"remove it, or state `ignore_rows: [{listed}]`",
            )
        )  # fmt: skip


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
            f"mend the row (a delimiter inside a text{comma} needs quotation marks); if it is"
            f" no row of the table, state `ignore_rows: [{line}]`",
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
