"""k-means for many data sets or many resamples at once, for samples known with unequal precision.

A score that is a posterior mean is drawn to the centre when little was measured: over many samples
of pattern p it has mean A_p m, where m is the true mean and A_p the pattern's reliability matrix
(see ``block_svd``). So a sample z costs, with class mean m,

    (z - A m)' A^-1 (z - A m)  =  m' A m - 2 m' z + constant,

which needs no inverse, and the best m for given members is (sum A)^-1 (sum z). With A the identity
this is ordinary k-means (Lloyd 1982; starts as in Arthur & Vassilvitskii 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAXIMUM_ROUNDS = 60


@dataclass(frozen=True)
class Points:
    """Samples to cluster; ``sets`` of the same samples are clustered side by side."""

    scores: Array
    """(sets, samples, factors); sets = 1 broadcasts over runs."""
    pattern: NDArray[np.intp]
    """(samples,) row of ``reliability``."""
    reliability: Array
    """(patterns, factors, factors), symmetric, eigenvalues 0 to 1."""


def exact_points(scores: Array) -> Points:
    """Points that are all known exactly: (samples, factors) or (sets, samples, factors)."""
    stacked = scores[None] if scores.ndim == 2 else scores
    pattern = np.zeros(stacked.shape[1], dtype=np.intp)
    return Points(stacked, pattern, np.eye(stacked.shape[2])[None])


@dataclass(frozen=True)
class Partition:
    """Clusterings of ``runs`` (data set or resample) into ``k``."""

    labels: NDArray[np.intp]
    """(runs, samples) 0 to k - 1; samples of weight 0 are labelled by the nearest centre too."""
    centres: Array
    """(runs, k, factors)"""
    dispersion: Array
    """(runs,) weighted sum of the costs z'z + m'Am - 2m'z."""


def cluster(
    points: Points,
    weights: Array,
    k: int,
    starts: int,
    generator: np.random.Generator,
) -> Partition:
    """Best of ``starts`` k-means runs for each row of ``weights``.

    Args:
        points: with as many sets as ``weights`` has rows, or one set for all rows.
        weights: (runs, samples) 0 to leave a sample out, 1 to use it.
        k: number of clusters, at most the number of samples in use.
    """
    best: Partition | None = None
    for _ in range(starts):
        found = _lloyd(points, weights, _seed(points, weights, k, generator))
        if best is None:
            best = found
            continue
        better = found.dispersion < best.dispersion
        best = Partition(
            np.where(better[:, None], found.labels, best.labels),
            np.where(better[:, None, None], found.centres, best.centres),
            np.where(better, found.dispersion, best.dispersion),
        )
    if best is None:
        raise ValueError("starts must be at least 1")
    return best


def costs(points: Points, centres: Array) -> Array:
    """(runs, samples, k) cost m'Am - 2m'z of each sample at each centre."""
    stretched = np.einsum("rkf,pfg->rpkg", centres, points.reliability)
    squares = np.einsum("rpkg,rkg->rpk", stretched, centres)
    products = points.scores @ centres.transpose(0, 2, 1)
    return squares[:, points.pattern] - 2.0 * products


def _seed(points: Points, weights: Array, k: int, generator: np.random.Generator) -> Array:
    """k-means++ centres (runs, k, factors): each next one far from those drawn so far."""
    runs, samples = weights.shape
    scores = np.broadcast_to(points.scores, (runs, samples, points.scores.shape[2]))
    every = np.arange(runs)
    centres = np.empty((runs, k, scores.shape[2]))
    distance = weights
    nearest = np.full((runs, samples), np.inf)
    for j in range(k):
        cumulative = np.cumsum(distance, axis=1)
        threshold = generator.random((runs, 1)) * cumulative[:, -1:]
        chosen = np.minimum((cumulative <= threshold).sum(axis=1), samples - 1)
        centres[:, j] = scores[every, chosen]
        nearest = np.minimum(nearest, np.square(scores - centres[:, None, j]).sum(axis=2))
        distance = nearest * weights
    return centres


def _lloyd(points: Points, weights: Array, centres: Array) -> Partition:
    """Alternate assignment and centres until no label changes; settled runs are set aside."""
    runs, samples = weights.shape
    labels = np.full((runs, samples), -1, dtype=np.intp)
    centres = centres.copy()
    active = np.arange(runs)
    for _ in range(MAXIMUM_ROUNDS):
        mine = _rows(points, active)
        assigned = costs(mine, centres[active]).argmin(axis=2)
        moved = (assigned != labels[active]).any(axis=1)
        labels[active] = assigned
        active = active[moved]
        if len(active) == 0:
            break
        mine = _rows(points, active)
        centres[active] = _centres(mine, weights[active], assigned[moved], centres[active])
    final = costs(points, centres)
    labels = final.argmin(axis=2)
    squares = np.square(points.scores).sum(axis=2)
    cost = np.take_along_axis(final, labels[:, :, None], axis=2)[:, :, 0] + squares
    return Partition(labels, centres, (cost * weights).sum(axis=1))


def _rows(points: Points, runs: NDArray[np.intp]) -> Points:
    """The data sets of some runs."""
    if len(points.scores) == 1:
        return points
    return Points(points.scores[runs], points.pattern, points.reliability)


def _centres(points: Points, weights: Array, labels: NDArray[np.intp], old: Array) -> Array:
    """(sum A)^-1 (sum z) per run and cluster; an empty cluster stays where it was."""
    k, factors = old.shape[1:]
    member = (labels[:, None, :] == np.arange(k)[:, None]) * weights[:, None, :]
    sums = member @ points.scores
    if len(points.reliability) == 1:
        counts = member.sum(axis=2)
        matrices = points.reliability[0] * counts[:, :, None, None]
    else:
        kind = (points.pattern[:, None] == np.arange(len(points.reliability))).astype(np.float64)
        counts = member.sum(axis=2)
        matrices = np.einsum("rkp,pfg->rkfg", member @ kind, points.reliability)
    matrices += (1e-9 * counts + (counts == 0))[:, :, None, None] * np.eye(factors)
    found = np.linalg.solve(matrices, sums[:, :, :, None])[:, :, :, 0]
    return np.where((counts == 0)[:, :, None], old, found)
