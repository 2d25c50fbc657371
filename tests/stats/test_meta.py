"""Worked values, laws, and calibration of the meta-analysis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import stdtrit

from immunosep_omics.stats.meta import random_effects

SEEDS = st.integers(0, 2**32 - 1)
Matrix = NDArray[np.float64]


def world(seed: int, studies: int = 3, features: int = 40) -> tuple[Matrix, Matrix]:
    rng = np.random.default_rng(seed)
    variances = rng.uniform(0.5, 2, size=(studies, features))
    effects = rng.normal(size=(studies, features)) * np.sqrt(variances + 1)
    effects[rng.random(effects.shape) < 0.1] = np.nan
    return effects, variances


def test_one_feature_is_hartung_knapp() -> None:
    y, v = np.array([[0.1], [0.9], [2.0]]), np.array([[0.04], [0.09], [0.16]])
    w = 1 / v
    q = np.sum(w * (y - np.sum(w * y) / w.sum()) ** 2)
    tau2 = (q - 2) / (w.sum() - (w**2).sum() / w.sum())
    w = 1 / (v + tau2)
    mu = np.sum(w * y) / w.sum()
    error = np.sqrt(max(1, np.sum(w * (y - mu) ** 2) / 2) / w.sum())
    result = random_effects(y, v)
    assert result.q[0] == pytest.approx(q)
    assert result.tau2[0] == result.common_tau2 == pytest.approx(tau2)
    assert result.i2[0] == pytest.approx(1 - 2 / q)
    assert result.effect[0] == pytest.approx(mu)
    assert result.standard_error[0] == pytest.approx(error)
    assert result.df[0] == 2
    assert result.ci_high[0] == pytest.approx(mu + stdtrit(2, 0.975) * error)
    assert result.direction_consistency[0] == 1


def test_studies_that_agree_too_well_are_not_rewarded() -> None:
    y, v = np.array([[0.5], [0.5], [0.5]]), np.full((3, 1), 0.12)
    result = random_effects(y, v)
    assert result.standard_error[0] == pytest.approx(0.2)
    assert result.tau2[0] == result.i2[0] == 0


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_order_of_studies_is_irrelevant_and_turning_flips(seed: int) -> None:
    effects, variances = world(seed)
    one = random_effects(effects, variances)
    order = np.random.default_rng(seed).permutation(3)
    other = random_effects(effects[order], variances[order])
    np.testing.assert_allclose(other.p, one.p, rtol=1e-6)
    turned = random_effects(-effects, variances)
    np.testing.assert_allclose(turned.t, -one.t, rtol=1e-6)
    np.testing.assert_allclose(turned.ci_low, -one.ci_high, rtol=1e-6)
    np.testing.assert_allclose(turned.direction_consistency, one.direction_consistency)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(0.01, 100))
def test_another_unit_keeps_p(seed: int, unit: float) -> None:
    effects, variances = world(seed)
    one, other = (
        random_effects(effects, variances),
        random_effects(effects * unit, variances * unit**2),
    )
    np.testing.assert_allclose(one.p, other.p, rtol=1e-5)
    np.testing.assert_allclose(one.prediction_high * unit, other.prediction_high, rtol=1e-5)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_an_absent_study_is_as_if_it_had_never_been(seed: int) -> None:
    effects, variances = world(seed)
    padded = random_effects(
        np.vstack([effects, np.full((1, 40), np.nan)]), np.vstack([variances, variances[:1]])
    )
    np.testing.assert_array_equal(padded.p, random_effects(effects, variances).p)


def test_a_gap_leaves_the_own_summaries_of_other_features() -> None:
    effects, variances = world(1)
    holed = effects.copy()
    holed[0, 0] = np.nan
    one, other = random_effects(effects, variances), random_effects(holed, variances)
    for field in ("q", "tau2", "i2", "studies"):
        np.testing.assert_array_equal(getattr(one, field)[1:], getattr(other, field)[1:])


def test_limits_that_are_not_defined_are_nan() -> None:
    effects, variances = world(2, studies=4)
    effects[:, :4] = np.tril(np.ones((4, 4))).T * effects[:, 3:4]
    effects[:, 3] = np.where(np.isnan(effects[:, 3]), 0.3, effects[:, 3])
    effects[1:, 0], effects[2:, 1], effects[3:, 2] = np.nan, np.nan, np.nan
    effects[0, :4] = 0.7
    effects[1, 1:4], effects[2, 2:4] = 0.1, -0.4
    effects[:, 4] = np.nan
    result = random_effects(effects, variances)
    np.testing.assert_array_equal(result.studies[:5], [1, 2, 3, 4, 0])
    np.testing.assert_array_equal(
        np.isnan(result.prediction_low[:5]), [True, True, False, False, True]
    )
    np.testing.assert_array_equal(np.isnan(result.tau2[:5]), [True, False, False, False, True])
    np.testing.assert_array_equal(np.isnan(result.p[:5]), [False] * 4 + [True])
    assert result.direction_consistency[2] == pytest.approx(2 / 3)


def test_single_study_without_any_prior_keeps_its_own_error() -> None:
    result = random_effects(np.array([[0.98]]), np.array([[0.25]]))
    assert result.standard_error[0] == 0.5
    assert result.df[0] == np.inf
    assert result.p[0] == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize("studies", [2, 3, 5])
@pytest.mark.parametrize("heterogeneity", ["none", "equal", "varying"])
def test_type_one_error_and_coverage(studies: int, heterogeneity: str) -> None:
    rng = np.random.default_rng(studies)
    features = 20_000
    tau2 = {
        "none": np.zeros(features),
        "equal": np.ones(features),
        "varying": 2 * rng.exponential(size=features),
    }[heterogeneity]
    variances = np.tile(np.linspace(0.6, 1.4, studies)[:, None], features)
    effects = rng.normal(size=variances.shape) * np.sqrt(variances + tau2)
    result = random_effects(effects, variances)
    for rate in (0.05, 0.001):
        four_monte_carlo_errors = 4 * np.sqrt(rate * (1 - rate) / features)
        assert (result.p < rate).mean() < rate + four_monte_carlo_errors
    if studies > 2:
        new = rng.normal(size=features) * np.sqrt(tau2)
        inside = (result.prediction_low < new) & (new < result.prediction_high)
        assert inside.mean() > 0.94


def test_power_where_plain_hartung_knapp_has_none() -> None:
    rng = np.random.default_rng(9)
    variances = np.ones((3, 2000))
    effects = 3 + rng.normal(size=(3, 2000))
    together = random_effects(effects, variances).p
    alone = [random_effects(effects[:, [i]], variances[:, [i]]).p[0] for i in range(200)]
    assert (together < 0.001).mean() > 0.9
    assert np.mean(np.array(alone) < 0.001) < 0.05


def correlated(rng: np.random.Generator, samples: int, loadings: Matrix) -> Matrix:
    """Standard normal features, 60 % of whose variance comes from shared factors."""
    factors, features = loadings.shape
    shared = rng.normal(size=(samples, factors)) @ loadings / np.linalg.norm(loadings, axis=0)
    return np.asarray(np.sqrt(0.6) * shared + np.sqrt(0.4) * rng.normal(size=(samples, features)))


def test_correlated_features_stay_calibrated_when_their_number_is_told() -> None:
    """Without it the rate at 0.001 is 0.0025 here: two studies that differ, few true dimensions."""
    rng = np.random.default_rng(11)
    variances = np.ones((2, 500))
    rates = []
    for _ in range(60):
        effects = correlated(rng, 2, rng.normal(size=(10, 500))) * np.sqrt(2)
        p = random_effects(effects, variances, independent_features=28).p
        rates.append([(p < 0.05).mean(), (p < 0.001).mean()])
    assert np.mean(rates, axis=0)[0] < 0.05
    assert np.mean(rates, axis=0)[1] < 0.001


def test_fewer_independent_features_lend_less() -> None:
    effects, variances = world(12, features=400)
    all_of_them = random_effects(effects, variances)
    few = random_effects(effects, variances, independent_features=5)
    assert few.df_prior < all_of_them.df_prior
    assert np.nanmax(few.df) < np.nanmin(all_of_them.df)
