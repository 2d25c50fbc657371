"""Laws of the count kernels; agreement with edgeR is in tests/golden."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.counts import filter_by_expression, log_cpm


def world(seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(0.5, 3, size=(7, 1))
    return rng.poisson(depth * rng.exponential(40, size=200)).astype(float)


def test_filter_counts_right_at_the_threshold() -> None:
    counts = np.array([[10.0, 9, 999_981], [10, 10, 999_980], [10, 10, 999_980]])
    np.testing.assert_array_equal(filter_by_expression(counts), [True, False, True])
    two_of_three = filter_by_expression(counts, np.array([0, 1, 1]), min_total_count=0)
    np.testing.assert_array_equal(two_of_three, [True, True, True])


def test_design_and_group_agree() -> None:
    counts, group = world(3) / 4, np.array([0, 0, 0, 1, 1, 1, 1])
    design = np.column_stack([np.ones(7), group])
    np.testing.assert_array_equal(
        filter_by_expression(counts, group), filter_by_expression(counts, design)
    )


def test_log_cpm_of_a_single_sample_with_the_frozen_mean() -> None:
    counts = world(4)
    size = counts.sum(axis=1)
    alone = log_cpm(counts[2:3], size[2:3], mean_library_size=float(size.mean()))
    np.testing.assert_allclose(alone[0], log_cpm(counts, size)[2])


def test_zeros_of_all_samples_are_alike() -> None:
    counts = world(5)
    counts[:, 0] = 0
    assert np.ptp(log_cpm(counts, counts.sum(axis=1))[:, 0]) < 1e-12
