"""Names that belong to another species."""

from __future__ import annotations

import re
from collections.abc import Sequence

SHARE = 0.8
"""More than this share of another species' names: the file is not of human genes."""

FEWEST = 20
"""Fewer names tell nothing: a small human panel may have Leptin and Resistin."""

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "mouse",
        re.compile(r"ENSMUSG\d+.*|(?:mm\d+|GRCm3[89])_.+|.*\|?\w+_MOUSE|mmu-.*|[0-9A-Z]{10}Rik"),
    ),
    ("rat", re.compile(r"ENSRNOG\d+.*|.*\|?\w+_RAT|rno-.*")),
    ("pig", re.compile(r"ENSSSCG\d+.*|.*\|?\w+_PIG|ssc-.*")),
    ("zebrafish", re.compile(r"ENSDARG\d+.*|.*\|?\w+_DANRE|dre-.*")),
    ("fruit fly", re.compile(r"FBgn\d+.*|.*\|?\w+_DROME")),
    ("worm", re.compile(r"WBGene\d+.*|.*\|?\w+_CAEEL")),
    ("yeast", re.compile(r"Y[A-P][LR]\d{3}[CW](?:-[A-Z])?|.*\|?\w+_YEAST")),
    ("another species", re.compile(r"ENS(?!MUS|RNO|SSC|DAR)[A-Z]{3,4}G\d{5,}.*")),
    ("mouse or rat", re.compile(r"(?!C[\dXY]+orf)[A-Z][a-z0-9]*[a-z][a-z0-9]*(?:-[a-z0-9]+)?")),
)
"""Names of other species; the first pattern that fits counts. Human symbols are in capitals."""


def species_of(name: str) -> str | None:
    """The other species whose names look like this one."""
    for species, pattern in PATTERNS:
        if pattern.fullmatch(name):
            return species
    return None


def foreign_names(names: Sequence[str], routes: Sequence[str]) -> tuple[str, float] | None:
    """Which other species a column of names looks like, and which share of the names does.

    Names that have a `route` (:func:`name_genes`) are human. None where the names look human, or
    are too few to tell.
    """
    if len(names) < FEWEST:
        return None
    found = [
        species_of(name) if not route else None
        for name, route in zip(names, routes, strict=True)
    ]  # fmt: skip
    foreign = [species for species in found if species]
    share = len(foreign) / len(names)
    if share <= SHARE:
        return None
    return max(dict.fromkeys(foreign), key=foreign.count), share
