"""Laws and hand-checked values; agreement with limma is in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.linear import (
    fit_linear,
    moderate,
    two_sided_p,
)
from immunosep_omics.stats.squeeze import fit_scaled_f, squeeze_variances

SEEDS = st.integers(0, 2**32 - 1)


def world(seed: int, missing: float = 0.2) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(12), np.repeat([0.0, 1], 6), rng.normal(size=12)])
    values = rng.normal(5, 2, size=(12, 9))
    values[rng.random(values.shape) < missing] = np.nan
    values[:, 0] = rng.normal(size=12)
    return values, design


def test_one_feature_by_hand() -> None:
    values = np.array([[1.0], [3], [5], [9]])
    fit = fit_linear(values, np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]))
    np.testing.assert_allclose(fit.coefficients[:, 0], [2, 5])
    np.testing.assert_allclose(fit.stdev_unscaled[:, 0], [np.sqrt(0.5), 1])
    assert fit.sigma[0] == pytest.approx(np.sqrt(5))
    assert fit.df_residual[0] == 2


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_each_feature_is_the_least_squares_fit_of_its_own_samples(seed: int) -> None:
    values, design = world(seed)
    fit = fit_linear(values, design)
    for feature in range(values.shape[1]):
        seen = ~np.isnan(values[:, feature])
        own, _, rank, _ = np.linalg.lstsq(design[seen], values[seen, feature])
        assert fit.df_residual[feature] == seen.sum() - rank
        if rank == 3:
            np.testing.assert_allclose(fit.coefficients[:, feature], own, rtol=1e-8, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_order_of_samples_is_irrelevant(seed: int) -> None:
    values, design = world(seed)
    order = np.random.default_rng(seed).permutation(len(values))
    one, other = fit_linear(values, design), fit_linear(values[order], design[order])
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(one.sigma, other.sigma, rtol=1e-7, atol=1e-9)
    np.testing.assert_array_equal(one.df_residual, other.df_residual)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_turning_the_contrast_flips_t_and_keeps_p(seed: int) -> None:
    values, design = world(seed)
    flipped = design * [1, -1, 1]
    one, other = moderate(fit_linear(values, design)), moderate(fit_linear(values, flipped))
    np.testing.assert_allclose(one.t[1], -other.t[1], rtol=1e-9)
    np.testing.assert_allclose(one.p[1], other.p[1], rtol=1e-9)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(0, 8), st.integers(0, 11))
def test_a_gap_in_one_feature_touches_no_other(seed: int, feature: int, sample: int) -> None:
    values, design = world(seed)
    holed = values.copy()
    holed[sample, feature] = np.nan
    one, other = fit_linear(values, design), fit_linear(holed, design)
    others = np.arange(9) != feature
    for field in ("coefficients", "stdev_unscaled", "sigma", "df_residual"):
        before, after = getattr(one, field)[..., others], getattr(other, field)[..., others]
        np.testing.assert_allclose(before, after, rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0.001, 1000))
def test_another_unit_keeps_t(seed: int, unit: float) -> None:
    values, design = world(seed)
    one, other = moderate(fit_linear(values, design)), moderate(fit_linear(values * unit, design))
    np.testing.assert_allclose(one.t, other.t, rtol=1e-6, atol=1e-8)


def test_contrast_has_the_error_of_the_equivalent_design() -> None:
    values, _ = world(3)
    group = np.tile([0, 1, 2], 4)
    means = (group[:, None] == [0, 1, 2]).astype(float)
    against_first = np.column_stack([np.ones(12), means[:, 1:]])
    direct = fit_linear(values, against_first)
    contrast = fit_linear(values, means, contrasts=np.array([-1.0, 0, 1]))
    np.testing.assert_allclose(contrast.coefficients[0], direct.coefficients[2], rtol=1e-9)
    np.testing.assert_allclose(contrast.stdev_unscaled[0], direct.stdev_unscaled[2], rtol=1e-9)


def test_what_the_samples_cannot_tell_is_nan_and_the_rest_is_not() -> None:
    rng = np.random.default_rng(1)
    group = np.tile([0, 1, 2], 4)
    design = np.column_stack([np.ones(12), group == 1, group == 2]).astype(float)
    values = rng.normal(size=(12, 3))
    values[group == 0, 1] = np.nan  # the reference group was never measured
    values[:, 2] = np.nan
    fit = fit_linear(values, design, contrasts=np.array([[0, 1, 0], [0, 0, 1], [0, 1, -1.0]]).T)
    assert np.isfinite(fit.coefficients[:, 0]).all()
    assert np.isnan(fit.coefficients[:2, 1]).all()
    expected = values[group == 1, 1].mean() - values[group == 2, 1].mean()
    assert fit.coefficients[2, 1] == pytest.approx(expected)
    assert np.isnan(fit.coefficients[:, 2]).all()
    assert np.isnan(fit.sigma[2])
    np.testing.assert_array_equal(fit.df_residual, [9, 6, 0])


def test_confounded_in_one_feature_only() -> None:
    """Cases measured at one site, controls at the other: no difference may be reported."""
    rng = np.random.default_rng(2)
    case, site = np.repeat([0.0, 1], 6), np.tile([0.0, 1], 6)
    design = np.column_stack([np.ones(12), case, site])
    values = rng.normal(size=(12, 2))
    values[case != site, 1] = np.nan
    fit = fit_linear(values, design)
    assert np.isfinite(fit.coefficients[:, 0]).all()
    np.testing.assert_array_equal(np.isnan(fit.coefficients[:, 1]), [False, True, True])


def test_weight_two_is_the_sample_twice() -> None:
    values, design = world(5, missing=0)
    weights = np.where(np.arange(12) < 3, 2.0, 1.0)
    twice = np.r_[np.arange(12), :3]
    once, repeated = fit_linear(values, design, weights), fit_linear(values[twice], design[twice])
    np.testing.assert_allclose(once.coefficients, repeated.coefficients, rtol=1e-9)
    each = fit_linear(values, design, np.repeat(weights[:, None], 9, axis=1))
    np.testing.assert_allclose(once.sigma, each.sigma, rtol=1e-9)


def test_blocks_give_the_same_as_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    values, design = world(6)
    whole = fit_linear(values, design)
    monkeypatch.setattr("immunosep_omics.stats.parts._SMALL", 1)
    parts = fit_linear(values, design)
    np.testing.assert_allclose(whole.coefficients, parts.coefficients, rtol=1e-9)


def test_prior_is_recovered() -> None:
    rng = np.random.default_rng(7)
    scale, df_prior = fit_scaled_f(3.0 * rng.f(4, 10, size=50_000), np.full(50_000, 4.0))
    assert scale == pytest.approx(3, rel=0.03)
    assert df_prior == pytest.approx(10, rel=0.1)


def test_too_little_to_learn_a_prior_from() -> None:
    assert fit_scaled_f(np.array([2.0, np.nan]), np.array([3.0, 0])) == (2.0, 0.0)
    scale, df_prior = fit_scaled_f(np.array([np.nan]), np.array([0.0]))
    assert np.isnan(scale)
    assert df_prior == 0
    alone = squeeze_variances(np.array([2.0, np.nan]), np.array([3.0, 0]))
    np.testing.assert_array_equal(alone.posterior, [2, 2])


def test_type_one_error_of_the_moderated_test() -> None:
    rng = np.random.default_rng(8)
    sd = np.sqrt(4 / rng.chisquare(4, size=20_000))
    values = rng.normal(size=(8, 20_000)) * sd
    design = np.column_stack([np.ones(8), np.repeat([0.0, 1], 4)])
    p = moderate(fit_linear(values, design)).p[1]
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.006)
    assert (p < 0.001).mean() == pytest.approx(0.001, abs=0.0009)


def test_no_degrees_of_freedom_no_p() -> None:
    np.testing.assert_array_equal(two_sided_p(np.array([2.0]), np.array([0.0])), [np.nan])


@pytest.mark.parametrize("gaps", [0.0, 0.3])
@pytest.mark.parametrize("weighted", [False, True])
def test_covariates_of_very_different_size_keep_eight_digits(gaps: float, weighted: bool) -> None:
    """A date in days and a share in millionths beside the level: slopes do not know the origin."""
    rng = np.random.default_rng(9)
    days, share = rng.integers(0, 400, 40).astype(float), rng.random(40)
    group = np.tile([0.0, 1], 20)
    values = rng.normal(12, 1, size=(40, 50)) + 0.3 * group[:, None]
    values[rng.random(values.shape) < gaps] = np.nan
    weights = np.exp(rng.normal(0, 2, size=values.shape)) if weighted else None
    even = np.column_stack([np.ones(40), group, days - 200, share - 0.5])
    uneven = np.column_stack([np.ones(40), group, days + 738_000, share * 1e-6])
    one = moderate(fit_linear(values, even, weights))
    other = moderate(fit_linear(values, uneven, weights))
    np.testing.assert_allclose(one.t[1:], other.t[1:], rtol=1e-8)
    np.testing.assert_allclose(one.p[1:], other.p[1:], rtol=1e-8)
    np.testing.assert_allclose(one.df_prior, other.df_prior, rtol=1e-8)


def test_weights_that_leave_one_sample_of_a_group_go_the_careful_way() -> None:
    values, design = world(10, missing=0)
    weights = np.ones_like(values)
    weights[:, 3] = np.where(design[:, 1] == 1, 1e-12, 1.0)
    weights[11, 3] = 1.0
    fit = fit_linear(values, design, weights)
    root = np.sqrt(weights[:, 3])
    expected = np.linalg.lstsq(design * root[:, None], values[:, 3] * root)[0]
    np.testing.assert_allclose(fit.coefficients[:, 3], expected, rtol=1e-6)
    alone = fit_linear(values[:, 3:4], design, weights[:, 3:4])
    np.testing.assert_allclose(fit.coefficients[:, 3], alone.coefficients[:, 0], rtol=1e-9)
