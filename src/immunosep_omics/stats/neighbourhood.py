"""Distances between samples that were not all measured by everything, and who lies near whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SAME = 1e-12
"""Squared distance, over the squared lengths, below which two samples are one."""


def squared_distances(values: Array, others: Array) -> Array:
    """(samples, others) squared Euclidean distances over the features that both have.

    Scaled up to all features, so that gaps make nobody near; NaN where no feature is shared.
    ``values`` (samples, features) and ``others`` (others, features) may have NaN.
    """
    seen, known = np.isfinite(values), np.isfinite(others)
    if seen.all() and known.all():
        lengths = np.einsum("sf,sf->s", values, values)
        own = lengths[:, None] + np.einsum("sf,sf->s", others, others)
        return _rounded(own - 2.0 * (values @ others.T), own)
    left, right = np.where(seen, values, 0.0), np.where(known, others, 0.0)
    both_seen, both_known = seen.astype(np.float64), known.astype(np.float64)
    shared = both_seen @ both_known.T
    own = np.square(left) @ both_known.T + both_seen @ np.square(right).T
    squares = _rounded(own - 2.0 * (left @ right.T), own)
    return np.where(shared > 0, squares * (values.shape[1] / np.maximum(shared, 1.0)), np.nan)


def _rounded(squares: Array, own: Array) -> Array:
    """Exactly 0 where rounding alone may make it differ from 0."""
    return np.where(squares <= SAME * own, 0.0, squares)


def mean_of_nearest(distance: Array, neighbours: int) -> Array:
    """(samples,) mean distance to the nearest ``neighbours`` others; a distance of 0 is oneself."""
    most = min(neighbours + 1, distance.shape[1])
    nearest = np.sort(np.partition(distance, most - 1, axis=1)[:, :most], axis=1)
    oneself = nearest[:, 0] == 0
    found: Array = np.where(
        oneself,
        nearest[:, 1 : neighbours + 1].mean(axis=1),
        nearest[:, :neighbours].mean(axis=1),
    )
    return found


def kernel(distance: Array, width: Array) -> Array:
    """Density of a normal distribution of standard deviation ``width`` at ``distance``."""
    found: Array = np.exp(-0.5 * np.square(distance / width)) / (np.sqrt(2 * np.pi) * width)
    return found


def strongest(ties: Array, neighbours: int) -> Array:
    """The same with each row's strongest ``neighbours`` ties only (equals of the last stay)."""
    if neighbours >= ties.shape[1]:
        return ties
    least = -np.partition(-ties, neighbours - 1, axis=1)[:, neighbours - 1 : neighbours]
    return np.where(ties >= least, ties, 0.0)
