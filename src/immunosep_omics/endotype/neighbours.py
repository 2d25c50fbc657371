"""A second opinion from single-cell tools: neighbour graph, UMAP and Leiden communities."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from immunosep_omics.stats.leiden_extra import leiden_installed
from immunosep_omics.stats.streams import stream
from immunosep_omics.tables import empty_table

COLUMNS = ("sample", "patient", "cohort", "umap_1", "umap_2", "leiden")
MINIMUM_SAMPLES = 15


def neighbours(factors: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """UMAP and Leiden of the factor scores, by scanpy (Wolf 2018, McInnes 2018, Traag 2019).

    The map is for the eye: distances and gaps in it prove nothing. Leiden's libraries are GPL and
    not installed by default; without them its column is empty and the status says "not run".
    """
    if len(factors) < MINIMUM_SAMPLES:
        return empty_table(COLUMNS), _status([("neighbour map", "no", "too few samples")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import scanpy
        from anndata import AnnData

        scores = factors.filter(regex="^factor_").to_numpy(dtype=np.float32)
        data = AnnData(scores, obs=pd.DataFrame(index=factors.index.astype(str)))
        state = int(stream(seed, "neighbours").integers(2**31))
        scanpy.pp.neighbors(
            data, n_neighbors=min(15, len(factors) - 1), use_rep="X", random_state=state
        )
        scanpy.tl.umap(data, random_state=state)
        installed = leiden_installed()
        if installed:
            scanpy.tl.leiden(data, flavor="igraph", n_iterations=2, random_state=state)
    table = factors[["sample", "patient", "cohort"]].assign(
        umap_1=data.obsm["X_umap"][:, 0].astype(float),
        umap_2=data.obsm["X_umap"][:, 1].astype(float),
        leiden=("L" + data.obs["leiden"].astype(str)).to_numpy() if installed else np.nan,
    )
    leiden = (
        ("Leiden second opinion", "yes", f"{data.obs['leiden'].nunique()} communities")
        if installed
        else ("Leiden second opinion", "no", "not run: install the `leiden` extra (GPL libraries)")
    )
    return table[list(COLUMNS)], _status([("neighbour map", "yes", ""), leiden])


def _status(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["question", "answered", "reason"])
