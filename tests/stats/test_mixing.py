"""Measures of mixing: by hand, and against scikit-learn where it has them."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from immunosep_omics.stats import mixing

GENERATOR = np.random.default_rng(1)
MEMBER = np.repeat([0, 1, 2], [30, 20, 10])


def _scores(shift):
    return np.random.default_rng(2).normal(size=(60, 4)) + shift * MEMBER[:, None]


def test_components_keep_all_distances():
    values = GENERATOR.normal(size=(12, 30))
    scores = mixing.principal_components(values, 20)
    assert scores.shape == (12, 11)
    np.testing.assert_allclose(mixing.distances(scores), mixing.distances(values), atol=1e-9)


def test_explained_share_by_hand():
    scores = np.array([[1.0], [1.0], [3.0], [3.0]])
    ones, groups = np.ones((4, 1)), np.eye(2)[[0, 0, 1, 1]]
    assert mixing.explained_share(scores, groups, ones) == pytest.approx(1.0)
    crossed = np.column_stack([ones, [0, 1, 0, 1]])
    assert mixing.explained_share(scores, crossed, ones) == pytest.approx(0.0)
    # A column that says nothing new is no harm.
    assert mixing.explained_share(scores, np.hstack([groups, ones]), ones) == pytest.approx(1.0)


@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_silhouettes_agree_with_scikit_learn(shift):
    scores = _scores(shift)
    own = mixing.silhouettes(mixing.distances(scores), MEMBER)
    np.testing.assert_allclose(own, silhouette_samples(scores, MEMBER), atol=1e-10)


def test_mixed_cohorts_are_accepted_and_cohorts_apart_are_not():
    mixed, apart = (
        mixing.neighbours(mixing.distances(_scores(shift)), 15) for shift in (0.0, 50.0)
    )
    assert mixing.accepted(mixed, MEMBER).mean() > 0.85
    assert mixing.accepted(apart, MEMBER)[30:].mean() == 0.0
    assert mixing.effective_groups(mixed, MEMBER).mean() > 0.8
    assert mixing.effective_groups(apart, MEMBER)[:30].max() == 0.0


def test_neighbours_are_the_nearest_others():
    apart = mixing.distances(np.array([[0.0], [1.0], [3.0], [7.0]]))
    np.testing.assert_array_equal(mixing.neighbours(apart, 2), [[1, 2], [0, 2], [1, 0], [2, 1]])


def test_shifting_cohorts_keeps_neighbours_and_shuffling_does_not():
    scores = _scores(0.0)
    shifted = mixing.distances(scores + 5 * MEMBER[:, None])
    before = mixing.distances(scores)
    kept = mixing.kept_neighbours(before, shifted, MEMBER, 9)
    np.testing.assert_allclose(kept[:50], 1.0)
    assert np.isnan(kept[50:]).all()  # ten samples are too few for nine neighbours
    shuffled = mixing.distances(scores[np.random.default_rng(3).permutation(60)])
    assert np.nanmean(mixing.kept_neighbours(before, shuffled, MEMBER, 9)) < 0.6


def test_difference_weights_are_least_squares():
    level = (np.arange(60) % 3 == 0).astype(float)
    values = GENERATOR.normal(size=(60, 5)) + MEMBER[:, None]
    drawn = np.random.default_rng(4).integers(0, 3, 60).astype(float)
    root = np.sqrt(drawn)[:, None]
    groups = np.eye(3)[MEMBER]
    for weights, base in zip(
        mixing.difference_weights(level, MEMBER, drawn), (np.ones((60, 1)), groups), strict=True
    ):
        design = root * np.column_stack([base, level])
        expected = np.linalg.lstsq(design, root * values, rcond=None)[0][-1]
        np.testing.assert_allclose(weights @ values, expected, atol=1e-10)


def test_a_difference_that_went_with_the_cohorts_is_not_kept():
    """All events in one cohort of two: centring the cohorts takes what lies between them."""
    member = np.repeat([0, 1], 500)
    level = np.r_[np.tile([1.0, 0.0], 250), np.zeros(500)]
    values = np.outer(level, np.full(20, 3.0)) + GENERATOR.normal(size=(1000, 20))
    centred = values - np.array([values[member == m].mean(axis=0) for m in member])
    overall, within = mixing.difference_weights(level, member, np.ones(1000))
    target = within @ values
    assert mixing.kept_difference(target, overall @ values) == pytest.approx(1.0, abs=0.05)
    assert mixing.kept_difference(target, overall @ centred) == pytest.approx(2 / 3, abs=0.02)
