"""Partial sorts against full ones."""

from __future__ import annotations

import numpy as np
import pytest

from immunosep_omics.stats.order import at_places, quantiles


@pytest.mark.parametrize("size", [1, 2, 7, 400])
def test_places_in_values_with_ties(size: int) -> None:
    values = np.random.default_rng(size).integers(0, 40, size).astype(float)
    ordered = np.sort(values)
    for low in range(0, size, 1 + size // 9):
        for high in (low, (low + size - 1) // 2 if low else 0, size - 1):
            found = at_places(values, low, max(low, high))
            assert found == (ordered[low], ordered[max(low, high)])


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.75, 1])
@pytest.mark.parametrize("columns", [1, 2, 5, 8])
def test_quantiles_with_and_without_zeros_of_all_rows(share: float, columns: int) -> None:
    values = np.random.default_rng(columns).exponential(size=(4, columns))
    expected = np.quantile(values, share, axis=1)
    np.testing.assert_allclose(quantiles(values, share), expected, rtol=1e-14)
    padded = np.hstack([values, np.zeros((4, 3))])
    np.testing.assert_allclose(quantiles(padded, share, 3), expected, rtol=1e-14)
