"""Mixed models; agreement with lmerTest is in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.linear import fit_linear, two_sided_p
from immunosep_omics.stats.mixed_model import MixedFit, fit_mixed

BLOCK = np.repeat(np.arange(8), [1, 3, 2, 4, 2, 3, 3, 2])
SICK = np.array([0, 1, 0, 1, 1, 0, 1, 0])[BLOCK]
DESIGN = np.column_stack([np.ones(20), SICK, np.arange(20) % 3])
CONTRASTS = np.eye(3)[:, 1:]
TESTS = ("estimate", "standard_error", "t", "df", "p")


def draw(seed: int, features: int = 6, gaps: float = 0.15) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(20, features)) + 1.5 * rng.normal(size=(8, features))[BLOCK]
    values[rng.random(values.shape) < gaps] = np.nan
    return values


def same(one: MixedFit, other: MixedFit, names: tuple[str, ...] = TESTS) -> None:
    for name in names:
        actual, expected = getattr(one, name), getattr(other, name)
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-8, err_msg=name)


def test_pairs_by_hand() -> None:
    """Balanced pairs: the difference within patients is the paired t-test."""
    values = draw(1, gaps=0)[:16]
    patient, after = np.repeat(np.arange(8), 2), np.tile([0, 1], 8)
    values = values + 3 * np.random.default_rng(2).normal(size=(8, 6))[patient]
    design = np.column_stack([np.ones(16), after])
    fit = fit_mixed(values, design, np.array([[0.0], [1.0]]), patient)
    change = values[1::2] - values[::2]
    t = change.mean(axis=0) / (change.std(axis=0, ddof=1) / np.sqrt(8))
    inside = ~fit.at_boundary
    assert inside.any()
    np.testing.assert_allclose(fit.t[0, inside], t[inside], rtol=1e-7)
    np.testing.assert_allclose(fit.df[0, inside], 7, rtol=1e-6)
    np.testing.assert_allclose(fit.p[0, inside], two_sided_p(t[inside], 7), rtol=1e-6)


def test_patients_compared_by_hand() -> None:
    """Balanced groups of patients: as the t-test of the patients' means."""
    patient, group = np.repeat(np.arange(8), 3), np.repeat([0, 1], 12)
    rng = np.random.default_rng(3)
    values = rng.normal(size=(24, 5)) + 3 * rng.normal(size=(8, 5))[patient]
    design = np.column_stack([np.ones(24), group])
    fit = fit_mixed(values, design, np.array([[0.0], [1.0]]), patient)
    means = values.reshape(8, 3, 5).mean(axis=1)
    by_means = fit_linear(means, design[::3])
    assert not fit.at_boundary.any()
    np.testing.assert_allclose(fit.estimate[0], by_means.coefficients[1], rtol=1e-9)
    error = by_means.sigma * by_means.stdev_unscaled[1]
    np.testing.assert_allclose(fit.standard_error[0], error, rtol=1e-7)
    np.testing.assert_allclose(fit.df[0], 6, rtol=1e-6)


def test_no_repeats_least_squares() -> None:
    values = draw(4)
    fit = fit_mixed(values, DESIGN, CONTRASTS, np.arange(20))
    plain = fit_linear(values, DESIGN, contrasts=CONTRASTS)
    np.testing.assert_allclose(fit.estimate, plain.coefficients, rtol=1e-9)
    np.testing.assert_allclose(fit.standard_error, plain.sigma * plain.stdev_unscaled, rtol=1e-9)
    np.testing.assert_array_equal(fit.df, np.broadcast_to(plain.df_residual, fit.df.shape))
    assert fit.converged.all()
    assert not fit.at_boundary.any()


def test_what_cannot_be_told_is_missing() -> None:
    values = draw(5, features=6, gaps=0)
    values[:, 0] = np.nan
    values[2:, 1] = np.nan  # as many samples as coefficients, or fewer
    values[:, 2] = 7.0  # never varies
    values[SICK == 1, 3] = np.nan  # one group only: time can still be told
    values[:, 4] = np.arange(8.0)[BLOCK] ** 2  # patients explain all: no top
    fit = fit_mixed(values, DESIGN, CONTRASTS, BLOCK)
    np.testing.assert_array_equal(fit.converged, [False, False, False, True, False, True])
    np.testing.assert_array_equal(np.isnan(fit.p[0]), [True, True, True, True, True, False])
    np.testing.assert_array_equal(np.isnan(fit.p[1]), [True, True, True, False, True, False])


def test_one_patient_is_not_told_from_error() -> None:
    fit = fit_mixed(draw(6), DESIGN[:, ::2], np.array([[0.0], [1.0]]), np.zeros(20, dtype=np.intp))
    assert np.isnan(fit.p).all()
    assert not fit.converged.any()


@given(seed=st.integers(0, 1000), order=st.permutations(range(20)))
@settings(max_examples=15, deadline=None)
def test_order_of_samples_is_nothing(seed: int, order: list[int]) -> None:
    values = draw(seed)
    turned = fit_mixed(values[order], DESIGN[order], CONTRASTS, BLOCK[order])
    same(turned, fit_mixed(values, DESIGN, CONTRASTS, BLOCK))


@given(
    seed=st.integers(0, 1000),
    unit=st.floats(0.01, 100),
    level=st.floats(-1000, 1000),
)
@settings(max_examples=15, deadline=None)
def test_unit_level_and_direction(seed: int, unit: float, level: float) -> None:
    values = draw(seed)
    one = fit_mixed(values, DESIGN, CONTRASTS, BLOCK)
    other = fit_mixed(values * unit + level, DESIGN, -CONTRASTS, BLOCK)
    np.testing.assert_allclose(other.estimate, -unit * one.estimate, rtol=1e-5, atol=1e-7 * unit)
    np.testing.assert_allclose(other.p, one.p, rtol=1e-4)
    np.testing.assert_array_equal(other.at_boundary, one.at_boundary)


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_features_do_not_touch_each_other(seed: int) -> None:
    values = draw(seed)
    alone = fit_mixed(values[:, 2:3], DESIGN, CONTRASTS, BLOCK)
    values[:, 0] = np.nan
    together = fit_mixed(values, DESIGN, CONTRASTS, BLOCK)
    for name in TESTS:
        actual = getattr(together, name)[:, 2:3]
        np.testing.assert_allclose(actual, getattr(alone, name), rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("between", [0.0, 1.0])
def test_null(between: float) -> None:
    """Close to the nominal level within patients and between them, variances of zero included."""
    rng = np.random.default_rng(8)
    patient = np.repeat(np.arange(20), 2)
    values = rng.normal(size=(40, 4000)) + between * rng.normal(size=(20, 4000))[patient]
    design = np.column_stack([np.ones(40), np.arange(40) % 2, patient < 10])
    fit = fit_mixed(values, design, np.eye(3)[:, 1:], patient)
    assert fit.converged.all()
    rate = (fit.p < 0.05).mean(axis=1)
    assert (np.abs(rate - 0.05) < 0.015).all(), rate
