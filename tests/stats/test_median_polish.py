"""Median polish of many groups of rows."""

import numpy as np
import pytest

from immunosep_omics.stats.median_polish import polish_groups


def test_an_additive_table_is_told_exactly():
    table = np.array([[1.0, 2.0, 5.0]]) + np.array([[0.0], [10.0], [4.0]])
    levels = polish_groups(table, np.zeros(3, dtype=int), 1)
    np.testing.assert_allclose(levels, [[5, 6, 9]])


def test_a_single_row_is_its_own_level_and_an_outlier_does_not_pull():
    table = np.array([[3.0, np.nan, 7.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 90.0, 3.0]])
    levels = polish_groups(table, np.array([1, 0, 0, 0]), 3)
    np.testing.assert_allclose(levels[0], [1, 2, 3])
    np.testing.assert_allclose(levels[1], [3, np.nan, 7])
    assert np.isnan(levels[2]).all()


def test_groups_do_not_touch_each_other():
    rng = np.random.default_rng(3)
    values = rng.normal(20, 2, (40, 6))
    values[rng.random(values.shape) < 0.3] = np.nan
    group = rng.permutation(np.repeat([0, 1, 2, 3], 10))
    together = polish_groups(values, group, 4)
    for number in range(4):
        rows = values[group == number]
        alone = polish_groups(rows, np.zeros(len(rows), dtype=int), 1)
        np.testing.assert_array_equal(together[number], alone[0])


@pytest.mark.slow
def test_a_hundred_thousand_rows():
    values = np.random.default_rng(1).normal(20, 2, (100_000, 50))
    levels = polish_groups(values, np.arange(100_000) // 11, 9_091)
    assert np.isfinite(levels).all()
