"""Identifiers that are recognised, but name no gene without a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

NAMESPACES = {
    "Ensembl transcripts": r"ENST\d{11}(\.\d+)?(_PAR_Y)?",
    "Ensembl proteins": r"ENSP\d{11}(\.\d+)?",
    "RefSeq transcripts": r"[NX][MR]_\d+(\.\d+)?",
    "RefSeq proteins": r"[NXY]P_\d+(\.\d+)?",
    "HGNC numbers": r"HGNC:\d+",
    "KEGG genes": r"hsa:\d+",
    "Affymetrix probe sets": r"\d+(_[a-z])?_at|AFFX-.+",
    "Illumina probes": r"ILMN_\d+",
    "Agilent probes": r"A_\d\d_P\d+",
}
"""What such identifiers are, and how they are written."""

PATTERNS = {what: re.compile(pattern) for what, pattern in NAMESPACES.items()}


def namespace_of(names: Sequence[str]) -> str | None:
    """What most names of a column are, where they are of one of `NAMESPACES`."""
    for what, pattern in PATTERNS.items():
        if sum(pattern.fullmatch(name) is not None for name in names) * 2 > len(names):
            return what
    return None
