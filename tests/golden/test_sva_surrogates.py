"""Surrogate variables and local false discovery rates against sva."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.local_fdr import local_fdr
from immunosep_omics.stats.surrogate_variables import number_of_surrogates, surrogate_variables

Table = Callable[[str], NDArray[np.float64]]


def test_local_fdr(rows: Table) -> None:
    p, expected = rows("local_fdr").T
    np.testing.assert_allclose(local_fdr(p), expected, atol=1e-6)


def _designs(rows: Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    group, age = rows("surrogate_design").T
    null = np.column_stack([np.ones(len(age)), age])
    return np.column_stack([null, group]), null


@pytest.mark.parametrize(("number", "result"), [(1, "surrogate_one"), (2, "surrogate_two")])
def test_surrogate_variables(number: int, result: str, rows: Table, samples: Table) -> None:
    expected = rows(result)
    actual = surrogate_variables(samples("surrogate_values"), *_designs(rows), number)
    actual *= np.sign((actual * expected).sum(axis=0))
    np.testing.assert_allclose(actual, expected, atol=1e-6)


def test_their_number(rows: Table, samples: Table) -> None:
    found = number_of_surrogates(
        samples("surrogate_values"), _designs(rows)[0], np.random.default_rng(1)
    )
    assert found == int(rows("surrogate_number")[0, 0])
