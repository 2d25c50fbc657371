"""The data contract: one assay of one cohort, as AnnData; the only reader and writer of .h5ad.

An assay has samples in rows and features in columns.

- ``X``: float64, NaN for missing, on the scale that ``uns["scale"]`` names;
- ``obs``: indexed by the clinical table's sample name; ``patient``, ``cohort`` and the declared
  clinical columns; with ``layers["counts"]`` also ``effective_library_size``; nothing else;
- ``var``: indexed by gene symbol (unique; the identifier where no symbol is known), with
  ``feature``, the platform's own identifier;
- ``layers``: of a normalised assay of counts, ``counts``: what its X was made from, for methods
  that model counts (same shape as X, no feature or sample that X lacks);
- ``uns``: ``cohort``, ``assay``, ``kind``, ``scale``, ``research_use``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from immunosep_omics import RESEARCH_USE
from immunosep_omics.tables import replacing

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

REQUIRED_OBS = ("patient", "cohort")

COUNTS = "counts"
"""The layer of raw counts, and the scale of an assay whose X are counts."""

EFFECTIVE_SIZE = "effective_library_size"
"""Column of samples: total counts times the factor that makes samples comparable."""


def make_assay(
    values: pd.DataFrame,
    obs: pd.DataFrame,
    var: pd.DataFrame,
    *,
    cohort: str,
    assay: str,
    kind: str,
    scale: str,
    counts: pd.DataFrame | None = None,
) -> AnnData:
    """Build an assay that keeps the contract from samples x features and their annotation.

    `counts`: what normalised values were made from, at least their samples and features; `obs`
    then has the samples' effective library sizes.
    """
    from anndata import AnnData

    made = AnnData(
        X=np.ascontiguousarray(values.to_numpy(dtype=np.float64)),
        obs=obs.loc[values.index].copy(),
        var=var.loc[values.columns].copy(),
        uns={
            "cohort": cohort,
            "assay": assay,
            "kind": kind,
            "scale": scale,
            "research_use": RESEARCH_USE,
        },
    )
    if counts is not None:
        kept = counts.reindex(index=values.index, columns=values.columns)
        made.layers[COUNTS] = np.ascontiguousarray(kept.to_numpy(dtype=np.float64))
    check_assay(made)
    return made


def check_assay(assay: AnnData) -> None:
    """Raise ValueError where an assay breaks the contract: a fault of the program, not the user."""
    faults = [
        (not assay.obs_names.is_unique, "sample names are not unique"),
        (not assay.var_names.is_unique, "feature names are not unique"),
        (assay.X.dtype != np.float64, "values are not float64"),
        (bool(np.isinf(assay.X).any()), "values are infinite"),
        (any(column not in assay.obs for column in REQUIRED_OBS), "obs lacks patient or cohort"),
        ("feature" not in assay.var, "var lacks the platform's identifiers"),
        (
            (COUNTS in assay.layers) != (EFFECTIVE_SIZE in assay.obs),
            "counts and effective library sizes stand only together",
        ),
    ]
    found = [fault for wrong, fault in faults if wrong]
    if found:
        raise ValueError("; ".join(found))


def values_of(assay: AnnData) -> pd.DataFrame:
    """Values of an assay as a table, samples x features."""
    return pd.DataFrame(assay.X, index=assay.obs_names, columns=assay.var_names)


def counts_of(assay: AnnData) -> tuple[pd.DataFrame, pd.Series] | None:
    """Counts (samples x features) and effective library sizes of a normalised assay of counts.

    None for an assay that was not counted.
    """
    if COUNTS not in assay.layers:
        return None
    counts = pd.DataFrame(assay.layers[COUNTS], index=assay.obs_names, columns=assay.var_names)
    return counts, assay.obs[EFFECTIVE_SIZE]


def write_assay(assay: AnnData, path: Path | str) -> None:
    """Write an assay, whole or not at all."""
    check_assay(assay)
    with replacing(path) as temporary:
        assay.write_h5ad(temporary)


def read_assay(path: Path | str) -> AnnData:
    """Read an assay that :func:`write_assay` wrote."""
    from anndata import read_h5ad

    return read_h5ad(path)


def write_multi_assay(assays: MuData, path: Path | str) -> None:
    """Write a joined set of assays for scverse users (.h5mu), whole or not at all."""
    with replacing(path) as temporary:
        assays.write_h5mu(temporary)
