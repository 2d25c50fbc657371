"""Spectral clustering: as a plain version does it, and where k-means cannot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats.kmeans import cluster_from
from immunosep_omics.stats.spectral import NEIGHBOUR, cluster_by_spectrum

Matrix = NDArray[np.float64]


def _plain(points: Matrix, k: int, chances: Matrix) -> NDArray[np.intp]:
    """Zelnik-Manor & Perona's affinity and Ng, Jordan & Weiss's algorithm, sample by sample."""
    size = len(points)
    gaps = np.array([[np.linalg.norm(a - b) for b in points] for a in points])
    scale = [sorted(row)[NEIGHBOUR] for row in gaps]
    affinity = np.array(
        [
            [
                0.0 if i == j else np.exp(-(gaps[i, j] ** 2) / scale[i] / scale[j])
                for j in range(size)
            ]
            for i in range(size)
        ]
    )
    root = np.diag(affinity.sum(axis=1) ** -0.5)
    values, vectors = np.linalg.eigh(root @ affinity @ root)
    rows = vectors[:, np.argsort(-values)[:k]]
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    return cluster_from(rows[None], np.ones((1, size)), chances).labels[0]


def test_against_a_plain_version() -> None:
    generator = np.random.default_rng(1)
    points = generator.standard_normal((60, 3)) + 2.5 * np.eye(3)[generator.integers(3, size=60)]
    drawn = generator.random((4, 60)) < 0.8
    ks = (2, 3, 4)
    chances = [generator.random((5, k, 4)) for k in ks]
    found = cluster_by_spectrum(squareform(pdist(points)), drawn, ks, chances)
    for labels, k, chance in zip(found, ks, chances, strict=True):
        np.testing.assert_array_equal(labels >= 0, drawn)
        for run, inside in enumerate(drawn):
            expected = _plain(points[inside], k, chance[:, :, run, None])
            assert adjusted_rand_score(expected, labels[run, inside]) == 1.0


def test_rings_that_no_centre_tells_apart() -> None:
    generator = np.random.default_rng(2)
    truth = np.repeat([0, 1], (40, 80))
    angle = generator.uniform(0, 2 * np.pi, size=120)
    radius = np.where(truth == 0, 1.0, 4.0) + 0.1 * generator.standard_normal(120)
    points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    everyone = np.ones((1, 120), dtype=bool)
    chances = [generator.random((5, 2, 1))]
    found = cluster_by_spectrum(squareform(pdist(points)), everyone, [2], chances)
    assert adjusted_rand_score(truth, found[0, 0]) == 1.0
