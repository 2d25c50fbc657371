"""A bulk assay as AnnData: samples x features."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.files.h5ad_file import BARCODE, dense, open_h5ad, whole_numbers_in
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table, refuse_repeated_samples
from immunosep_omics.ingest.rna.counts import rounded_estimates
from immunosep_omics.settings.assays import H5ad


def read(facts: H5ad, folder: Path, rows: int | None = None) -> RawAssay:
    """Read X, a layer or `raw`; `gene_column` of `var` names the genes, otherwise nothing does.

    With `rows`, only that many samples are read. Raises :class:`InputError` for what is no .h5ad,
    has no values, or holds cells instead of samples, for repeated sample names, for features that
    are only numbered, and for values that are no counts where a layer has some.
    """
    path = folder / facts.file
    shown = path.as_posix()
    with open_h5ad(path) as found:
        names = [str(name).strip() for name in found.obs_names]
        _check(found, names, facts, shown)
        matrix, var = _matrices(found)[facts.layer or "X"]
        block = dense(matrix[: len(names) if rows is None else rows])
        genes = None if facts.gene_column is None else _genes(var[facts.gene_column])
        features = feature_table([str(name) for name in var.index], genes)
    values = _numbers(block, names, features.index, shown)
    names = names[: len(values)]
    frame = pd.DataFrame(values, index=names, columns=features.index)
    raw = RawAssay(frame, features, pd.DataFrame(index=pd.Index(names)), shown)
    return raw if facts.counts is None else rounded_estimates(raw)


def _check(found: Any, names: list[str], facts: H5ad, shown: str) -> None:
    problems = Problems()
    if not names or not found.n_vars:
        problems.add(
            shown, f"there are {found.n_obs} samples and {found.n_vars} features", "check the file"
        )
    elif sum(bool(re.search(BARCODE, name)) for name in names) > len(names) / 2:
        problems.add(
            shown, f"the {len(names):,} rows are cells (they are named by barcodes), not samples",
            "state `format: single_cell`, which adds cells up to samples",
        )  # fmt: skip
    else:
        refuse_repeated_samples(names, shown, problems)
    matrices = _matrices(found)
    layers = [name for name in matrices if name != "X"]
    if facts.layer is not None and facts.layer not in layers:
        problems.add(
            f"{shown} (layer)", f"there is no layer '{facts.layer}'",
            did_you_mean(facts.layer, layers),
        )  # fmt: skip
    elif facts.layer is None and "X" not in matrices:
        problems.add(
            f"{shown} (layer)", "X is empty",
            f"state a `layer`: {', '.join(layers) or 'but there is none'}",
        )  # fmt: skip
    else:
        _check_counts(matrices, facts, shown, problems)
        _check_genes(matrices[facts.layer or "X"][1], facts, shown, problems)
    problems.raise_any()


def _matrices(found: Any) -> dict[str, tuple[Any, pd.DataFrame]]:
    """Every matrix of the file by the name that `layer` gives it, with its features."""
    matrices = {"X": (found.X, found.var)} if found.X is not None else {}
    if found.raw is not None:
        matrices["raw"] = (found.raw.X, found.raw.var)
    return matrices | {str(name): (found.layers[name], found.var) for name in found.layers}


def _check_counts(
    matrices: dict[str, tuple[Any, pd.DataFrame]], facts: H5ad, shown: str, problems: Problems
) -> None:
    """Name the layers of counts where counts are wanted and the chosen matrix holds none."""
    chosen = facts.layer or "X"
    wanted = facts.stated_scale == "counts" and facts.counts is None
    if not wanted or whole_numbers_in(matrices[chosen][0]):
        return
    whole = [name for name, (matrix, _) in matrices.items() if whole_numbers_in(matrix)]
    if whole:
        problems.add(
            f"{shown} (layer)", f"{chosen} holds no counts: values are not whole, or below zero",
            f"state {' or '.join(f'`layer: {name}`' for name in whole if name != 'X')}"
            if whole != ["X"] else "leave out `layer`: X holds counts",
        )  # fmt: skip


def _check_genes(var: pd.DataFrame, facts: H5ad, shown: str, problems: Problems) -> None:
    columns = [str(column) for column in var.columns]
    where = f"{shown} (gene_column)"
    if facts.gene_column is None:
        if len(var) > 1 and var.index.tolist() == [str(number) for number in range(len(var))]:
            problems.add(
                where, "the features have no names: they are numbered from 0",
                f"state a `gene_column` of `var`: {', '.join(columns) or 'but there is none'}",
            )  # fmt: skip
    elif facts.gene_column not in columns:
        problems.add(
            where, f"there is no column '{facts.gene_column}' in `var`",
            did_you_mean(facts.gene_column, columns),
        )  # fmt: skip


def _genes(column: pd.Series) -> list[object]:
    named = column.astype(object)
    return [np.nan if pd.isna(name) or not str(name).strip() else str(name) for name in named]


def _numbers(block: Any, names: list[str], features: pd.Index, shown: str) -> np.ndarray:
    """Values as float64; infinite ones are refused."""
    try:
        values = np.asarray(block, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            Problem(shown, "the values are not numbers", "write the file with a numeric matrix")
        ) from None
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        row, column = infinite[0]
        raise InputError(
            Problem(
                f"{shown}, row {row + 1} of obs, feature '{features[column]}'",
                f"an infinite value ({len(infinite)} in the file)",
                "mend the step that made it (the log of 0?)",
            )
        )
    return values
