"""k-means for many data sets, or many resamples of one data set, side by side.

Lloyd's algorithm (1982) with the starts of Arthur & Vassilvitskii (2007). All runs advance in the
same array operations, which is what makes consensus clustering and its null affordable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAXIMUM_ROUNDS = 60


@dataclass(frozen=True)
class Partition:
    """Clusterings of ``runs`` (data set or resample) into ``k``."""

    labels: NDArray[np.intp]
    """(runs, samples) 0 to k - 1; samples of weight 0 take the label of the nearest centre."""
    centres: Array
    """(runs, k, factors)"""
    dispersion: Array
    """(runs,) weighted sum of squared distances to the own centre."""


def cluster(
    points: Array,
    weights: Array,
    k: int,
    starts: int,
    generator: np.random.Generator,
) -> Partition:
    """Best of ``starts`` k-means runs for each row of ``weights``.

    Args:
        points: (sets, samples, factors), as many sets as ``weights`` has rows, or one for all.
        weights: (runs, samples) 0 to leave a sample out, 1 to use it.
        k: number of clusters, at most the number of samples in use.
        starts: at least 1.
        generator: source of all randomness.
    """
    return cluster_from(points, weights, generator.random((starts, k, len(weights))))


def cluster_from(points: Array, weights: Array, chances: Array) -> Partition:
    """``cluster`` with its randomness given: ``chances`` (starts, k, runs), uniform from 0 to 1."""
    best = _lloyd(points, weights, _seed(points, weights, chances[0]))
    for start in chances[1:]:
        found = _lloyd(points, weights, _seed(points, weights, start))
        better = found.dispersion < best.dispersion
        best = Partition(
            np.where(better[:, None], found.labels, best.labels),
            np.where(better[:, None, None], found.centres, best.centres),
            np.where(better, found.dispersion, best.dispersion),
        )
    return best


def _seed(points: Array, weights: Array, chances: Array) -> Array:
    """k-means++ centres (runs, k, factors): each next one probably far from those drawn so far."""
    runs, samples = weights.shape
    k = len(chances)
    every = np.zeros(runs, dtype=np.intp) if len(points) == 1 else np.arange(runs)
    centres = np.empty((runs, k, points.shape[2]))
    chance = weights
    nearest = np.full((runs, samples), np.inf)
    for j in range(k):
        cumulative = np.cumsum(chance, axis=1)
        threshold = chances[j, :, None] * cumulative[:, -1:]
        chosen = np.minimum((cumulative <= threshold).sum(axis=1), samples - 1)
        centres[:, j] = points[every, chosen]
        nearest = np.minimum(nearest, _squared_distances(points, centres[:, j : j + 1])[:, :, 0])
        chance = nearest * weights
    return centres


def _squared_distances(points: Array, centres: Array) -> Array:
    """(runs, samples, k) squared Euclidean distances."""
    own = np.square(points).sum(axis=2)[:, :, None]
    theirs = np.square(centres).sum(axis=2)[:, None, :]
    return np.maximum(own + theirs - 2.0 * (points @ centres.transpose(0, 2, 1)), 0.0)


def _nearest(points: Array, centres: Array) -> NDArray[np.intp]:
    """(runs, samples) nearest centre; what all centres share is left out of the distance."""
    score = centres @ points.transpose(0, 2, 1)
    score -= 0.5 * np.square(centres).sum(axis=2)[:, :, None]
    return score.argmax(axis=1)


def _lloyd(points: Array, weights: Array, centres: Array) -> Partition:
    """Alternate assignment and centres until no label changes; settled runs are set aside."""
    labels = np.full(weights.shape, -1, dtype=np.intp)
    active = np.arange(len(weights))
    for _ in range(MAXIMUM_ROUNDS):
        mine = points if len(points) == 1 else points[active]
        assigned = _nearest(mine, centres[active])
        moved = (assigned != labels[active]).any(axis=1)
        labels[active] = assigned
        active = active[moved]
        if len(active) == 0:
            break
        mine = points if len(points) == 1 else points[active]
        centres[active] = _centres(mine, weights[active], assigned[moved], centres[active])
    distances = _squared_distances(points, centres)
    dispersion = (distances.min(axis=2) * weights).sum(axis=1)
    return Partition(distances.argmin(axis=2), centres, dispersion)


def _centres(points: Array, weights: Array, labels: NDArray[np.intp], old: Array) -> Array:
    """Mean of each cluster's members; an empty cluster stays where it was."""
    member = (labels[:, None, :] == np.arange(old.shape[1])[:, None]) * weights[:, None, :]
    counts = member.sum(axis=2)[:, :, None]
    return np.where(counts > 0, (member @ points) / np.maximum(counts, 1.0), old)
