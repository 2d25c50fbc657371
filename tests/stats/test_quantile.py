"""Laws of quantile normalisation; agreement with limma is in tests/golden."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from immunosep_omics.stats.quantile import quantile_reference, to_quantile_reference

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_every_complete_sample_takes_the_reference_distribution(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(5, 30))
    reference = quantile_reference(values)
    result = to_quantile_reference(values, reference)
    np.testing.assert_allclose(np.sort(result, axis=1), np.tile(reference, (5, 1)))
    np.testing.assert_allclose(to_quantile_reference(result, reference), result)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_only_the_order_of_a_sample_matters(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(4, 20))
    reference = quantile_reference(values)
    other_unit = to_quantile_reference(np.exp(values) * 7, reference)
    np.testing.assert_allclose(other_unit, to_quantile_reference(values, reference))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(-50, 50), st.floats(0.01, 100))
def test_order_of_samples_constant_and_unit(seed: int, constant: float, unit: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(5, 30))
    values[rng.random(values.shape) < 0.1] = np.nan
    reference, order = quantile_reference(values), rng.permutation(5)
    np.testing.assert_allclose(quantile_reference(values[order]), reference, rtol=1e-9)
    moved = values * unit + constant
    result = to_quantile_reference(moved, quantile_reference(moved))
    expected = to_quantile_reference(values, reference) * unit + constant
    np.testing.assert_allclose(result, expected, rtol=1e-7, atol=1e-7)


def test_gaps_stay_and_a_sample_with_nothing_does_not_count() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(4, 11))
    values[3] = np.nan
    reference = quantile_reference(values)
    np.testing.assert_allclose(reference, quantile_reference(values[:3]))
    values[0, 4] = np.nan
    values[3, 7] = 123.0
    result = to_quantile_reference(values, reference)
    np.testing.assert_array_equal(np.isnan(result), np.isnan(values))
    assert result[3, 7] == np.median(reference)


def test_nothing_to_learn_from() -> None:
    assert np.isnan(quantile_reference(np.full((2, 3), np.nan))).all()
