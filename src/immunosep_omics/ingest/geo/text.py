"""GEO's SOFT text as blocks, each with its attributes and its table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files.wide_text import SHOWN

Attributes = list[tuple[str, str]]

MISSING = ["", "NA", "N/A", "null", "NULL", "Null", "NaN", "nan", "#N/A"]
"""How GEO's tables write a value that is not known."""

SOFT = re.compile(rb"\s*\^[A-Za-z]+[ \t]*(=|\n|$)")
SERIES_MATRIX = (b"!Series_", b"!Sample_", b"!series_matrix")

BLOCK = re.compile(rb"^\^", re.MULTILINE)
BEGIN = re.compile(rb"^![a-z_]+_table_begin[^\n]*\n", re.MULTILINE | re.IGNORECASE)
END = re.compile(rb"^![a-z_]+_table_end", re.MULTILINE | re.IGNORECASE)


class NoValuesError(InputError):
    """A file of GEO describes samples, and holds no values of them."""


@dataclass(frozen=True)
class Block:
    """One `^KIND = name` of a SOFT file.

    `line` is where it begins; `attributes` are its `!key = value` lines in order; `table` the
    lines between the marks of a table (the first is the header, on `table_line`), or None;
    `ended` is False where the table's end mark is missing.
    """

    kind: str
    name: str
    line: int
    attributes: Attributes
    table: bytes | None
    table_line: int
    ended: bool

    def all(self, key: str) -> list[str]:
        """Every value of an attribute."""
        return [value for name, value in self.attributes if name == key]


def is_soft(data: bytes) -> bool:
    """True where a text begins as SOFT files do."""
    return SOFT.match(data[:200]) is not None


def is_series_matrix(data: bytes) -> bool:
    """True where a text begins as series matrices do."""
    return data[:200].lstrip(b'\n "').startswith(SERIES_MATRIX)


def blocks(data: bytes) -> Iterator[Block]:
    """The blocks of a SOFT file, in order (UTF-8, lines ended by a line feed)."""
    starts = [found.start() for found in BLOCK.finditer(data)]
    line, counted = 1, 0
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        line, counted = line + data.count(b"\n", counted, start), start
        yield _block(data[start:end], line)


def plain_rows(
    table: bytes, first_line: int, shown: str, most: int | None = None
) -> tuple[list[str], list[list[str]], list[int]]:
    """Header, cells and line numbers of a GEO table, in which quotation marks are plain letters.

    Rows whose empty cells at the end were cut are filled up. Raises :class:`InputError` for rows
    longer than the header.
    """
    lines = table.decode("utf-8").split("\n")
    header = [_unquoted(name) for name in lines[0].split("\t")]
    rows, numbers, longer = list[list[str]](), list[int](), list[int]()
    for number, line in enumerate(lines[1:], start=first_line + 1):
        if len(rows) == most:
            break
        if not line.strip():
            continue
        cells = [_unquoted(cell) for cell in line.split("\t")]
        if any(cells[len(header) :]):
            longer.append(number)
        rows.append([*cells, *[""] * (len(header) - len(cells))][: len(header)])
        numbers.append(number)
    if longer:
        raise InputError(
            Problem(
                f"{shown}:{longer[0]}",
                f"{len(longer)} rows have more fields than the header, which has {len(header)}:"
                f" lines {joined_names(list(map(str, longer)))}",
                "download the file again",
            )
        )  # fmt: skip
    return header, rows, numbers


def refuse_cut_short(found: list[Block], shown: str) -> None:
    """Raise :class:`InputError` where a table has no end."""
    cut = [block for block in found if not block.ended]
    if cut:
        raise InputError(
            Problem(
                f"{shown}:{cut[0].line}",
                f"the table of {cut[0].name} has no end: the file is cut short",
                "download the file again",
            )
        )


def joined_names(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def other_files_of_series(stated: list[str]) -> str:
    """What to do where a series has no values of its own, but the supplementary files `stated`."""
    names = [path.rpartition("/")[2] for path in stated]
    files = [name for name in names if name and name != "NONE"]
    return (
        "take the matrix from the series' supplementary files"
        + (f" ({joined_names(files)})" if files else "")
        + ", with `format: matrix`; this file can still be the clinical table"
    )


def _block(data: bytes, line: int) -> Block:
    begin = BEGIN.search(data)
    head = data[: begin.start()] if begin else data
    lines = head.decode("utf-8").split("\n")
    kind, _, name = lines[0].lstrip("^").partition("=")
    attributes = []
    for text in lines[1:]:
        if text.startswith("!"):
            key, _, value = text[1:].partition("=")
            attributes.append((key.strip(), value.strip()))
    if begin is None:
        return Block(kind.strip().upper(), name.strip(), line, attributes, None, 0, True)
    end = END.search(data, begin.end())
    table = data[begin.end() : end.start() if end else len(data)]
    table_line = line + data.count(b"\n", 0, begin.end())
    return Block(
        kind.strip().upper(), name.strip(), line, attributes, table, table_line, end is not None
    )


def _unquoted(cell: str) -> str:
    text = cell.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"').strip()
    return text
