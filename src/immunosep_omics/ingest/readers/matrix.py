"""A plain table of features x samples, or samples x features."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest import concentrations
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.lines import (
    LinesInFile,
    LinesInMemory,
    NotPlainTextError,
    lines_in_file,
)
from immunosep_omics.ingest.files.number_cells import NumberCells
from immunosep_omics.ingest.files.table_file import cell_text, filled_in, parts_of
from immunosep_omics.ingest.files.table_top import (
    LOOKED_AT,
    refuse_coverage,
    refuse_other_tops,
)
from immunosep_omics.ingest.files.wide_text import SHOWN, open_wide, read_columns
from immunosep_omics.ingest.files.workbook import is_workbook, read_sheet
from immunosep_omics.ingest.proteins.assay import looking_further, plain_proteins
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    told_apart,
)
from immunosep_omics.ingest.rna.counts import rounded_estimates
from immunosep_omics.settings.assays import Matrix

BESIDE = {
    "columns": frozenset(
        "gene genes geneid genename genesymbol symbol entrezid entrezgene entrezgeneid description"
        " length genelength start end strand chr chromosome gccontent logfc log2fc log2foldchange"
        " foldchange basemean aveexpr pvalue pval padj adjpval adjpvalue fdr qvalue rowmz"
        " rowretentiontime mz rt mzmed mzmin mzmax rtmed rtmin rtmax npeaks masstocharge"
        " retentiontime charge".split()
    ),
    "rows": frozenset(
        "age agey ageyears sex gender bmi batch plate plateid patient patientid subject subjectid"
        " sampleid sofa sofascore apacheii saps saps2 day timepoint visit los icudays mortality"
        " survival died outcome group treatment weightkg heightcm".split()
    ),
}
"""Names (letters and digits) of columns that are no sample, or no feature, though of numbers."""

ROW_NUMBERS = 20
"""So many features that are numbered one by one are no names; fewer may be."""

BEADS = re.compile(r"detectionpval(ue)?|(avg)?nbeads|beadstderr|beadstdev|narrays|arraystdev")
"""Columns that Illumina's BeadStudio and GenomeStudio put beside each sample's signal."""


@looking_further
def read(facts: Matrix, folder: Path, rows: int | None = None) -> RawAssay:
    """Read a matrix from text (plain or gzip) or from a workbook.

    The header is the first row, or the stated one: GenePattern's GCT has `header: 3`. The row names
    are in the column `names` (the first if not stated). Columns without a header
    must be empty. A feature that stands twice stays twice until features become genes; a sample
    that stands twice is refused. Proteins are read as search engines write them: see
    :func:`plain_proteins`. Metabolites and cytokines may be out of range (`OOR <`, `<LOD`): such
    values are missing, and counted; a row of units under the header is no sample.
    """
    path = folder / facts.file
    notes: list[Note] = []
    if is_workbook(path):
        shown, frame = _from_sheet(facts, path, rows, notes)
    else:
        shown, frame = path.as_posix(), _from_text(facts, path, rows, notes)
    frame = _without_unnamed(frame, shown, notes)
    if facts.samples_in == "columns":
        _refuse_row_numbers(list(frame.index), facts, shown)
        frame = frame.T
    told_apart(list(frame.index), shown)
    features = feature_table(frame.columns)
    samples = pd.DataFrame(index=frame.index)
    frame = pd.DataFrame(
        np.ascontiguousarray(frame.to_numpy()), index=frame.index, columns=features.index
    )
    raw = RawAssay(frame, features, samples, shown, notes)
    if facts.counts is not None:
        return rounded_estimates(raw)
    if facts.kind in concentrations.KINDS:
        return concentrations.out_of_range(raw)
    if facts.kind == "ms_proteins":
        return plain_proteins(raw, log2=facts.stated_scale == "log2")
    return raw


def _from_sheet(
    facts: Matrix, path: Path, rows: int | None, notes: list[Note]
) -> tuple[str, pd.DataFrame]:
    """A sheet's name, as messages have it, and its values."""
    above = facts.header - 1
    sheet = read_sheet(path, facts.sheet, rows=None if rows is None else rows + above)
    cells = sheet.rows[above:]
    if not cells:
        raise text_file.no_header(facts.header, sheet.shown)
    header = [cell_text(cell) for cell in cells[0]]
    names_at, values_at = _choose(header, facts, sheet.shown)
    if facts.kind in concentrations.KINDS and len(cells) > 1:
        under = [cells[1][place] for place in values_at]
        if concentrations.is_row_of_units(under):
            cells[1] = [None] * len(header)
    body = [row for row in cells[1:] if any(cell_text(cell) for cell in row)]
    names = _names(facts.names, [[cell_text(row[at]) for row in body] for at in names_at])
    values = _sheet_values(cells, header, values_at, facts, sheet.shown, notes)
    return sheet.shown, _frame(names, header, values_at, values)


def _from_text(facts: Matrix, path: Path, rows: int | None, notes: list[Note]) -> pd.DataFrame:
    """The values of a text file; of a large one piece by piece where it is plain."""
    lines = None if rows or facts.header > 1 else lines_in_file(path)
    if lines is not None:
        try:
            frame = _from_lines(facts, path, lines, notes)
            notes += [] if lines.ended else [text_file.UNENDED]
            return frame
        except NotPlainTextError:
            pass
    file = text_file.read_text_file(path, rows if rows is None else rows + facts.header - 1)
    notes += file.notes
    table = text_file.from_line(file.data, facts.header, file.shown)
    refuse_coverage(file.data[: len(file.data) - len(table)], file.shown)
    return _from_lines(facts, path, table, notes)


def _from_lines(
    facts: Matrix, path: Path, data: bytes | LinesInFile, notes: list[Note]
) -> pd.DataFrame:
    shown = path.as_posix()
    delimiter = text_file.delimiter_of(path, facts.delimiter)
    top = (LinesInMemory(data) if isinstance(data, bytes) else data).first(LOOKED_AT)
    if facts.header == 1:
        refuse_other_tops(top, delimiter, shown)
    table = open_wide(data, delimiter, shown, facts.header)
    names_at, values_at = _choose(table.header, facts, shown)
    read_values = (
        partial(concentrations.read_concentrations, notes=notes)
        if facts.kind in concentrations.KINDS
        else read_columns
    )
    texts, values = read_values(
        table, names_at, values_at, decimal=facts.decimal, missing=facts.missing,
        keys=Matrix.model_fields,
    )  # fmt: skip
    columns = [texts[at].fillna("").str.strip().tolist() for at in names_at]
    return _frame(_names(facts.names, columns), table.header, values_at, values)


def _frame(
    names: list[str], header: list[str], values_at: list[int], values: np.ndarray
) -> pd.DataFrame:
    """Values with the names of rows and columns as they stand in the file."""
    return pd.DataFrame(values, index=names, columns=[header[place] for place in values_at])


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


def _refuse_row_numbers(names: list[str], facts: Matrix, shown: str) -> None:
    """R and pandas number the rows of a table in its first column: these are no features."""
    if facts.names is not None or facts.features is not None or len(names) < ROW_NUMBERS:
        return
    if names in ([str(n) for n in range(start, start + len(names))] for start in (0, 1)):
        raise InputError(
            Problem(
                f"{shown} (names)",
                f"the first column only numbers the rows ({names[0]}, {names[1]} ...)",
                "state the column that names the features: `names: gene_id`",
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
    rows: list[list[object]], header: list[str], values_at: list[int], facts: Matrix, shown: str,
    notes: list[Note],
) -> np.ndarray:  # fmt: skip
    numbers = [
        n for n, row in enumerate(rows[1:], start=facts.header + 1) if any(map(cell_text, row))
    ]
    body = [rows[number - facts.header] for number in numbers]
    values = np.empty((len(body), len(values_at)))
    cells = concentrations.ConcentrationCells if facts.kind in concentrations.KINDS else NumberCells
    reader = cells(shown, decimal=facts.decimal, missing=facts.missing, keys=Matrix.model_fields)
    for column, place in enumerate(values_at):
        values[:, column] = reader.read_column(
            [row[place] for row in body], lambda row: f"{shown} row {numbers[row]}", header[place]
        )
    reader.raise_any()
    notes += reader.notes
    return values
