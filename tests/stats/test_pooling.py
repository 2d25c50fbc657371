"""Laws, corners and calibration of the meta-analysis of single features; parity: tests/golden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from immunosep_omics.stats.pooling import Method, leave_one_out, pool

SEEDS = st.integers(0, 2**32 - 1)
METHODS = st.sampled_from(["fixed", "dersimonian_laird", "reml"])
Matrix = NDArray[np.float64]


def world(seed: int, studies: int = 5, features: int = 30) -> tuple[Matrix, Matrix]:
    rng = np.random.default_rng(seed)
    variances = np.exp(rng.uniform(-3, 1, size=(studies, features)))
    effects = rng.normal(size=(studies, features)) * np.sqrt(variances + rng.exponential())
    effects[rng.random(effects.shape) < 0.2] = np.nan
    return effects, variances


@settings(max_examples=25, deadline=None)
@given(SEEDS, METHODS)
def test_order_of_studies_and_features_is_irrelevant(seed: int, method: Method) -> None:
    effects, variances = world(seed)
    one = pool(effects, variances, method)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(5), rng.permutation(30)
    other = pool(effects[rows][:, columns], variances[rows][:, columns], method)
    for field in ("effect", "p", "tau2", "tau2_high", "prediction_low", "direction_consistency"):
        np.testing.assert_allclose(
            getattr(other, field), getattr(one, field)[columns], rtol=1e-6, atol=1e-10
        )


@settings(max_examples=25, deadline=None)
@given(SEEDS, METHODS, st.floats(0.01, 100))
def test_turning_flips_and_another_unit_scales(seed: int, method: Method, unit: float) -> None:
    effects, variances = world(seed)
    one = pool(effects, variances, method)
    other = pool(-unit * effects, unit**2 * variances, method)
    np.testing.assert_allclose(other.p, one.p, rtol=1e-6)
    np.testing.assert_allclose(other.ci_low, -unit * one.ci_high, rtol=1e-6, atol=1e-9 * unit)
    np.testing.assert_allclose(other.tau2, unit**2 * one.tau2, rtol=1e-6, atol=1e-9 * unit**2)
    np.testing.assert_allclose(other.i2, one.i2, rtol=1e-6, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(SEEDS, METHODS, st.floats(-20, 20))
def test_a_constant_moves_effects_and_limits_only(
    seed: int, method: Method, constant: float
) -> None:
    effects, variances = world(seed)
    one = pool(effects, variances, method)
    other = pool(effects + constant, variances, method)
    for field in ("effect", "ci_low", "ci_high", "prediction_low", "prediction_high"):
        moved = getattr(one, field) + constant
        np.testing.assert_allclose(getattr(other, field), moved, rtol=1e-6, atol=1e-6)
    for field in ("standard_error", "tau2", "q", "i2"):
        before, after = getattr(one, field), getattr(other, field)
        np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(SEEDS, METHODS)
def test_a_gap_touches_no_other_feature(seed: int, method: Method) -> None:
    effects, variances = world(seed)
    holed = effects.copy()
    holed[0, 0] = np.nan
    one, other = pool(effects, variances, method), pool(holed, variances, method)
    for field in ("effect", "p", "tau2", "prediction_high"):
        np.testing.assert_allclose(getattr(one, field)[1:], getattr(other, field)[1:], rtol=1e-9)


def test_the_highest_peak_is_found() -> None:
    """One exact study far from many vague ones gives the restricted likelihood two peaks."""
    v = np.array([0.001, 0.001, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])
    for distance in np.linspace(0.05, 0.6, 12):
        y = np.array([0.0, distance, 3.0, -2.5, 2.8, -2.9, 2.0, -2.2])

        def loss(tau2: float, y: Matrix = y) -> float:
            w = 1 / (v + tau2)
            mu = np.sum(w * y) / w.sum()
            return float(-np.log(w).sum() + np.log(w.sum()) + np.sum(w * (y - mu) ** 2))

        grid = np.concatenate([[0.0], np.logspace(-6, 2, 400)])
        best = grid[np.argmin([loss(tau2) for tau2 in grid])]
        refined = minimize_scalar(loss, bounds=(best * 0.9, best * 1.1 + 1e-9), method="bounded")
        found = float(pool(y[:, None], v[:, None]).tau2[0])
        assert loss(found) <= min(loss(best), float(refined.fun)) + 1e-9


def test_what_is_not_defined_is_nan() -> None:
    effects = np.array(
        [[1.0, 1.0, 1.0, np.nan], [np.nan, 0.5, 0.5, np.nan], [np.nan, np.nan, 0, np.nan]]
    )
    result = pool(effects, np.full((3, 4), 0.25))
    np.testing.assert_array_equal(result.studies, [1, 2, 3, 0])
    np.testing.assert_array_equal(np.isnan(result.tau2), [True, False, False, True])
    np.testing.assert_array_equal(np.isnan(result.prediction_low), [True, True, False, True])
    np.testing.assert_array_equal(np.isnan(result.p), [False, False, False, True])
    assert result.standard_error[0] == 0.5
    assert np.isinf(result.df[0])
    assert np.isnan(pool(effects, np.full((3, 4), 0.25), "fixed").tau2).all()


def test_leaving_out_by_hand() -> None:
    effects, variances = world(3, studies=4, features=6)
    found = leave_one_out(effects, variances, pool)
    each = [
        pool(np.delete(effects, study, axis=0), np.delete(variances, study, axis=0))
        for study in range(4)
    ]
    several = np.isfinite(effects).sum(axis=0) > 2
    np.testing.assert_array_equal(np.isnan(found.low), ~several)
    stacked = np.array([one.effect for one in each])[:, several]
    np.testing.assert_allclose(found.low[several], np.nanmin(stacked, axis=0))
    np.testing.assert_allclose(found.high[several], np.nanmax(stacked, axis=0))
    largest = np.nanmax(np.array([one.p for one in each])[:, several], axis=0)
    np.testing.assert_allclose(found.p[several], largest)


@pytest.mark.parametrize("studies", [3, 6, 12])
@pytest.mark.parametrize("tau2", [0.0, 1.0])
def test_type_one_error_and_coverage(studies: int, tau2: float) -> None:
    rng = np.random.default_rng(studies)
    variances = np.tile(np.linspace(0.6, 1.4, studies)[:, None], 20_000)
    effects = rng.normal(size=variances.shape) * np.sqrt(variances + tau2)
    result = pool(effects, variances)
    four_monte_carlo_errors = 4 * np.sqrt(0.05 * 0.95 / 20_000)
    assert (result.p < 0.05).mean() < 0.05 + four_monte_carlo_errors
    covered = (result.tau2_low <= tau2) & (tau2 <= result.tau2_high)
    # At no heterogeneity the lower limit of zero covers, whatever the data.
    assert covered.mean() == pytest.approx(0.95 if tau2 else 0.975, abs=four_monte_carlo_errors)
