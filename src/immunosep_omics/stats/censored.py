"""What a value was that is missing because it was too low: normal distributions, cut at the left.

For methods that cannot take missing values. One expected value stands for every gap of a feature,
so that what follows knows nothing of the gap's uncertainty: never to be used by a test.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr

from immunosep_omics.stats.arrays import Float

LEAST_VALUES = 3
"""Features with fewer values, or without variation, get the limit itself."""

_MAX_ITERATIONS = 100


def expected_below(values: Float, missing: Float, limit: Float | None = None) -> Float:
    """Expected value (features,) of what lies below each feature's limit.

    ``values`` (samples, features), NaN where missing; ``missing`` (features,): how many of the
    gaps are there because the value was below ``limit`` (features,), by default the lowest that
    was seen. Mean and deviation are of greatest likelihood given the values and that many more
    below the limit (Tobin 1958, doi:10.2307/1907382, in Olsen's concave form, 1978,
    doi:10.2307/1911445); values below the limit that were reported count as they are. NaN for a
    feature without values and without limit.
    """
    values = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    if limit is None:
        limit = np.where(known, values, np.inf).min(axis=0, initial=np.inf)
        limit = np.where(count > 0, limit, np.nan)
    above = np.where(known, values - limit, 0.0)
    total, squares = above.sum(axis=0), (above**2).sum(axis=0)
    able = (count >= LEAST_VALUES) & (squares * count > total**2 * (1 + 1e-12))
    result = np.array(limit, dtype=np.float64)
    centre, scale = _most_likely(
        count[able].astype(np.float64), total[able], squares[able],
        np.asarray(missing, dtype=np.float64)[able],
    )  # fmt: skip
    result[able] += (centre - _hazard(centre)) / scale
    return result


def _most_likely(count: Float, total: Float, squares: Float, below: Float) -> tuple[Float, Float]:
    """Mean over deviation and one over deviation (both (features,)), limits at 0: Newton's steps.

    With the mean given the deviation has a closed form, so that one number is looked for; the
    log-likelihood is concave.
    """
    mean = total / (count + below)
    deviation = np.sqrt(squares / (count + below) - mean**2)
    centre = mean / deviation
    for _ in range(_MAX_ITERATIONS):
        scale = _scale(centre, count, total, squares)
        hazard = _hazard(centre)
        slope = scale * total - count * centre - below * hazard
        steady = total * scale / (2 * count / scale + centre * total)
        curvature = steady * total - count - below * hazard * (hazard - centre)
        step = -slope / curvature
        centre = centre + step
        if not len(centre) or np.abs(step / (1 + np.abs(centre))).max() < 1e-14:
            break
    return centre, _scale(centre, count, total, squares)


def _scale(centre: Float, count: Float, total: Float, squares: Float) -> Float:
    """The positive root of squares s^2 - centre total s - count = 0."""
    linear = centre * total
    root: Float = (linear + np.sqrt(linear**2 + 4 * squares * count)) / (2 * squares)
    return root


def _hazard(centre: Float) -> Float:
    """Density over probability of what lies below the limit, ``centre`` deviations away."""
    hazard: Float = np.exp(-(centre**2) / 2 - np.log(2 * np.pi) / 2 - log_ndtr(-centre))
    return hazard
