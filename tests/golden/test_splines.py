"""Against splines::ns; see make_splines.R."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.natural_spline import natural_spline, natural_spline_knots

Matrix = NDArray[np.float64]
COEFFICIENTS = pytest.mark.parametrize("coefficients", [2, 3, 4, 5, 6])


@COEFFICIENTS
def test_knots(coefficients: int, rows: Callable[[str], Matrix]) -> None:
    points = rows("splines_points")
    actual = natural_spline_knots(points[points[:, 1] == 0, 0], coefficients)
    expected = rows(f"splines_{coefficients}_knots")[:, 0]
    np.testing.assert_allclose(actual, expected, rtol=1e-14)


@COEFFICIENTS
def test_the_same_curves(coefficients: int, rows: Callable[[str], Matrix]) -> None:
    """Each of R's curves is a sum of ours, between the outer knots and, straight, beyond them."""
    points, expected = rows("splines_points"), rows(f"splines_{coefficients}")
    x, inside = points[:, 0], points[:, 1] == 0
    actual = natural_spline(x, natural_spline_knots(x[inside], coefficients))
    assert actual.shape == expected.shape
    combined = np.linalg.lstsq(actual[inside], expected[inside])[0]
    assert np.linalg.matrix_rank(combined) == coefficients
    np.testing.assert_allclose(actual @ combined, expected, rtol=0, atol=1e-10)
