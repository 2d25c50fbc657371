"""Counts against edgeR."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.counts import filter_by_expression, log_cpm
from immunosep_omics.stats.rle import rle_factors
from immunosep_omics.stats.tmm import apply_tmm, fit_tmm, tmm_factors, tmm_factors_against
from immunosep_omics.stats.upper_quartile import upper_quartile_factors

Table = Callable[[str], NDArray[np.float64]]
Columns = Callable[[str], dict[str, NDArray[np.float64]]]


def test_tmm_factors(samples: Table, columns: Columns) -> None:
    counts, table = samples("counts"), columns("counts_factors")
    actual = tmm_factors(counts, table["library"])
    np.testing.assert_allclose(actual, table["factor"], rtol=1e-10)


def test_tmm_against_a_given_reference(samples: Table, columns: Columns) -> None:
    counts, table = samples("counts"), columns("counts_factors")
    size = table["library"]
    raw = tmm_factors_against(counts, size, counts[2], size[2])
    scaled = raw / np.exp(np.log(raw).mean())
    np.testing.assert_allclose(scaled, table["factor_reference_3"], rtol=1e-10)


def test_tmm_of_mostly_zeros(rows: Table, samples: Table) -> None:
    counts = samples("counts_sparse")
    actual = tmm_factors(counts, counts.sum(axis=1))
    np.testing.assert_allclose(actual, rows("counts_sparse_factors")[:, 0], rtol=1e-10)


def test_frozen_tmm_of_one_training_sample(samples: Table, columns: Columns) -> None:
    counts, table = samples("counts"), columns("counts_factors")
    reference = fit_tmm(counts, table["library"])
    alone = apply_tmm(reference, counts[4:5], table["library"][4:5])
    np.testing.assert_allclose(alone, table["factor"][4:5], rtol=1e-10)


@pytest.mark.parametrize(("table", "count"), [("factors", 15), ("factors_even", 14)])
def test_other_factors(table: str, count: int, samples: Table, columns: Columns) -> None:
    counts, expected = samples("counts")[:count], columns(table)
    size = counts.sum(axis=1)
    np.testing.assert_allclose(rle_factors(counts, size), expected["rle"], rtol=1e-10)
    actual = upper_quartile_factors(counts, size)
    np.testing.assert_allclose(actual, expected["upper_quartile"], rtol=1e-10)


def test_filter_by_expression(rows: Table, samples: Table, columns: Columns) -> None:
    counts, table = samples("counts"), columns("counts_filter")
    small = np.repeat([0, 1], [4, 11])
    for name, actual in {
        "all": filter_by_expression(counts),
        "group": filter_by_expression(counts, small),
        "design": filter_by_expression(counts, rows("counts_design")),
        "large": filter_by_expression(np.vstack([counts, counts]), np.zeros(30)),
    }.items():
        np.testing.assert_array_equal(actual, table[name] == 1, err_msg=name)


def test_log_cpm(samples: Table, columns: Columns) -> None:
    counts, table = samples("counts"), columns("counts_factors")
    actual = log_cpm(counts, table["library"] * table["factor"])[:, :150]
    np.testing.assert_allclose(actual, samples("counts_log_cpm"), rtol=1e-10, atol=1e-10)


def test_filter_for_several_groups(rows: Table, samples: Table, columns: Columns) -> None:
    counts, kept = samples("counts"), columns("filter_groups")
    arm, four_times = np.repeat([0, 1, 2, 3], [5, 3, 3, 4]), np.vstack([counts] * 4)
    repeated = np.tile(rows("filter_treatment_design"), (4, 1))
    actual = {
        "group_4": filter_by_expression(counts, arm, min_count=100),
        "loose": filter_by_expression(counts, arm, min_count=3, min_total_count=40),
        "many": filter_by_expression(four_times, repeated, min_count=100),
    }
    for design in ("cell_means", "treatment", "two_factors", "with_age", "redundant"):
        given = rows(f"filter_{design}_design")
        actual[design] = filter_by_expression(counts, given, min_count=100)
    assert set(actual) == set(kept)
    for name, found in actual.items():
        np.testing.assert_array_equal(found, kept[name] == 1, err_msg=name)
