"""Parts of features: all of them, once, of the size promised; and the peak memory that follows."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.mixed_model import fit_mixed
from immunosep_omics.stats.parts import column_parts, in_parts
from immunosep_omics.stats.pooling import pool
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.voom_quality import voom_with_sample_weights

Matrix = NDArray[np.float64]


@pytest.mark.parametrize("features", [0, 1, 7, 300, 5_000, 40_000])
@pytest.mark.parametrize("numbers", [0, 1, 60, 1_000])
def test_every_column_is_in_one_part(features: int, numbers: int) -> None:
    columns = np.arange(features) * 2
    found = [np.r_[part] for part in column_parts(columns, numbers)]
    joined = np.concatenate(found) if found else np.zeros(0)
    np.testing.assert_array_equal(joined, columns)


@pytest.mark.parametrize(("features", "numbers"), [(1_000, 60), (20_000, 60), (300, 4_000)])
def test_parts_are_an_eighth_of_what_is_large(features: int, numbers: int) -> None:
    sizes = [len(np.r_[part]) for part in column_parts(np.arange(features), numbers)]
    assert max(sizes) <= -(-features // 8)


def test_neighbours_are_a_slice() -> None:
    assert list(column_parts(np.array([3, 4, 5]), 2)) == [slice(3, 6)]
    (part,) = column_parts(np.array([3, 5]), 2)
    np.testing.assert_array_equal(part, [3, 5])


@dataclass(frozen=True)
class Found:
    """Something (2, features), and something (features,)."""

    doubled: Matrix
    positive: NDArray[np.bool_]


@pytest.mark.parametrize("features", [0, 5, 3_000])
def test_what_parts_say_is_joined(features: int) -> None:
    values = np.random.default_rng(1).normal(size=(2, features))

    def work(part: slice) -> Found:
        return Found(2 * values[:, part], values[0, part] > 0)

    whole = in_parts(work, features, 100)
    np.testing.assert_array_equal(whole.doubled, 2 * values)
    np.testing.assert_array_equal(whole.positive, values[0] > 0)
    assert whole.positive.dtype == bool


def _peak(work: Callable[[], object]) -> int:
    work()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_half_a_megabyte_is_worked_on_within_six_times_its_size() -> None:
    """Of the kernels that hold the most; bench/memory.py has them all."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(60, 1_000))
    values[rng.random(values.shape) < 0.2] = np.nan
    counts = rng.poisson(100, size=values.shape).astype(float)
    design, patient = np.eye(2)[np.arange(60) % 2], np.arange(60) // 2
    effects, variances = rng.normal(size=(2, 12, 2_500))
    variances = np.exp(variances)
    for work in (
        lambda: fit_mixed(values, design, np.array([[-1.0], [1]]), patient),
        lambda: repeat_correlation(values, design, patient),
        lambda: voom_with_sample_weights(counts, design),
        lambda: pool(effects, variances),
    ):
        assert _peak(work) < 5 * values.nbytes  # and once that of the input itself
