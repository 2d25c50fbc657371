"""Expected values below a limit: the likelihood's optimum, planted truth, laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm, truncnorm

from immunosep_omics.stats.censored import expected_below

Vector = NDArray[np.float64]


def by_search(values: Vector, missing: int, limit: float) -> float:
    """Tobit by a general optimiser, and the mean of the normal distribution cut at the limit."""

    def loss(parameters: Vector) -> float:
        mean, deviation = parameters[0], np.exp(parameters[1])
        seen = norm.logpdf(values, mean, deviation).sum()
        return float(-seen - missing * norm.logcdf(limit, mean, deviation))

    start = np.array([values.mean(), np.log(values.std())])
    found = minimize(loss, start, method="Nelder-Mead",
                     options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 5000}).x  # fmt: skip
    deviation = np.exp(found[1])
    return float(truncnorm.mean(-np.inf, (limit - found[0]) / deviation, found[0], deviation))


@pytest.mark.parametrize("missing", [0, 1, 5, 40])
def test_it_is_the_optimum_of_the_likelihood(missing: int) -> None:
    rng = np.random.default_rng(missing)
    values = rng.normal(3, 2, (12, 4))
    actual = expected_below(values, np.full(4, missing))
    expected = [by_search(own, missing, own.min()) for own in values.T]
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


def test_planted_values_below_a_known_limit_are_found_on_average() -> None:
    values = np.random.default_rng(1).normal(np.linspace(-0.5, 2, 6), 1.0, (20_000, 6))
    seen = np.where(values < 0, np.nan, values)
    actual = expected_below(seen, np.isnan(seen).sum(axis=0), np.zeros(6))
    hidden = np.where(values < 0, values, np.nan)
    np.testing.assert_allclose(actual, np.nanmean(hidden, axis=0), atol=0.03)


@given(st.integers(0, 2**16), st.floats(-50, 50), st.floats(0.01, 100))
def test_another_unit_and_zero_change_nothing_else(seed: int, zero: float, unit: float) -> None:
    values = np.random.default_rng(seed).normal(size=(15, 3))
    missing = np.array([0, 4, 30])
    actual = expected_below(values * unit + zero, missing)
    np.testing.assert_allclose(
        actual, expected_below(values, missing) * unit + zero, rtol=1e-7, atol=1e-7 * unit
    )
    assert (actual < (values * unit + zero).min(axis=0)).all()


def test_features_that_teach_nothing_get_their_limit() -> None:
    values = np.array([[1.0, 2, np.nan, 4], [3, 2, np.nan, np.nan], [5, 2, np.nan, 6]])
    actual = expected_below(values, np.array([1, 1, 3, 1]))
    assert actual[0] < 1
    np.testing.assert_array_equal(actual[1:], [2, np.nan, 4])
