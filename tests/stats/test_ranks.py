"""average_ranks against scipy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from scipy.stats import rankdata

from immunosep_omics.stats.ranks import average_ranks


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=2, max_dims=2, max_side=8),
        elements=st.one_of(st.integers(-3, 3).map(float), st.just(np.nan)),
    )
)
def test_as_scipy(values: NDArray[np.float64]) -> None:
    np.testing.assert_array_equal(
        average_ranks(values), rankdata(values, axis=-1, nan_policy="omit")
    )


def test_infinite_values_rank_and_nan_does_not() -> None:
    values = np.array([np.inf, np.nan, -np.inf, 0, np.inf])
    np.testing.assert_array_equal(average_ranks(values), [3.5, np.nan, 1, 2, 3.5])


def test_nothing_has_no_ranks() -> None:
    assert average_ranks(np.zeros((2, 0))).shape == (2, 0)
    np.testing.assert_array_equal(average_ranks(np.full((1, 2), np.nan)), [[np.nan, np.nan]])
