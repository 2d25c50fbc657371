"""Names that belong to another species."""

from __future__ import annotations

import re
from collections.abc import Sequence

SHARE = 0.8
"""More than this share of another species' names: the file is not of human genes."""

FEWEST = 20
"""Fewer names tell nothing: a small human panel may have Leptin and Resistin."""

PATTERNS: dict[str, str] = {
    "mouse": r"ENSMUSG\d+.*|(?:mm\d+|GRCm3[89])_.+|mmu-.*|[0-9A-Z]{10}Rik",
    "rat": r"ENSRNOG\d+.*|rno-.*",
    "pig": r"ENSSSCG\d+.*|ssc-.*",
    "zebrafish": r"ENSDARG\d+.*|dre-.*",
    "fruit fly": r"FBgn\d+.*",
    "worm": r"WBGene\d+.*",
    "yeast": r"Y[A-P][LR]\d{3}[CW](?:-[A-Z])?",
    "another species": r"ENS(?!MUS|RNO|SSC|DAR)[A-Z]{3,4}G\d{5,}.*",
    "mouse or rat": r"(?!C[\dXY]+orf)[A-Z](?=[a-z0-9]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)?",
}
"""Names of other species; the first pattern that fits counts. Human symbols are in capitals."""

ENTRY_NAMES: dict[str, str] = {
    "MOUSE": "mouse", "RAT": "rat", "PIG": "pig", "DANRE": "zebrafish", "DROME": "fruit fly",
    "CAEEL": "worm", "YEAST": "yeast",
}  # fmt: skip
"""How UniProt's entry names end (`sp|P10810|CD14_MOUSE`)."""

_SPECIES = tuple(PATTERNS)
_NAMES = re.compile("|".join(f"({pattern})" for pattern in PATTERNS.values()))


def species_of(name: str) -> str | None:
    """The other species whose names look like this one."""
    entry, _, ending = name.rpartition("_")
    if entry and ending in ENTRY_NAMES:
        return ENTRY_NAMES[ending]
    found = _NAMES.fullmatch(name)
    return _SPECIES[found.lastindex - 1] if found and found.lastindex else None


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
