"""Laws that all scaling factors of counts keep; agreement with edgeR is in tests/golden."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.rle import apply_rle, fit_rle, rle_factors
from immunosep_omics.stats.tmm import apply_tmm, fit_tmm, tmm_factors
from immunosep_omics.stats.upper_quartile import (
    apply_upper_quartile,
    fit_upper_quartile,
    upper_quartile_factors,
)

Matrix = NDArray[np.float64]
Factors = Callable[[Matrix, Matrix], Matrix]
SEEDS = st.integers(0, 2**32 - 1)
FROZEN = [
    (tmm_factors, fit_tmm, apply_tmm),
    (rle_factors, fit_rle, apply_rle),
    (upper_quartile_factors, fit_upper_quartile, apply_upper_quartile),
]
every_method = pytest.mark.parametrize("factors", [method[0] for method in FROZEN])
some_worlds = settings(max_examples=15, deadline=None)


def world(seed: int) -> Matrix:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(0.5, 3, size=(7, 1))
    return np.asarray(rng.poisson(depth * rng.gamma(2, 30, size=200)), dtype=float)


@every_method
@some_worlds
@given(SEEDS)
def test_order_of_samples_and_features_is_irrelevant(factors: Factors, seed: int) -> None:
    counts = world(seed)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(7)
    mixed = counts[rows][:, rng.permutation(200)]
    one = factors(counts, counts.sum(axis=1))
    np.testing.assert_allclose(factors(mixed, mixed.sum(axis=1)), one[rows], rtol=1e-9)
    assert abs(np.log(one).mean()) < 1e-12


@every_method
@some_worlds
@given(SEEDS, st.integers(2, 50))
def test_counting_in_another_unit_changes_no_factor(factors: Factors, seed: int, unit: int) -> None:
    counts = world(seed)
    size = counts.sum(axis=1)
    np.testing.assert_allclose(
        factors(counts * unit, size * unit), factors(counts, size), rtol=1e-9
    )


@pytest.mark.parametrize("factors", [rle_factors, upper_quartile_factors])
@some_worlds
@given(SEEDS)
def test_depth_of_one_library_changes_no_factor(factors: Factors, seed: int) -> None:
    """TMM weighs by counts, so that depth tells it something."""
    counts = world(seed)
    deeper = counts * np.where(np.arange(7) == 3, 4.0, 1.0)[:, None]
    one, other = factors(counts, counts.sum(axis=1)), factors(deeper, deeper.sum(axis=1))
    np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize(("factors", "fit", "apply"), FROZEN)
@some_worlds
@given(SEEDS)
def test_a_frozen_factor_ignores_its_company(
    factors: Factors, fit: Callable, apply: Callable, seed: int
) -> None:
    counts = world(seed)
    size = counts.sum(axis=1)
    reference = fit(counts[:5], size[:5])
    together = apply(reference, counts[5:], size[5:])
    alone = [apply(reference, counts[i : i + 1], size[i : i + 1])[0] for i in (5, 6)]
    np.testing.assert_array_equal(together, alone)
    again = apply(reference, counts[:5], size[:5])
    np.testing.assert_allclose(again, factors(counts[:5], size[:5]))
