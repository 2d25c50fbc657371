"""Consensus over resamples: finds planted clusters, says when it is unsure, repeats itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats.consensus import consensus


def _three(seed: int, apart: float = 6.0) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    generator = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 2], (45, 35, 20))
    centres = np.array([[0.0, 0.0, 0.0], [apart, 0.0, 0.0], [apart / 2, apart, 0.0]])
    return generator.standard_normal((100, 3)) + centres[truth], truth


def test_planted_clusters_are_found_and_unambiguous_only_at_their_number() -> None:
    points, truth = _three(0)
    found = consensus(points, np.random.default_rng(1), max_k=5, resamples=60)
    assert [one.k for one in found] == [2, 3, 4, 5]
    assert adjusted_rand_score(truth, found[1].labels) == 1.0
    assert found[1].ambiguous == min(one.ambiguous for one in found)
    assert found[1].ambiguous < 0.02
    assert found[1].stability.min() > 0.9
    assert found[2].stability.min() < 0.9


def test_labels_are_numbered_by_size() -> None:
    points, _ = _three(1)
    labels = consensus(points, np.random.default_rng(1), max_k=3, resamples=30)[1].labels
    assert np.bincount(labels).tolist() == [45, 35, 20]


def test_matrix_is_kept_on_request_and_is_a_consensus() -> None:
    points, _ = _three(2, apart=2.0)
    found = consensus(points, np.random.default_rng(1), max_k=3, resamples=40, keep=(3,))
    assert found[0].matrix is None
    matrix = found[1].matrix
    assert matrix is not None
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix.min() >= 0
    assert matrix.max() == 1
    assert (np.diag(matrix) == 1).all()


def test_order_of_samples_does_not_change_clear_clusters() -> None:
    points, _ = _three(3)
    order = np.random.default_rng(0).permutation(100)
    straight = consensus(points, np.random.default_rng(1), max_k=3, resamples=30)[1].labels
    shuffled = consensus(points[order], np.random.default_rng(2), max_k=3, resamples=30)[1].labels
    np.testing.assert_array_equal(straight[order], shuffled)


def test_same_stream_same_answer() -> None:
    points, _ = _three(4, apart=1.0)
    first = consensus(points, np.random.default_rng(7), max_k=4, resamples=30)
    again = consensus(points, np.random.default_rng(7), max_k=4, resamples=30)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.labels, other.labels)
        np.testing.assert_array_equal(one.stability, other.stability)
