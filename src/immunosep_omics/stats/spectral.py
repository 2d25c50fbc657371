"""Spectral clustering of many resamples (Ng, Jordan & Weiss 2002), scaled to the neighbourhood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.kmeans import cluster_from

NEIGHBOUR = 7
"""The neighbour whose distance is a sample's own scale (Zelnik-Manor & Perona 2004)."""


def cluster_by_spectrum(
    distances: Float, drawn: Boolean, ks: Sequence[int], chances: Sequence[Float]
) -> NDArray[np.int8]:
    """Labels (ks, runs, samples) 0 to k - 1, -1 for samples that are not drawn.

    The affinity of two samples is exp(-d^2 / (scale_i scale_j)). Each resample's is taken apart
    once; for each k its k leading eigenvectors, with rows scaled to length 1, go through k-means.

    Args:
        distances: (samples, samples).
        drawn: (runs, samples), at least the largest of ``ks`` in each.
        ks: numbers of clusters.
        chances: for each of ``ks`` (starts, k, runs) uniform from 0 to 1, which start k-means.
    """
    vectors = np.zeros((*drawn.shape, max(ks)))
    for own, inside in zip(vectors, drawn, strict=True):
        own[inside] = _leading_vectors(distances[np.ix_(inside, inside)], max(ks))
    weights = drawn.astype(np.float64)
    found = np.empty((len(ks), *drawn.shape), dtype=np.int8)
    for place, (k, chance) in enumerate(zip(ks, chances, strict=True)):
        rows = vectors[:, :, :k]
        length = np.linalg.norm(rows, axis=2, keepdims=True)
        found[place] = cluster_from(rows / np.maximum(length, 1e-300), weights, chance).labels
    found[:, ~drawn] = -1
    return found


def _leading_vectors(distances: Float, count: int) -> Float:
    """(samples, count) eigenvectors of the normalised affinity, the largest eigenvalue first."""
    from scipy.linalg import eigh

    size = len(distances)
    near = min(NEIGHBOUR, size - 1)
    scale = np.maximum(np.partition(distances, near, axis=1)[:, near], 1e-300)
    affinity = np.exp(-(distances**2) / np.outer(scale, scale))
    np.fill_diagonal(affinity, 0.0)
    root = 1.0 / np.sqrt(np.maximum(affinity.sum(axis=1), 1e-300))
    affinity *= root
    affinity *= root[:, None]
    _, vectors = eigh(affinity, subset_by_index=[size - count, size - 1], overwrite_a=True)
    leading: Float = vectors[:, ::-1]
    return leading
