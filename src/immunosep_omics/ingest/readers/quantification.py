"""Transcript quantification, one file per sample: salmon, kallisto and RSEM."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.wide_text import WideText
from immunosep_omics.ingest.raw_assay import Note, RawAssay, feature_table
from immunosep_omics.ingest.rna.counts import (
    ROUNDED,
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
from immunosep_omics.ingest.rna.transcripts import (
    gene_sums,
    genes_in_names,
    genes_of_table,
    length_scaled_counts,
    lost_note,
)
from immunosep_omics.settings.assays import Quantification

NOT_KNOWN = ["nan", "-nan", "NaN", "NA"]
"""What programs write for the TPM of a sample without any read."""

PREVIEW_OF_NAMES = 100
"""Of so many transcripts one must be in the table, even where only first rows are read."""

NAMED_WITH_SYMBOL = re.compile(r"^(ENS[A-Z]*G\d+(?:\.\d+)?)_.+$")
"""RSEM's `--append-names`: the gene, then its symbol."""


GENE = re.compile(r"ENS[A-Z]*G\d{11}")
"""How genes begin where a file of them has no name that tells it."""


@dataclass(frozen=True)
class _Dialect:
    """Headers by which one program writes, the newest first; `gene` where a row names its gene.

    `of_genes` are first headers of files that hold genes; `shortest`: the least length, as
    tximport has it.
    """

    names: tuple[str, ...]
    counts: tuple[str, ...]
    tpm: tuple[str, ...]
    length: tuple[str, ...]
    of_genes: tuple[str, ...] = ()
    gene: str = ""
    shortest: float = 0.0
    file: str = ""


DIALECTS = {
    "salmon": _Dialect(
        ("Name", "Transcript"), ("NumReads", "EstimatedNumReads"), ("TPM",),
        ("EffectiveLength", "Length"), file="quant.sf",
    ),
    "kallisto": _Dialect(
        ("target_id", "gene_id"), ("est_counts",), ("tpm",), ("eff_length", "length"),
        of_genes=("gene_id",), file="abundance.tsv or abundance.h5",
    ),
    "rsem": _Dialect(
        ("transcript_id", "gene_id"), ("expected_count", "raw_count"), ("TPM",),
        ("effective_length",), of_genes=("gene_id",), gene="gene_id", shortest=1.0,
        file="*.genes.results or *.isoforms.results",
    ),
}  # fmt: skip

COUNTS, TPM, LENGTH = range(3)


@dataclass(frozen=True)
class _File:
    table: SampleTable
    of_genes: bool
    genes: list[str] | None


def read(facts: Quantification, folder: Path, rows: int | None = None) -> RawAssay:
    """Read one file per sample, named by what `*` stands for, and sum transcripts up to genes.

    A transcript's gene comes from the table `transcripts`, else from the file: RSEM names genes,
    and so do names as in GENCODE's FASTA. Files of genes need no table. Counts are rounded.
    """
    dialect = DIALECTS[facts.format]
    files = found_files(folder, facts.file, rows)
    first: list[_File] = []

    def read_one(path: Path) -> SampleTable:
        found = _read_h5(path, rows) if path.suffix == ".h5" else _read_text(path, dialect, rows)
        if not first:
            first.append(found)
        # Where no lengths are asked for, two thirds of the numbers need not be kept.
        kept = (
            slice(None) if facts.counts == "length_scaled_tpm" and not found.of_genes else slice(1)
        )
        table = found.table
        return SampleTable(table.shown, table.names, table.values[:, kept], {}, table.notes)

    tables = read_each(files, read_one)
    rows_of, values = stacked(tables, rows is None)
    samples = list(tables)[: len(values)]
    names = rows_of["identifier"].tolist()
    shown = (folder / facts.file).as_posix()
    notes = own_notes(tables)
    if first[0].of_genes:
        _refuse_needless(facts, shown)
        counts, genes = values[:, :, COUNTS], names
    else:
        told = dict(zip(first[0].table.names, first[0].genes or [], strict=False))
        owners, found = _genes(facts, folder, names, told, shown, rows is None)
        lost = lost_note(names, owners, values[:, :, COUNTS], shown, rows is None)
        notes += [*found, *lost]
        counts, genes = _summed(values, owners, facts.counts == "length_scaled_tpm")
    counts, rounded = whole_numbers(counts, ROUNDED)
    features = feature_table(genes, _ensembl(genes))
    frame = pd.DataFrame(counts, index=samples, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), shown, [*notes, *rounded])


def _genes(
    facts: Quantification, folder: Path, names: list[str], told: dict[str, str], shown: str,
    whole: bool,
) -> tuple[list[str], list[Note]]:  # fmt: skip
    if facts.transcripts is not None:
        strict = whole or len(names) >= PREVIEW_OF_NAMES
        return genes_of_table(names, facts.transcripts, folder, shown, strict)
    genes = [told[name] for name in names] if told else genes_in_names(names)
    if genes is None:
        raise InputError(
            Problem(
                shown, f"the transcripts' genes are not known ({', '.join(names[:3])})",
                "state `transcripts: {file: ..., id: ..., gene: ...}`, a table with one row per"
                " transcript of the reference",
            )
        )  # fmt: skip
    return genes, []


def _summed(values: np.ndarray, owners: list[str], scaled: bool) -> tuple[np.ndarray, list[str]]:
    known = np.asarray([bool(gene) for gene in owners], dtype=bool)
    codes, genes = pd.factorize(np.asarray(owners, dtype=object)[known])
    if not len(codes):
        return np.empty((len(values), 0)), []
    kept = values[:, known]
    if scaled:
        counts, tpm, lengths = (kept[:, :, part] for part in (COUNTS, TPM, LENGTH))
        return length_scaled_counts(counts, tpm, lengths, codes), list(genes)
    return gene_sums(kept[:, :, COUNTS], codes), list(genes)


def _ensembl(genes: list[str]) -> list[object]:
    """The genes of RSEM's names with symbols; missing for all other names."""
    found = [NAMED_WITH_SYMBOL.match(gene) for gene in genes]
    return [match.group(1) if match else np.nan for match in found]


def _refuse_needless(facts: Quantification, shown: str) -> None:
    if facts.counts == "length_scaled_tpm":
        raise InputError(
            Problem(
                f"{shown} (counts)", "the files hold genes; length-scaled counts need transcripts",
                "give the files of transcripts, or leave out `counts`",
            )
        )  # fmt: skip
    if facts.transcripts is not None:
        raise InputError(
            Problem(
                f"{shown} (transcripts)", "the files hold genes, which no table has to name",
                "leave out `transcripts`, or give the files of transcripts",
            )
        )  # fmt: skip


def _read_text(path: Path, dialect: _Dialect, rows: int | None) -> _File:
    file = text_file.read_text_file(path, rows=rows)
    table = _open(file, dialect)
    stated = ("counts", "tpm", "length")
    found = {part: _place(table, getattr(dialect, part)) for part in stated}
    found["names"] = next((n for n, name in enumerate(table.header) if name in dialect.names), None)
    if found["names"] is None or found["counts"] is None:
        _refuse_other_program(file.shown, table, dialect)
        lacking = dialect.names[0] if found["names"] is None else dialect.counts[0]
        raise InputError(
            Problem(
                f"{file.shown}:{table.first_line - 1}", f"there is no column '{lacking}'",
                f"give the program's own {dialect.file}",
            )
        )  # fmt: skip
    name_at, counts_at = found["names"], found["counts"]
    of_genes = table.header[name_at] in dialect.of_genes or ".genes." in path.name
    gene_at = _place(table, (dialect.gene,)) if dialect.gene and not of_genes else None
    numbers = [place for place in (counts_at, found["tpm"], found["length"]) if place is not None]
    if not of_genes and len(numbers) < 3:
        raise InputError(
            Problem(
                f"{file.shown}:{table.first_line - 1}", "there are no columns of TPM and length",
                f"give the program's own {dialect.file}",
            )
        )  # fmt: skip
    texts_at = [name_at] + ([gene_at] if gene_at is not None else [])
    words, values = read_counts(table, texts_at, numbers, missing=NOT_KNOWN)
    values[:, 1:] = np.nan_to_num(values[:, 1:])
    of_genes = of_genes or all(GENE.match(name) for name in words[0])
    if not of_genes:
        values[:, LENGTH] = np.maximum(values[:, LENGTH], dialect.shortest)
    genes = words[1] if gene_at is not None else None
    return _File(SampleTable(file.shown, words[0], values, {}, file.notes), of_genes, genes)


def _refuse_other_program(shown: str, table: WideText, dialect: _Dialect) -> None:
    for program, other in DIALECTS.items():
        parts = (other.names, other.counts)
        if other is not dialect and None not in [_place(table, part) for part in parts]:
            raise InputError(
                Problem(
                    f"{shown}:{table.first_line - 1}", f"this is a file of {program}",
                    f"state `format: {program}`",
                )
            )  # fmt: skip


def _open(file: text_file.TextFile, dialect: _Dialect) -> WideText:
    """Open the table; the header may be the last of salmon's old comment lines."""
    data, line, comments = table_of(file)
    last = (comments.rstrip(b"\n").split(b"\n")[-1]).lstrip(b"# ")
    if last.split(b"\t")[0].decode() in dialect.names:
        data, line = last + b"\n" + data, line - 1
    return open_table(data, "\t", file.shown, line)


def _place(table: WideText, names: tuple[str, ...]) -> int | None:
    return next((table.header.index(name) for name in names if name in table.header), None)


def _read_h5(path: Path, rows: int | None) -> _File:
    """An abundance.h5 of kallisto, which has no TPM: they follow from counts and lengths."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            names = [name.decode() for name in file["aux/ids"][:rows]]
            lengths = np.asarray(file["aux/eff_lengths"][:rows], dtype=np.float64)
            counts = np.asarray(file["est_counts"][:rows], dtype=np.float64)
    except FileNotFoundError:
        raise InputError(Problem(path.as_posix(), "no such file", "check `file`")) from None
    except (OSError, KeyError) as error:
        raise InputError(
            Problem(
                path.as_posix(), f"cannot be read as kallisto's abundance.h5 ({error})",
                "give the abundance.tsv beside it",
            )
        ) from None  # fmt: skip
    rates = np.divide(counts, lengths, out=np.zeros_like(counts), where=lengths > 0)
    tpm = 1e6 * rates / rates.sum() if rates.sum() > 0 else rates
    table = SampleTable(path.as_posix(), names, np.column_stack([counts, tpm, lengths]), {}, [])
    return _File(table, False, None)
