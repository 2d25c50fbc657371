"""A plain table of features x samples, or samples x features."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.clinical.numbers import parse_numbers, remedy_for
from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest import concentrations
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.lines import (
    LinesInFile,
    LinesInMemory,
    NotPlainTextError,
    lines_in_file,
)
from immunosep_omics.ingest.files.table_file import cell_text, filled_in, parts_of
from immunosep_omics.ingest.files.table_top import refuse_other_tops
from immunosep_omics.ingest.files.wide_text import SHOWN, open_wide, read_columns
from immunosep_omics.ingest.files.workbook import is_workbook, read_sheet
from immunosep_omics.ingest.proteins.assay import looking_further, plain_proteins
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    told_apart,
)
from immunosep_omics.settings.assays import Matrix

BESIDE = {
    "columns": frozenset(
        "gene genes geneid genename genesymbol symbol entrezid entrezgene entrezgeneid description"
        " length genelength start end strand chr chromosome gccontent logfc log2fc log2foldchange"
        " foldchange basemean aveexpr pvalue pval padj adjpval adjpvalue fdr qvalue".split()
    ),
    "rows": frozenset(
        "age agey ageyears sex gender bmi batch plate plateid patient patientid subject subjectid"
        " sampleid sofa sofascore apacheii saps saps2 day timepoint visit los icudays mortality"
        " survival died outcome group treatment weightkg heightcm".split()
    ),
}
"""Names (letters and digits) of columns that are no sample, or no feature, though of numbers."""

BEADS = re.compile(r"detectionpval(ue)?|(avg)?nbeads|beadstderr|beadstdev|narrays|arraystdev")
"""Columns that Illumina's BeadStudio and GenomeStudio put beside each sample's signal."""


@looking_further
def read(facts: Matrix, folder: Path, rows: int | None = None) -> RawAssay:
    """Read a matrix from text (plain or gzip) or from a workbook.

    The row names are in the column `names` (the first if not stated). Columns without a header
    must be empty. A feature that stands twice stays twice until features become genes; a sample
    that stands twice is refused. Proteins are read as search engines write them: see
    :func:`plain_proteins`. Metabolites and cytokines may be out of range (`OOR <`, `<LOD`): such
    values are missing, and counted; a row of units under the header is no sample.
    """
    path = folder / facts.file
    notes: list[Note] = []
    if is_workbook(path):
        sheet = read_sheet(path, facts.sheet, rows=rows)
        shown, header = sheet.shown, [cell_text(cell) for cell in sheet.rows[0]]
        names_at, values_at = _choose(header, facts, shown)
        if facts.kind in concentrations.KINDS and len(sheet.rows) > 1:
            under = [sheet.rows[1][place] for place in values_at]
            if concentrations.is_row_of_units(under):
                sheet.rows[1] = [None] * len(header)
        body = [row for row in sheet.rows[1:] if any(cell_text(cell) for cell in row)]
        names = _names(facts.names, [[cell_text(row[at]) for row in body] for at in names_at])
        values = _sheet_values(sheet.rows, header, values_at, facts, shown)
    else:
        shown = path.as_posix()
        header, values_at, names, values = _text_columns(facts, path, rows, notes)
    frame = pd.DataFrame(values, index=names, columns=[header[place] for place in values_at])
    frame = _without_unnamed(frame, shown, notes)
    if facts.samples_in == "columns":
        frame = frame.T
    told_apart(list(frame.index), shown)
    features = feature_table(frame.columns)
    samples = pd.DataFrame(index=frame.index)
    frame = pd.DataFrame(
        np.ascontiguousarray(frame.to_numpy()), index=frame.index, columns=features.index
    )
    raw = RawAssay(frame, features, samples, shown, notes)
    if facts.kind in concentrations.KINDS:
        return concentrations.out_of_range(raw)
    if facts.kind == "ms_proteins":
        return plain_proteins(raw, log2=facts.stated_scale == "log2")
    return raw


def _text_columns(
    facts: Matrix, path: Path, rows: int | None, notes: list[Note]
) -> tuple[list[str], list[int], list[str], np.ndarray]:
    """Header, positions of the values, row names and values (rows x columns) of a text file."""
    lines = None if rows else lines_in_file(path)
    if lines is not None:
        try:
            return _columns(facts, path, lines)
        except NotPlainTextError:
            pass
    file = text_file.read_text_file(path, rows)
    notes += file.notes
    return _columns(facts, path, file.data)


def _columns(
    facts: Matrix, path: Path, data: bytes | LinesInFile
) -> tuple[list[str], list[int], list[str], np.ndarray]:
    shown = path.as_posix()
    delimiter = text_file.delimiter_of(path, facts.delimiter)
    top = (LinesInMemory(data) if isinstance(data, bytes) else data).first()
    refuse_other_tops(top, delimiter, shown)
    table = open_wide(data, delimiter, shown)
    names_at, values_at = _choose(table.header, facts, shown)
    read_values = (
        concentrations.read_concentrations if facts.kind in concentrations.KINDS else read_columns
    )
    texts, values = read_values(
        table, names_at, values_at, decimal=facts.decimal, missing=facts.missing,
        keys=Matrix.model_fields,
    )  # fmt: skip
    columns = [texts[at].fillna("").str.strip().tolist() for at in names_at]
    names = _names(facts.names, columns)
    return table.header, values_at, names, values


def _names(stated: str | None, columns: list[list[str]]) -> list[str]:
    """The rows' names, of one column or of several: ``{Patient}_{Day}``."""
    if len(columns) == 1:
        return columns[0]
    return [filled_in(str(stated), row) if all(row) else "" for row in zip(*columns, strict=True)]


def _choose(header: list[str], facts: Matrix, shown: str) -> tuple[list[int], list[int]]:
    """Positions of the row names, or of their parts, and of the values."""
    problems = Problems()
    known = [name for name in header if name]
    parts = [facts.names] if facts.names in header else parts_of(facts.names or "")
    for key, names in (("names", parts), ("not_features", facts.not_features)):
        for name in names:
            if name and not _named(header, name):
                problems.add(
                    f"{shown} ({key})", f"there is no column '{name}'", did_you_mean(name, known)
                )
    problems.raise_any()
    names_at = [header.index(part) for part in parts] if facts.names else [0]
    apart = {*parts, *(name for stated in facts.not_features for name in _named(header, stated))}
    values_at = [
        place for place, name in enumerate(header)
        if place not in names_at and name and name not in apart
    ]  # fmt: skip
    _refuse_beside([header[place] for place in values_at], facts, shown)
    if not values_at:
        raise InputError(
            Problem(shown, "no column of values is left", "check `names` and `not_features`")
        )
    return names_at, values_at


def _named(header: list[str], stated: str) -> list[str]:
    """The headers that a stated one means: itself, or all that fit its ``*``."""
    return [stated] if stated in header else [n for n in header if fnmatchcase(n, stated)]


def _refuse_beside(names: list[str], facts: Matrix, shown: str) -> None:
    """Numbers beside the values would be read as a sample's or a feature's."""
    words = BESIDE[facts.samples_in]
    plain = {name: re.sub(r"[^a-z0-9]", "", name.lower()) for name in names}
    found = [name for name in plain if plain[name] in words]
    beside = [name for name in plain if BEADS.search(plain[name])]
    if beside and facts.samples_in == "columns":
        raise InputError(
            Problem(
                f"{shown} (not_features)",
                f"{len(beside)} columns are what a scanner tells beside the values: '{beside[0]}'",
                'list them with a `*` for what differs: `not_features: ["*Detection Pval*"]`; and'
                " give the samples' names with `samples`, where the values' headers hold more",
            )
        )
    if found:
        what = "sample" if facts.samples_in == "columns" else "feature"
        listed = ", ".join(f"'{name}'" for name in found[:SHOWN])
        raise InputError(
            Problem(
                f"{shown} (not_features)", f"by its name no {what}: column {listed}",
                "list it under `not_features`, or state it as `names` if it names the rows",
            )
        )  # fmt: skip


def _without_unnamed(frame: pd.DataFrame, shown: str, notes: list[Note]) -> pd.DataFrame:
    unnamed = frame.index == ""
    if not unnamed.any():
        return frame
    filled = int(frame[unnamed].notna().any(axis=1).sum())
    notes.append(Note("rows without a name", int(unnamed.sum()), f"{filled} of them had values"))
    return frame[~unnamed]


def _sheet_values(
    rows: list[list[object]], header: list[str], values_at: list[int], facts: Matrix, shown: str
) -> np.ndarray:
    numbers = [n for n, row in enumerate(rows[1:], start=2) if any(cell_text(c) for c in row)]
    body = [rows[number - 1] for number in numbers]
    values = np.empty((len(body), len(values_at)))
    parse = (
        concentrations.parse_concentrations if facts.kind in concentrations.KINDS else parse_numbers
    )
    problems, told = Problems(), 0
    for column, place in enumerate(values_at):
        cells = [None if cell_text(row[place]) in facts.missing else row[place] for row in body]
        values[:, column], faults = parse(cells, facts.decimal)
        for row, kind in list(faults.items())[: max(0, SHOWN - told)]:
            told += 1
            problems.add(
                f"{shown} row {numbers[row]}, column '{header[place]}'",
                f"{kind} where a number is expected", remedy_for(kind, Matrix.model_fields),
            )  # fmt: skip
    problems.raise_any()
    return values
