"""Laws of voom, its trend and what builds on it; agreement with limma is in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.lowess import Trend, lowess
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.voom import voom

SEEDS = st.integers(0, 2**32 - 1)
DESIGN = np.column_stack([np.ones(10), np.arange(10) % 2])


def counts(seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return rng.negative_binomial(4, 0.05, size=(10, 60)) * rng.integers(1, 30, 60).astype(float)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_order_of_samples_and_features_is_irrelevant(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(10), rng.permutation(60)
    one = voom(counts(seed), DESIGN)
    other = voom(counts(seed)[np.ix_(rows, columns)], DESIGN[rows])
    np.testing.assert_allclose(one.weights[np.ix_(rows, columns)], other.weights, rtol=1e-7)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_turning_the_groups_round_keeps_weights(seed: int) -> None:
    turned = np.column_stack([DESIGN[:, 0], 1 - DESIGN[:, 1]])
    one, other = voom(counts(seed), DESIGN), voom(counts(seed), turned)
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-7)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.floats(0.1, 10))
def test_another_unit_of_the_libraries_moves_levels_only(seed: int, unit: float) -> None:
    sizes = counts(seed).sum(axis=1)
    one = voom(counts(seed), DESIGN, sizes)
    other = voom(counts(seed), DESIGN, (sizes + 1) * unit - 1)
    np.testing.assert_allclose(other.log_cpm, one.log_cpm - np.log2(unit), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(other.weights, one.weights, rtol=1e-7)


def test_features_never_counted_shape_no_trend() -> None:
    seen = counts(1)
    never = np.column_stack([seen, np.zeros((10, 5))])
    one, other = voom(seen, DESIGN), voom(never, DESIGN)
    np.testing.assert_allclose(one.weights, other.weights[:, :60], rtol=1e-12)
    assert np.isfinite(other.weights).all()


def test_a_redundant_column_changes_nothing() -> None:
    redundant = np.column_stack([DESIGN, DESIGN.sum(axis=1)])
    one, other = voom(counts(2), DESIGN), voom(counts(2), redundant)
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-10)


def test_without_replicates_every_weight_is_one() -> None:
    seen = voom(counts(3)[:2], np.eye(2))
    assert seen.trend is None
    np.testing.assert_array_equal(seen.weights, 1)


@pytest.mark.parametrize("wrong", [np.nan, -1.0])
def test_counts_must_be_complete_and_not_negative(wrong: float) -> None:
    spoilt = counts(4)
    spoilt[3, 3] = wrong
    with pytest.raises(ValueError, match="complete and not negative"):
        voom(spoilt, DESIGN)


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.integers(2, 60))
def test_a_trend_is_looked_up_as_numpy_does(seed: int, knots: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.unique(rng.normal(size=knots) ** 3)
    trend = Trend(x, rng.normal(size=len(x)))
    points = np.r_[x, rng.uniform(x[0] - 1, x[-1] + 1, 200), np.nan]
    expected = np.interp(points, x, trend.y)
    np.testing.assert_allclose(trend(points), expected, rtol=1e-7, atol=1e-7)


def test_a_trend_of_one_point_is_level() -> None:
    trend = Trend(np.array([2.0]), np.array([0.5]))
    np.testing.assert_array_equal(trend(np.array([1.0, 2, 3, np.nan])), [0.5, 0.5, 0.5, np.nan])


def test_a_straight_line_is_its_own_trend() -> None:
    x = np.linspace(0, 3, 200)
    trend = lowess(x, 2 * x - 1, 0.4)
    np.testing.assert_allclose(trend(x), 2 * x - 1, rtol=1e-9, atol=1e-9)


def test_noisy_samples_weigh_less() -> None:
    rng = np.random.default_rng(5)
    spread = np.where(np.arange(10) < 2, 3.0, 1.0)
    values = rng.normal(size=(10, 3000)) * spread[:, None]
    weights = sample_weights(values, DESIGN)
    assert np.log(weights).mean() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(weights[:2] / weights[2:].mean(), 1 / 9, rtol=0.15)


def test_gaps_at_random_keep_sample_weights() -> None:
    rng = np.random.default_rng(6)
    values = rng.normal(size=(10, 3000)) * rng.uniform(0.5, 2, 10)[:, None]
    gaps = np.where(rng.random(values.shape) < 0.2, np.nan, values)
    np.testing.assert_allclose(
        sample_weights(gaps, DESIGN), sample_weights(values, DESIGN), rtol=0.15
    )


def test_too_few_samples_to_weigh() -> None:
    with pytest.raises(ValueError, match="too little to weigh"):
        sample_weights(np.ones((2, 5)), np.eye(2))
