"""Posterior location and scale of one batch, the features sharing what they know of it.

Each function takes what one batch's standardised values say of each feature, all (features,):
``n`` values, their ``mean`` (0 where none) and ``square``, the sum of squares about that mean; and
gives (location, scale). Features never measured here, or (for the scale) measured once, do not
teach the others; with no or one value of their own they lean on them.

Source: Johnson, Li & Rabinovic 2007, doi:10.1093/biostatistics/kxj037.
"""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float

_TOLERANCE = 1e-4
_MAX_ITERATIONS = 10_000
# Numbers in one block of features by features (0.25 MB): several stay in the cache, and below the
# size of small inputs.
_BLOCK_SIZE = 2**15


def parametric(n: Float, mean: Float, square: Float) -> tuple[Float, Float]:
    """Normal prior of the locations, inverse-gamma prior of the scales."""
    own_variance = square[n > 1] / (n[n > 1] - 1)
    prior_mean, prior_variance = _prior_of_locations(n, mean)
    if len(own_variance) < 2 or not own_variance.var():
        # No spread between features to learn a prior of the scale from: keep each one's own.
        scale = np.where(n > 1, square / np.maximum(n - 1, 1), 1.0)
        return _location(mean, n, scale, prior_mean, prior_variance), scale
    centre, spread = float(own_variance.mean()), float(own_variance.var(ddof=1))
    shape = 2 + centre**2 / spread
    rate = centre + centre**3 / spread
    location = mean
    scale = np.where(n > 1, square / np.maximum(n - 1, 1), centre)
    for _ in range(_MAX_ITERATIONS):
        new_location = _location(mean, n, scale, prior_mean, prior_variance)
        new_square = square + n * (mean - new_location) ** 2
        new_scale = (0.5 * new_square + rate) / (n / 2 + shape - 1)
        # Divided by the signed old location, as in the reference implementation: another rule
        # would stop one step earlier or later and differ from it in the fifth digit.
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = np.abs(new_location - location) / location
        change = max(np.nanmax(moved), np.max(np.abs(new_scale - scale) / scale))
        location, scale = new_location, new_scale
        if change <= _TOLERANCE:
            break
    return location, scale


def parametric_mean_only(n: Float, mean: Float, square: Float) -> tuple[Float, Float]:
    """Normal prior of the locations; every scale stays 1.

    One observation's worth of evidence and unit variance, as in the reference implementation.
    """
    flat = np.ones_like(mean)
    return _location(mean, np.minimum(n, 1), flat, *_prior_of_locations(n, mean)), flat


def non_parametric(n: Float, mean: Float, square: Float) -> tuple[Float, Float]:
    """The other features' own locations and scales are the prior, as they are."""
    scale = square / np.maximum(n - 1, 1)
    return _weighted_by_likelihood(n, mean, square, scale, (n > 1) & (scale > 0))


def non_parametric_mean_only(n: Float, mean: Float, square: Float) -> tuple[Float, Float]:
    """The other features' own locations are the prior; every scale stays 1."""
    return _weighted_by_likelihood(n, mean, square, np.ones_like(mean), n > 0)


def _prior_of_locations(n: Float, mean: Float) -> tuple[float, float]:
    measured = mean[n > 0]
    return (
        float(measured.mean()) if len(measured) else 0.0,
        float(measured.var(ddof=1)) if len(measured) > 1 else 0.0,
    )


def _location(
    mean: Float, n: Float, scale: Float, prior_mean: float, prior_variance: float
) -> Float:
    precision = prior_variance * n
    bottom = precision + scale
    result: Float = (precision * mean + scale * prior_mean) / np.where(bottom > 0, bottom, 1.0)
    return result


def _weighted_by_likelihood(
    n: Float, mean: Float, square: Float, scale: Float, teaches: np.ndarray
) -> tuple[Float, Float]:
    """Mean location and scale of the other features, weighted by how likely they make the values.

    Logarithms until the last: with many samples the likelihoods themselves vanish.
    """
    teachers = np.flatnonzero(teaches)
    place = np.full(len(mean), -1)
    place[teachers] = np.arange(len(teachers))
    theirs = np.column_stack([mean[teachers], scale[teachers], np.ones(len(teachers))])
    half_log, half_precision = np.log(scale[teachers]) / 2, 0.5 / scale[teachers]
    sums = np.empty((len(mean), 3))
    block = max(1, _BLOCK_SIZE // max(len(teachers), 1))
    for start in range(0, len(mean), block):
        own = slice(start, start + block)
        log_likelihood = mean[own, None] - mean[teachers]
        log_likelihood *= log_likelihood
        log_likelihood *= -n[own, None]
        log_likelihood -= square[own, None]
        log_likelihood *= half_precision
        log_likelihood -= n[own, None] * half_log
        itself = np.flatnonzero(place[own] >= 0)
        log_likelihood[itself, place[own][itself]] = -np.inf
        log_likelihood -= log_likelihood.max(axis=1, initial=-1e300, keepdims=True)
        sums[own] = np.exp(log_likelihood, out=log_likelihood) @ theirs
    # Without any other feature to learn from, each keeps its own.
    alone = sums[:, 2] == 0
    total = np.where(alone, 1.0, sums[:, 2])
    kept = np.where(scale > 0, scale, 1.0)
    return np.where(alone, mean, sums[:, 0] / total), np.where(alone, kept, sums[:, 1] / total)
