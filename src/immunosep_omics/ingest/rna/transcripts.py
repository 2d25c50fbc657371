"""From transcripts to genes: which gene a transcript is of, and what its gene's counts are."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.files.table_file import check_headers, read_table_file, refuse_header_of
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.settings.tables import FeatureTable

SHOWN = 3

MOST_LOST = 0.5
"""Of more of the counts without a gene, the table is not that of the reference."""

ANNOTATIONS = (".gtf", ".gff", ".gff3")

GENCODE = re.compile(r"^[^|]+\|(ENS[A-Z]*G\d[^|]*)\|")
"""Names as in GENCODE's FASTA: transcript, gene and more, with `|` between."""


def _before_bar(name: str) -> str:
    return name.partition("|")[0]


def _unversioned(name: str) -> str:
    return re.sub(r"\.\d+(_PAR_Y)?$", "", name)


WAYS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("as written", lambda name: name),
    ("before the bar", _before_bar),
    ("without the version", _unversioned),
    ("before the bar, without the version", lambda name: _unversioned(_before_bar(name))),
)
"""How names of transcripts are compared: the first way that finds the most is taken."""


def genes_in_names(names: list[str]) -> list[str] | None:
    """The genes that GENCODE's names tell, or None where a name tells none."""
    found = [GENCODE.match(name) for name in names]
    genes = [match.group(1) for match in found if match]
    return genes if len(genes) == len(names) else None


def genes_of_table(
    names: list[str], facts: FeatureTable, folder: Path, source: str, whole: bool
) -> tuple[list[str], list[Note]]:
    """The gene of each transcript by the table `transcripts`, "" where it has none; and notes.

    Of several rows of one transcript the first counts, as for tximport. Raises where no
    transcript is in the table and the files were read as a `whole`.
    """
    if facts.file is None:
        raise AssertionError("settings only let files through")
    if facts.file.removesuffix(".gz").endswith(ANNOTATIONS):
        raise InputError(
            Problem(
                f"{(folder / facts.file).as_posix()} (transcripts.file)",
                "is an annotation (GTF or GFF), not a table of transcripts",
                "give a table with the columns transcript and gene, one row per transcript, such"
                " as the tx2gene.tsv of nf-core/rnaseq",
            )
        )
    table = read_table_file(facts.as_file, folder)
    refuse_header_of({way(name) for name in names for _, way in WAYS}, table, "transcripts")
    problems = Problems()
    wanted = [("transcripts.id", facts.id), ("transcripts.gene", facts.gene)]
    check_headers(table, wanted, problems)
    problems.raise_any()
    pairs = [
        (name, gene)
        for name, gene in zip(table.texts(facts.id), table.texts(facts.gene), strict=True)
        if name and gene not in ("", "NA")
    ]
    way, genes, twofold = _best_way(names, pairs)
    if whole and names and not any(genes):
        there = ", ".join(name for name, _ in pairs[:SHOWN]) or "nothing"
        raise InputError(
            Problem(
                f"{table.shown} (transcripts.id)",
                f"column '{facts.id}' has none of the transcripts of {source}"
                f" ({', '.join(names[:SHOWN])}; there: {there})",
                "name the column with the names of the reference that was quantified; for files"
                " of genes leave out `transcripts`",
            )
        )
    notes = list(table.notes)
    if way != WAYS[0][0]:
        notes.append(Note("transcripts looked up", len(names), f"by their names {way}"))
    if twofold:
        notes.append(Note("transcripts of several genes", twofold, "the table's first is taken"))
    return genes, notes


def lost_note(
    names: list[str], genes: list[str], counts: np.ndarray, source: str, whole: bool
) -> list[Note]:
    """What is lost with transcripts without a gene; `counts` is samples x transcripts.

    Raises where files that were read as a `whole` would lose most of their counts.
    """
    lost = [place for place, gene in enumerate(genes) if not gene]
    if not lost:
        return []
    total = float(counts.sum())
    share = float(counts[:, lost].sum()) / total if total else 0.0
    first = ", ".join(names[place] for place in lost[:SHOWN])
    if whole and share > MOST_LOST:
        raise InputError(
            Problem(
                f"{source} (transcripts)",
                f"{share:.0%} of the counts are of {len(lost)} transcripts that the table lacks"
                f" ({first})",
                "give the table of the reference that was quantified (its release, all its"
                " transcripts)",
            )
        )
    reason = f"left out with {share:.2%} of the counts; the first: {first}"
    return [Note("transcripts not in the table", len(lost), reason)]


def gene_sums(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Samples x genes from samples x transcripts; `codes` 0, 1, ... name each one's gene."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return np.add.reduceat(values[:, order], starts, axis=1)


def length_scaled_counts(
    counts: np.ndarray, tpm: np.ndarray, lengths: np.ndarray, codes: np.ndarray
) -> np.ndarray:
    """Counts of genes free of differences in transcript use: tximport's lengthScaledTPM.

    All are samples x transcripts, `codes` 0, 1, ... name each transcript's gene; samples x genes.
    A gene's length in a sample is that of its transcripts, weighted by TPM; where none is seen,
    the geometric mean of the other samples', or else the mean of its transcripts. A gene's TPM
    times its mean length over samples is scaled to the sample's sum of counts. Soneson, Love &
    Robinson 2015; agrees with R's `tximport(..., countsFromAbundance = "lengthScaledTPM")`
    (1.26) to 1e-9.
    """
    abundance = gene_sums(tpm, codes)
    with np.errstate(invalid="ignore", divide="ignore"):
        length = gene_sums(tpm * lengths, codes) / abundance
    average = gene_sums(lengths.mean(axis=0)[None], codes)[0] / np.bincount(codes)
    length = _without_gaps(length, average)
    scaled = abundance * length.mean(axis=0)
    sums = scaled.sum(axis=1, keepdims=True)
    target = gene_sums(counts, codes).sum(axis=1, keepdims=True)
    return np.asarray(scaled * np.divide(target, sums, out=np.zeros_like(sums), where=sums > 0))


def _without_gaps(length: np.ndarray, average: np.ndarray) -> np.ndarray:
    """Lengths, samples x genes, with unknown ones filled; `average` is of a gene's transcripts."""
    known = np.isfinite(length)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.where(known, np.log(np.where(known, length, 1.0)), 0.0)
        geometric = np.exp(logs.sum(axis=0) / known.sum(axis=0))
    fill = np.where(known.any(axis=0), geometric, average)
    return np.where(known, length, fill)


def _best_way(names: list[str], pairs: list[tuple[str, str]]) -> tuple[str, list[str], int]:
    """The way that finds most transcripts: its words, the genes, transcripts of several genes."""
    best: tuple[str, list[str], int] = ("", [], 0)
    most = -1
    for words, way in WAYS:
        gene_of: dict[str, str] = {}
        twofold = set()
        for name, gene in pairs:
            key = way(name)
            if gene_of.setdefault(key, gene) != gene:
                twofold.add(key)
        keys = [way(name) for name in names]
        genes = [gene_of.get(key, "") for key in keys]
        found = len(genes) - genes.count("")
        if found > most:
            most, best = found, (words, genes, len(twofold.intersection(keys)))
        if found == len(names):
            break
    return best
