"""Variance stabilisation against DESeq2."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.rle import geometric_means, median_ratios
from immunosep_omics.stats.vst import (
    VstReference,
    apply_vst,
    dispersion_trend,
    dispersions,
    fit_vst,
)

Table = Callable[[str], NDArray[np.float64]]
Columns = Callable[[str], dict[str, NDArray[np.float64]]]


def test_size_factors(samples: Table, columns: Columns) -> None:
    counts = samples("counts")
    actual = median_ratios(counts, geometric_means(counts))
    np.testing.assert_allclose(actual, columns("vst_size_factors")["size"], rtol=1e-10)


def test_closed_form_of_their_trend(samples: Table, rows: Table) -> None:
    counts = samples("counts")
    reference = VstReference(geometric_means(counts), *rows("vst_trend")[0])
    actual = apply_vst(reference, counts)[:, :150]
    np.testing.assert_allclose(actual, samples("vst_result"), rtol=1e-10)


def test_trend_of_their_dispersions(rows: Table, columns: Columns) -> None:
    table = columns("vst_dispersions")
    known = np.isfinite(table["dispersion"])
    trend = dispersion_trend(table["mean"][known], table["dispersion"][known])
    np.testing.assert_allclose(trend, rows("vst_trend")[0], rtol=1e-5)


def test_dispersions(samples: Table, columns: Columns) -> None:
    """Where means are above 1: below, a few counts decide, and where a search happens to stop."""
    counts, table = samples("counts"), columns("vst_dispersions")
    known = table["mean"] > 1
    sizes = columns("vst_size_factors")["size"]
    actual, expected = dispersions(counts[:, known], sizes), table["dispersion"][known]
    apart = np.abs(np.log(actual / expected))
    assert np.median(apart) < 1e-3
    assert apart[expected > 1e-6].max() < 0.15


def test_the_whole(samples: Table) -> None:
    counts = samples("counts")
    actual = apply_vst(fit_vst(counts), counts)[:, :150]
    np.testing.assert_allclose(actual, samples("vst_result"), atol=0.02)
