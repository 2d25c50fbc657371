"""Several features of one gene become one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.settings.assays import Collapse


def collapse(
    values: pd.DataFrame, var: pd.DataFrame, names: pd.Series, rule: Collapse
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Samples x genes and their annotation from samples x features.

    `names` holds each feature's gene; genes stand in the order in which they first appear.
    `highest_mean` keeps the feature of the highest mean, the first of several; `mean` and `sum`
    take the values that are not missing, and `feature` then names all features with `;`.
    """
    if not names.is_unique:
        if rule == "highest_mean":
            kept = _highest_mean(values, names)
            values, var = values.iloc[:, kept], var.iloc[kept]
        else:
            values, var = _combined(values, var, names, mean=rule == "mean")
        names = names.drop_duplicates()
    index = pd.Index(names.to_numpy(), name="gene")
    return values.set_axis(index, axis=1), var.set_axis(index)


def _highest_mean(values: pd.DataFrame, names: pd.Series) -> np.ndarray:
    """Which features stay, told by position."""
    means = np.nanmean(values.to_numpy(), axis=0)
    best: dict[str, int] = {}
    for place, name in enumerate(names):
        if name not in best or means[place] > means[best[name]]:
            best[name] = place
    return np.fromiter(best.values(), dtype=np.intp, count=len(best))


def _combined(
    values: pd.DataFrame, var: pd.DataFrame, names: pd.Series, *, mean: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes, _ = pd.factorize(names)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sorted_values = values.to_numpy()[:, order]
    present = np.add.reduceat(~np.isnan(sorted_values), starts, axis=1, dtype=np.intp)
    added = np.add.reduceat(np.nan_to_num(sorted_values, nan=0.0), starts, axis=1)
    if mean:
        added = added / np.maximum(present, 1)
    first = var.iloc[order[starts]].copy()
    first["feature"] = var["feature"].groupby(codes).agg(";".join).to_numpy()
    made = pd.DataFrame(
        np.where(present > 0, added, np.nan), index=values.index, columns=first.index
    )
    return made, first
