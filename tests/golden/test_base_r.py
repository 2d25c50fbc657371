"""Against p.adjust and pt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.linear import two_sided_p
from immunosep_omics.stats.testing import benjamini_hochberg

Columns = Callable[[str], dict[str, NDArray[np.float64]]]


def test_benjamini_hochberg(columns: Columns) -> None:
    table = columns("testing_bh")
    np.testing.assert_allclose(benjamini_hochberg(table["p"]), table["adjusted"], rtol=1e-14)


def test_student_tails(columns: Columns) -> None:
    table = columns("student")
    actual = two_sided_p(table["t"], table["df"])
    np.testing.assert_allclose(actual, table["p"], rtol=1e-10, atol=0)
