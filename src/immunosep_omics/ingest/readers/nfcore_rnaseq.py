"""The merged counts of nf-core/rnaseq, by salmon, kallisto or RSEM."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.wide_text import WideText
from immunosep_omics.ingest.raw_assay import (
    RawAssay,
    feature_table,
    told_apart,
)
from immunosep_omics.ingest.rna.counts import (
    ROUNDED,
    open_table,
    read_counts,
    table_of,
    whole_numbers,
)
from immunosep_omics.settings.assays import NfcoreRnaseq

IDENTIFIERS = ("gene_id", "Geneid")
GENE_NAMES = ("gene_name",)
ANNOTATION = (*GENE_NAMES, "transcript_id(s)", "transcript_ids", "gene_biotype", "gene_type")
TRANSCRIPTS = ("tx", "transcript_id")
"""First headers of the tables of transcripts that lie beside those of genes."""

OTHER_TABLES = (
    ("_tpm", "transcripts per million, not counts"),
    ("_lengths", "lengths of genes, not counts"),
)
"""What else the pipeline writes with the same columns, told by the file's name."""

MILLION, NEAR = 1e6, 1e-3
NO_NAME = ("", "NA", "-")


def read(facts: NfcoreRnaseq, folder: Path, rows: int | None = None) -> RawAssay:
    """Read salmon.merged.gene_counts.tsv, its scaled variants, or RSEM's and kallisto's like.

    The gene is `gene_name` where the table has it. Counts are rounded. Raises for tables of
    transcripts, of lengths and of TPM, whatever their file's name.
    """
    _check_name(facts.file, (folder / facts.file).as_posix())
    file = text_file.read_text_file(folder / facts.file, rows=rows)
    mark = "," if facts.file.lower().removesuffix(".gz").endswith(".csv") else "\t"
    data, line, _ = table_of(file)
    table = open_table(data, mark, file.shown, line)
    _check_first(table)
    values_at = [n for n, name in enumerate(table.header) if n and name and name not in ANNOTATION]
    if not values_at:
        raise InputError(Problem(file.shown, "there is no column of counts", "check the file"))
    names_at = [n for n, name in enumerate(table.header) if name in GENE_NAMES][:1]
    words, values = read_counts(table, [0, *names_at], values_at)
    if rows is None:
        _refuse_per_million(values, file.shown)
    samples = told_apart([table.header[n] for n in values_at], file.shown)
    genes = [np.nan if name in NO_NAME else name for name in words[1]] if names_at else None
    features = feature_table(words[0], genes)
    counts, rounded = whole_numbers(values.T, ROUNDED)
    frame = pd.DataFrame(counts, index=samples, columns=features.index)
    extras = pd.DataFrame(index=frame.index)
    return RawAssay(frame, features, extras, file.shown, [*file.notes, *rounded])


def _check_name(file: str, shown: str) -> None:
    name = Path(file).name
    for part, what in OTHER_TABLES:
        if part in name:
            right = name.replace(f"gene{part}", "gene_counts").replace(part, "_counts")
            raise InputError(
                Problem(f"{shown} (file)", f"the table holds {what}", f"give '{right}'")
            )


def _check_first(table: WideText) -> None:
    first = table.header[0]
    if first in IDENTIFIERS:
        return
    if first in TRANSCRIPTS:
        problem, remedy = "the table holds transcripts", "give the table '...gene_counts.tsv'"
    else:
        problem = f"the first header is '{first}', not 'gene_id'"
        remedy = "give the pipeline's own merged gene counts, or use `format: matrix`"
    raise InputError(Problem(f"{table.shown}:{table.first_line - 1}", problem, remedy))


def _refuse_per_million(values: np.ndarray, shown: str) -> None:
    sums = values.sum(axis=0)
    if (np.abs(sums / MILLION - 1) < NEAR).all() and (values != np.rint(values)).any():
        raise InputError(
            Problem(
                shown, "every sample sums up to a million: these are TPM, not counts",
                "give the table '...gene_counts.tsv'",
            )
        )  # fmt: skip
