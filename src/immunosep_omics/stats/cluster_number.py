"""How many clusters, with one (no clusters) as an honest answer.

Two questions are put to every k, each against its own null of clouds without clusters
(``rotation``), which pass through the same clustering:

- *compactness*: is the drop of the dispersion, log W_1 - log W_k, larger than in an elliptical
  cloud? (the gap statistic, Tibshirani et al. 2001, with a null that keeps covariance and tails);
- *valley*: is the shallowest density valley between any two clusters deeper than in a gradient?

Both are standardised per k by their null, and the largest over k of each null draw gives p values
that hold for all k together (Westfall & Young 1993). k is supported when both p values are at most
alpha; of the supported, the one whose compactness stands out most is chosen. Compact but without
a valley is called a gradient: patients differ along axes, and classes would only cut them up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.kmeans import Array, Partition, cluster
from immunosep_omics.stats.rotation import flatten, rotate, take_apart
from immunosep_omics.stats.valley import shallowest_valley

STARTS = 3
SPLITS = 20
SMALLEST_SHARE = 0.05


@dataclass(frozen=True)
class Trial:
    """One statistic for each k: observed, under the null, standardised, and its p value."""

    observed: Array
    null_mean: Array
    null_sd: Array
    z: Array
    p: Array
    """Adjusted for having tried all k; never below 1 / (draws + 1)."""


@dataclass(frozen=True)
class ClusterNumber:
    """Evidence and verdict; arrays have one entry for each of ``k``."""

    k: NDArray[np.intp]
    dispersion: Array
    """Within-cluster sum of squares W_k."""
    compactness: Trial
    valley: Trial
    silhouette: Array
    prediction_strength: Array
    """Tibshirani & Walther 2005, mean over random halves."""
    smallest_share: Array
    """Share of samples in the smallest cluster."""
    supported: NDArray[np.bool_]
    chosen: int
    """1 when no k is supported."""
    verdict: str
    """'clusters', 'gradient' or 'no clusters'."""


def pulled_in(
    scores: Array, pattern: NDArray[np.intp], reliability: Array, group: NDArray[np.intp]
) -> Array:
    """Scores with outlying samples moved to the rim of the cloud: what is clustered here."""
    cloud = take_apart(scores, pattern, reliability, group)
    return cloud.scores(cloud.deviation[None])[0]


def choose_cluster_number(
    scores: Array,
    generator: np.random.Generator,
    *,
    pattern: NDArray[np.intp] | None = None,
    reliability: Array | None = None,
    group: NDArray[np.intp] | None = None,
    metric: Array | None = None,
    max_k: int = 6,
    draws: int = 199,
    alpha: float = 0.03,
) -> ClusterNumber:
    """Test k = 2 to ``max_k`` and choose one, or none.

    Args:
        scores: (samples, factors).
        generator: source of all randomness.
        pattern: (samples,) row of ``reliability``, when samples lack blocks.
        reliability: (patterns, factors, factors) from ``block_svd.place``.
        group: (samples,) 0, 1, ...: cohorts.
        metric: (factors,) multipliers of the scores before distances are taken; 1 if not given.
        max_k: largest number of clusters tried.
        draws: null draws per question; at least 1 / alpha - 1 for a p value that small.
        alpha: level that holds for all k together.
    """
    samples, factors = scores.shape
    pattern = np.zeros(samples, dtype=np.intp) if pattern is None else pattern
    reliability = np.eye(factors)[None] if reliability is None else reliability
    group = np.zeros(samples, dtype=np.intp) if group is None else group
    metric = np.ones(factors) if metric is None else metric
    cloud = take_apart(scores, pattern, reliability, group)
    ks = range(2, max_k + 1)
    points = cloud.scores(cloud.deviation[None]) * metric
    partitions = [_cluster(points, k, STARTS, generator) for k in ks]
    compact = np.array([_compactness(points, part)[0] for part in partitions])
    deep = np.array([_valley(points, part)[0] for part in partitions])
    clouds = rotate(cloud, draws, generator) * metric
    compact_null = [_compactness(clouds, _cluster(clouds, k, STARTS, generator)) for k in ks]
    clouds = flatten(cloud, draws, generator) * metric
    deep_null = [_valley(clouds, _cluster(clouds, k, STARTS, generator)) for k in ks]
    compactness, valley = _trial(compact, np.array(compact_null)), _trial(deep, np.array(deep_null))
    supported = (compactness.p <= alpha) & (valley.p <= alpha)
    chosen, verdict = 1, "no clusters"
    if supported.any():
        chosen, verdict = 2 + int(np.where(supported, compactness.z, -np.inf).argmax()), "clusters"
    elif (compactness.p <= alpha).any():
        verdict = "gradient"
    labels = [part.labels[0] for part in partitions]
    return ClusterNumber(
        k=np.array(ks),
        dispersion=np.array([part.dispersion[0] for part in partitions]),
        compactness=compactness,
        valley=valley,
        silhouette=np.array([silhouette(points[0], one) for one in labels]),
        prediction_strength=np.array([prediction_strength(points[0], k, generator) for k in ks]),
        smallest_share=np.array([_smallest(part)[0] / samples for part in partitions]),
        supported=supported,
        chosen=chosen,
        verdict=verdict,
    )


def silhouette(points: Array, labels: NDArray[np.intp]) -> float:
    """Mean silhouette (Rousseeuw 1987) with Euclidean distances; 0 for single members.

    Agrees with ``cluster::silhouette`` of R to rounding.
    """
    from scipy.spatial.distance import cdist

    kinds, own = np.unique(labels, return_inverse=True)
    member = np.eye(len(kinds))[own]
    counts = member.sum(axis=0)
    sums = cdist(points, points) @ member
    rows = np.arange(len(points))
    inside = sums[rows, own] / np.maximum(counts[own] - 1, 1)
    means = sums / counts
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    width = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-300)
    return float(np.where(counts[own] > 1, width, 0.0).mean())


def prediction_strength(points: Array, k: int, generator: np.random.Generator) -> float:
    """Of the pairs in a cluster of one half, the share that the other half's centres keep together.

    The smallest share over clusters, mean over random halves (Tibshirani & Walther 2005).
    """
    samples = len(points)
    order = generator.random((SPLITS, samples)).argsort(axis=1)
    train = (order < samples // 2).astype(np.float64)
    by_train = cluster(points[None], train, k, STARTS, generator).labels
    by_test = cluster(points[None], 1.0 - train, k, STARTS, generator).labels
    worst = [
        _kept_pairs(own[kept == 0], predicted[kept == 0], k)
        for own, predicted, kept in zip(by_test, by_train, train, strict=True)
    ]
    return float(np.mean(worst))


def _kept_pairs(own: NDArray[np.intp], predicted: NDArray[np.intp], k: int) -> float:
    """Smallest share, over clusters of ``own``, of pairs that ``predicted`` keeps together."""
    table = np.zeros((k, k))
    np.add.at(table, (own, predicted), 1.0)
    sizes = table.sum(axis=1)
    pairs = (np.square(table).sum(axis=1) - sizes) / np.maximum(sizes * (sizes - 1), 1.0)
    return float(np.where(sizes > 1, pairs, 1.0)[sizes > 0].min())


def _cluster(points: Array, k: int, starts: int, generator: np.random.Generator) -> Partition:
    return cluster(points, np.ones(points.shape[:2]), k, starts, generator)


def _compactness(points: Array, partition: Partition) -> Array:
    """(sets,) log W_1 - log W_k."""
    total = np.square(points - points.mean(axis=1, keepdims=True)).sum(axis=(1, 2))
    return np.log(total) - np.log(np.maximum(partition.dispersion, 1e-300))


def _valley(points: Array, partition: Partition) -> Array:
    """(sets,) shallowest valley; 0 when a cluster is too small to be a class of patients."""
    large = _smallest(partition) >= SMALLEST_SHARE * points.shape[1]
    return np.where(large, shallowest_valley(points, partition), 0.0)


def _smallest(partition: Partition) -> Array:
    """(sets,) size of the smallest cluster."""
    k = partition.centres.shape[1]
    return np.array([np.bincount(one, minlength=k).min() for one in partition.labels], dtype=float)


def _trial(observed: Array, null: Array) -> Trial:
    """Standardise (ks,) by (ks, draws) and adjust for the largest over k."""
    mean, sd = null.mean(axis=1), np.maximum(null.std(axis=1), 1e-9)
    z = (observed - mean) / sd
    largest = ((null - mean[:, None]) / sd[:, None]).max(axis=0)
    exceed = (largest[None, :] >= z[:, None] - 1e-9).sum(axis=1)
    return Trial(observed, mean, sd, z, (1 + exceed) / (1 + null.shape[1]))
