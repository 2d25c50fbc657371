"""Consensus over resamples: finds planted clusters, says when it is unsure, repeats itself."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats import consensus as engine
from immunosep_omics.stats.consensus import (
    CLUSTERERS,
    Agreement,
    Resamples,
    agree,
    cluster_resamples,
    draw_resamples,
)
from immunosep_omics.stats.leiden_extra import leiden_installed

Matrix = NDArray[np.float64]
EVERY = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            name == "leiden" and not leiden_installed(), reason="needs the leiden extra"
        ),
    )
    for name in CLUSTERERS
]


def _three(seed: int, apart: float = 6.0, width: int = 3) -> tuple[Matrix, NDArray[np.intp]]:
    generator = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 2], (45, 35, 20))
    centres = np.zeros((3, width))
    centres[1, 0] = apart
    centres[2, :2] = apart / 2, apart
    return generator.standard_normal((100, width)) + centres[truth], truth


def _agreement(
    points: Matrix,
    seed: int,
    max_k: int,
    resamples: int,
    feature_share: float = 1.0,
    clusterer: str = "kmeans",
    threads: int | None = None,
) -> Agreement:
    generator = np.random.default_rng(seed)
    drawn = draw_resamples(
        generator, *points.shape, resamples=resamples, feature_share=feature_share
    )
    return cluster_resamples(
        points, drawn, generator, max_k=max_k, clusterer=clusterer, threads=threads
    )


def test_planted_clusters_are_found_and_unambiguous_only_at_their_number() -> None:
    points, truth = _three(0)
    found = agree(_agreement(points, 1, 5, 60))
    assert [one.k for one in found] == [2, 3, 4, 5]
    assert adjusted_rand_score(truth, found[1].labels) == 1.0
    assert found[1].ambiguous == min(one.ambiguous for one in found)
    assert found[1].ambiguous < 0.02
    assert found[1].stability.min() > 0.9
    assert found[2].stability.min() < 0.9
    assert found[1].of_clusters.min() > 0.95
    assert found[1].delta_area > 2 * found[2].delta_area


@pytest.mark.parametrize("clusterer", EVERY)
@pytest.mark.parametrize("feature_share", [1.0, 0.7])
def test_every_clusterer_finds_planted_clusters(clusterer: str, feature_share: float) -> None:
    generator = np.random.default_rng(3)
    truth = np.repeat([0, 1, 2], (45, 35, 20))
    points = generator.standard_normal((100, 8)) + 3 * generator.standard_normal((3, 8))[truth]
    found = agree(_agreement(points, 1, 3, 20, feature_share, clusterer))
    assert adjusted_rand_score(truth, found[1].labels) == 1.0


@pytest.mark.parametrize("clusterer", EVERY)
def test_neither_threads_nor_the_size_of_parts_change_a_label(
    clusterer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    points, _ = _three(4, apart=1.0)
    monkeypatch.setattr(engine, "LABELS_AT_ONCE", 1)
    monkeypatch.setattr(engine, "RESAMPLES_AT_ONCE", 5)
    straight = _agreement(points, 7, 4, 24, clusterer=clusterer, threads=1)
    threaded = _agreement(points, 7, 4, 24, clusterer=clusterer, threads=3)
    np.testing.assert_array_equal(straight.labels, threaded.labels)
    monkeypatch.setattr(engine, "RESAMPLES_AT_ONCE", 7)
    np.testing.assert_array_equal(
        straight.labels, _agreement(points, 7, 4, 24, clusterer=clusterer).labels
    )
    drawn = straight.labels >= 0
    assert (drawn.sum(axis=2) == 80).all()
    assert (drawn == drawn[0]).all()


def test_wide_data_are_clustered_alike_in_parts_of_any_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points = np.random.default_rng(5).standard_normal((60, 300))
    straight = _agreement(points, 7, 4, 40, threads=1)
    monkeypatch.setattr(engine, "LABELS_AT_ONCE", 1)
    monkeypatch.setattr(engine, "RESAMPLES_AT_ONCE", 9)
    np.testing.assert_array_equal(straight.labels, _agreement(points, 7, 4, 40).labels)


def test_rotating_and_moving_wide_data_changes_nothing() -> None:
    generator = np.random.default_rng(6)
    points = generator.standard_normal((40, 80))
    turn = np.linalg.qr(generator.standard_normal((80, 80)))[0]
    np.testing.assert_array_equal(
        _agreement(points, 2, 4, 30).labels, _agreement(points @ turn + 5.0, 2, 4, 30).labels
    )


def test_features_drawn_are_the_only_ones_looked_at() -> None:
    points, _ = _three(2, apart=1.0, width=6)
    generator = np.random.default_rng(1)
    resamples = draw_resamples(generator, 100, 6, resamples=10, feature_share=0.5)
    assert resamples.features is not None
    assert (resamples.features.sum(axis=1) == 3).all()
    found = cluster_resamples(points, resamples, generator, clusterer="hierarchical", max_k=3)
    for run, features in enumerate(resamples.features):
        alone = cluster_resamples(
            points[:, features],
            Resamples(resamples.samples[run : run + 1]),
            generator,
            clusterer="hierarchical",
            max_k=3,
        )
        np.testing.assert_array_equal(found.labels[:, run], alone.labels[:, 0])


def test_labels_are_numbered_by_size() -> None:
    points, _ = _three(1)
    labels = agree(_agreement(points, 1, 3, 30))[1].labels
    assert np.bincount(labels).tolist() == [45, 35, 20]


def test_matrix_is_the_share_of_resamples_that_keep_two_together() -> None:
    points, _ = _three(2, apart=2.0)
    agreement = _agreement(points, 1, 3, 40)
    labels = agreement.labels[1]
    matrix = agreement.matrix(3, np.float64)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert (np.diag(matrix) == 1).all()
    for one, other in [(0, 1), (3, 80), (50, 99), (17, 60)]:
        both = (labels[:, one] >= 0) & (labels[:, other] >= 0)
        same = labels[both, one] == labels[both, other]
        assert matrix[one, other] == same.mean()
    np.testing.assert_allclose(agreement.matrix(3), matrix, atol=1e-7)


def test_evidence_against_its_definitions() -> None:
    points, _ = _three(2, apart=2.0)
    agreement = _agreement(points, 1, 4, 40)
    found = agree(agreement)
    before = None
    for one in found:
        matrix = agreement.matrix(one.k, np.float64)
        pairs = np.sort(matrix[np.triu_indices(100, 1)])
        steps = np.diff(np.append(pairs, 1.0))
        area = float((np.arange(1, len(pairs) + 1) / len(pairs) * steps).sum())
        assert one.area == pytest.approx(area, abs=1e-6)
        gain = area if before is None else (area - before) / before
        assert one.delta_area == pytest.approx(gain, abs=1e-5)
        before = area
        for cluster in range(one.k):
            inside = one.labels == cluster
            mean = matrix[np.ix_(inside, inside)][~np.eye(inside.sum(), dtype=bool)].mean()
            assert one.of_clusters[cluster] == pytest.approx(mean, abs=1e-6)
            sample = int(np.flatnonzero(inside)[0])
            others = np.flatnonzero(inside & (np.arange(100) != sample))
            mean = matrix[sample, others].mean()
            assert one.of_samples[sample, cluster] == pytest.approx(mean, abs=1e-6)


def test_order_of_samples_orders_the_matrix() -> None:
    points, _ = _three(3, apart=1.5)
    order = np.random.default_rng(0).permutation(100)
    drawn = draw_resamples(np.random.default_rng(1), 100, 3, resamples=30).samples
    straight, shuffled = (
        cluster_resamples(
            own, Resamples(inside), np.random.default_rng(1), clusterer="hierarchical"
        ).matrix(4)
        for own, inside in ((points, drawn), (points[order], drawn[:, order]))
    )
    np.testing.assert_array_equal(straight[np.ix_(order, order)], shuffled)


def test_order_of_samples_does_not_change_clear_clusters() -> None:
    points, _ = _three(3)
    order = np.random.default_rng(0).permutation(100)
    straight = agree(_agreement(points, 1, 3, 30))[1].labels
    shuffled = agree(_agreement(points[order], 2, 3, 30))[1].labels
    np.testing.assert_array_equal(straight[order], shuffled)


def test_same_stream_same_answer() -> None:
    points, _ = _three(4, apart=1.0)
    first, again = agree(_agreement(points, 7, 4, 30)), agree(_agreement(points, 7, 4, 30))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.labels, other.labels)
        np.testing.assert_array_equal(one.stability, other.stability)


def test_progress_is_told_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LABELS_AT_ONCE", 1)
    points, _ = _three(4)
    told: list[int] = []
    drawn = draw_resamples(np.random.default_rng(1), 100, 3, resamples=130)
    cluster_resamples(points, drawn, np.random.default_rng(1), max_k=2, told=told.append)
    assert told == [50, 100, 130]


def test_what_cannot_be_clustered_is_refused() -> None:
    points, _ = _three(4)
    few = Resamples(np.arange(100)[None] < 5)
    generator = np.random.default_rng(1)
    with pytest.raises(ValueError, match="fewer than 6 samples"):
        cluster_resamples(points, few, generator)
    enough = Resamples(np.arange(100)[None] < 50)
    with pytest.raises(ValueError, match="needs points"):
        cluster_resamples(np.zeros((100, 100)), enough, generator, distances=True)
    features = Resamples(enough.samples, np.ones((1, 100), dtype=bool))
    with pytest.raises(ValueError, match="distances are given"):
        cluster_resamples(np.zeros((100, 100)), features, generator, distances=True)
