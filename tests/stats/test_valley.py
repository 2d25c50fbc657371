"""Valleys: deep between clumps, shallow in one cloud."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.kmeans import cluster
from immunosep_omics.stats.valley import shallowest_valley


def _depth(points: NDArray[np.float64], k: int = 2) -> float:
    found = cluster(points[None], np.ones((1, len(points))), k, 10, np.random.default_rng(0))
    return float(shallowest_valley(points[None], found)[0])


def test_clumps_have_valleys_and_single_clouds_have_none() -> None:
    generator = np.random.default_rng(0)
    gaussian = generator.standard_normal((2000, 1))
    flat = generator.random((2000, 1))
    clumps = gaussian + 6.0 * (generator.random((2000, 1)) < 0.3)
    assert _depth(gaussian) < 0.15
    assert _depth(flat) < 0.15
    assert _depth(clumps) > 0.9


def test_one_cluster_too_many_has_no_valley() -> None:
    generator = np.random.default_rng(1)
    clumps = generator.standard_normal((1500, 1)) + 7.0 * (np.arange(1500)[:, None] % 2)
    assert _depth(clumps, 2) > 0.9
    assert _depth(clumps, 3) < 0.15


def test_scale_and_place_do_not_matter() -> None:
    generator = np.random.default_rng(2)
    points = generator.standard_normal((300, 2)) + 4.0 * (np.arange(300)[:, None] % 2)
    assert np.isclose(_depth(points), _depth(points * 100.0 + 7.0), atol=1e-6)


def test_identical_points_have_no_valley() -> None:
    assert _depth(np.ones((10, 2))) == 0.0
