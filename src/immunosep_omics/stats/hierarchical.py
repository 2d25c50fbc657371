"""Hierarchical clustering of many resamples: one tree each, cut into every number of clusters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.arrays import Boolean, Float, Integer


def cluster_by_trees(
    distances: Float, drawn: Boolean, ks: Sequence[int], linkage: str = "average"
) -> NDArray[np.int8]:
    """Labels (ks, runs, samples) 0 to k - 1, -1 for samples that are not drawn.

    Agrees with R's ``cutree(hclust(d, linkage), k)`` where no two merges are equally high; ``ward``
    is R's ``ward.D2``.

    Args:
        distances: (samples, samples).
        drawn: (runs, samples), at least the largest of ``ks`` in each.
        ks: numbers of clusters.
        linkage: average, complete, ward or another of ``scipy.cluster.hierarchy.linkage``.
    """
    from scipy.cluster.hierarchy import linkage as grow

    found = np.full((len(ks), *drawn.shape), -1, dtype=np.int8)
    above = np.triu(np.ones(distances.shape, dtype=bool), 1)
    sizes = drawn.sum(axis=1)
    for size in np.unique(sizes).tolist():
        runs = np.flatnonzero(sizes == size)
        merges = np.empty((len(runs), size - 1, 2), dtype=np.intp)
        for tree, own in zip(merges, drawn[runs], strict=True):
            tree[:] = grow(distances[above & own & own[:, None]], linkage)[:, :2]
        labels = cut_trees(merges, ks)
        samples = np.nonzero(drawn[runs])[1].reshape(len(runs), size)
        for place in range(len(ks)):
            found[place, runs[:, None], samples] = labels[place]
    return found


def cut_trees(merges: Integer, ks: Sequence[int]) -> NDArray[np.int8]:
    """Labels (ks, trees, leaves) of trees that are cut into k parts.

    ``merges`` (trees, leaves - 1, 2): what is joined, low to high, numbered as SciPy's ``linkage``
    does. All trees are walked at once from the root. Each of the highest splits gives its second
    child a label of its own, so that each cut is the next finer one with two labels made one.
    """
    trees, leaves = merges.shape[0], merges.shape[1] + 1
    every, most = np.arange(trees), max(ks)
    label = np.zeros((trees, 2 * leaves - 1), dtype=np.int8)
    split_from = np.zeros((trees, most), dtype=np.int8)
    for step in range(leaves - 2, -1, -1):
        own = label[:, leaves + step]
        new = leaves - 1 - step
        label[every, merges[:, step, 0]] = own
        if new < most:
            split_from[:, new] = own
            own = np.full(trees, new, dtype=np.int8)
        label[every, merges[:, step, 1]] = own
    current = label[:, :leaves].astype(np.intp)
    found = np.empty((len(ks), trees, leaves), dtype=np.int8)
    for k in range(most, min(ks) - 1, -1):
        if k < most:
            joined = split_from[:, k, None]
            current = np.where(current == k, joined, current)
        for place in np.flatnonzero(np.asarray(ks) == k):
            found[place] = current
    return found
