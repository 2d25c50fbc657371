"""The table of counts that featureCounts writes: one for all samples, or one per sample."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.wide_text import WideText
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    told_apart,
)
from immunosep_omics.ingest.rna.counts import (
    SampleTable,
    found_files,
    open_table,
    own_notes,
    read_counts,
    read_each,
    stacked,
    table_of,
    whole_numbers,
)
from immunosep_omics.settings.assays import SAMPLE_MARK, FeatureCounts

IDENTIFIERS = ("Geneid", "GeneID")
"""As the program writes it, and as Rsubread's annotation does."""

ANNOTATION = ("Chr", "Start", "End", "Strand", "Length")
ATTRIBUTES = (
    "gene_name", "gene_symbol", "gene_biotype", "gene_type", "gene_id", "gene_source",
    "gene_version", "transcript_id", "description", "db_xref", "Name", "product", "gene",
    "transcript_version", "exon_number", "level", "hgnc_id", "havana_gene", "entrezid",
    "entrez_id", "entrezgene", "entrezgene_id", "GeneID", "gene_length",
)  # fmt: skip
"""Usual names of the columns that `--extraAttributes` adds between Length and the samples."""

GENE_NAMES = ("gene_name", "gene_symbol", "Name", "gene")
ALIGNMENTS = (".bam", ".sam", ".cram")

OTHER_TABLES = {
    "Status": ("featureCounts' summary", "give the table beside it, without '.summary'"),
    "PrimaryGene": (
        "featureCounts' table of junctions", "give the table beside it, without '.jcounts'",
    ),
}  # fmt: skip
"""What featureCounts writes beside its table, told by the first header."""

FRACTIONS = "with --fraction reads count for several genes: rounded to whole numbers"


@dataclass(frozen=True)
class _Counts:
    shown: str
    headers: list[str]
    names: list[str]
    genes: list[object] | None
    values: np.ndarray
    fractional: bool
    notes: list[Note]


def read(facts: FeatureCounts, folder: Path, rows: int | None = None) -> RawAssay:
    """Read featureCounts' table; its first line may be the comment with the command.

    With `*` in `file` each file is one sample, named by what `*` stands for. Otherwise a sample's
    name is its header without the path and without the ending .bam, .sam or .cram; where those are
    alike (`S1/aligned.bam`, `S2/aligned.bam`), it is the last folder that differs. Attributes
    between Length and the samples are no samples; a gene name among them names the gene.
    """
    if SAMPLE_MARK in facts.file:
        return _one_per_sample(facts, folder, rows)
    found = _read_file(folder / facts.file, rows)
    samples = told_apart(sample_names(found.headers), found.shown)
    features = feature_table(found.names, found.genes)
    return _assay(found.values.T, samples, features, found.shown, found.fractional, found.notes)


def sample_names(headers: list[str]) -> list[str]:
    """Names of samples from featureCounts' headers, which are paths of alignments."""
    paths = [PurePosixPath(header.replace("\\", "/")) for header in headers]
    depth = min(len(path.parts) for path in paths)
    for place in range(1, depth + 1):
        names = [_without_ending(path.parts[-place]) for path in paths]
        if len(set(names)) == len(names):
            return names
    return headers


def _without_ending(name: str) -> str:
    ending = next((e for e in ALIGNMENTS if name.lower().endswith(e)), "")
    return name[: len(name) - len(ending)]


def _one_per_sample(facts: FeatureCounts, folder: Path, rows: int | None) -> RawAssay:
    files = found_files(folder, facts.file, rows)
    whole: list[_Counts] = []

    def read_one(path: Path) -> SampleTable:
        found = _read_file(path, rows)
        if len(found.headers) > 1:
            raise InputError(
                Problem(
                    found.shown, f"the file has {len(found.headers)} columns of counts, but a"
                    f" '{SAMPLE_MARK}' in `file` means one sample per file",
                    "name the file in full; tables of several samples are an assay each",
                )
            )  # fmt: skip
        whole.append(found)
        return SampleTable(found.shown, found.names, found.values, {}, found.notes)

    tables = read_each(files, read_one)
    features, values = stacked(tables, rows is None)
    if whole[0].genes is not None:
        genes = pd.Series(whole[0].genes, index=feature_table(whole[0].names).index)
        features["gene"] = genes[features.index]
    shown = (folder / facts.file).as_posix()
    fractional = any(found.fractional for found in whole)
    samples = list(tables)[: len(values)]
    return _assay(values[:, :, 0], samples, features, shown, fractional, own_notes(tables))


def _assay(
    values: np.ndarray, samples: list[str], features: pd.DataFrame, shown: str, fractional: bool,
    notes: list[Note],
) -> RawAssay:  # fmt: skip
    notes = list(notes)
    if fractional:
        values, rounded = whole_numbers(values, FRACTIONS)
        notes += rounded
    frame = pd.DataFrame(values, index=samples, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), shown, notes)


def _read_file(path: Path, rows: int | None) -> _Counts:
    file = text_file.read_text_file(path, rows=rows)
    data, first_line, command = table_of(file)
    table = open_table(data, "\t", file.shown, first_line)
    _check_first(table, first_line)
    values_at = _value_columns(table, command.decode())
    if not values_at:
        raise InputError(Problem(file.shown, "there is no column of counts", "check the file"))
    gene_at = [n for n, name in enumerate(table.header) if name in GENE_NAMES and n < values_at[0]]
    # Counted by exon, a gene has several rows.
    words, values = read_counts(table, [0, *gene_at[:1]], values_at, unique=False)
    return _Counts(
        file.shown,
        [table.header[n] for n in values_at],
        words[0],
        [gene or np.nan for gene in words[1]] if gene_at else None,
        values,
        b'"--fraction"' in command,
        file.notes,
    )


def _check_first(table: WideText, line: int) -> None:
    first = table.header[0]
    if first in IDENTIFIERS:
        return
    what, remedy = OTHER_TABLES.get(
        first,
        ("not featureCounts' table: the first header is not 'Geneid'",
         "give featureCounts' own table, or use `format: matrix`"),
    )  # fmt: skip
    raise InputError(Problem(f"{table.shown}:{line}", f"this is {what}", remedy))


def _value_columns(table: WideText, command: str) -> list[int]:
    """The columns of counts: what stands after the annotation and the attributes."""
    places = [n for n, name in enumerate(table.header) if n > 0 and name]
    stated = re.search(r'"--extraAttributes" "([^"]*)"', command)
    if stated:
        return _behind(table.header, places, {*ANNOTATION, *stated.group(1).split(",")})
    return alignments(table.header, _behind(table.header, places, ANNOTATION), table.shown)


def alignments(header: list[str], places: list[int], shown: str) -> list[int]:
    """Those of the `places` that are samples: all behind the usual attributes of genes.

    Raises :class:`InputError` where samples are named by their alignments, and what stands before
    them is not: an attribute may hold numbers as a sample does.
    """
    behind = _behind(header, places, ATTRIBUTES)
    aligned = [n for n in behind if header[n].lower().endswith(ALIGNMENTS)]
    if aligned and aligned[0] != behind[0]:
        before = ", ".join(f"'{header[n]}'" for n in behind[: behind.index(aligned[0])])
        raise InputError(
            Problem(
                shown, f"before the first alignment ('{header[aligned[0]]}') stands {before}: a"
                " sample, or an attribute of the genes?",
                "remove the attribute's column; or name a sample by its alignment, with .bam",
            )
        )  # fmt: skip
    return behind


def _behind(header: list[str], places: list[int], names: Collection[str]) -> list[int]:
    """The places from the first on whose header is none of these names."""
    return list(dropwhile(lambda n: header[n] in names, places))
