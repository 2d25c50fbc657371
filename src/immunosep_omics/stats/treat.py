"""Moderated tests of an interval: is the difference larger than one that matters?"""

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
    """Test whether estimates lie beyond plus or minus ``smallest`` (in their own units, >= 0).

    With ``smallest`` 0 it is the moderated t-test. p is that of the least favourable true
    difference, one at the edge of the interval.
    Source: McCarthy & Smyth 2009, doi:10.1093/bioinformatics/btp053. Agrees with
    ``limma::treat(lfc = smallest)`` to 1e-8 relative.
    """
    if not smallest >= 0:
        raise ValueError(f"the smallest difference that matters is {smallest:g}: give 0 or more")
    error = fit.stdev_unscaled * np.sqrt(moderated.variance_posterior)
    size = np.abs(fit.coefficients)
    with np.errstate(divide="ignore", invalid="ignore"):
        near, far = (size - smallest) / error, (size + smallest) / error
    # One tail beyond each edge; inside the interval the tail of the nearer one exceeds a half.
    tail = two_sided_p(near, moderated.df_total) / 2
    tail = np.where(near < 0, 1 - tail, tail)
    p = tail + two_sided_p(far, moderated.df_total) / 2
    t = np.sign(fit.coefficients) * np.maximum(near, 0) + 0.0  # no zero has a sign
    return IntervalTest(t, p)
