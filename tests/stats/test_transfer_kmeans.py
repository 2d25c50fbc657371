"""k-means by transfers: no single move helps any more, and clear clusters are those of others."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats.transfer_kmeans import cluster_by_transfer, starting_samples

Matrix = NDArray[np.float64]


def _dispersion(points: Matrix, labels: NDArray[np.int8]) -> float:
    inside = [points[labels == label] for label in range(int(labels.max()) + 1)]
    return float(sum(np.square(own - own.mean(axis=0)).sum() for own in inside if len(own)))


def _drawn(generator: np.random.Generator, runs: int, samples: int) -> NDArray[np.bool_]:
    return generator.random((runs, samples)).argsort(axis=1) < 0.8 * samples


@pytest.mark.parametrize("k", [2, 4])
def test_no_single_transfer_lowers_the_sum_of_squares(k: int) -> None:
    generator = np.random.default_rng(k)
    points = generator.standard_normal((30, 60))
    drawn = _drawn(generator, 5, 30)
    found = cluster_by_transfer(points @ points.T, drawn, k, generator.random((k, 5)))
    np.testing.assert_array_equal(found >= 0, drawn)
    for labels in found:
        least = _dispersion(points, labels)
        for sample in np.flatnonzero(labels >= 0):
            for other in range(k):
                moved = labels.copy()
                moved[sample] = other
                assert _dispersion(points, moved) >= least - 1e-9


def test_wide_noise_is_clustered_better_than_by_lloyd() -> None:
    generator = np.random.default_rng(1)
    points = generator.standard_normal((60, 500))
    everyone = np.ones((20, 60), dtype=bool)
    found = cluster_by_transfer(points @ points.T, everyone, 3, generator.random((3, 20)))
    own = np.mean([_dispersion(points, labels) for labels in found])
    lloyd = [KMeans(3, init="random", n_init=1, random_state=s).fit(points) for s in range(20)]
    assert own < np.mean([fit.inertia_ for fit in lloyd])


def test_clear_clusters_are_found_whatever_else_is_drawn() -> None:
    generator = np.random.default_rng(2)
    truth = np.repeat([0, 1], (25, 15))
    points = generator.standard_normal((40, 200)) + np.outer(truth, np.ones(200))
    drawn = _drawn(generator, 10, 40)
    found = cluster_by_transfer(points @ points.T, drawn, 2, generator.random((2, 10)))
    for labels, own in zip(found, drawn, strict=True):
        assert adjusted_rand_score(truth[own], labels[own]) == 1.0
    alone = cluster_by_transfer(points @ points.T, drawn[3:4], 2, np.full((2, 1), 0.3))
    assert adjusted_rand_score(found[3][drawn[3]], alone[0][drawn[3]]) == 1.0


def test_identical_samples_are_no_trouble() -> None:
    found = cluster_by_transfer(np.ones((8, 8)), np.ones((2, 8), dtype=bool), 3, np.zeros((3, 2)))
    assert found.min() >= 0
    assert found.max() < 3


def test_starting_samples_are_different_drawn_and_equally_likely() -> None:
    generator = np.random.default_rng(3)
    drawn = np.tile(np.arange(6) != 2, (20_000, 1))
    chosen = starting_samples(drawn, generator.random((3, 20_000)))
    assert not (chosen == 2).any()
    assert (np.diff(np.sort(chosen, axis=0), axis=0) > 0).all()
    for place in chosen:
        np.testing.assert_allclose(np.bincount(place, minlength=6)[[0, 1, 3, 4, 5]], 4000, rtol=0.1)
    assert set(starting_samples(drawn[:1], np.full((3, 1), 1 - 1e-16)).ravel()) <= {0, 1, 3, 4, 5}
