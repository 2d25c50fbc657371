"""Tests of an interval: is the difference larger than one that matters?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.linear import LinearFit, ModeratedFit, two_sided_p


@dataclass(frozen=True)
class IntervalTest:
    """``t`` (0 inside the interval, signed outside) and ``p``, both (contrasts, features)."""

    t: Float
    p: Float


def treat(fit: LinearFit, moderated: ModeratedFit, smallest: float) -> IntervalTest:
    """Test by a moderated fit whether estimates lie beyond plus or minus ``smallest``.

    See :func:`beyond`. Source: McCarthy & Smyth 2009, doi:10.1093/bioinformatics/btp053. Agrees
    with ``limma::treat(lfc = smallest)`` to 1e-8 relative.
    """
    error = fit.stdev_unscaled * np.sqrt(moderated.variance_posterior)
    return beyond(fit.coefficients, error, moderated.df_total, smallest)


def beyond(estimate: Float, error: Float, df: Float, smallest: float) -> IntervalTest:
    """Test whether estimates lie beyond plus or minus ``smallest`` (in their own units, >= 0).

    ``estimate`` and its standard ``error``: (contrasts, features); ``df`` alike or (features,).
    With ``smallest`` 0 it is the t-test. p is that of the least favourable true difference, one
    at the edge of the interval.
    """
    if not smallest >= 0:
        raise ValueError(f"the smallest difference that matters is {smallest:g}: give 0 or more")
    size = np.abs(estimate)
    with np.errstate(divide="ignore", invalid="ignore"):
        near, far = (size - smallest) / error, (size + smallest) / error
    # One tail beyond each edge; inside the interval the tail of the nearer one exceeds a half.
    tail = two_sided_p(near, df) / 2
    tail = np.where(near < 0, 1 - tail, tail)
    p = tail + two_sided_p(far, df) / 2
    t = np.sign(estimate) * np.maximum(near, 0) + 0.0  # no zero has a sign
    return IntervalTest(t, p)
