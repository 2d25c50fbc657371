"""The joined study as one MuData, for users of the scverse tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from immunosep_omics import RESEARCH_USE
from immunosep_omics.integrate.cohorts import join
from immunosep_omics.transforms.join import keyed

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData


def export(
    assays: Sequence[AnnData],
    clinical: pd.DataFrame,
    factors: pd.DataFrame,
    endotypes: pd.DataFrame,
    neighbours: pd.DataFrame,
    harmonise: Mapping[str, Any],
    discover_in: Sequence[str],
) -> MuData:
    """Harmonised omics with factors, endotypes and the neighbour map in `obs` and `obsm`."""
    import mudata
    from anndata import AnnData

    mudata.set_options(pull_on_update=False)
    rows = keyed(factors)
    known = keyed(clinical).reindex(rows.index)
    parts = {}
    for name, omic in join(assays, known, discover_in, harmonise).items():
        block = omic.after if len(omic.training) else omic.before
        parts[name] = AnnData(
            X=block.values.to_numpy(dtype=float),
            obs=pd.DataFrame(index=block.values.index.astype(str)),
            # One gene may be measured by several omics.
            var=pd.DataFrame(index=f"{name}:" + block.values.columns.astype(str)),
        )
    joined = mudata.MuData(parts)
    order = joined.obs_names
    described = keyed(endotypes).reindex(order)
    for column in described:
        joined.obs[column] = described[column]
    scores = rows.reindex(order)[[c for c in rows if c.startswith("factor_")]]
    joined.obsm["X_factors"] = scores.to_numpy(dtype=np.float64)
    if len(neighbours):
        map_ = keyed(neighbours).reindex(order)
        joined.obsm["X_umap"] = map_[["umap_1", "umap_2"]].to_numpy(dtype=np.float64)
    joined.uns["research_use"] = RESEARCH_USE
    return joined
