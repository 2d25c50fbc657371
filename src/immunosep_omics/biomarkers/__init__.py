"""Biomarkers: features ranked over cohorts, and small panels judged where they were not made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from immunosep_omics.stats.testing import holm
from immunosep_omics.tables import empty_table

COLUMNS = (
    "contrast", "role", "family", "claim", "rank", "assay", "gene", "effect", "ci_low", "ci_high",
    "p", "fdr", "p_family", "cohorts", "consistent", "i2",
)  # fmt: skip

META = "meta"


def rank_biomarkers(differential: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All features of all assays, ranked within each contrast by the p-value over cohorts.

    `differential` holds one differential table per assay. What was tested and what is descriptive
    (endotypes see some assays, and held-out ones not) are ranked apart, the former first. Equal
    p-values (those too small to be told apart among them) are ranked by the size of the effect.
    `p_family` of confirmatory contrasts is corrected (Holm 1979) over all features, assays and
    contrasts of their family.
    """
    rows = [
        table[table["cohort"] == META].assign(assay=assay)
        for assay, table in differential.items()
        if len(table)
    ]
    if not rows:
        return empty_table(COLUMNS)
    ranked = pd.concat(rows, ignore_index=True).dropna(subset=["p"])
    ranked["p_family"] = np.nan
    confirmed = ranked[ranked["role"] == "confirmatory"]
    for _, family in confirmed.groupby("family", sort=False):
        ranked.loc[family.index, "p_family"] = holm(family["p"].to_numpy(dtype=float))
    order = ranked.assign(size=-ranked["effect"].abs())
    ranked = ranked.loc[order.sort_values(["p", "size", "assay", "gene"]).index]
    first_seen = {name: place for place, name in enumerate(rows[0]["contrast"].unique())}
    place = 2 * ranked["contrast"].map(lambda name: first_seen.get(name, len(first_seen)))
    place += ranked["claim"] != "tested"
    ranked = ranked.loc[place.sort_values(kind="stable").index]
    ranked["rank"] = ranked.groupby(["contrast", "claim"], sort=False).cumcount() + 1
    return ranked[list(COLUMNS)].reset_index(drop=True)
