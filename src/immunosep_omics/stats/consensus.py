"""Consensus clustering over resamples of patients (Monti et al. 2003).

For every k the samples are drawn without replacement again and again and clustered by k-means;
the consensus of two samples is the share of the resamples with both in which they fell into one
cluster. Labels are the average-linkage clusters of 1 - consensus.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.kmeans import Array, cluster

RESAMPLES_AT_ONCE = 50
AMBIGUOUS = (0.1, 0.9)


@dataclass(frozen=True)
class Consensus:
    """What the resamples agree on for one k."""

    k: int
    labels: NDArray[np.intp]
    """(samples,) 0 for the largest cluster; equal sizes by the first sample."""
    stability: Array
    """(samples,) mean consensus with the own cluster minus that with the next best, -1 to 1."""
    ambiguous: float
    """PAC: share of pairs with a consensus above 0.1 and below 0.9 (Senbabaoglu et al. 2014)."""
    matrix: NDArray[np.float32] | None
    """(samples, samples) consensus, if it was asked for."""


def consensus(
    points: Array,
    generator: np.random.Generator,
    *,
    max_k: int = 6,
    resamples: int = 200,
    share: float = 0.8,
    starts: int = 3,
    keep: Collection[int] = (),
) -> list[Consensus]:
    """Consensus for k = 2 to ``max_k``.

    Args:
        points: (samples, factors); Euclidean distances are taken as they are.
        generator: source of all randomness.
        max_k: at most ``share`` of the samples.
        resamples: number of resamples per k.
        share: of the samples in each resample.
        starts: k-means runs per resample, of which the best counts.
        keep: the k whose consensus matrix is returned.
    """
    samples = len(points)
    order = generator.random((resamples, samples)).argsort(axis=1).argsort(axis=1)
    drawn = (order < round(share * samples)).astype(np.float64)
    together = drawn.astype(np.float32).T @ drawn.astype(np.float32)
    found = []
    for k in range(2, max_k + 1):
        labels = np.concatenate(
            [
                cluster(points[None], part, k, starts, generator).labels
                for part in np.array_split(drawn, -(-resamples // RESAMPLES_AT_ONCE))
            ]
        )
        matrix = _agreement(labels, drawn, k)
        matrix /= np.maximum(together, 1.0)
        np.fill_diagonal(matrix, 1.0)
        found.append(_summarise(matrix, k, k in keep))
    return found


def _agreement(labels: NDArray[np.intp], drawn: Array, k: int) -> NDArray[np.float32]:
    """(samples, samples) number of resamples in which two drawn samples share a cluster."""
    member = [((labels == one) * drawn).astype(np.float32) for one in range(k)]
    stacked = np.concatenate(member)
    return stacked.T @ stacked


def _summarise(matrix: NDArray[np.float32], k: int, keep: bool) -> Consensus:
    """Labels, stability and ambiguity of one consensus matrix."""
    from scipy.cluster.hierarchy import fcluster, linkage

    upper = matrix[np.triu_indices(len(matrix), 1)]
    tree = linkage(1.0 - upper.astype(np.float64), method="average")
    labels = _by_size(fcluster(tree, k, criterion="maxclust"))
    low, high = AMBIGUOUS
    ambiguous = float(((upper > low) & (upper < high)).mean())
    return Consensus(
        k, labels, label_stability(matrix, labels), ambiguous, matrix if keep else None
    )


def _by_size(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number clusters by descending size, ties by the first sample."""
    _, first, own, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(counts), dtype=np.intp)
    rank[np.lexsort((first, -counts))] = np.arange(len(counts))
    return rank[own]


def label_stability(matrix: NDArray[np.float32], labels: NDArray[np.intp]) -> Array:
    """Mean consensus with the own cluster, oneself left out, minus the best mean with another."""
    member = np.eye(int(labels.max()) + 1)[labels]
    counts = member.sum(axis=0)
    sums = matrix @ member
    rows = np.arange(len(labels))
    own = (sums[rows, labels] - 1.0) / np.maximum(counts[labels] - 1, 1)
    means = sums / counts
    means[rows, labels] = -np.inf
    next_best = means.max(axis=1) if member.shape[1] > 1 else np.zeros(len(labels))
    return own - next_best
