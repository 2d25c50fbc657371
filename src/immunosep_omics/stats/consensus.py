"""Consensus clustering over resamples of patients and features (Monti et al. 2003).

Samples (and features, where a share of them is asked for) are drawn without replacement again and
again, and each resample is clustered into every k by one of several base clusterers. The consensus
of two samples is the share of the resamples with both in which they fell into one cluster. Labels
are the average-linkage clusters of 1 - consensus.

What is kept of the resamples is their labels, one byte each; the consensus matrix is made for one
k at a time. Resamples can be drawn elsewhere: given those of R's ``ConsensusClusterPlus``, the
consensus matrices of hierarchical clustering agree with it to 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike, NDArray

from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.communities import cluster_by_communities
from immunosep_omics.stats.gaussian_mixture import cluster_by_mixture
from immunosep_omics.stats.hierarchical import cluster_by_trees
from immunosep_omics.stats.kmeans import cluster_from
from immunosep_omics.stats.spectral import cluster_by_spectrum
from immunosep_omics.stats.threads import blas_threads, one_blas_thread
from immunosep_omics.stats.transfer_kmeans import cluster_by_transfer

BLOCK = 50
"""Resamples whose random numbers are drawn together."""
RESAMPLES_AT_ONCE, LABELS_AT_ONCE = 50, 20_000
"""A part has as many resamples as the first, or as have as many labels as the second."""
STARTS = 3
MOST_COORDINATES = 50
"""Wider data are clustered by k-means on inner products: see ``transfer_kmeans``."""
AMBIGUOUS = (0.1, 0.9)
_NUMBERS_AT_ONCE = 2**24

Labeller = Callable[[Boolean, Sequence[Float]], NDArray[np.int8]]
"""Labels (ks, runs, samples) of resamples: drawn (runs, samples), and for each k uniform random
numbers (starts, k, runs)."""


@dataclass(frozen=True)
class Resamples:
    """What each resample holds."""

    samples: Boolean
    """(resamples, samples)"""
    features: Boolean | None = None
    """(resamples, features), or all features in each."""


@dataclass(frozen=True)
class Agreement:
    """Labels of every resample, for every k."""

    ks: Sequence[int]
    labels: NDArray[np.int8]
    """(ks, resamples, samples) from 0; -1 where a sample was not drawn."""

    def matrix(self, k: int, dtype: DTypeLike = np.float32) -> NDArray[np.floating]:
        """(samples, samples) consensus; 0 for two samples that no resample holds together."""
        labels = self.labels[list(self.ks).index(k)]
        together = _pairs([labels >= 0]).astype(dtype, copy=False)
        kinds = range(int(labels.max()) + 1)
        matrix = _pairs([labels == kind for kind in kinds]).astype(dtype, copy=False)
        matrix /= np.maximum(together, 1, out=together)
        np.fill_diagonal(matrix, 1.0)
        return matrix


@dataclass(frozen=True)
class Consensus:
    """What the resamples agree on for one k."""

    k: int
    labels: Integer
    """(samples,) 0 for the largest cluster; equal sizes by the first sample."""
    stability: Float
    """(samples,) mean consensus with the own cluster minus that with the next best, -1 to 1."""
    ambiguous: float
    """PAC: share of pairs with a consensus above 0.1 and below 0.9 (Senbabaoglu et al. 2014)."""
    area: float
    """Area under the distribution function of the pairs' consensus: 1 less their mean."""
    delta_area: float
    """Relative gain of area over k - 1 clusters (Monti et al. 2003); the area itself for 2."""
    of_samples: Float
    """(samples, clusters) item consensus: mean consensus with the cluster's other members."""
    of_clusters: Float
    """(clusters,) mean consensus of a cluster's pairs; NaN for a single member."""


def draw_resamples(
    generator: np.random.Generator,
    samples: int,
    features: int,
    *,
    resamples: int = 200,
    share: float = 0.8,
    feature_share: float = 1.0,
) -> Resamples:
    """Random resamples that hold these shares of the samples and of the features."""
    drawn = _subsets(generator, resamples, samples, share)
    if feature_share == 1.0:
        return Resamples(drawn)
    return Resamples(drawn, _subsets(generator, resamples, features, feature_share))


def cluster_resamples(
    data: Float,
    resamples: Resamples,
    generator: np.random.Generator,
    *,
    clusterer: str = "kmeans",
    max_k: int = 6,
    distances: bool = False,
    linkage: str = "average",
    threads: int | None = None,
    told: Callable[[int], None] | None = None,
) -> Agreement:
    """Cluster every resample into k = 2 to ``max_k``.

    The same generator gives the same labels, whatever the number of threads.

    Args:
        data: (samples, features), Euclidean distances are taken as they are; or (samples, samples)
            distances.
        resamples: see ``draw_resamples``.
        generator: source of all randomness.
        clusterer: a name of ``CLUSTERERS``.
        max_k: at most the number of samples in the smallest resample.
        distances: ``data`` are distances.
        linkage: of hierarchical clustering: average, complete or ward.
        threads: at most so many; as many as matrix products may use if not given.
        told: is called with the number of resamples done so far, now and then.

    Raises:
        ValueError: a resample with fewer than ``max_k`` samples; or the clusterer needs points,
            not distances; features drawn of distances.
    """
    ks = range(2, max_k + 1)
    drawn, features = resamples.samples, resamples.features
    if int(drawn.sum(axis=1).min()) < max_k:
        raise ValueError(f"a resample has fewer than {max_k} samples, the largest k")
    if distances and features is not None:
        raise ValueError("features cannot be drawn where distances are given")
    prepare = CLUSTERERS[clusterer]
    chances = [_chances(generator, len(drawn), k) for k in ks]
    labels = np.empty((len(ks), *drawn.shape), dtype=np.int8)
    threads = threads or blas_threads()
    with one_blas_thread(), ThreadPoolExecutor(threads) as pool:
        view = _View(data, distances, ks, linkage)
        labeller = _labeller_of(prepare, view, features)

        def label(part: slice) -> int:
            own = [chance[:, :, part] for chance in chances]
            labels[:, part] = labeller(part.start)(drawn[part], own)
            return part.stop

        most = max(RESAMPLES_AT_ONCE, LABELS_AT_ONCE // drawn.shape[1])
        size = most if features is None else 1
        parts = [slice(first, first + size) for first in range(0, len(drawn), size)]
        for done in pool.map(label, parts):
            if told is not None and (done % most == 0 or done >= len(drawn)):
                told(min(done, len(drawn)))
    return Agreement(ks, labels)


def agree(agreement: Agreement, threads: int | None = None) -> list[Consensus]:
    """The evidence of the resamples, for each k; as many k at once as there are ``threads``."""
    threads = threads or blas_threads()

    def summarise(k: int) -> Consensus:
        return _summarise(agreement.matrix(k), k)

    with one_blas_thread(), ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(summarise, agreement.ks))
    return found[:1] + [
        replace(one, delta_area=(one.area - before.area) / max(before.area, 1e-300))
        for before, one in pairwise(found)
    ]


def label_stability(matrix: NDArray[np.floating], labels: Integer) -> Float:
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


class _View:
    """The data as each base clusterer needs them."""

    def __init__(self, data: Float, distances: bool, ks: Sequence[int], linkage: str) -> None:
        self._data, self._distances = data, distances
        self.ks, self.linkage = ks, linkage

    def of(self, features: Boolean) -> _View:
        """The view of some of the features."""
        return _View(self.points()[:, features], False, self.ks, self.linkage)

    def points(self) -> Float:
        if self._distances:
            raise ValueError("this base clusterer needs points, not distances")
        return self._data

    def gram(self) -> Float:
        """Inner products of the centred samples."""
        points = self.points()
        centred = points - points.mean(axis=0)
        return centred @ centred.T

    def distances(self) -> Float:
        if self._distances:
            return self._data
        gram = self.gram()
        own = gram.diagonal().copy()
        gram *= -2.0
        gram += own
        gram += own[:, None]
        np.fill_diagonal(gram, 0.0)
        return np.sqrt(np.maximum(gram, 0.0, out=gram), out=gram)


def _labeller_of(
    prepare: Callable[[_View], Labeller], view: _View, features: Boolean | None
) -> Callable[[int], Labeller]:
    """The labeller of a resample, by its number: one for all where all have the same features."""
    if features is None:
        common = prepare(view)
        return lambda _: common
    return lambda resample: prepare(view.of(features[resample]))


def _kmeans(view: _View) -> Labeller:
    """Lloyd's steps, the best of three; for wide data transfers, from one start as in R."""
    points, ks = view.points(), view.ks
    if points.shape[1] > MOST_COORDINATES:
        gram = view.gram()

        def wide(drawn: Boolean, chances: Sequence[Float]) -> NDArray[np.int8]:
            pairs = zip(ks, chances, strict=True)
            return np.stack([cluster_by_transfer(gram, drawn, k, own[0]) for k, own in pairs])

        return wide

    def narrow(drawn: Boolean, chances: Sequence[Float]) -> NDArray[np.int8]:
        weights = drawn.astype(np.float64)
        labels = np.stack([cluster_from(points[None], weights, own).labels for own in chances])
        return np.where(drawn, labels, -1).astype(np.int8)

    return narrow


def _hierarchical(view: _View) -> Labeller:
    between = view.distances()
    return lambda drawn, _: cluster_by_trees(between, drawn, view.ks, view.linkage)


def _spectral(view: _View) -> Labeller:
    between = view.distances()
    return lambda drawn, chances: cluster_by_spectrum(between, drawn, view.ks, chances)


def _mixture(view: _View) -> Labeller:
    points, ks = view.points(), view.ks

    def label(drawn: Boolean, chances: Sequence[Float]) -> NDArray[np.int8]:
        pairs = zip(ks, chances, strict=True)
        return np.stack([cluster_by_mixture(points, drawn, k, own).labels for k, own in pairs])

    return label


def _leiden(view: _View) -> Labeller:
    between = view.distances()
    return lambda drawn, chances: cluster_by_communities(between, drawn, view.ks, chances[0][0, 0])


CLUSTERERS: dict[str, Callable[[_View], Labeller]] = {
    "kmeans": _kmeans,
    "hierarchical": _hierarchical,
    "spectral": _spectral,
    "mixture": _mixture,
    "leiden": _leiden,
}
"""Base clusterers: each looks at the data once, and then labels any resamples of the samples."""


def _subsets(generator: np.random.Generator, count: int, size: int, share: float) -> Boolean:
    order = generator.random((count, size)).argsort(axis=1).argsort(axis=1)
    chosen: Boolean = order < max(1, round(share * size))
    return chosen


def _chances(generator: np.random.Generator, resamples: int, k: int) -> Float:
    """(starts, k, resamples) uniform from 0 to 1."""
    blocks = np.array_split(np.arange(resamples), -(-resamples // BLOCK))
    return np.concatenate([generator.random((STARTS, k, len(one))) for one in blocks], axis=2)


def _pairs(members: Sequence[Boolean]) -> NDArray[np.float32]:
    """(samples, samples) in how many rows, of all arrays, two samples are both members."""
    rows, samples = members[0].shape
    total = np.zeros((samples, samples), dtype=np.float32)
    size = max(1, _NUMBERS_AT_ONCE // (samples * len(members)))
    for first in range(0, rows, size):
        part = np.concatenate([one[first : first + size] for one in members]).astype(np.float32)
        total += part.T @ part
    return total


def _summarise(matrix: NDArray[np.floating], k: int) -> Consensus:
    """Labels and evidence of one consensus matrix."""
    from scipy.cluster.hierarchy import fcluster, linkage

    upper = matrix[np.triu_indices(len(matrix), 1)]
    tree = linkage(1.0 - upper.astype(np.float64), method="average")
    labels = _by_size(fcluster(tree, k, criterion="maxclust"))
    low, high = AMBIGUOUS
    area = 1.0 - float(upper.mean(dtype=np.float64))
    of_samples, of_clusters = _means(matrix, labels)
    return Consensus(
        k=k,
        labels=labels,
        stability=label_stability(matrix, labels),
        ambiguous=float(((upper > low) & (upper < high)).mean()),
        area=area,
        delta_area=area,
        of_samples=of_samples,
        of_clusters=of_clusters,
    )


def _means(matrix: NDArray[np.floating], labels: Integer) -> tuple[Float, Float]:
    """Item and cluster consensus."""
    member = np.eye(int(labels.max()) + 1)[labels]
    others = member.sum(axis=0) - member
    of_samples = (matrix @ member - member) / np.where(others > 0, others, np.nan)
    counts = member.sum(axis=0)
    pairs = (member * (matrix @ member)).sum(axis=0) - counts
    return of_samples, pairs / np.where(counts > 1, counts * (counts - 1), np.nan)


def _by_size(labels: Integer) -> Integer:
    """Number clusters by descending size, ties by the first sample."""
    _, first, own, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(counts), dtype=np.intp)
    rank[np.lexsort((first, -counts))] = np.arange(len(counts))
    return rank[own]
