"""Limits of detection beside the values."""

from __future__ import annotations

import numpy as np
import pandas as pd


def add_limits(
    features: pd.DataFrame, samples: pd.DataFrame, values: np.ndarray, lod: np.ndarray
) -> None:
    """Add `lod` (the median over samples) and `below_lod` (the share of known values below it).

    `values` and `lod` are samples x features; values out of range are infinite.
    """
    known = ~np.isnan(values) & (~np.isnan(lod) | np.isinf(values))
    below = np.where(known, np.isneginf(values) | (values < lod), np.nan)
    features["lod"] = pd.DataFrame(lod).median().to_numpy()
    features["below_lod"] = pd.DataFrame(below).mean().to_numpy()
    samples["below_lod"] = pd.DataFrame(below).mean(axis=1).to_numpy()
