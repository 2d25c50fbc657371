"""Against p.adjust, pt and medpolish."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.linear import two_sided_p
from immunosep_omics.stats.median_polish import polish_groups
from immunosep_omics.stats.testing import benjamini_hochberg

Rows = Callable[[str], NDArray[np.float64]]
Columns = Callable[[str], dict[str, NDArray[np.float64]]]


def test_benjamini_hochberg(columns: Columns) -> None:
    table = columns("testing_bh")
    np.testing.assert_allclose(benjamini_hochberg(table["p"]), table["adjusted"], rtol=1e-14)


def test_student_tails(columns: Columns) -> None:
    table = columns("student")
    actual = two_sided_p(table["t"], table["df"])
    np.testing.assert_allclose(actual, table["p"], rtol=1e-10, atol=0)


def test_median_polish(rows: Rows) -> None:
    table = rows("median_polish_values")
    protein = table[:, 0].astype(np.intp) - 1
    actual = polish_groups(table[:, 1:], protein, 6)
    np.testing.assert_allclose(actual, rows("median_polish_result"), rtol=0, atol=1e-9)
