"""Benjamini-Hochberg: laws, and scipy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from immunosep_omics.stats.testing import benjamini_hochberg

P = arrays(np.float64, st.integers(1, 20), elements=st.floats(0, 1))


@given(P)
def test_as_scipy(p: NDArray[np.float64]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-12)


@given(P, st.integers(0, 5))
def test_nan_is_no_test(p: NDArray[np.float64], gaps: int) -> None:
    mixed = np.r_[np.full(gaps, np.nan), p]
    np.testing.assert_array_equal(benjamini_hochberg(mixed)[gaps:], benjamini_hochberg(p))
    assert np.isnan(benjamini_hochberg(mixed)[:gaps]).all()


def test_rows_are_families_of_their_own() -> None:
    p = np.array([[0.01, 0.04, np.nan], [np.nan, np.nan, np.nan]])
    expected = [[0.02, 0.04, np.nan], [np.nan, np.nan, np.nan]]
    np.testing.assert_allclose(benjamini_hochberg(p), expected)
