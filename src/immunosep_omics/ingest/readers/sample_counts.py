"""Counts of one sample per file: STAR's ReadsPerGene.out.tab and HTSeq's output."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.wide_text import WideText
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    told_apart,
)
from immunosep_omics.ingest.readers.featurecounts import alignments, sample_names
from immunosep_omics.ingest.rna.counts import (
    SampleTable,
    found_files,
    notes_apart,
    open_table,
    own_notes,
    read_counts,
    read_each,
    stacked,
    table_of,
)
from immunosep_omics.ingest.rna.strand import COLUMNS, check_strands, strands
from immunosep_omics.settings.assays import SAMPLE_MARK, SampleCounts


@dataclass(frozen=True)
class _Dialect:
    """How one program writes: how many counts per row, rows that are no genes, its file's ending.

    `counts` is None where a file may have any number of columns; `headers` name the columns of
    counts in its tables that have a header.
    """

    counts: int | None
    apart: Callable[[str], bool]
    ending: re.Pattern[str]
    remedy: str
    headers: tuple[str, ...] = ()


OLD_HTSEQ = (
    "no_feature", "ambiguous", "too_low_aQual", "not_aligned", "alignment_not_unique",
)  # fmt: skip
"""HTSeq's special rows before version 0.6; `__` stands before them since."""

DIALECTS = {
    "star": _Dialect(
        len(COLUMNS), lambda name: name.startswith("N_"),
        re.compile(r"[._-]*((ReadsPerGene\.out|(rna_seq\.)?augmented_star_gene_counts)(\.\w+)*)?$"),
        "give STAR's ReadsPerGene.out.tab as it is, with its 4 columns",
        ("unstranded", "stranded_first", "stranded_second"),
    ),
    "htseq": _Dialect(
        None, lambda name: name.startswith("__") or name in OLD_HTSEQ, re.compile("$"),
        "give htseq-count's output: the gene, then the count",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _File:
    table: SampleTable
    header: list[str]


def read(facts: SampleCounts, folder: Path, rows: int | None = None) -> RawAssay:
    """Read one file per sample, named by what `*` stands for.

    STAR counts each library three times; which column is right follows from `strand`, or from
    the counts (`ingest/rna/strand.py`), and stands in the samples' `strand`. The Genomic Data
    Commons' tables of STAR's counts, which have a header, are read alike. A file of HTSeq with a
    header and several columns of counts is read as a table of all samples. Raises
    :class:`InputError` for files that would be one sample, and for columns that nothing names.
    """
    dialect = DIALECTS[facts.format]
    if SAMPLE_MARK not in facts.file and dialect.counts is None:
        found = _read_file(folder / facts.file, dialect, rows)
        if found.table.values.shape[1] > 1:
            return _merged(found)
    files = _without_ending(found_files(folder, facts.file, rows), dialect)
    tables = read_each(files, lambda path: _one_sample(path, dialect, rows))
    features, values = stacked(tables, rows is None)
    samples = list(tables)[: len(values)]
    notes = [*own_notes(tables), *notes_apart(tables)]
    extras = pd.DataFrame(index=pd.Index(samples))
    counts = values[:, :, 0]
    shown = (folder / facts.file).as_posix()
    if dialect.counts == len(COLUMNS):
        chosen = strands(values, samples, facts.strand)
        notes += check_strands(chosen, shown, rows is None)
        counts = np.stack(
            [block[:, COLUMNS.index(s.column)] for block, s in zip(values, chosen, strict=True)]
        )
        extras["strand"] = [s.column for s in chosen]
    frame = pd.DataFrame(counts, index=samples, columns=features.index)
    return RawAssay(frame, features, extras, shown, notes)


def _without_ending(files: dict[str, Path], dialect: _Dialect) -> dict[str, Path]:
    """The files by their samples' names, without what the program adds to these."""
    named: dict[str, Path] = {}
    problems = Problems()
    for name, path in files.items():
        sample = dialect.ending.sub("", name, count=1) or name
        other = named.setdefault(sample, path)
        if other != path:
            problems.add(
                path.as_posix(), f"is the sample '{sample}', as {other.as_posix()} is",
                "keep one of them, or rename one",
            )  # fmt: skip
    problems.raise_any()
    return named


def _one_sample(path: Path, dialect: _Dialect, rows: int | None) -> SampleTable:
    table = _read_file(path, dialect, rows).table
    found = table.values.shape[1]
    if dialect.counts is None and found > 1:
        raise InputError(
            Problem(
                table.shown, f"the file has {found} columns of counts, but is one sample's",
                "a table of several samples: name it in full, without"
                f" '{SAMPLE_MARK}', or use `format: matrix`",
            )
        )  # fmt: skip
    return table


def _merged(found: _File) -> RawAssay:
    """A table of several samples, which its header names."""
    table = found.table
    samples = told_apart(sample_names(found.header), table.shown)
    features = feature_table(table.names)
    frame = pd.DataFrame(table.values.T, index=samples, columns=features.index)
    notes: list[Note] = [*table.notes, *notes_apart({"": table})]
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), table.shown, notes)


def _read_file(path: Path, dialect: _Dialect, rows: int | None) -> _File:
    """Genes in the first column, counts in the last; text between are attributes of the gene."""
    file = text_file.read_text_file(path, rows=rows)
    table, places = _counts_of(file, path, dialect)
    (names,), values = read_counts(table, [0], places)
    apart = [dialect.apart(name) for name in names]
    found = SampleTable(
        file.shown,
        [name for name, left_out in zip(names, apart, strict=True) if not left_out],
        values[~np.asarray(apart, dtype=bool)],
        {
            name: float(row[0] if dialect.counts else row.sum())
            for name, row, left_out in zip(names, values, apart, strict=True)
            if left_out
        },
        file.notes,
    )
    return _File(found, [table.header[n] for n in places])


def _counts_of(
    file: text_file.TextFile, path: Path, dialect: _Dialect
) -> tuple[WideText, list[int]]:
    """The table, with a header of its own or one made here, and its columns of counts."""
    data, line, _ = table_of(file)
    lines = data.split(b"\n", 2)[:2]
    mark = "\t" if b"\t" in lines[0] else text_file.delimiter_of(path, None)
    if mark.encode() not in lines[0] and b"," in lines[0]:
        mark = ","
    top, second = (text_file.split_line(line, mark) for line in [*lines, b""][:2])
    has_header = not _is_number(top[-1])
    where = f"{file.shown}:{line}"
    if has_header and dialect.headers and set(dialect.headers) <= set(top):
        table = open_table(data, mark, file.shown, line)
        return table, [table.header.index(name) for name in dialect.headers]
    if len(top) < 2 or (dialect.counts is not None and len(top) != dialect.counts + 1):
        found = f"the row has {len(top)} column{'s' if len(top) > 1 else ''}"
        raise InputError(Problem(where, found, dialect.remedy))
    if has_header:
        table = open_table(data, mark, file.shown, line)
    else:
        named = mark.join(["gene", *(f"column {n}" for n in range(2, len(top) + 1))])
        table = open_table(named.encode() + b"\n" + data, mark, file.shown, line - 1)
    first, width = second if has_header else top, len(table.header)
    start = next((n for n in range(1, width) if n < len(first) and _is_number(first[n])), width - 1)
    places = list(range(start, width))
    if dialect.counts is not None and len(places) != dialect.counts:
        raise InputError(Problem(where, f"the first row has {len(places)} numbers", dialect.remedy))
    if has_header:
        places = alignments(table.header, places, file.shown)
    elif dialect.counts is None and len(places) > 1:
        raise InputError(
            Problem(
                where, f"the row has {len(places)} numbers, and no header names them",
                "give one file per sample with one count per gene, without numeric attributes"
                " (--additional-attr), or add a header that names the samples",
            )
        )  # fmt: skip
    return table, places


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
