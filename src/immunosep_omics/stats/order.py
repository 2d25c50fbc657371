"""Order statistics by partial sorts: what stands at a place, without ordering the rest."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float


def at_places(values: Float, low: int, high: int) -> tuple[float, float]:
    """The values (any,) that would stand at places ``low`` <= ``high`` (from 0) if ordered.

    One place at a time: a partial sort for a single place is vectorised, one for two is not.
    """
    part = np.partition(values, low)
    return float(part[low]), float(np.partition(part[low:], high - low)[high - low])


def quantiles(values: Float, share: float, left_out_zeros: int = 0) -> Float:
    """The ``share`` quantile (0 to 1) of each row of values (rows, columns) without NaN.

    ``left_out_zeros`` of each row's zeros do not count; values must then not be negative.
    Agrees with R's ``quantile`` (type 7), and with ``median`` for 0.5, to 1e-14 relative.
    """
    place = (values.shape[1] - left_out_zeros - 1) * share
    low = int(place)
    between = place - low
    low += left_out_zeros
    high = min(low + 1, values.shape[1] - 1)
    result = np.empty(len(values))
    for row, own in enumerate(values):
        at_low, at_high = at_places(own, low, high)
        result[row] = at_low + between * (at_high - at_low)
    return result
