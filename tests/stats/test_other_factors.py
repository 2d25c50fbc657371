"""Laws of the RLE and upper-quartile factors; agreement with edgeR is in tests/golden."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.rle import apply_rle, fit_rle, rle_factors
from immunosep_omics.stats.upper_quartile import (
    apply_upper_quartile,
    fit_upper_quartile,
    upper_quartile_factors,
)

SEEDS = st.integers(0, 2**32 - 1)
METHODS = pytest.mark.parametrize(
    ("fit", "apply", "factors"),
    [
        (fit_rle, apply_rle, rle_factors),
        (fit_upper_quartile, apply_upper_quartile, upper_quartile_factors),
    ],
    ids=["rle", "upper_quartile"],
)


def world(seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(0.5, 3, size=(7, 1))
    return rng.poisson(depth * rng.exponential(40, size=200)).astype(float)


@METHODS
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_order_is_irrelevant_and_the_frozen_factor_is_the_same(
    fit: Callable, apply: Callable, factors: Callable, seed: int
) -> None:
    counts = world(seed)
    size = counts.sum(axis=1)
    expected = factors(counts, size)
    assert abs(np.log(expected).mean()) < 1e-12
    rng = np.random.default_rng(seed)
    samples, features = rng.permutation(7), rng.permutation(200)
    mixed = counts[samples][:, features]
    np.testing.assert_allclose(factors(mixed, size[samples]), expected[samples], rtol=1e-12)
    reference = fit(counts, size)
    np.testing.assert_array_equal(apply(reference, counts[2:3], size[2:3]), expected[2:3])


@METHODS
def test_a_sample_of_twice_the_depth_has_the_same_factor(
    fit: Callable, apply: Callable, factors: Callable
) -> None:
    counts = world(1)
    reference = fit(counts, counts.sum(axis=1))
    deeper = counts[:1] * 2
    np.testing.assert_allclose(
        apply(reference, deeper, deeper.sum(axis=1)),
        apply(reference, counts[:1], counts[:1].sum(axis=1)),
    )


@METHODS
def test_too_sparse_samples_have_no_factor(
    fit: Callable, apply: Callable, factors: Callable
) -> None:
    counts = np.eye(8) * 5
    assert not np.isfinite(factors(counts, counts.sum(axis=1))).any()
    nothing = np.zeros((2, 4))
    assert not np.isfinite(factors(nothing, nothing.sum(axis=1))).any()
