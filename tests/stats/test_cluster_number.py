"""The number of clusters: finds planted ones, and says one when there are none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.cluster_number import (
    ClusterNumber,
    choose_cluster_number,
    prediction_strength,
    pulled_in,
    silhouette,
)

Array = NDArray[np.float64]


def _classes(seed: int, apart: float, samples: int = 120, factors: int = 4) -> Array:
    generator = np.random.default_rng(seed)
    centres = np.zeros((3, factors))
    centres[1, 0], centres[2, :2] = apart, (apart / 2, apart)
    own = generator.choice(3, samples, p=(0.45, 0.35, 0.20))
    return generator.standard_normal((samples, factors)) + centres[own]


def _choose(scores: Array, seed: int = 0) -> ClusterNumber:
    return choose_cluster_number(scores, np.random.default_rng(seed), max_k=5, draws=99)


def test_three_unequal_clusters_are_found() -> None:
    chosen = [_choose(_classes(seed, 6.0)) for seed in range(5)]
    assert [one.verdict for one in chosen] == ["clusters"] * 5
    assert [one.chosen for one in chosen].count(3) >= 4
    assert chosen[0].prediction_strength[1] > 0.9


def test_a_single_cloud_is_one_cluster() -> None:
    generator = np.random.default_rng(1)
    heavy = np.sqrt(generator.chisquare(3, (120, 1)) / 3)
    for scores in (
        generator.standard_normal((120, 4)) * [3.0, 2.0, 1.0, 0.5],
        generator.standard_normal((120, 4)) / heavy,
    ):
        found = _choose(scores)
        assert found.verdict == "no clusters"
        assert found.chosen == 1
        assert not found.supported.any()


def test_a_gradient_is_not_cut_into_classes() -> None:
    generator = np.random.default_rng(2)
    scores = generator.standard_normal((200, 4))
    scores[:, 0] = 12.0 * generator.random(200)
    assert _choose(scores).chosen == 1


def test_a_few_outliers_are_not_a_cluster() -> None:
    scores = np.random.default_rng(3).standard_normal((100, 4))
    scores[:3] += 15.0
    assert _choose(scores).chosen == 1


def test_cohorts_apart_are_not_clusters_when_known() -> None:
    generator = np.random.default_rng(4)
    group = (np.arange(120) % 2).astype(np.intp)
    scores = generator.standard_normal((120, 4))
    scores[group == 1, 0] += 7.0
    assert _choose(scores).verdict == "clusters"
    known = choose_cluster_number(scores, np.random.default_rng(0), group=group, draws=99)
    assert known.chosen == 1


def test_lacking_blocks_do_not_make_clusters() -> None:
    generator = np.random.default_rng(5)
    reliability = np.array([np.eye(4), np.diag([0.9, 0.1, 0.0, 0.5])])
    pattern = (generator.random(150) < 0.4).astype(np.intp)
    roots = np.sqrt(np.array([np.diag(matrix) for matrix in reliability]))
    scores = generator.standard_normal((150, 4)) * roots[pattern]
    found = choose_cluster_number(
        scores, np.random.default_rng(0), pattern=pattern, reliability=reliability, draws=99
    )
    assert found.chosen == 1


def test_same_stream_same_evidence() -> None:
    scores = _classes(6, 3.0, samples=60)
    first, again = _choose(scores, 3), _choose(scores, 3)
    np.testing.assert_array_equal(first.compactness.z, again.compactness.z)
    np.testing.assert_array_equal(first.valley.p, again.valley.p)
    assert first.chosen == again.chosen


def test_silhouette_matches_scikit_learn() -> None:
    from sklearn.metrics import silhouette_score

    points = np.random.default_rng(7).standard_normal((40, 3))
    labels = np.random.default_rng(8).integers(0, 3, 40)
    assert silhouette(points, labels) == pytest.approx(silhouette_score(points, labels))


def test_prediction_strength_is_high_for_clumps_only() -> None:
    clumps = _classes(9, 8.0)
    assert prediction_strength(clumps, 3, np.random.default_rng(0)) > 0.95
    assert prediction_strength(clumps, 5, np.random.default_rng(0)) < 0.8


def test_pulled_in_moves_only_outliers() -> None:
    scores = np.random.default_rng(10).standard_normal((80, 3))
    scores[0] = 50.0
    zeros = np.zeros(80, dtype=np.intp)
    moved = pulled_in(scores, zeros, np.eye(3)[None], zeros)
    assert np.abs(moved[0]).max() < 8.0
    assert np.isclose(moved, scores).all(axis=1).mean() > 0.85
