"""Repeated samples; agreement with limma is in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest

from immunosep_omics.stats.f_test import design_without, f_test
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.treat import treat

BLOCK = np.array([3, 1, 1, 2, 2, 2, 3, 5, 5, 4, 4, 4])
DESIGN = np.column_stack([np.ones(12), np.arange(12) % 2])


@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_fit_is_generalised_least_squares(gaps: float) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(12, 6))
    values[rng.random(values.shape) < gaps] = np.nan
    weights = rng.uniform(0.5, 2, 12)
    fit = fit_linear(values, DESIGN, weights, repeats=Repeats(BLOCK, 0.3))
    together = np.where(BLOCK[:, None] == BLOCK, 0.3, 0.0) + 0.7 * np.eye(12)
    covariance = together / np.sqrt(np.outer(weights, weights))
    for feature, column in enumerate(values.T):
        seen = ~np.isnan(column)
        inverse = np.linalg.inv(covariance[np.ix_(seen, seen)])
        unscaled = np.linalg.inv(DESIGN[seen].T @ inverse @ DESIGN[seen])
        estimate = unscaled @ DESIGN[seen].T @ inverse @ column[seen]
        np.testing.assert_allclose(fit.coefficients[:, feature], estimate, rtol=1e-9)
        np.testing.assert_allclose(
            fit.stdev_unscaled[:, feature], np.sqrt(np.diag(unscaled)), rtol=1e-9
        )


@pytest.mark.parametrize("correlation", [-0.5, 1.0, np.nan])
def test_impossible_correlation(correlation: float) -> None:
    with pytest.raises(ValueError, match=r"between -0\.5 and 1"):
        Repeats(BLOCK, correlation)


@pytest.mark.parametrize("truth", [-0.1, 0.0, 0.5])
def test_correlation_is_recovered(truth: float) -> None:
    rng = np.random.default_rng(2)
    block = np.repeat(np.arange(15), 3)
    root = np.linalg.cholesky(np.where(np.eye(3) > 0, 1.0, truth))
    values = np.einsum("ij,bjf->bif", root, rng.normal(size=(15, 3, 2000))).reshape(45, 2000)
    design = np.column_stack([np.ones(45), np.arange(45) % 2])
    found = repeat_correlation(values, design, block)
    assert found.correlation == pytest.approx(truth, abs=0.02)


def test_nothing_repeated_no_correlation() -> None:
    values = np.random.default_rng(3).normal(size=(12, 4))
    assert np.isnan(repeat_correlation(values, DESIGN, np.arange(12)).correlation)
    assert np.isnan(repeat_correlation(values, DESIGN, np.zeros(12, dtype=np.intp)).correlation)


def test_a_level_changes_no_correlation() -> None:
    values = np.random.default_rng(4).normal(size=(12, 20))
    values[2, 3] = np.nan
    one = repeat_correlation(values, DESIGN, BLOCK)
    other = repeat_correlation(values * 7 + 1000, DESIGN, BLOCK)
    np.testing.assert_allclose(one.each, other.each, rtol=1e-6, atol=1e-8)


def test_interval_of_no_width_is_the_moderated_test() -> None:
    fit = fit_linear(np.random.default_rng(5).normal(size=(12, 30)), DESIGN)
    moderated = moderate(fit)
    tested = treat(fit, moderated, 0.0)
    np.testing.assert_allclose(tested.p, moderated.p, rtol=1e-12)
    np.testing.assert_allclose(tested.t, moderated.t, rtol=1e-12)
    wider = treat(fit, moderated, 0.2)
    assert (wider.p > tested.p).all()
    with pytest.raises(ValueError, match="0 or more"):
        treat(fit, moderated, -1.0)


@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_f_of_one_contrast_is_t_squared(gaps: float) -> None:
    rng = np.random.default_rng(6)
    values = rng.normal(size=(12, 30))
    values[rng.random(values.shape) < gaps] = np.nan
    weights = rng.uniform(0.5, 2, values.shape)
    contrast = np.array([[0.0], [1.0]])
    full = fit_linear(values, DESIGN, weights)
    reduced = fit_linear(values, design_without(DESIGN, contrast), weights)
    moderated = moderate(full)
    tested = f_test(full, reduced, moderated)
    np.testing.assert_allclose(tested.f, moderated.t[1] ** 2, rtol=1e-6)
    np.testing.assert_allclose(tested.p, moderated.p[1], rtol=1e-6)
    np.testing.assert_array_equal(tested.df, 1)


def test_f_of_every_coefficient() -> None:
    values = np.random.default_rng(7).normal(size=(12, 5))
    nothing = design_without(DESIGN, np.eye(2))
    assert nothing.shape == (12, 0)
    full, reduced = fit_linear(values, DESIGN), fit_linear(values, nothing)
    tested = f_test(full, reduced, moderate(full))
    residual = full.sigma**2 * full.df_residual
    expected = ((values**2).sum(axis=0) - residual) / 2 / moderate(full).variance_posterior
    np.testing.assert_allclose(tested.f, expected, rtol=1e-9)
