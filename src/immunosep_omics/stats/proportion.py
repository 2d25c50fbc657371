"""Proportions."""

from __future__ import annotations

import math

from scipy.special import ndtri

QUANTILE_975 = float(ndtri(0.975))


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """95 % confidence interval of a proportion (Wilson 1927); never outside 0 to 1.

    Agrees with R's ``prop.test(successes, trials, correct = FALSE)$conf.int`` to 1e-10.
    """
    z2 = QUANTILE_975**2
    centre = successes + z2 / 2
    reach = QUANTILE_975 * math.sqrt(successes * (trials - successes) / trials + z2 / 4)
    return max(0.0, (centre - reach) / (trials + z2)), min(1.0, (centre + reach) / (trials + z2))
