"""Gaussian mixtures side by side: as a plain version fits them one by one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_normal
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats.gaussian_mixture import (
    MAXIMUM_ROUNDS,
    MOST_COORDINATES,
    TOLERANCE,
    cluster_by_mixture,
)
from immunosep_omics.stats.kmeans import cluster_from

Matrix = NDArray[np.float64]


def _plain(points: Matrix, k: int, start: NDArray[np.intp]) -> tuple[NDArray[np.intp], float]:
    """Expectation-maximisation with Fraley & Raftery's prior, class by class."""
    samples, size = points.shape
    prior = np.cov(points.T) / k ** (2 / size)
    expected = np.eye(k)[start]
    for _ in range(MAXIMUM_ROUNDS):
        density = np.empty((samples, k))
        for label, weight in enumerate(expected.T):
            mean = weight @ points / weight.sum()
            scatter = (weight[:, None] * (points - mean)).T @ (points - mean)
            # Degrees of freedom size + 2; the mode has size + 2 more beside the weight.
            covariance = (scatter + prior) / (weight.sum() + 2 * size + 4)
            share = weight.sum() / samples
            density[:, label] = share * multivariate_normal(mean, covariance).pdf(points)
        before = expected
        expected = density / density.sum(axis=1, keepdims=True)
        if np.abs(expected - before).max() <= TOLERANCE:
            break
    return expected.argmax(axis=1), float(np.log(density.sum(axis=1)).sum())


@pytest.mark.parametrize("k", [2, 3])
def test_against_a_plain_version(k: int) -> None:
    generator = np.random.default_rng(k)
    points = generator.standard_normal((80, 3)) @ generator.standard_normal((3, 3)) + 7.0
    points[:30] += generator.standard_normal(3) * 2
    drawn = generator.random((5, 80)) < 0.8
    chances = generator.random((3, k, 5))
    found = cluster_by_mixture(points, drawn, k, chances)
    start = cluster_from((points - points.mean(axis=0))[None], drawn.astype(float), chances).labels
    for run, inside in enumerate(drawn):
        labels, likelihood = _plain(points[inside], k, start[run, inside])
        np.testing.assert_array_equal(found.labels[run, inside], labels)
        assert (found.labels[run, ~inside] == -1).all()
        assert found.log_likelihood[run] == pytest.approx(likelihood, rel=1e-9)


def test_long_classes_side_by_side_that_no_centre_tells_apart() -> None:
    generator = np.random.default_rng(4)
    truth = np.repeat([0, 1], 100)
    points = generator.standard_normal((200, 2)) * (6.0, 0.3)
    points[:, 1] += 2.5 * truth
    everyone = np.ones((1, 200), dtype=bool)
    chances = generator.random((3, 2, 1))
    assert (
        adjusted_rand_score(truth, cluster_from(points[None], everyone * 1.0, chances).labels[0])
        < 0.5
    )
    found = [
        cluster_by_mixture(points, everyone, 2, generator.random((1, 2, 1))) for _ in range(10)
    ]
    best = max(found, key=lambda one: float(one.log_likelihood[0]))
    assert adjusted_rand_score(truth, best.labels[0]) > 0.9


def test_identical_samples_and_too_many_coordinates() -> None:
    everyone = np.ones((1, 9), dtype=bool)
    found = cluster_by_mixture(np.ones((9, 2)), everyone, 2, np.full((1, 2, 1), 0.5))
    assert set(found.labels.ravel().tolist()) <= {0, 1}
    with pytest.raises(ValueError, match="at most"):
        cluster_by_mixture(np.ones((9, MOST_COORDINATES + 1)), everyone, 2, np.ones((1, 2, 1)))
