"""The cautious likelihood prior recovers a planted one and borrows little from few."""

from __future__ import annotations

import numpy as np
import pytest

from immunosep_omics.stats.variance_prior import fit_variance_prior


@pytest.mark.parametrize("df", [1.0, 2.0, 4.0])
def test_planted_prior(df: float) -> None:
    rng = np.random.default_rng(1)
    scale, df_prior = fit_variance_prior(2 * rng.f(df, 8, size=20_000), np.full(20_000, df))
    assert scale == pytest.approx(2, rel=0.05)
    assert df_prior == pytest.approx(8, rel=0.15)


def test_equal_variances_let_many_features_lend_much_and_few_little() -> None:
    rng = np.random.default_rng(2)
    many = fit_variance_prior(rng.chisquare(1, size=20_000), np.ones(20_000))[1]
    few = fit_variance_prior(rng.chisquare(1, size=5), np.ones(5))[1]
    assert many > 50
    assert few < 10


def test_unequal_and_missing_df() -> None:
    rng = np.random.default_rng(3)
    df = rng.choice([0.0, 1, 2, 4], size=20_000)
    variances = np.where(df > 0, rng.f(np.maximum(df, 1), 6), np.nan)
    scale, df_prior = fit_variance_prior(variances, df)
    assert scale == pytest.approx(1, rel=0.06)
    assert df_prior == pytest.approx(6, rel=0.15)


@pytest.mark.parametrize("variances", [[], [1.0], [np.nan, 2.0], [0.0, 0.0, 0.0]])
def test_nothing_to_learn_from(variances: list[float]) -> None:
    x = np.array(variances)
    assert fit_variance_prior(x, np.ones(len(x))) == (1.0, 0.0)


def test_exact_zeros_look_like_variances_that_vary_wildly() -> None:
    scale, df_prior = fit_variance_prior(np.array([0.0, 0.5, 1.0, 2.0]), np.full(4, 2.0))
    assert np.isfinite(scale)
    assert scale > 0
    assert 0 < df_prior < 2
