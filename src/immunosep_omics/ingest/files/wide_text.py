"""Large delimited tables of numbers, read fast and checked cell by cell where a cell is odd."""

from __future__ import annotations

import csv
import mmap
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from immunosep_omics.clinical.numbers import KEYS, parse_numbers, remedy_for
from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.lines import LinesInFile, LinesInMemory, count_ends

if TYPE_CHECKING:
    import polars as pl

SHOWN = 5
"""How many cells or lines of a kind a message names."""

MOST_COLUMNS = 200_000
"""No platform measures more at once in one table; a wider one has a wrong delimiter or shape."""

CELLS = 8_000_000
"""Cells parsed at a time, about: memory stays near the result, and the parser's threads busy."""

NUMBER = {
    ".": r"^(?i)[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[-+]?[0-9]+)?|inf(inity)?)$",
    ",": r"^(?i)[-+]?(([0-9]+(,[0-9]*)?|,[0-9]+)(e[-+]?[0-9]+)?|inf(inity)?)$",
}
"""How numbers are written; infinite ones are refused with a message of their own."""


@dataclass(frozen=True)
class WideText:
    """A table whose header is read: its rows begin at byte `start`, the first on `first_line`.

    `ends_empty`: the last column has no header, and was empty in the first rows.
    """

    shown: str
    header: list[str]
    lines: LinesInMemory | LinesInFile
    start: int
    delimiter: str
    first_line: int
    ends_empty: bool = False


def open_wide(
    data: bytes | LinesInFile, delimiter: str, shown: str, first_line: int = 1
) -> WideText:
    """Read the header of a table (UTF-8, lines ended by a line feed).

    Where the first rows have one field more than the header, the column without a name is given
    as "": see :func:`text_file.with_unnamed`. Raises :class:`InputError` for a wrong delimiter
    and for a header of more columns than any platform has.
    """
    lines = LinesInMemory(data) if isinstance(data, bytes) else data
    beginning = lines.first()
    start = beginning.find(b"\n") + 1 or len(beginning)
    top = beginning[:start].removesuffix(b"\n")
    width = top.count(delimiter.encode()) + 1
    if width > MOST_COLUMNS:
        raise InputError(
            Problem(
                f"{shown}:{first_line}", f"the header has {width:,} columns",
                f"at most {MOST_COLUMNS:,} are read: check the delimiter, and that rows and"
                " columns are not exchanged",
            )
        )  # fmt: skip
    header = [name.strip() for name in text_file.split_line(top, delimiter)]
    text_file.check_delimiter(header, delimiter, shown)
    below = [line for line in beginning[start:].split(b"\n") if line.strip()]
    first = [text_file.split_line(line, delimiter) for line in below]
    quoted = all(line.startswith(b'"') for line in below)
    named = text_file.with_unnamed(header, first, shown, quoted=quoted)
    ends_empty = len(named) > len(header) and named[0] != ""
    return WideText(shown, named, lines, start, delimiter, first_line + 1, ends_empty)


def _first_line(data: bytes, start: int) -> bytes:
    """The first line from `start` on that is not blank, of the first few."""
    for _ in range(5):
        end = data.find(b"\n", start)
        line = data[start : end if end >= 0 else len(data)]
        if line.strip() or end < 0:
            return line
        start = end + 1
    return b""


def read_columns(
    table: WideText, texts: list[int], numbers: list[int], *, decimal: str, missing: list[str],
    trimmed: bool = False, keys: Collection[str] = KEYS,
) -> tuple[pd.DataFrame, np.ndarray]:  # fmt: skip
    """Some columns of a table: a frame of text columns, and float64 rows x `numbers`.

    Both address columns by position in the header. With `trimmed`, short rows are complete: their
    empty cells at the end were cut. Raises :class:`InputError` for rows that are too short or too
    long, and for cells among `numbers` that are not numbers, with line and column; the remedies
    name those of `keys` that help. The last row of a file that ends within it is too short even
    with `trimmed`, unless others are as short.
    """
    reader = _Reader(table, texts, numbers, decimal, missing, trimmed, keys)
    for line, part, frame in _parsed_ahead(reader):
        reader.take(line, part, frame)
    return reader.result()


def _parsed_ahead(reader: _Reader) -> Iterator[tuple[int, bytes, pl.DataFrame | None]]:
    """Pieces with what the fast parser made of them; the next is parsed while one is used."""
    pieces = _parts(reader.table)

    def parse_next() -> tuple[int, bytes, pl.DataFrame | None] | None:
        piece = next(pieces, None)
        return None if piece is None else (*piece, reader.parse(piece[1]))

    with ThreadPoolExecutor(1) as ahead:
        waiting = ahead.submit(parse_next)
        while (parsed := waiting.result()) is not None:
            waiting = ahead.submit(parse_next)
            yield parsed


def _parts(table: WideText) -> Iterator[tuple[int, bytes]]:
    """Pieces of the table that end with a line, and the number of the first line of each."""
    beginning = table.lines.first()
    row = len(_first_line(beginning, table.start)) + 1
    line = table.first_line
    for part in table.lines.pieces(table.start, row * max(1, CELLS // len(table.header))):
        yield line, part
        line += count_ends(part)


@dataclass
class Odd:
    """What is wrong in a column: cells that are no numbers, of those known, and the first."""

    known: int = 0
    faults: int = 0
    line: int = 0
    kind: str = ""


@dataclass
class _Reader:
    table: WideText
    texts: list[int]
    numbers: list[int]
    decimal: str
    missing: list[str]
    trimmed: bool
    keys: Collection[str]
    shortest: int = 0
    rows: int = 0
    nulls: bool = False
    unusual: bool = False
    odd: dict[int, Odd] = field(default_factory=dict)
    ragged: list[tuple[int, int]] = field(default_factory=list)
    beyond: int | None = None

    def __post_init__(self) -> None:
        self.values = np.empty((len(self.numbers), 0))
        self.words: dict[int, list[str | None]] = {place: [] for place in self.texts}
        self.blank = {"", *self.missing}
        self.shortest = len(self.table.header)

    def take(self, line: int, part: bytes, frame: pl.DataFrame | None) -> None:
        """Take over one piece whose first line is `line`: as parsed, or read strictly."""
        if not self.values.size:
            # One column after the other, as the parser gives them: the transpose is then free.
            most = self.table.lines.count_from(self.table.start)
            self.values = _room(len(self.numbers), most)
        if frame is None or not self._complete(frame, part) or not self._fill(frame):
            lines, kept = self._whole_rows(line, part)
            if self.ragged or not lines:
                return
            frame = self._as_text(kept)
            self._fill_strictly(frame, lines)
        if self.table.ends_empty and self.beyond is None:
            self.beyond = self._beyond(frame)
        self.rows += frame.height
        for place in self.texts:
            cells = frame.get_column(str(place)).to_list()
            self.words[place] += [None if cell in self.blank else cell for cell in cells]

    def _beyond(self, frame: pl.DataFrame) -> int | None:
        """The first row with a value in the last column, which has no header."""
        last = frame.get_column(str(len(self.table.header) - 1)).str.strip_chars()
        found = (last.fill_null("") != "").arg_true()
        return self.rows + int(found[0]) if len(found) else None

    def parse(self, part: bytes) -> pl.DataFrame | None:
        """The piece as the parser reads it, or None where it finds anything odd."""
        import polars as pl

        if self.decimal != ".":
            # The parser would take 5.120 for a number even where the comma is the decimal mark.
            return None
        # Looking for the words of missing values costs time, so only once there are any.
        ways: list[tuple[type[pl.DataType], bool]] = [(pl.Float64, True)]
        if not self.nulls:
            ways.insert(0, (pl.Float64, False))
            if b"." not in part:
                ways.insert(0, (pl.Int64, False))
        for number, nulls in ways:
            try:
                frame = self._cells(part, number, nulls)
            except pl.exceptions.PolarsError:
                continue
            self.nulls = nulls
            return frame
        return None

    def _cells(self, part: bytes, number: type[pl.DataType], nulls: bool) -> pl.DataFrame:
        """Cells of the columns asked for, and of the last, whose names are their positions."""
        import polars as pl

        chosen, last = set(self.numbers), len(self.table.header) - 1
        return pl.read_csv(
            part, separator=self.table.delimiter, has_header=False, quote_char=_quote(part),
            schema={str(n): number if n in chosen else pl.String for n in range(last + 1)},
            columns=sorted({*self.texts, *self.numbers, last}),
            null_values=sorted(self.blank) if nulls else None,
        )  # fmt: skip

    def _as_text(self, part: bytes) -> pl.DataFrame:
        import polars as pl

        try:
            return self._cells(part, pl.String, False)
        except pl.exceptions.PolarsError:
            # Blanks beside quotation marks are more than the parser takes.
            lines = part.decode("utf-8").split("\n")
            rows = list(csv.reader(lines, delimiter=self.table.delimiter, skipinitialspace=True))
            places = sorted({*self.texts, *self.numbers, len(self.table.header) - 1})
            return pl.DataFrame(
                {str(n): [row[n].strip() or None for row in rows] for n in places},
                schema=dict.fromkeys(map(str, places), pl.String),
            )

    def _complete(self, frame: pl.DataFrame, part: bytes) -> bool:
        """False where a line is blank or too short, which shows in an empty last cell."""
        last = frame.get_column(str(len(self.table.header) - 1)).is_null()
        if not last.any():
            return True
        if part.count(b"\n") + (not part.endswith(b"\n")) != frame.height:
            return False
        lines, quote, width = part.split(b"\n"), _quote(part), len(self.table.header)
        return all(self._width(lines[row], quote) == width for row in last.arg_true().to_list())

    def _width(self, line: bytes, quote: str | None) -> int:
        if quote is not None and b'"' in line:
            return len(text_file.split_line(line, self.table.delimiter))
        return line.count(self.table.delimiter.encode()) + 1

    def _fill(self, frame: pl.DataFrame) -> bool:
        """Take over the numbers of a piece; False where the text `nan` stands undeclared."""
        block = self.values[:, self.rows : self.rows + frame.height]
        columns = [frame.get_column(str(place)) for place in self.numbers]
        for row, column in enumerate(columns):
            block[row] = column.to_numpy()
        # A sum is infinite or unknown where any value is: one pass tells that all is well.
        if np.isfinite(block.sum()):
            return True
        self.unusual = True
        return int(np.isnan(block).sum()) == sum(column.null_count() for column in columns)

    def _whole_rows(self, line: int, part: bytes) -> tuple[list[int], bytes]:
        """Line numbers and text of the rows without blank lines; ragged rows are noted."""
        width, mark = len(self.table.header), self.table.delimiter.encode()
        quote, lines, kept = _quote(part), [], []
        rows = part.split(b"\n")
        for number, row in enumerate(rows, start=line):
            if not row.strip(b" "):
                continue
            found = self._width(row, quote)
            # What follows the last line end was cut off there, or has no line end of its own.
            unended = number == line + len(rows) - 1
            if found < width and self.trimmed and not (unended and found < self.shortest):
                self.shortest = min(self.shortest, found)
                row += mark * (width - found)
            elif found != width:
                self.ragged.append((number, found))
            lines.append(number)
            kept.append(row)
        return lines, b"\n".join(kept)

    def _fill_strictly(self, frame: pl.DataFrame, lines: list[int]) -> None:
        """Take over numbers from cells as text; every cell that is no number is noted."""
        import polars as pl

        self.unusual = True
        block = self.values[:, self.rows : self.rows + frame.height]
        for row, place in enumerate(self.numbers):
            cells = frame.get_column(str(place)).str.strip_chars()
            cells = cells.set(cells.is_in(list(self.blank)), None)
            good = cells.str.contains(NUMBER[self.decimal]).fill_null(False)
            plain = cells.set(~good, None).str.replace(",", ".", literal=True)
            plain = plain.str.to_lowercase()
            block[row] = plain.cast(pl.Float64).to_numpy()
            bad = (~good & cells.is_not_null()).arg_true().to_list()
            seen = self.odd.setdefault(place, Odd())
            seen.known += frame.height - cells.null_count()
            seen.faults += len(bad)
            if bad and not seen.line:
                _, faults = parse_numbers([cells[bad[0]]], self.decimal)
                seen.line, seen.kind = lines[bad[0]], faults.get(0, "text that is not a number")

    def result(self) -> tuple[pd.DataFrame, np.ndarray]:
        """What was read; raises with all that was found wrong."""
        shown, header = self.table.shown, self.table.header
        problems = Problems()
        _tell_ragged(self.ragged, shown, len(header), problems)
        problems.raise_any()
        if not self.rows:
            raise InputError(Problem(shown, "the table has no rows", "check the export"))
        if self.beyond is not None:
            problems.add(
                f"{shown}:{line_of_row(self.table, self.beyond)}",
                "the row has a value beyond the last header",
                "write a name for every column (in R: `write.table(..., col.names = NA)`)",
            )  # fmt: skip
        tell_odd(self.odd, shown, header, self.keys, problems)
        problems.raise_any()
        values = self.values[:, : self.rows]
        if self.unusual:
            self._refuse_infinite(values)
        words = {
            place: pd.Series([np.nan if word is None else word for word in found], dtype=object)
            for place, found in self.words.items()
        }
        return pd.DataFrame(words, columns=self.texts), values.T

    def _refuse_infinite(self, values: np.ndarray) -> None:
        suspicious = ~np.isfinite(values.sum(axis=1))
        for column in np.flatnonzero(suspicious):
            rows = np.flatnonzero(np.isinf(values[column]))
            if len(rows):
                place = self.numbers[column]
                raise InputError(
                    Problem(
                        f"{self.table.shown}:{line_of_row(self.table, int(rows[0]))},"
                        f" column '{self.table.header[place]}'",
                        f"an infinite value ({len(rows)} in this column)",
                        ("list its text under `missing`, or " if "missing" in self.keys else "")
                        + "mend the step that made it (the log of 0?)",
                    )
                )


def _room(rows: int, columns: int) -> np.ndarray:
    """An empty matrix whose memory is at hand.

    It is filled a few columns at a time, which touches all of its memory from the first piece on.
    NumPy's own would come as huge pages, touch by touch: measured, ten times slower.
    """
    size = rows * columns
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_POPULATE", 0)
    memory = mmap.mmap(-1, max(8 * size, 1), flags=flags)
    return np.frombuffer(memory, dtype=np.float64, count=size).reshape(rows, columns)


def _quote(part: bytes) -> str | None:
    """Quotation marks enclose fields where each line has an even number, or are plain letters."""
    if b'"' not in part:
        return None
    return None if any(line.count(b'"') % 2 for line in part.split(b"\n")) else '"'


def line_of_row(table: WideText, row: int) -> int:
    """The line on which a row stands, blank lines not counted as rows."""
    lines = (line for _, part in _parts(table) for line in part.splitlines())
    filled = (n for n, line in enumerate(lines, start=table.first_line) if line.strip(b" "))
    return next(number for place, number in enumerate(filled) if place == row)


def _tell_ragged(ragged: list[tuple[int, int]], shown: str, width: int, problems: Problems) -> None:
    for line, found in ragged[:SHOWN]:
        problems.add(
            f"{shown}:{line}", f"the row has {found} fields, the header {width}",
            "mend the row, or export the table again",
        )  # fmt: skip
    if len(ragged) > SHOWN:
        problems.add(shown, f"{len(ragged)} rows are too short or too long", "see those above")


def tell_odd(
    odd: dict[int, Odd], shown: str, header: list[str], keys: Collection[str], problems: Problems
) -> None:
    """Add what is wrong in columns (keyed by place): odd cells, or nothing but text."""
    faulty = {place: seen for place, seen in sorted(odd.items()) if seen.faults}
    texts = [
        place for place, seen in faulty.items()
        if seen.faults == seen.known and len(odd) > 1 and "ambiguous" not in seen.kind
    ]  # fmt: skip
    some = [place for place in faulty if place not in texts]
    for place in some[:SHOWN]:
        seen = faulty[place]
        more = f" (and {seen.faults - 1} more in this column)" if seen.faults > 1 else ""
        problems.add(
            f"{shown}:{seen.line}, column '{header[place]}'",
            f"{seen.kind} where a number is expected{more}", remedy_for(seen.kind, keys),
        )  # fmt: skip
    if texts:
        named = ", ".join(f"'{header[place]}'" for place in texts[:10])
        problems.add(
            shown, f"text, not values, is in {len(texts)} column(s): {named}",
            "list them under `not_features`, or state as `names` the one that names the rows"
            if "not_features" in keys
            else "remove them from the file, and check that it is as the program wrote it",
        )  # fmt: skip
    if len(some) > SHOWN:
        problems.add(shown, f"{len(some)} columns have such cells", "see those above")
