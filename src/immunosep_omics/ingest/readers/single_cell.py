"""Single cells, added up to one pseudobulk per sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, did_you_mean
from immunosep_omics.ingest.raw_assay import Note, RawAssay, feature_table
from immunosep_omics.ingest.rna.cells import EXPRESSION, Cells, open_cells
from immunosep_omics.ingest.rna.counts import found_files
from immunosep_omics.settings.assays import SAMPLE_MARK, SingleCell

BARCODE_ENDING = "barcode"

CHUNK = 20_000
"""Cells added up at a time, which bounds the memory for files of any length."""

OTHER_KINDS = frozenset({
    "Antibody Capture", "Antigen Capture", "CRISPR Guide Capture", "Custom", "Multiplexing Capture",
    "Peaks", "VDJ", "VDJ-T", "VDJ-B",
})  # fmt: skip
"""What else 10x counts, as its feature types name it."""

EMPTY, DROPLETS = 20, 5_000
"""Counts below which a barcode is an empty droplet, and how many barcodes a whole run has."""

MOST_LEVELS = 500


def read(facts: SingleCell, folder: Path, rows: int | None = None) -> RawAssay:
    """Sum the counts of each sample's cells; `samples["cells"]` says how many there were.

    Only gene expression is kept of files that also count antibodies. Samples of fewer than
    `min_cells` cells are left out and noted. With `rows`, the first files, or so many cells of one
    file, are read. Raises :class:`InputError` for matrices that are no counts or hold empty
    droplets, columns of `obs` that are not there, and files that name no sample.
    """
    files = found_files(folder, facts.file, rows)
    shown = (folder / facts.file).as_posix()
    if SAMPLE_MARK in facts.file:
        notes: list[Note] = []
        parts = list(_one_each(files, facts, notes))
        sums, cells, var = _aligned(parts, notes)
        names = list(files)
        _refuse_samples(cells, shown)
    else:
        (name, path), notes = next(iter(files.items())), []
        with open_cells(path, facts) as found:
            samples = _samples(found, facts, name)
            _refuse_samples(samples.value_counts().to_numpy(), shown)
            names, sums, cells = _summed(found, samples, facts, notes, rows)
            sums, var = _expression(sums, found, notes)
    enough = cells >= (facts.min_cells if rows is None else 0)
    if not enough.all():
        few = int((~enough).sum())
        notes.append(Note("samples", few, f"of fewer than {facts.min_cells} cells (`min_cells`)"))
    if not enough.any():
        raise InputError(
            Problem(
                f"{shown} (min_cells)",
                f"no sample has {facts.min_cells} cells (the largest has {int(cells.max())})",
                "state a lower `min_cells`, or check `cell_type` and `sample_key`",
            )
        )
    features = feature_table(var["identifier"], var["gene"])
    index = pd.Index(np.array(names, dtype=object)[enough])
    frame = pd.DataFrame(sums[enough], index=index, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame({"cells": cells[enough]}, index), shown, notes)


def _refuse_samples(cells: np.ndarray, shown: str) -> None:
    """Rows of which no two are of one sample are no cells; `cells` is how many each has."""
    if len(cells) > 1 and (cells == 1).all():
        raise InputError(
            Problem(
                shown, f"each of {len(cells)} samples has one row: these are samples, not cells",
                "state `format: h5ad`, or the `sample_key` that several cells share",
            )
        )  # fmt: skip


def _one_each(
    files: dict[str, Path], facts: SingleCell, notes: list[Note]
) -> Iterator[tuple[np.ndarray, int, pd.DataFrame]]:
    """Sum, number of cells and features of each file."""
    for name, path in files.items():
        own: list[Note] = []
        with open_cells(path, facts) as found:
            samples = pd.Series(name, index=range(len(found.obs)))
            _, sums, cells = _summed(found, samples, facts, own, None)
            sums, var = _expression(sums, found, own)
        notes += [note for note in own if note not in notes]
        total = sums.sum(axis=0) if len(sums) else np.zeros(len(var))
        yield total, int(cells.sum()), var


def _aligned(
    parts: list[tuple[np.ndarray, int, pd.DataFrame]], notes: list[Note]
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Samples x the features that all files have."""
    cells = np.array([count for _, count, _ in parts])
    var = parts[0][2].reset_index(drop=True)
    first = var["identifier"].tolist()
    if all(other["identifier"].tolist() == first for _, _, other in parts):
        return np.vstack([total for total, _, _ in parts]), cells, var
    series = [
        pd.Series(total, index=other["identifier"]).groupby(level=0, sort=False).sum()
        for total, _, other in parts
    ]
    shared = set.intersection(*(set(one.index) for one in series))
    everything = set().union(*(one.index for one in series))
    notes.append(Note("features", len(everything) - len(shared), "not in the files of all samples"))
    var = var[var["identifier"].isin(shared)].drop_duplicates("identifier")
    sums = np.vstack([one.loc[var["identifier"]].to_numpy() for one in series])
    return sums, cells, var


def _samples(found: Cells, facts: SingleCell, stem: str) -> pd.Series:
    """The sample of each cell, by position; missing where the file does not tell."""
    endings = pd.Series(found.obs.index.astype(str)).str.extract(r"-([^-]+)$")[0]
    if facts.sample_key == BARCODE_ENDING and BARCODE_ENDING not in found.obs:
        return endings
    if facts.sample_key is not None:
        return _column(found, facts.sample_key, "sample_key")
    if len(found.obs.columns) == 0 and endings.nunique() <= 1:
        return pd.Series(stem, index=range(len(found.obs)))
    by_barcode = endings.nunique() > 1
    remedy = "state `sample_key`" + (" (`barcode`: they end differently)" if by_barcode else "")
    fitting = [str(c) for c in found.obs.columns if found.obs[c].nunique() <= MOST_LEVELS]
    raise InputError(
        Problem(
            f"{found.shown} (sample_key)", "it is not told which sample each cell is of",
            f"{remedy}, or give one file per sample with '*' in `file`"
            + (f"; columns of obs: {', '.join(fitting[:30])}" if fitting else ""),
        )
    )  # fmt: skip


def _column(found: Cells, name: str, key: str) -> pd.Series:
    columns = [str(column) for column in found.obs.columns]
    if name not in columns:
        raise InputError(
            Problem(
                f"{found.shown} ({key})", f"there is no column '{name}' in `obs`",
                did_you_mean(name, columns),
            )
        )  # fmt: skip
    texts = found.obs[name].astype(object).reset_index(drop=True)
    texts = texts.map(lambda cell: cell if pd.isna(cell) else str(cell).strip())
    return texts.where(texts != "")


def _summed(
    found: Cells, samples: pd.Series, facts: SingleCell, notes: list[Note], rows: int | None
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the samples, their sums (samples x features), and how many cells each has."""
    from scipy import sparse

    kept = samples.notna()
    if not kept.all():
        notes.append(Note("cells", int((~kept).sum()), "of no known sample"))
    if facts.cell_type_key is not None and facts.cell_type is not None:
        types = _column(found, facts.cell_type_key, "cell_type_key")
        of_type = types == facts.cell_type
        if not of_type.any():
            raise InputError(
                Problem(
                    f"{found.shown} (cell_type)",
                    f"no cell is of the type '{facts.cell_type}'",
                    did_you_mean(facts.cell_type, types.dropna().unique()),
                )
            )
        notes.append(Note("cells", int((kept & ~of_type).sum()), f"not {facts.cell_type}"))
        kept &= of_type
    codes, names = pd.factorize(samples.where(kept), sort=True)
    codes = codes[:rows]
    sums = np.zeros((len(names), len(found.var)))
    counts = []
    for start in range(0, len(codes), CHUNK):
        code = codes[start : start + CHUNK]
        block = found.matrix[start : start + len(code)]
        _refuse_no_counts(block, start, found.shown)
        counts.append(np.asarray(block.sum(axis=1)).ravel())
        used = np.flatnonzero(code >= 0)
        ones = np.ones(len(used))
        adding = sparse.csr_matrix((ones, (code[used], used)), shape=(len(names), len(code)))
        added = adding @ block
        sums += added.toarray() if sparse.issparse(added) else np.asarray(added)
    _refuse_droplets(counts, found.shown)
    cells = np.bincount(codes[codes >= 0], minlength=len(names))
    return [str(name) for name in names], sums, cells


def _refuse_no_counts(block: Any, start: int, shown: str) -> None:
    values = np.asarray(block.data if hasattr(block, "toarray") else block)
    if not (np.all(values >= 0) and np.all(values == np.floor(values))):
        raise InputError(
            Problem(
                f"{shown}, cells {start + 1:,} and following",
                "values are not whole, or below zero: these are no counts",
                "give a file with raw counts",
            )
        )


def _refuse_droplets(counts: list[np.ndarray], shown: str) -> None:
    """What an unfiltered matrix adds up to is the soup between the cells as well."""
    if not counts:
        return
    every = np.concatenate(counts)
    empty = int((every < EMPTY).sum())
    if len(every) >= DROPLETS and empty * 2 > len(every):
        raise InputError(
            Problem(
                shown, f"{empty:,} of {len(every):,} barcodes have fewer than {EMPTY} counts: most"
                " are droplets without a cell",
                "give the filtered matrix (filtered_feature_bc_matrix)",
            )
        )  # fmt: skip


def _expression(
    sums: np.ndarray, found: Cells, notes: list[Note]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Without antibodies, guides and other things that 10x counts beside genes."""
    var = found.var
    if "kind" not in var:
        return sums, var
    wanted = (var["kind"] == EXPRESSION).to_numpy()
    if not wanted.any():
        wanted = ~var["kind"].isin(OTHER_KINDS).to_numpy()
    others = ", ".join(sorted(set(var["kind"][~wanted])))
    if not wanted.any():
        raise InputError(
            Problem(found.shown, f"no feature is a gene: {others}", "give the file of expression")
        )
    if not wanted.all():
        notes.append(Note("features", int((~wanted).sum()), f"not gene expression: {others}"))
    return sums[:, wanted], var[wanted]
