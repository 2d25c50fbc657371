"""The lines of a table, in memory or still in their file, so that a large one is never copied."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from os import SEEK_END
from pathlib import Path

import numpy as np

from immunosep_omics.ingest.files.text_file import GZIP, UTF_16, ZIP

LARGE = 64 << 20
"""Bytes from which a file is worth a second pass rather than room in memory."""

FIRST = 6
"""Lines among which the header and the first row are looked for."""

STEP = 1 << 20
"""Bytes looked at at a time: they stay in the processor's cache."""


def count_ends(data: bytes | memoryview) -> int:
    """How many lines end in some bytes. Python's own count goes byte by byte: 4 times as long."""
    values = np.frombuffer(data, np.uint8)
    return sum(
        int(np.count_nonzero(values[start : start + STEP] == ord("\n")))
        for start in range(0, len(values), STEP)
    )


@dataclass(frozen=True)
class LinesInMemory:
    """Lines, the header's among them, as bytes."""

    data: bytes

    def first(self, count: int = FIRST) -> bytes:
        """The header and the first lines below it."""
        place = 0
        for _ in range(count):
            place = self.data.find(b"\n", place) + 1 or len(self.data)
        return self.data[:place]

    def count_from(self, start: int) -> int:
        """How many lines begin at or after a byte."""
        unended = self.data[-1:] != b"\n" and len(self.data) > start
        return self.data.count(b"\n", start) + unended

    def pieces(self, start: int, size: int) -> Iterator[bytes]:
        """Whole lines from a byte on, about so many bytes at a time."""
        end = len(self.data)
        while start < end:
            stop = self.data.find(b"\n", min(start + size, end - 1)) + 1 or end
            yield self.data[start:stop]
            start = stop


class NotPlainTextError(Exception):
    """A file cannot be used as it is, and has to be read and decoded."""


@dataclass(frozen=True)
class LinesInFile:
    """Lines of a file that can be used as they are: ASCII, ended by a line feed, not packed.

    Whether they can is found out by a survey beside the first use: `count_from` waits for it, and
    raises :class:`NotPlainTextError` where they cannot.
    """

    path: Path
    survey: Future[int]

    @property
    def ended(self) -> bool:
        """Whether the last line ends as lines do."""
        with self.path.open("rb") as file:
            file.seek(-1, SEEK_END)
            return file.read(1) == b"\n"

    def first(self, count: int = FIRST) -> bytes:
        """The header and the first lines below it."""
        with self.path.open("rb") as file:
            return b"".join(islice(file, count))

    def count_from(self, start: int) -> int:
        """How many lines begin at or after a byte."""
        return self.survey.result() - self.first()[:start].count(b"\n")

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
    """The lines of a large file that may be plain; None for any other."""
    if not path.is_file() or path.stat().st_size < LARGE:
        return None
    with path.open("rb") as file:
        if file.read(4).startswith((GZIP, ZIP, *UTF_16)):
            return None
    surveyor = ThreadPoolExecutor(1)
    survey = surveyor.submit(_survey, path)
    surveyor.shutdown(wait=False)
    return LinesInFile(path, survey)


def _survey(path: Path) -> int:
    """How many lines a file has; raises :class:`NotPlainTextError`."""
    lines, size, last = 0, 0, b""
    buffer = bytearray(STEP)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer):
            if int(np.frombuffer(buffer, np.uint8, size).max()) > 127:
                raise NotPlainTextError
            if buffer.find(b"\r", 0, size) >= 0:
                raise NotPlainTextError
            lines += count_ends(memoryview(buffer)[:size])
            last = bytes(buffer[size - 1 : size])
    return lines + (last != b"\n")
