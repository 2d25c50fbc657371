"""Corners of TMM; its laws are in test_scaling_laws.py, agreement with edgeR in tests/golden."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.tmm import apply_tmm, fit_tmm, tmm_factors


def world(seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(0.5, 3, size=(7, 1))
    return rng.poisson(depth * rng.exponential(40, size=200)).astype(float)


def test_tmm_finds_the_composition() -> None:
    """A tenth of the features takes half the library: the rest only looks halved."""
    rng = np.random.default_rng(1)
    expected = np.full((2, 1000), 1000.0)
    expected[1, :100] *= 10
    counts = rng.poisson(expected).astype(float)
    factors = tmm_factors(counts, counts.sum(axis=1))
    assert abs(np.log(factors[0] / factors[1] / 1.9)) < 0.02


def test_single_and_empty_samples_have_factor_one() -> None:
    counts = world(2)
    np.testing.assert_array_equal(tmm_factors(counts[:1], counts[:1].sum(axis=1)), [1])
    counts[3] = 0
    reference = fit_tmm(counts[:3], counts[:3].sum(axis=1))
    np.testing.assert_array_equal(
        apply_tmm(reference, counts[3:4], np.array([1.0])), [1 / reference.scale]
    )
