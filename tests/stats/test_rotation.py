"""The null resembles the data in all but clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.rotation import flatten, rotate, take_apart

Array = NDArray[np.float64]


def _simple(scores: Array) -> tuple[Array, NDArray[np.intp], Array, NDArray[np.intp]]:
    zeros = np.zeros(len(scores), dtype=np.intp)
    return scores, zeros, np.eye(scores.shape[1])[None], zeros


def _correlated(seed: int, samples: int = 200) -> Array:
    generator = np.random.default_rng(seed)
    root = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.3, 0.5]])
    return generator.standard_normal((samples, 3)) @ root.T + 1.0


def test_apart_and_together_gives_the_scores_back_except_outliers() -> None:
    scores = _correlated(0)
    scores[0] += 100.0
    cloud = take_apart(*_simple(scores))
    back = cloud.scores(cloud.deviation[None])[0]
    same = np.isclose(back, scores, atol=1e-9).all(axis=1)
    assert same[1:].mean() > 0.85
    assert np.abs(back[0] - np.median(scores, axis=0)).max() < 15.0


def test_draws_keep_mean_and_covariance_exactly() -> None:
    cloud = take_apart(*_simple(_correlated(1)))
    inside = cloud.scores(cloud.deviation[None])[0]
    for draw in (rotate, flatten):
        for one in draw(cloud, 3, np.random.default_rng(0)):
            np.testing.assert_allclose(one.mean(axis=0), inside.mean(axis=0), atol=1e-9)
            np.testing.assert_allclose(np.cov(one.T), np.cov(inside.T), atol=1e-6)


def test_heavy_tails_are_recognised_and_radii_kept() -> None:
    generator = np.random.default_rng(2)
    scale = np.sqrt(generator.chisquare(3, (200, 1)) / 3)
    cloud = take_apart(*_simple(generator.standard_normal((200, 4)) / scale))
    assert cloud.heavy
    drawn = rotate(cloud, 1, np.random.default_rng(0))[0] - cloud.centre
    length = np.linalg.norm(np.linalg.solve(cloud.shape, drawn[:, :, None])[:, :, 0], axis=1)
    assert np.corrcoef(length, cloud.radius)[0, 1] > 0.95


def test_patterns_keep_their_own_spread() -> None:
    generator = np.random.default_rng(3)
    reliability = np.array([np.eye(3), np.diag([0.9, 0.3, 0.0])])
    pattern = (np.arange(400) % 2).astype(np.intp)
    roots = np.sqrt(np.array([np.diag(matrix) for matrix in reliability]))
    scores = generator.standard_normal((400, 3)) * roots[pattern]
    cloud = take_apart(scores, pattern, reliability, np.zeros(400, dtype=np.intp))
    drawn = rotate(cloud, 20, np.random.default_rng(0))
    variance = drawn[:, pattern == 1].var(axis=(0, 1))
    np.testing.assert_allclose(variance, [0.9, 0.3, 0.0], atol=0.12)
    assert (drawn[:, pattern == 1, 2] == 0).all()


def test_groups_keep_their_own_mean() -> None:
    scores = _correlated(4)
    group = (np.arange(200) % 2).astype(np.intp)
    scores[group == 1] += 10.0
    _, pattern, reliability, _ = _simple(scores)
    drawn = rotate(take_apart(scores, pattern, reliability, group), 10, np.random.default_rng(0))
    apart = drawn[:, group == 1].mean(axis=(0, 1)) - drawn[:, group == 0].mean(axis=(0, 1))
    np.testing.assert_allclose(apart, 10.0, atol=1.0)
