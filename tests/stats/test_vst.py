"""Laws of variance stabilisation; agreement with DESeq2 is in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.vst import (
    VstReference,
    apply_vst,
    dispersion_trend,
    dispersions,
    fit_vst,
)


def world(seed: int, samples: int = 30, size: float = 4.0) -> NDArray[np.float64]:
    """Negative binomial counts of dispersion 1 / size, in libraries of unequal depth."""
    rng = np.random.default_rng(seed)
    mean = rng.uniform(0.5, 2, (samples, 1)) * np.exp(rng.uniform(1, 9, 1500))
    return rng.poisson(mean * rng.gamma(size, 1 / size, mean.shape)).astype(float)


def test_the_planted_dispersion_is_found_and_the_variance_is_stable() -> None:
    counts = world(1)
    reference = fit_vst(counts)
    assert reference.asymptotic == pytest.approx(0.25, rel=0.1)
    level = np.argsort(counts.mean(axis=0))
    values = apply_vst(reference, counts)
    low, high = (values[:, part].var(axis=0).mean() for part in (level[:300], level[-300:]))
    assert low == pytest.approx(high, rel=0.35)


def test_a_new_sample_is_stabilised_as_frozen_and_depth_does_not_matter() -> None:
    counts = world(2)
    reference = fit_vst(counts)
    whole = apply_vst(reference, counts)
    np.testing.assert_array_equal(apply_vst(reference, counts[3:4])[0], whole[3])
    np.testing.assert_allclose(apply_vst(reference, counts[3:4] * 3)[0], whole[3], rtol=1e-12)
    assert (np.diff(whole[0][np.argsort(counts[0])]) >= 0).all()


def test_large_counts_are_log2() -> None:
    reference = VstReference(np.array([1e6, 4e6]), 0.1, 2.0)
    low, high = apply_vst(reference, np.array([[1e6, 4e6]]))[0]
    assert high - low == pytest.approx(2, abs=1e-4)


def test_order_of_samples_is_irrelevant() -> None:
    counts = world(3)
    order = np.random.default_rng(3).permutation(len(counts))
    first, second = fit_vst(counts), fit_vst(counts[order])
    assert second.asymptotic == pytest.approx(first.asymptotic, rel=1e-5)
    assert second.extra == pytest.approx(first.extra, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("seed", [6, 7])
def test_order_of_samples_and_features_changes_no_value(seed: int) -> None:
    counts = world(seed)[:, :400]
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(counts)), rng.permutation(400)
    values = apply_vst(fit_vst(counts), counts)
    mixed = counts[np.ix_(rows, columns)]
    reordered = apply_vst(fit_vst(mixed), mixed)
    np.testing.assert_allclose(reordered, values[np.ix_(rows, columns)], rtol=1e-4, atol=1e-4)


def test_each_feature_has_its_own_dispersion() -> None:
    counts, sizes = world(4, samples=8)[:, :40], np.ones(8)
    together = dispersions(counts, sizes)
    alone = [dispersions(counts[:, place : place + 1], sizes)[0] for place in range(40)]
    np.testing.assert_allclose(together, alone, rtol=1e-5)
    even = np.full((8, 1), 50.0)  # varies less than counting
    np.testing.assert_array_equal(dispersions(even, sizes), [1e-8])


def test_without_a_falling_trend_the_mean_takes_its_place() -> None:
    level = np.exp(np.linspace(0, 8, 50))
    rising = 0.01 + 0.1 * level / level.max()
    assert dispersion_trend(level, rising) == (pytest.approx(rising.mean()), 0.0)


def test_a_sample_without_size_factor_is_missing_and_nothing_to_learn_is_told() -> None:
    counts = world(5)
    assert np.isnan(apply_vst(fit_vst(counts), np.zeros((1, 1500)))).all()
    with pytest.raises(ValueError, match="no feature has counts in every sample"):
        fit_vst(np.eye(8))
    with pytest.raises(ValueError, match="more than counting"):
        fit_vst(np.full((6, 20), 40.0))
