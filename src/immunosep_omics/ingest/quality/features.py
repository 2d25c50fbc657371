"""Quality of each feature of an assay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.profiles import FEWEST_SAMPLES, logged

FEATURE_COLUMNS = (
    "gene", "feature", "detected_share", "missing_share", "mean", "below_lod_share", "outlier",
)  # fmt: skip
ONE_SAMPLE = 0.5
"""Share of a feature's variance that a single sample must make before it is told."""


def feature_quality(values: pd.DataFrame, var: pd.DataFrame, scale: str) -> pd.DataFrame:
    """One row per feature (columns of `values`); columns as in `FEATURE_COLUMNS`.

    `detected_share`: of samples with a value, for counts above 0; `mean`: on the assay's own
    scale; `below_lod_share`: of the file's samples, where the reader knows (it has each plate's
    limits, and values out of range, which are missing here); `outlier`: "yes" where a single
    sample makes more than half of the variance on a log scale.
    """
    x = values.to_numpy()
    known = ~np.isnan(x)
    count = known.sum(axis=0)
    total = np.where(known, x, 0.0).sum(axis=0)
    table = {
        "gene": values.columns.to_numpy(),
        "feature": var["feature"].to_numpy(),
        "detected_share": (x > 0).mean(axis=0) if scale == "counts" else known.mean(axis=0),
        "missing_share": 1 - known.mean(axis=0),
        "mean": np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0),
        "below_lod_share": var["below_lod"].to_numpy() if "below_lod" in var else np.nan,
        "outlier": np.where(_by_one_sample(logged(x, scale)), "yes", "no"),
    }
    return pd.DataFrame(table, columns=list(FEATURE_COLUMNS))


def _by_one_sample(x: np.ndarray) -> np.ndarray:
    """Whether a single sample makes most of a feature's squared distances from its median."""
    known = np.isfinite(x)
    enough = known.sum(axis=0) >= FEWEST_SAMPLES
    result = np.zeros(x.shape[1], dtype=bool)
    if not enough.any():
        return result
    squares = (x[:, enough] - np.nanmedian(x[:, enough], axis=0)) ** 2
    largest, whole = np.nanmax(squares, axis=0), np.nansum(squares, axis=0)
    result[enough] = (whole > 0) & (largest > ONE_SAMPLE * whole)
    return result
