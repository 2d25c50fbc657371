"""GEO's SOFT: the family file of a series, and the data set (GDS).

Parsed here rather than with GEOparse, which gives tables to `pandas.read_csv` with its default
quoting and words for missing values (unfit for genes named NA and for lone quotation marks), and
looks for no end of a table.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.wide_text import open_wide, read_columns
from immunosep_omics.ingest.genes.feature_table import genes_in_cell
from immunosep_omics.ingest.geo.text import (
    MISSING,
    Block,
    NoValuesError,
    blocks,
    is_soft,
    joined_names,
    other_files_of_series,
    plain_rows,
    refuse_cut_short,
)
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    told_apart,
)
from immunosep_omics.settings.assays import GeoSoft

GENE_HEADERS = (
    "Gene symbol", "Gene Symbol", "GENE_SYMBOL", "Symbol", "SYMBOL", "Gene_Symbol", "ILMN_Gene",
    "GeneSymbol", "GeneName", "GENE", "gene_assignment", "ENTREZ_GENE_ID", "Entrez_Gene_ID", "ORF",
)  # fmt: skip
"""What platforms call the genes in their tables, the best first."""

NO_GENE = ("--Control", "control")
"""What platforms write of probes for no gene, beside what :func:`genes_in_cell` leaves out."""

PEEKED = 3
"""Samples of a family that a preflight reads."""


def read(facts: GeoSoft, folder: Path, rows: int | None = None) -> RawAssay:
    """Read a family file or a data set; samples have their accessions, GSM..., as names.

    With `rows`, only about so many rows, and of a family the first samples. Raises
    :class:`InputError` for other files, for files without tables (RNA sequencing), cut short, or
    of several platforms, and for columns that are not there.
    """
    file = text_file.read_text_file(folder / facts.file)
    if not is_soft(file.data):
        raise _problem(
            file.shown, "does not begin as SOFT files do (^DATABASE, ^SERIES, ^DATASET)",
            "give GSE..._family.soft.gz or GDS....soft.gz; a series matrix is `geo_series_matrix`",
        )  # fmt: skip
    found = list(blocks(file.data))
    if rows is None:
        refuse_cut_short(found, file.shown)
    sets = [block for block in found if block.kind == "DATASET"]
    tabled = [block for block in found if block.table is not None]
    if sets and tabled:
        return _data_set(facts, tabled[0], file, rows)
    return _family(facts, found, file, rows)


def _data_set(facts: GeoSoft, block: Block, file: text_file.TextFile, rows: int | None) -> RawAssay:
    table = open_wide(_first(block.table, rows), "\t", file.shown, block.table_line)
    at = [n for n, name in enumerate(table.header) if re.fullmatch(r"GSM\d+", name)]
    if not at:
        raise _problem(
            f"{file.shown}:{block.table_line}", "no column of the data set is a sample (GSM...)",
            "download the data set again",
        )  # fmt: skip
    gene = facts.gene or "IDENTIFIER"
    if gene not in table.header:
        others = [name for n, name in enumerate(table.header) if n not in at]
        raise _problem(
            f"{file.shown} (gene)", f"there is no column '{gene}'", did_you_mean(gene, others)
        )
    named = table.header.index(gene)
    texts, values = read_columns(table, [0, named], at, decimal=".", missing=MISSING, keys=())
    identifiers = _texts(texts[0])
    genes = [
        _gene(text, identifier)
        for text, identifier in zip(_texts(texts[named]), identifiers, strict=True)
    ]
    samples = told_apart([table.header[n] for n in at], file.shown)
    frame = pd.DataFrame(values.T, index=samples)
    return _assay(frame, identifiers, genes, file, [])


def _family(
    facts: GeoSoft, found: list[Block], file: text_file.TextFile, rows: int | None
) -> RawAssay:
    samples = [block for block in found if block.kind == "SAMPLE"]
    series = [block for block in found if block.kind == "SERIES"]
    expected = {name for block in series for name in block.all("Series_sample_id")}
    absent = expected - {block.name for block in samples}
    if absent and samples and rows is None:
        raise _problem(
            file.shown, f"{len(absent)} of the series' {len(expected)} samples are not in the file",
            "download the file again: it is cut short",
        )  # fmt: skip
    full = [block for block in samples if block.table and block.table.strip().count(b"\n")]
    if not full:
        raise _without_tables(series, file.shown)
    platform = _platform(facts, full, file.shown)
    of_others = [
        block for block in full if platform and platform not in block.all("Sample_platform_id")
    ]
    full = [block for block in full if block not in of_others]
    tables = [_column(facts, block, file.shown, rows) for block in full[: PEEKED if rows else None]]
    frame, notes = _together(tables, told_apart([block.name for block in full], file.shown), file)
    without = len(samples) - len(full) - len(of_others)
    for what, count, why in (
        ("samples without a table", without, "no values in GEO"),
        ("samples of other platforms", len(of_others), "by `platform`"),
    ):
        if count:
            notes.append(Note(what, count, why))
    genes = _genes(facts, [b for b in found if b.kind == "PLATFORM"], platform, file.shown)
    identifiers = [str(name) for name in frame.columns]
    named = None if genes is None else [genes.get(name, np.nan) for name in identifiers]
    return _assay(frame, identifiers, named, file, notes)


def _column(
    facts: GeoSoft, block: Block, shown: str, rows: int | None
) -> tuple[list[str], np.ndarray]:
    """Identifiers and values of one sample."""
    table = open_wide(_first(block.table, rows), "\t", shown, block.table_line)
    if facts.value not in table.header:
        raise _problem(
            f"{shown}:{block.table_line} (value)",
            f"the table of {block.name} has no column '{facts.value}'",
            did_you_mean(facts.value, table.header[1:]),
        )
    texts, values = read_columns(
        table,
        [0],
        [table.header.index(facts.value)],
        decimal=".",
        missing=MISSING,
        trimmed=True,
        keys=(),
    )
    return _texts(texts[0]), values[:, 0]


def _together(
    tables: list[tuple[list[str], np.ndarray]], names: list[str], file: text_file.TextFile
) -> tuple[pd.DataFrame, list[Note]]:
    """Samples x identifiers; by identifier where the samples' tables differ."""
    names = names[: len(tables)]
    first = tables[0][0]
    if all(identifiers == first for identifiers, _ in tables):
        return pd.DataFrame(np.vstack([v for _, v in tables]), names, columns=first), []
    problems = Problems()
    for name, (identifiers, _) in zip(names, tables, strict=True):
        if len(set(identifiers)) < len(identifiers):
            problems.add(
                f"{file.shown} ({name})", "identifiers repeat, and not as in the other samples",
                "use the series matrix",
            )  # fmt: skip
    problems.raise_any()
    columns = [pd.Series(v, index=pd.Index(i, dtype=object)) for i, v in tables]
    frame = pd.concat(columns, axis=1, keys=names, sort=False).T
    some = sum(len(set(frame.columns) - set(i)) > 0 for i, _ in tables)
    return frame, [Note("samples that lack features of others", some, "missing there")]


def _platform(facts: GeoSoft, full: list[Block], shown: str) -> str:
    platforms = list(dict.fromkeys(p for b in full for p in b.all("Sample_platform_id")))
    if facts.platform is not None:
        if facts.platform not in platforms:
            raise _problem(
                f"{shown} (platform)", f"no sample is of the platform '{facts.platform}'",
                did_you_mean(facts.platform, platforms),
            )  # fmt: skip
        return facts.platform
    if len(platforms) > 1:
        raise _problem(
            shown, f"the series has samples of several platforms: {joined_names(platforms)}",
            f"state one, `platform: {platforms[0]}`; each can be an assay of its own",
        )  # fmt: skip
    return platforms[0] if platforms else ""


def _genes(
    facts: GeoSoft, platforms: list[Block], wanted: str, shown: str
) -> dict[str, object] | None:
    """The gene of each identifier by the platform's own table, or None without a column of genes.

    That is no mistake unless the settings name one: `features` may give the genes.
    """
    tabled = [b for b in platforms if b.table is not None and (not wanted or b.name == wanted)]
    if not tabled:
        if facts.gene is not None:
            raise _problem(
                f"{shown} (gene)", f"the file holds no table of the platform {wanted}",
                "leave out `gene`, and state `features` with the platform's table",
            )  # fmt: skip
        return None
    header, rows, _ = plain_rows(tabled[0].table or b"", tabled[0].table_line, shown)
    gene = facts.gene or next((name for name in GENE_HEADERS if name in header), None)
    if gene is None:
        return None
    if gene not in header:
        raise _problem(
            f"{shown} (gene)", f"the platform's table has no column '{gene}'",
            did_you_mean(gene, header),
        )  # fmt: skip
    place = header.index(gene)
    return {row[0]: _gene(row[place], row[0]) for row in rows}


def _gene(text: str, identifier: str) -> object:
    """Genes joined with `;`, missing where a table has only the identifier or a dash."""
    genes = [gene for gene in genes_in_cell(text) if gene not in (*NO_GENE, identifier)]
    return ";".join(dict.fromkeys(genes)) or np.nan


def _without_tables(series: list[Block], shown: str) -> InputError:
    stated = [f for block in series for f in block.all("Series_supplementary_file")]
    return NoValuesError(
        Problem(
            shown, "no sample has a table of values, as is usual for RNA sequencing",
            other_files_of_series(stated),
        )
    )  # fmt: skip


def _first(table: bytes | None, rows: int | None) -> bytes:
    lines = (table or b"").lstrip(b"\n")
    return lines if rows is None else b"\n".join(lines.split(b"\n", rows + 1)[: rows + 1])


def _texts(column: pd.Series) -> list[str]:
    return [str(text) for text in column.astype(object).fillna("").str.strip()]


def _assay(
    frame: pd.DataFrame, identifiers: list[str], genes: list[object] | None,
    file: text_file.TextFile, notes: list[Note],
) -> RawAssay:  # fmt: skip
    features = feature_table(identifiers, genes)
    values = frame.set_axis(features.index, axis=1).astype(np.float64)
    samples = pd.DataFrame(index=values.index)
    return RawAssay(values, features, samples, file.shown, [*file.notes, *notes])


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
