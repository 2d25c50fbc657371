"""Which strand an RNA library is of, from STAR's three counts of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from immunosep_omics.errors import Problems
from immunosep_omics.ingest.raw_assay import Note

COLUMNS = ("none", "forward", "reverse")
"""STAR's columns of counts: both strands, the strand of the first read, that of the second."""

STRANDED, UNSTRANDED = 0.8, 0.1
"""A library is of a strand with 80 % of its reads, and of none where the two differ by at most
10 %; between these it is unclear. The limits of nf-core/rnaseq (`stranded_threshold`,
`unstranded_threshold`) on the quantities of RSeQC's infer_experiment (Wang, Wang & Li 2012)."""

ENOUGH = 1000
"""Reads of genes on one strand or the other below which a sample cannot tell."""

SHOWN = 5


@dataclass(frozen=True)
class Strand:
    """A sample's column of counts; `unclear` says why it could not be told, if so."""

    sample: str
    column: str
    unclear: str = ""


def strands(values: np.ndarray, samples: list[str], stated: str | None) -> list[Strand]:
    """The strand of each sample from samples x genes x 3 counts (in the order of `COLUMNS`).

    Samples with too few reads are taken to be as all others, if those agree.
    """
    if stated is not None:
        return [Strand(sample, stated) for sample in samples]
    sums = values[:, :, 1:].sum(axis=1)
    found = [_strand(sample, *pair) for sample, pair in zip(samples, sums, strict=True)]
    clear = {strand.column for strand in found if not strand.unclear}
    few = [float(pair.sum()) < ENOUGH for pair in sums]
    if len(clear) == 1:
        column = clear.pop()
        found = [
            replace(strand, column=column, unclear="") if too_few else strand
            for strand, too_few in zip(found, few, strict=True)
        ]
    return found


def check_strands(found: list[Strand], shown: str, whole: bool) -> list[Note]:
    """Notes on the strands; raises for unclear ones where the files were read as a `whole`."""
    unclear = [strand for strand in found if strand.unclear]
    if unclear and whole:
        problems = Problems()
        for strand in unclear[:SHOWN]:
            problems.add(
                shown, f"sample '{strand.sample}': {strand.unclear}",
                "state `strand` of the assay: none, forward or reverse",
            )  # fmt: skip
        if len(unclear) > SHOWN:
            problems.add(shown, f"{len(unclear)} samples are so", "see those above")
        problems.raise_any()
    counted = Counter(strand.column for strand in found)
    mixed = "; libraries of different strands in one cohort" if len(counted) > 1 else ""
    return [
        Note(f"strand {column}", counted[column], f"column of STAR's counts that is used{mixed}")
        for column in COLUMNS
        if counted[column]
    ]


def _strand(sample: str, forward: float, reverse: float) -> Strand:
    total = forward + reverse
    if total < ENOUGH:
        return Strand(sample, "none", f"{total:.0f} reads are too few to tell the strand")
    share = forward / total
    if share >= STRANDED:
        return Strand(sample, "forward")
    if 1 - share >= STRANDED:
        return Strand(sample, "reverse")
    if abs(2 * share - 1) <= UNSTRANDED:
        return Strand(sample, "none")
    return Strand(
        sample, "none",
        f"{share:.0%} of the reads are on the first read's strand: neither a stranded library"
        f" (from {STRANDED:.0%}) nor an unstranded one (near 50 %)",
    )  # fmt: skip
