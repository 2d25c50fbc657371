"""Laws of ComBat; agreement with sva is in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.batch import apply_combat, fit_combat

SEEDS = st.integers(0, 2**32 - 1)
BATCH = np.repeat([0, 1, 2], [8, 7, 6])


def world(seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    shift, stretch = rng.normal(0, 2, size=(3, 60)), np.sqrt(1 / rng.gamma(5, 0.2, size=(3, 60)))
    level, noise = rng.normal(10, 3, size=60), rng.normal(size=(21, 60))
    return np.asarray(level + shift[BATCH] + stretch[BATCH] * noise)


def adjust(
    values: NDArray[np.float64],
    batch: NDArray[np.intp],
    covariates: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    return apply_combat(fit_combat(values, batch, covariates), values, batch, covariates)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_single_batch_is_left_alone(seed: int) -> None:
    values = world(seed)
    covariates = np.random.default_rng(seed).normal(size=(21, 2))
    np.testing.assert_array_equal(adjust(values, np.zeros(21, dtype=int), covariates), values)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_order_of_samples_and_names_of_batches_are_irrelevant(seed: int) -> None:
    values = world(seed)
    order = np.random.default_rng(seed).permutation(21)
    expected = adjust(values, BATCH)
    np.testing.assert_allclose(adjust(values[order], BATCH[order]), expected[order], rtol=1e-9)
    np.testing.assert_allclose(adjust(values, np.array([7, 2, 4])[BATCH]), expected, rtol=1e-9)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_same_change_of_unit_everywhere(seed: int) -> None:
    values = world(seed)
    np.testing.assert_allclose(
        adjust(values * 8 + 3, BATCH), adjust(values, BATCH) * 8 + 3, rtol=1e-6
    )


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_turning_a_covariate_round_and_moving_it_changes_nothing(seed: int) -> None:
    values = world(seed)
    severe = np.random.default_rng(seed).normal(size=(21, 1))
    expected = adjust(values, BATCH, severe)
    np.testing.assert_allclose(adjust(values, BATCH, 5 - 2 * severe), expected, rtol=1e-7)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_constant_passes_through_each_feature(seed: int) -> None:
    values = world(seed)
    constant = np.random.default_rng(seed).normal(0, 20, 60)
    expected = adjust(values, BATCH) + constant
    np.testing.assert_allclose(adjust(values + constant, BATCH), expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("parametric", [True, False])
@pytest.mark.parametrize("mean_only", [True, False])
def test_a_single_batch_is_left_alone_by_every_variant(parametric: bool, mean_only: bool) -> None:
    values, batch = world(7), np.full(21, 4)
    values[3, 2] = np.nan
    parameters = fit_combat(values, batch, parametric=parametric, mean_only=mean_only)
    np.testing.assert_array_equal(apply_combat(parameters, values, batch), values)


def test_batches_agree_afterwards_and_a_real_difference_survives() -> None:
    values = world(1)
    severe = (np.arange(21) % 2).astype(float)[:, None]
    result = adjust(values + 4 * severe, BATCH, severe)
    kept = result - 4 * severe
    means = np.array([kept[batch == BATCH].mean(axis=0) for batch in range(3)])
    before = np.array([values[batch == BATCH].mean(axis=0) for batch in range(3)])
    assert means.std(axis=0).mean() < 0.25 * before.std(axis=0).mean()
    difference = result[severe[:, 0] == 1].mean() - result[severe[:, 0] == 0].mean()
    assert difference == pytest.approx(4, abs=0.3)


def test_a_new_sample_is_adjusted_as_frozen() -> None:
    values = world(2)
    parameters = fit_combat(values, BATCH)
    whole = apply_combat(parameters, values, BATCH)
    alone = apply_combat(parameters, values[9:10], BATCH[9:10])
    np.testing.assert_allclose(alone[0], whole[9])


def test_constant_covariate_changes_nothing() -> None:
    values = world(3)
    covariates = np.column_stack([np.full(21, 5.0), np.arange(21) % 2])
    np.testing.assert_allclose(
        adjust(values, BATCH, covariates), adjust(values, BATCH, covariates[:, 1:])
    )


def test_feature_absent_from_a_batch_is_adjusted_between_the_others() -> None:
    values = world(4)
    values[BATCH == 1, 5] = np.nan
    parameters = fit_combat(values, BATCH)
    assert parameters.adjusted.all()
    result = apply_combat(parameters, values, BATCH)
    np.testing.assert_array_equal(np.isnan(result), np.isnan(values))
    gap = abs(values[BATCH == 0, 5].mean() - values[BATCH == 2, 5].mean())
    assert abs(result[BATCH == 0, 5].mean() - result[BATCH == 2, 5].mean()) < 0.5 * gap


def test_what_cannot_be_adjusted_says_so_and_is_unchanged() -> None:
    values = world(5)
    severe = (np.arange(21) % 2).astype(float)
    values[BATCH == 2, 0] = 3.0  # constant within a batch
    values[:, 1] = np.nan
    values[(BATCH == 0) == (severe == 1), 2] = np.nan  # severity only known by batch
    parameters = fit_combat(values, BATCH, severe[:, None])
    np.testing.assert_array_equal(np.flatnonzero(~parameters.adjusted), [0, 1, 2])
    result = apply_combat(parameters, values, BATCH, severe[:, None])
    np.testing.assert_array_equal(result[:, :3], values[:, :3])
    assert np.isfinite(result[:, 3:]).all()


def test_confounded_design_and_unknown_batch_are_refused() -> None:
    values = world(6)
    with pytest.raises(ValueError, match="confounded"):
        fit_combat(values, BATCH, (BATCH == 1).astype(float)[:, None])
    with pytest.raises(ValueError, match="not among those fitted"):
        apply_combat(fit_combat(values, BATCH), values, BATCH + 1)
