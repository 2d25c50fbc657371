"""Laws of the scaling factors; agreement with edgeR is in tests/golden."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.tmm import apply_tmm, fit_tmm, tmm_factors

SEEDS = st.integers(0, 2**32 - 1)


def world(seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(0.5, 3, size=(7, 1))
    return rng.poisson(depth * rng.exponential(40, size=200)).astype(float)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_tmm_of_reordered_samples_and_features(seed: int) -> None:
    counts = world(seed)
    rng = np.random.default_rng(seed)
    samples, features = rng.permutation(7), rng.permutation(200)
    factors = tmm_factors(counts, counts.sum(axis=1))
    mixed = counts[samples][:, features]
    np.testing.assert_allclose(tmm_factors(mixed, mixed.sum(axis=1)), factors[samples], rtol=1e-9)
    assert abs(np.log(factors).mean()) < 1e-12


def test_tmm_finds_the_composition() -> None:
    """A tenth of the features takes half the library: the rest only looks halved."""
    rng = np.random.default_rng(1)
    expected = np.full((2, 1000), 1000.0)
    expected[1, :100] *= 10
    counts = rng.poisson(expected).astype(float)
    factors = tmm_factors(counts, counts.sum(axis=1))
    assert abs(np.log(factors[0] / factors[1] / 1.9)) < 0.02


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_frozen_factor_of_a_new_sample_ignores_its_company(seed: int) -> None:
    counts = world(seed)
    size = counts.sum(axis=1)
    reference = fit_tmm(counts[:5], size[:5])
    together = apply_tmm(reference, counts[5:], size[5:])
    alone = [apply_tmm(reference, counts[i : i + 1], size[i : i + 1])[0] for i in (5, 6)]
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_allclose(
        apply_tmm(reference, counts[:5], size[:5]), tmm_factors(counts[:5], size[:5])
    )


def test_single_and_empty_samples_have_factor_one() -> None:
    counts = world(2)
    np.testing.assert_array_equal(tmm_factors(counts[:1], counts[:1].sum(axis=1)), [1])
    counts[3] = 0
    reference = fit_tmm(counts[:3], counts[:3].sum(axis=1))
    np.testing.assert_array_equal(
        apply_tmm(reference, counts[3:4], np.array([1.0])), [1 / reference.scale]
    )
