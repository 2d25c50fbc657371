"""Variance stabilisation of intensities: planted parameters, the likelihood's optimum, laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from immunosep_omics.stats.vsn import apply_vsn, fit_vsn, vsn_parameters

Matrix = NDArray[np.float64]


def planted(
    samples: int = 20, features: int = 1000, missing: float = 0.0, altered: float = 0.0,
    seed: int = 1,
) -> tuple[Matrix, Matrix, Matrix]:  # fmt: skip
    """Intensities by the published model, with their offsets and log factors.

    A share `altered` of the features is higher in half of the samples.
    """
    rng = np.random.default_rng(seed)
    height = np.arcsinh(np.exp(rng.gamma(2, 1, features)))
    height = height + 0.2 * rng.normal(size=(samples, features))
    height[: samples // 2, : int(altered * features)] += 1.5
    shift, log_factor = rng.normal(0, 0.3, samples), rng.normal(-4.6, 0.7, samples)
    values = (np.sinh(height) - shift[:, None]) / np.exp(log_factor)[:, None]
    values[rng.random(values.shape) < missing] = np.nan
    return values, shift, log_factor


def loss(parameters: Matrix, values: Matrix) -> float:
    """Minus the profile log-likelihood as the paper writes it, sample by sample."""
    half = len(values)
    lines = [parameters[i] + np.exp(parameters[half + i]) * values[i] for i in range(half)]
    curves = np.arcsinh(lines)
    apart = curves - np.nanmean(curves, axis=0)
    measured = np.count_nonzero(~np.isnan(values))
    slopes = [np.log(np.exp(parameters[half + i]) / np.sqrt(1 + lines[i] ** 2))
              for i in range(half)]  # fmt: skip
    return float(measured / 2 * np.log(np.nansum(apart**2)) - np.nansum(slopes))


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_without_trimming_it_is_the_optimum_of_the_likelihood(missing: float) -> None:
    values = planted(5, 200, missing)[0]
    values = values[:, np.count_nonzero(~np.isnan(values), axis=0) > 1]  # others do not teach
    found = np.concatenate(vsn_parameters(fit_vsn(values, kept_share=1.0), values))
    start = np.r_[np.zeros(5), -np.log(np.nanmedian(values, axis=1))]
    rough = minimize(loss, start, args=(values,), method="Powell",
                     options={"maxiter": 10_000, "xtol": 1e-8, "ftol": 1e-12})  # fmt: skip
    wanted = minimize(loss, rough.x, args=(values,), method="BFGS", options={"gtol": 1e-6})
    assert loss(found, values) <= wanted.fun + 1e-8
    np.testing.assert_allclose(found, wanted.x, rtol=1e-6, atol=2e-6)


@pytest.mark.parametrize(("missing", "altered"), [(0.0, 0.0), (0.3, 0.0), (0.2, 0.05)])
def test_planted_parameters_are_found(missing: float, altered: float) -> None:
    values, shift, log_factor = planted(20, 3000, missing, altered)
    found_shift, found_factor = vsn_parameters(reference := fit_vsn(values), values)
    relative = (found_factor - found_factor.mean()) - (log_factor - log_factor.mean())
    assert np.abs(relative).max() < 0.04
    assert np.abs((found_shift - found_shift.mean()) - (shift - shift.mean())).max() < 0.15
    assert 0.17 < np.sqrt(reference.variance) < 0.25


def test_altered_features_pull_less_where_they_are_trimmed() -> None:
    values, _, log_factor = planted(20, 2000, altered=0.1)

    def error(share: float) -> float:
        found = vsn_parameters(fit_vsn(values, share), values)[1]
        return float(np.abs(found - log_factor - np.mean(found - log_factor)).max())

    assert error(0.8) < 0.4 * error(1.0)


def test_variance_no_longer_depends_on_the_mean() -> None:
    values = planted(40, 3000)[0]
    height = apply_vsn(fit_vsn(values), values)
    order = np.argsort(height.mean(axis=0))
    spread = [height[:, part].std(axis=0).mean() for part in np.array_split(order, 5)]
    assert max(spread) < 1.1 * min(spread)


def test_large_values_are_log2_of_the_intensity_on_average() -> None:
    values = planted(12, 2000)[0]
    height = apply_vsn(fit_vsn(values), values)
    large = values.min(axis=0) > np.quantile(values, 0.95)
    assert np.abs((height - np.log2(np.where(large, values, 1.0)))[:, large].mean()) < 0.02


def test_pure_logarithms_are_found_where_nothing_but_signal_is() -> None:
    rng = np.random.default_rng(2)
    level, depth = rng.normal(20, 2, 400), rng.normal(0, 1, (8, 1))
    values = 2 ** (level + depth + 0.2 * rng.normal(size=(8, 400)))
    height = apply_vsn(fit_vsn(values), values)
    assert np.isfinite(height).all()
    assert np.abs(height - (np.log2(values) - depth + depth.mean())).max() < 0.15


REFERENCE = fit_vsn(planted(6, 80, 0.1)[0])


@given(st.integers(0, 1000), st.floats(0.01, 1e6), st.floats(-50, 50))
def test_a_sample_in_other_units_gets_the_same_values(seed: int, unit: float, zero: float) -> None:
    one = planted(6, 80, 0.1, seed=seed)[0][:1]
    np.testing.assert_allclose(
        apply_vsn(REFERENCE, one * unit + zero), apply_vsn(REFERENCE, one), atol=1e-5
    )


def test_gaps_stay_and_disturb_nobody_else() -> None:
    values = planted(6, 80, 0.1)[0]
    reference = fit_vsn(values)
    height = apply_vsn(reference, values)
    np.testing.assert_array_equal(np.isnan(height), np.isnan(values))
    other = values.copy()
    other[0, :30] = np.nan
    np.testing.assert_array_equal(apply_vsn(reference, other)[1:], height[1:])
    for sample in range(6):
        alone = apply_vsn(reference, values[sample : sample + 1])
        np.testing.assert_array_equal(alone[0], height[sample])


def test_a_sample_with_too_little_to_learn_from() -> None:
    values = planted(6, 80)[0]
    few = values.copy()
    few[2, 9:] = np.nan
    assert np.isnan(apply_vsn(fit_vsn(values), few)[2]).all()
    with pytest.raises(ValueError, match="1 of 6 samples have fewer than 10 features"):
        fit_vsn(few)
    with pytest.raises(ValueError, match="fewer than two samples"):
        fit_vsn(values[:1])
