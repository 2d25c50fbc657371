"""Corrections for testing many hypotheses."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from immunosep_omics.stats.arrays import Float


def benjamini_hochberg(p: Float) -> Float:
    """False discovery rates (q-values) along the last axis; NaN stays NaN and counts as no test.

    Source: Benjamini & Hochberg 1995. Agrees with ``p.adjust(p, "BH")`` to 1e-14.
    """
    p = np.asarray(p, dtype=np.float64)
    tests = p.shape[-1]
    order = np.argsort(p, axis=-1)  # NaN last
    rank = np.arange(1, tests + 1)
    tested = np.count_nonzero(~np.isnan(p), axis=-1)[..., None]
    scaled = np.take_along_axis(p, order, axis=-1) * tested / rank
    # fmin steps over NaN, so the smallest value from the right starts at the last real test.
    lowest = np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    adjusted = np.where(rank <= tested, np.minimum(lowest, 1.0), np.nan)
    result = np.empty_like(p)
    np.put_along_axis(result, order, adjusted, axis=-1)
    return result


def fisher_combined(p: Float) -> Float:
    """One p (tests,) of independent p-values (sources, tests); NaN where no source has one.

    Small where any source's is; says nothing of direction. Source: Fisher 1932, section 21.1.
    """
    known = ~np.isnan(p)
    with np.errstate(divide="ignore"):
        statistic = -2.0 * np.log(np.where(known, p, 1.0)).sum(axis=0)
    combined: Float = chdtrc(2.0 * known.sum(axis=0), statistic)
    return np.where(known.any(axis=0), combined, np.nan)


def holm(p: Float) -> Float:
    """Family-wise error rates (tests,): p-values adjusted so that all of them hold together.

    NaN stays NaN and counts as no test. Whatever the tests' dependence.
    Source: Holm 1979. Agrees with ``p.adjust(p, "holm")``.
    """
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p)  # NaN last
    left = np.count_nonzero(~np.isnan(p)) - np.arange(len(p))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * left), 1.0)
    return adjusted
