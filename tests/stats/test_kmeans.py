"""k-means side by side: as good as scikit-learn's, run by run."""

from __future__ import annotations

import numpy as np
import pytest

from immunosep_omics.stats.kmeans import cluster


def test_dispersion_matches_scikit_learn() -> None:
    from sklearn.cluster import KMeans

    points = np.random.default_rng(0).standard_normal((80, 3))
    points[:30] += 4.0
    for k in (2, 4):
        found = cluster(points[None], np.ones((1, 80)), k, 40, np.random.default_rng(1))
        peer = KMeans(k, n_init=40, random_state=0).fit(points)
        assert found.dispersion[0] == pytest.approx(peer.inertia_, rel=1e-3)


def test_runs_do_not_influence_each_other_and_seeds_repeat() -> None:
    points = np.random.default_rng(2).standard_normal((3, 50, 4))
    first = cluster(points, np.ones((3, 50)), 3, 2, np.random.default_rng(5))
    again = cluster(points, np.ones((3, 50)), 3, 2, np.random.default_rng(5))
    np.testing.assert_array_equal(first.labels, again.labels)
    for run in range(3):
        own = first.centres[run][first.labels[run]]
        total = np.square(points[run] - own).sum()
        assert total == pytest.approx(first.dispersion[run])


def test_samples_of_weight_zero_pull_no_centre() -> None:
    points = np.array([[0.0], [1.0], [10.0], [11.0], [1000.0]])
    weights = np.array([[1.0, 1.0, 1.0, 1.0, 0.0]])
    found = cluster(points[None], weights, 2, 5, np.random.default_rng(0))
    assert sorted(found.centres[0, :, 0]) == [0.5, 10.5]
    assert found.labels[0, 4] == found.labels[0, 3]
    assert found.dispersion[0] == pytest.approx(1.0)


def test_identical_points_leave_clusters_empty_without_trouble() -> None:
    found = cluster(np.ones((1, 6, 2)), np.ones((1, 6)), 3, 2, np.random.default_rng(0))
    assert found.dispersion[0] == 0.0
    assert np.isfinite(found.centres).all()
