"""Samples as profiles that can be compared: on a log scale, centred, robustly scaled."""

from __future__ import annotations

import numpy as np

FEWEST_SAMPLES = 8
MOST_FEATURES = 5000
KNOWN_SHARE = 0.7
"""A feature takes part where at least this share of the samples has a value."""

LIMIT = 4.0
"""Robust z beyond which one value says no more."""


def logged(x: np.ndarray, scale: str) -> np.ndarray:
    """Samples x features on a log2 scale; counts per million, plus 1, for counts."""
    if scale not in ("counts", "linear"):
        return x
    if scale == "counts":
        total = x.sum(axis=1, keepdims=True)
        x = x / np.where(total > 0, total, 1) * 1e6
    return np.asarray(np.log2(np.maximum(x, 0) + 1))


def robust_z(x: np.ndarray) -> np.ndarray:
    """Distance from the median in units of 1.4826 MAD; NaN where fewer than 8 values are known."""
    known = np.isfinite(x)
    if known.sum() < FEWEST_SAMPLES:
        return np.full(len(x), np.nan)
    middle = np.median(x[known])
    mad = 1.4826 * np.median(np.abs(x[known] - middle))
    return (x - middle) / mad if mad > 0 else np.where(known, 0.0, np.nan)


def varying(x: np.ndarray) -> np.ndarray:
    """The (at most 5,000) most variable features that are known in 70 % of samples, filled.

    Missing values take the feature's median, which pulls a sparse sample towards the others.
    """
    x = x[:, np.isfinite(x).mean(axis=0) >= KNOWN_SHARE] if len(x) else x
    x = np.where(np.isfinite(x), x, np.nanmedian(x, axis=0)) if x.size else x
    spread = x.std(axis=0) if len(x) else np.zeros(x.shape[1])
    chosen = np.argsort(-spread, kind="stable")[:MOST_FEATURES]
    return np.asarray(x[:, chosen[spread[chosen] > 0]])


def correlations(x: np.ndarray) -> np.ndarray:
    """Pearson correlations of rows with one another; NaN for constant rows and the diagonal."""
    unit = _unit(x)
    result = unit @ unit.T
    np.fill_diagonal(result, np.nan)
    return result


def cross_correlations(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson correlations of the rows of `x` with those of `y`."""
    return np.asarray(_unit(x) @ _unit(y).T)


def deviations(x: np.ndarray) -> np.ndarray:
    """How each sample departs from the cohort: robust z of each feature, at most 4 either way.

    Features whose MAD is 0 are left out. What all samples share is gone, so that two samples
    resemble each other only by what is their own.
    """
    middle = np.median(x, axis=0)
    mad = 1.4826 * np.median(np.abs(x - middle), axis=0)
    usable = mad > 0
    return np.clip((x[:, usable] - middle[usable]) / mad[usable], -LIMIT, LIMIT)


def _unit(x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return np.divide(centred, length, out=np.full_like(centred, np.nan), where=length > 0)
