"""Consensus clustering: how often two samples fall together over resamples of the samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.kmeans import cluster

SHARE = 0.8
STARTS = 3
CHUNK = 50
AMBIGUOUS = (0.1, 0.9)


@dataclass(frozen=True)
class Consensus:
    """Result for one number of clusters.

    ``matrix`` (samples, samples): share of the resamples holding both in which the two fell
    together; 1 on the diagonal. ``labels`` (samples,) 0 to k - 1. ``ambiguous`` is PAC, the
    share of pairs that are neither always nor never together.
    """

    matrix: Float
    labels: NDArray[np.intp]
    ambiguous: float


def consensus_clusters(
    scores: Float, k: int, resamples: int, generator: np.random.Generator
) -> Consensus:
    """Cluster ``resamples`` draws of 80 % of the samples by k-means, and the consensus of them.

    ``scores``: (samples, dimensions), complete. Labels come from average linkage on 1 - consensus.
    Sources: Monti et al. 2003, doi:10.1023/A:1023949509487; PAC, Senbabaoglu et al. 2014,
    doi:10.1038/srep06207. Two n x n matrices are held, whatever the number of resamples.
    """
    samples = len(scores)
    together = np.zeros((samples, samples))
    drawn = np.zeros((samples, samples))
    size = max(k + 1, round(SHARE * samples))
    for start in range(0, resamples, CHUNK):
        runs = min(CHUNK, resamples - start)
        ranks = generator.random((runs, samples)).argsort(axis=1).argsort(axis=1)
        weights = (ranks < size).astype(np.float64)
        labels = cluster(scores[None], weights, k, STARTS, generator).labels
        drawn += weights.T @ weights
        for label in range(k):
            member = weights * (labels == label)
            together += member.T @ member
    matrix = np.divide(together, drawn, out=np.zeros_like(together), where=drawn > 0)
    np.fill_diagonal(matrix, 1.0)
    distance = squareform(1.0 - matrix, checks=False)
    labels = fcluster(linkage(distance, "average"), k, criterion="maxclust") - 1
    low, high = AMBIGUOUS
    pairs = 1.0 - distance
    return Consensus(matrix, labels, float(((pairs > low) & (pairs < high)).mean()))


def stability(matrix: Float, labels: NDArray[np.intp]) -> Float:
    """Mean consensus of each sample with the others of its cluster; NaN where it is alone."""
    member = (labels[:, None] == labels[None, :]).astype(np.float64)
    np.fill_diagonal(member, 0.0)
    count = member.sum(axis=1)
    total: Float = (member * matrix).sum(axis=1)
    return np.divide(total, count, out=np.full(len(labels), np.nan), where=count > 0)


def prediction_strength(
    scores: Float, k: int, splits: int, generator: np.random.Generator
) -> float:
    """Mean over random halvings of how well one half's centres keep the other's clusters together.

    Per halving: the least, over clusters of the test half, of the share of their pairs that the
    training half's centres put together too. Source: Tibshirani & Walther 2005,
    doi:10.1198/106186005X59243.
    """
    samples = len(scores)
    ranks = generator.random((splits, samples)).argsort(axis=1).argsort(axis=1)
    train = (ranks < samples // 2).astype(np.float64)
    points = scores[None]
    by_train = cluster(points, train, k, STARTS, generator).labels
    by_test = cluster(points, 1.0 - train, k, STARTS, generator).labels
    found = []
    for split in range(splits):
        test = train[split] == 0
        counts = np.zeros((k, k))
        np.add.at(counts, (by_test[split, test], by_train[split, test]), 1.0)
        sizes = counts.sum(axis=1)
        pairs = (counts * (counts - 1)).sum(axis=1)
        possible = sizes * (sizes - 1)
        found.append(np.where(possible > 0, pairs / np.maximum(possible, 1.0), 0.0).min())
    return float(np.mean(found))


def silhouette(scores: Float, labels: NDArray[np.intp]) -> float:
    """Mean silhouette width (Rousseeuw 1987) by Euclidean distance."""
    squares = np.square(scores).sum(axis=1)
    distance = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * scores @ scores.T, 0.0))
    member = labels[:, None] == np.unique(labels)
    sizes = member.sum(axis=0)
    own = member.argmax(axis=1)
    sums = distance @ member
    rows = np.arange(len(labels))
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    width = np.where(sizes[own] > 1, (outside - inside) / np.maximum(outside, inside), 0.0)
    return float(width.mean())
