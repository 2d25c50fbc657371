"""The lines of a table, in memory or still in their file, so that a large one is never copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from immunosep_omics.ingest.text_file import GZIP, ZIP

LARGE = 64 << 20
"""Bytes from which a file is worth a second pass rather than room in memory."""

FIRST = 6
"""Lines among which the header and the first row are looked for."""

STEP = 16 << 20
"""Bytes read at a time; the same memory is used again and again."""


@dataclass(frozen=True)
class LinesInMemory:
    """Lines, the header's among them, as bytes."""

    data: bytes

    def first(self) -> bytes:
        """The header and the first lines below it."""
        place = 0
        for _ in range(FIRST):
            place = self.data.find(b"\n", place) + 1 or len(self.data)
        return self.data[:place]

    def count_from(self, start: int) -> int:
        """How many lines begin at or after a byte."""
        unended = self.data[-1:] != b"\n" and len(self.data) > start
        return self.data.count(b"\n", start) + unended

    def has_quotes(self, start: int) -> bool:
        """True where a quotation mark stands at or after a byte."""
        return self.data.find(b'"', start) >= 0

    def pieces(self, start: int, size: int) -> Iterator[bytes]:
        """Whole lines from a byte on, about so many bytes at a time."""
        end = len(self.data)
        while start < end:
            stop = self.data.find(b"\n", min(start + size, end - 1)) + 1 or end
            yield self.data[start:stop]
            start = stop


@dataclass(frozen=True)
class LinesInFile:
    """Lines of a file that can be used as they are: ASCII, ended by a line feed, not packed."""

    path: Path
    lines: int
    quotes: bool

    def first(self) -> bytes:
        """The header and the first lines below it."""
        with self.path.open("rb") as file:
            return b"".join(islice(file, FIRST))

    def count_from(self, start: int) -> int:
        """How many lines begin at or after a byte."""
        return self.lines - self.first()[:start].count(b"\n")

    def has_quotes(self, start: int) -> bool:
        """True where a quotation mark stands in the file."""
        return self.quotes

    def pieces(self, start: int, size: int) -> Iterator[bytes]:
        """Whole lines from a byte on, about so many bytes at a time."""
        end = self.path.stat().st_size
        with self.path.open("rb") as file:
            while start < end:
                # The end is looked up first: what is then read need not be cut, that is copied.
                file.seek(min(start + size, end))
                stop = min(start + size, end) + len(file.readline())
                file.seek(start)
                yield file.read(stop - start)
                start = stop


def lines_in_file(path: Path) -> LinesInFile | None:
    """The lines of a large plain file; None for any other, which has to be read and decoded."""
    if not path.is_file() or path.stat().st_size < LARGE:
        return None
    lines, quotes, last = 0, False, b""
    buffer = bytearray(STEP)
    with path.open("rb", buffering=0) as file:
        if file.read(4).startswith((GZIP, ZIP)):
            return None
        file.seek(0)
        while size := file.readinto(buffer):
            if int(np.frombuffer(buffer, np.uint8, size).max()) > 127:
                return None
            if buffer.find(b"\r", 0, size) >= 0:
                return None
            lines += buffer.count(b"\n", 0, size)
            quotes = quotes or buffer.find(b'"', 0, size) >= 0
            last = bytes(buffer[size - 1 : size])
    return LinesInFile(path, lines + (last != b"\n"), quotes)
