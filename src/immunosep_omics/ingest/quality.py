"""Quality of each sample of an assay: told, never acted upon."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.settings.assays import Scale

QUALITY_COLUMNS = (
    "sample", "detected", "missing_share", "total", "median", "median_correlation", "outlier_z",
    "outlier", "below_lod_share", "qc_warning", "plate",
)  # fmt: skip
OUTLIER_Z = -5.0
"""Robust z of a sample's typical correlation with the others, below which it is flagged."""

FEWEST_SAMPLES = 8
MOST_FEATURES = 5000


def sample_quality(values: pd.DataFrame, scale: Scale, extras: pd.DataFrame) -> pd.DataFrame:
    """One row per sample (rows of `values`); columns as in `QUALITY_COLUMNS`.

    - `detected`: features with a value, for counts above 0; `missing_share`: of all features;
    - `total`: sum of counts; `median`: of the sample's values (of those above 0 for counts);
    - `median_correlation`: median Pearson correlation with the other samples, on a log scale;
    - `outlier_z`: its robust z (median and MAD over samples); `outlier`: "yes" where below -5;
    - `below_lod_share`, `qc_warning`, `plate`: from the reader, where it knows.
    """
    x = values.to_numpy()
    counts = scale == "counts"
    detected = x > 0 if counts else ~np.isnan(x)
    typical = median_correlation(_logged(x, scale))
    z = robust_z(typical)
    columns = {
        "sample": values.index.to_numpy(),
        "detected": detected.sum(axis=1),
        "missing_share": np.isnan(x).mean(axis=1),
        "total": x.sum(axis=1) if counts else np.nan,
        "median": [np.median(row[known]) if known.any() else np.nan
                   for row, known in zip(x, detected, strict=True)],
        "median_correlation": typical,
        "outlier_z": z,
        "outlier": np.where(z < OUTLIER_Z, "yes", "no"),
        "below_lod_share": _extra(extras, "below_lod", values.index),
        "qc_warning": _extra(extras, "qc_warning", values.index),
        "plate": _extra(extras, "plate", values.index),
    }  # fmt: skip
    return pd.DataFrame(columns, columns=list(QUALITY_COLUMNS))


def median_correlation(x: np.ndarray) -> np.ndarray:
    """Median Pearson correlation of each sample (row) with the others; NaN for fewer than three.

    Features are the (at most 5,000) most variable of those known in at least 70 % of samples;
    their missing values take the feature's median, which pulls a sparse sample towards the others.
    """
    if len(x) < 3:
        return np.full(len(x), np.nan)
    x = x[:, np.isfinite(x).mean(axis=0) >= 0.7]
    x = np.where(np.isfinite(x), x, np.nanmedian(x, axis=0)) if x.size else x
    spread = x.std(axis=0)
    chosen = np.argsort(-spread, kind="stable")[:MOST_FEATURES]
    x = x[:, chosen[spread[chosen] > 0]]
    if x.shape[1] < 3:
        return np.full(len(x), np.nan)
    centred = x - x.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    unit = np.divide(centred, length, out=np.full_like(centred, np.nan), where=length > 0)
    correlations = unit @ unit.T
    np.fill_diagonal(correlations, np.nan)
    known = np.isfinite(correlations).any(axis=1)
    result = np.full(len(x), np.nan)
    result[known] = np.nanmedian(correlations[known], axis=1)
    return result


def robust_z(x: np.ndarray) -> np.ndarray:
    """Distance from the median in units of 1.4826 MAD; NaN where fewer than 8 values are known."""
    known = np.isfinite(x)
    if known.sum() < FEWEST_SAMPLES:
        return np.full(len(x), np.nan)
    middle = np.median(x[known])
    mad = 1.4826 * np.median(np.abs(x[known] - middle))
    return (x - middle) / mad if mad > 0 else np.where(known, 0.0, np.nan)


def _logged(x: np.ndarray, scale: Scale) -> np.ndarray:
    if scale not in ("counts", "linear"):
        return x
    if scale == "counts":
        total = x.sum(axis=1, keepdims=True)
        x = x / np.where(total > 0, total, 1) * 1e6
    return np.asarray(np.log2(np.maximum(x, 0) + 1))


def _extra(extras: pd.DataFrame, name: str, samples: pd.Index) -> object:
    return extras[name].loc[samples].to_numpy() if name in extras else np.nan
