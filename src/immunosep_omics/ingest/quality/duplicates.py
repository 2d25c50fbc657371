"""Samples that resemble each other more than different patients do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.profiles import (
    MOST_FEATURES,
    correlations,
    cross_correlations,
    deviations,
    logged,
    varying,
)
from immunosep_omics.stats.ranks import average_ranks

LEAST_CORRELATION = 0.6
LEAST_BETWEEN = 0.4
"""Between platforms, which measure the same sample less alike."""

DIRECTIONS = 10
FAR_OUT = 6.0
"""Robust z, over the samples' best matches, beyond which a match is no chance."""

FEWEST_SAMPLES = 8
FEWEST_FEATURES = 20
FEWEST_VALUES = 5
LARGEST = 1 - 1e-12


class Pair(NamedTuple):
    """Two samples, by row, that are alike beyond `threshold`."""

    first: int
    second: int
    value: float
    threshold: float
    identical: bool


def duplicates(values: pd.DataFrame, scale: str, patients: pd.Series) -> list[Pair]:
    """Pairs of samples (rows of `values`) that are the same or nearly so.

    Samples of one patient are expected to resemble each other; they are told only where every
    value is the same. Between patients, the correlation of the samples' departures from the
    cohort (its main directions apart) must be at least 0.6 and six robust standard deviations
    (on Fisher's scale) above what samples' best matches usually are.
    """
    x = values.to_numpy()
    same = _identical(x)
    pairs = [Pair(i, j, 1.0, 1.0, True) for i, j in sorted(same)]
    found = _departures(logged(x, scale))
    if found is None:
        return pairs
    r = correlations(found)
    codes, _ = pd.factorize(patients)
    r[codes[:, None] == codes[None, :]] = np.nan
    threshold = _threshold(r, LEAST_CORRELATION)
    for i, j in np.argwhere(np.triu(np.nan_to_num(r, nan=-1.0) > threshold)):
        if (int(i), int(j)) not in same:
            pairs.append(Pair(int(i), int(j), float(r[i, j]), threshold, False))
    return pairs


def duplicates_between(first: pd.DataFrame, second: pd.DataFrame) -> list[Pair]:
    """Pairs of samples of two cohorts (rows of each) that are nearly the same.

    Genes are matched by name, and only their ranks within each sample count, so that platforms
    and normalisations hardly matter.
    """
    genes = first.columns.intersection(second.columns)
    if len(genes) < FEWEST_FEATURES or min(len(first), len(second)) < FEWEST_SAMPLES:
        return []
    a, b = (_ranked(table[genes].to_numpy()) for table in (first, second))
    usable = (_mad(a) > 0) & (_mad(b) > 0)
    spread = np.minimum(_mad(a), _mad(b))
    chosen = np.argsort(-np.where(usable, spread, -1), kind="stable")[:MOST_FEATURES]
    chosen = chosen[usable[chosen]]
    if len(chosen) < FEWEST_FEATURES:
        return []
    own = _own(np.vstack([deviations(a[:, chosen]), deviations(b[:, chosen])]))
    r = cross_correlations(own[: len(a)], own[len(a) :])
    threshold = _threshold(r, LEAST_BETWEEN)
    return [
        Pair(int(i), int(j), float(r[i, j]), threshold, bool(r[i, j] > LARGEST))
        for i, j in np.argwhere(np.nan_to_num(r, nan=-1.0) > threshold)
    ]


def _departures(x: np.ndarray) -> np.ndarray | None:
    if len(x) < FEWEST_SAMPLES:
        return None
    found = deviations(varying(x))
    return _own(found) if found.shape[1] >= FEWEST_FEATURES else None


def _own(x: np.ndarray) -> np.ndarray:
    """What is left of samples x features without the directions in which patients group.

    Along these (one for eight samples, at most ten), different patients are as alike as one.
    """
    x = x - x.mean(axis=0)
    u, s, v = np.linalg.svd(x, full_matrices=False)
    k = min(DIRECTIONS, len(x) // 8, x.shape[1] // 4)
    return np.asarray(x - (u[:, :k] * s[:k]) @ v[:k])


def _identical(x: np.ndarray) -> set[tuple[int, int]]:
    """Rows with the same values throughout: at least five known, and not all alike."""
    seen: dict[bytes, int] = {}
    pairs = set()
    for row, value in enumerate(x):
        if len(np.unique(value[np.isfinite(value)])) < FEWEST_VALUES:
            continue
        first = seen.setdefault(np.where(np.isnan(value), np.inf, value).tobytes(), row)
        if first != row:
            pairs.add((first, row))
    return pairs


def _threshold(r: np.ndarray, least: float) -> float:
    """The correlation above which a best match stands far out from the other best matches."""
    some = np.isfinite(r).any(axis=1)
    if some.sum() < FEWEST_SAMPLES:
        return 1.0
    best = np.arctanh(np.clip(np.nanmax(r[some], axis=1), -LARGEST, LARGEST))
    middle = np.median(best)
    spread = 1.4826 * np.median(np.abs(best - middle))
    return max(least, float(np.tanh(middle + FAR_OUT * max(spread, 0.02))))


def _ranked(x: np.ndarray) -> np.ndarray:
    """Ranks within each sample, from 0 to 1; missing values in the sample's middle."""
    ranks = average_ranks(x)
    count = np.maximum(np.isfinite(x).sum(axis=1, keepdims=True), 1)
    return np.where(np.isfinite(ranks), (ranks - 0.5) / count, 0.5)


def _mad(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.median(np.abs(x - np.median(x, axis=0)), axis=0))
