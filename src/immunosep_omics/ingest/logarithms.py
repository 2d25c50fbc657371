"""Logarithms to other bases, brought to base 2 as soon as they are read."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from math import e, log2
from pathlib import Path
from typing import Any, Protocol

from immunosep_omics.ingest.raw_assay import Note, RawAssay

FACTORS = {"ln": log2(e), "log10": log2(10)}
"""By what logarithms are multiplied to be those of base 2."""


class Reader(Protocol):
    """What every reader of a format is."""

    def __call__(self, facts: Any, folder: Path, rows: int | None = None) -> RawAssay:
        """Read an assay by its facts; with `rows`, only about so many first rows of a file."""


def to_base_2(read: Reader) -> Reader:
    """The same reader, whose values of `scale: ln` and `log10` become log2; a note tells it."""

    @wraps(read)
    def call(facts: Any, folder: Path, rows: int | None = None) -> RawAssay:
        raw = read(facts, folder, rows)
        if facts.scale not in FACTORS:
            return raw
        note = Note(f"{facts.scale} to log2", raw.values.size, "logarithms brought to base 2")
        return replace(raw, values=raw.values * FACTORS[facts.scale], notes=[*raw.notes, note])

    return call
