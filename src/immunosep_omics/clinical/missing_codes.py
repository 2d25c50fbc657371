"""Numbers that are rather codes for 'not known' than measurements."""

from __future__ import annotations

import numpy as np

NEGATIVE = (-8, -9, -77, -88, -99, -777, -888, -999, -7777, -8888, -9999, -99999)
NINES = (99, 999, 9999, 99999)
"""What statistics programs and survey tools commonly write for a value that is not known."""

FAR = 3.0
"""How many times the next largest value a number of nines is, where it is a code."""


def look_like_codes(values: np.ndarray, may_be_negative: bool) -> np.ndarray:
    """Places of values (NaN where missing) that seem to be codes.

    A code is negative where every other number is not, or a number of nines far above all others.
    A column that `may_be_negative` has its code twice at least, and so has 99.
    """
    negative = np.isin(values, NEGATIVE)
    others = values[~negative & ~np.isnan(values)]
    least = 2 if may_be_negative else 1
    if negative.sum() < least or not len(others) or (others < 0).any():
        negative[:] = False
    nines = np.isin(values, NINES)
    known = values[~np.isnan(values) & ~negative]
    for code in NINES:
        below = known[known < code]
        often = 2 if code == min(NINES) else 1
        if (known == code).sum() < often or not len(below) or code < FAR * below.max():
            nines &= values != code
    return np.flatnonzero(negative | nines)
