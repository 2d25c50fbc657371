"""Delimited text as it comes from laboratories: compressed or not, in any usual encoding."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files.other_files import HEAD, refuse_other_files
from immunosep_omics.ingest.raw_assay import Note

DELIMITERS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}

STATED = {",": '","', ";": '";"', "\t": '"\\t"', "|": '"|"'}

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"

UTF_16 = (b"\xff\xfe", b"\xfe\xff")

MOST_UNPACKED = 8 << 30
"""Bytes that a packed file may unpack to; a small file can be made to fill any memory."""

UNENDED = Note("last line without its end", 1, "if the file was cut there, so was its last cell")
"""Only programs always end the last line: a file without may be whole, or cut short."""

BLANK = 4096
"""Bytes looked at first for anything but white space: to strip a large file is to copy it."""

# A field of a table may hold a long text; csv's own limit is 131,072 characters.
csv.field_size_limit(2**24)


@dataclass(frozen=True)
class TextFile:
    """A file's text as UTF-8 without a byte-order mark, lines ended by a line feed."""

    shown: str
    data: bytes
    notes: list[Note]


def read_text_file(path: Path, rows: int | None = None, encoding: str = "windows-1252") -> TextFile:
    """Read a text file, gzip or plain; UTF-8, UTF-16 with a mark, or else in that encoding.

    With `rows`, only that many first lines are read. Raises :class:`InputError` for what is not
    readable as text.
    """
    shown = path.as_posix()
    try:
        data = _bytes_of(path) if rows is None else _first_lines(path, rows)
    except FileNotFoundError:
        refuse_other_files(b"", shown)
        raise _problem(shown, "no such file", "check `folder` and the file's name") from None
    except (OSError, EOFError, zlib.error) as error:
        raise _problem(shown, f"cannot be read ({error})", "get the file again") from None
    refuse_other_files(data[:HEAD], shown)
    if data[:4] == ZIP:
        raise _problem(
            shown, "is a workbook or a zip archive, not text",
            "give it the ending .xlsx, or unpack it",
        )  # fmt: skip
    data, notes = _as_utf8(data, shown, encoding)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data[:BLANK].strip() and not data.strip():
        raise _problem(shown, "the file is empty", "check the export")
    if rows is None and not data.endswith(b"\n"):
        notes = [*notes, UNENDED]
    return TextFile(shown, data, notes)


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as plain:
        if plain.read(2) != GZIP:
            return path.read_bytes()
    with gzip.open(path) as packed:
        data = packed.read(MOST_UNPACKED + 1)
    if len(data) > MOST_UNPACKED:
        raise _problem(
            path.as_posix(), f"unpacks to more than {MOST_UNPACKED >> 30} GiB",
            "no table of this kind is so large: check where the file comes from",
        )  # fmt: skip
    return data


def _first_lines(path: Path, rows: int) -> bytes:
    with path.open("rb") as plain:
        packed = plain.read(2) == GZIP
    with gzip.open(path) if packed else path.open("rb") as stream:
        data = b"".join(islice(stream, rows))
        # Lines of UTF-16 do not end where a byte looks like a line feed.
        return data + stream.read() if data[:2] in UTF_16 else data


def from_line(data: bytes, line: int, shown: str) -> bytes:
    """A text from one of its lines on; raises :class:`InputError` where nothing stands there."""
    start = 0
    for _ in range(line - 1):
        start = data.find(b"\n", start) + 1 or len(data)
    if start == len(data):
        raise no_header(line, shown)
    return data[start:]


def no_header(row: int, shown: str) -> InputError:
    """The refusal of a stated row of headers below the end of a table."""
    return _problem(
        f"{shown} (header)", f"there is nothing in row {row}",
        "state the row in which the headers stand",
    )  # fmt: skip


def delimiter_of(path: Path, stated: str | None) -> str:
    """The stated delimiter, or the one that the file's ending means."""
    name = path.name.lower().removesuffix(".gz")
    return stated or ("," if name.endswith(".csv") else "\t")


def dividing(data: bytes) -> str:
    """The mark that divides both the first line, a header, and the line below it most.

    Headers may hold more commas than tabs (`Abundance: F1: 126, Sample, a`), and numbers decimal
    commas; but only the delimiter is in both.
    """
    top = list(islice(io.BytesIO(data), 2))

    def divides(mark: str) -> tuple[int, bool, int]:
        counts = [line.count(mark.encode()) for line in top]
        return min(counts), 0 < min(counts) == max(counts), counts[0]

    return max("\t;,", key=divides)


def split_line(line: bytes, delimiter: str) -> list[str]:
    """The fields of one line."""
    return next(csv.reader([line.decode("utf-8")], delimiter=delimiter), [])


def with_unnamed(
    header: list[str], rows: Sequence[Sequence[str]], shown: str, *, quoted: bool = False
) -> list[str]:
    """A header with "" for the column that it does not name, where all rows have one field more.

    It is the first, of R's row names, where any row is filled to its end; the last, where a
    delimiter ends all rows. Rows that are numbered, and empty at their ends, may be either unless
    the numbers are `quoted`, as only row names are. Raises :class:`InputError` where they are not:
    read the wrong way, each value would be its neighbour's.
    """
    if not rows or any(len(row) != len(header) + 1 for row in rows):
        return header
    numbered = [row[0] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    if any(row[-1].strip() for row in rows) or (numbered and quoted):
        return ["", *header]
    if not numbered:
        return [*header, ""]
    raise _problem(
        f"{shown}:1", "the header has one field less than each row: it may lack the name of the"
        " first column (R's row names) or of the last, which is empty",
        "write a name for every column (in R: `write.table(..., col.names = NA)`), or remove the"
        " delimiters at the ends of the rows",
    )  # fmt: skip


def records(data: bytes, delimiter: str, first_line: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each record; blank lines are passed over."""
    stream = io.StringIO(data.decode("utf-8"), newline="")
    reader = csv.reader(stream, delimiter=delimiter)
    start = first_line
    for fields in reader:
        if fields and any(field.strip() for field in fields):
            yield start, fields
        start = first_line + reader.line_num


def check_delimiter(header: list[str], delimiter: str, shown: str) -> None:
    """Raise :class:`InputError` where a header of one field shows that another mark divides it."""
    if len(header) > 1:
        return
    for other, name in DELIMITERS.items():
        if other != delimiter and header and other in header[0]:
            raise _problem(
                shown, f"only one column is found with the delimiter {DELIMITERS[delimiter]},"
                f" but the header holds {name}",
                f"state the file's `delimiter`: {STATED[other]}",
            )  # fmt: skip


def check_quotes(rows: list[tuple[int, list[str]]], shown: str) -> None:
    """Raise :class:`InputError` where a quotation mark that is never closed swallows lines."""
    for line, fields in rows:
        if any(field.count("\n") > 5 for field in fields):
            raise _problem(
                f"{shown}:{line}", "a quotation mark is opened and not closed",
                "remove it, or double it inside quoted text",
            )  # fmt: skip


def _as_utf8(data: bytes, shown: str, encoding: str) -> tuple[bytes, list[Note]]:
    if data[:2] in UTF_16:
        try:
            return data.decode("utf-16").encode("utf-8"), []
        except UnicodeDecodeError:
            raise _problem(shown, "is not whole UTF-16 text", "save it as UTF-8 text") from None
    if b"\0" in data:
        raise _problem(shown, "is not text (it holds zero bytes)", "check the file, and `format`")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.isascii():
        return data, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return data, []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _problem(
            shown, f"is neither UTF-8 nor {encoding.title()} text", "save it as UTF-8 text"
        ) from None
    return text.encode("utf-8"), [Note("encoding", 1, f"no UTF-8: read as {encoding.title()}")]


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
