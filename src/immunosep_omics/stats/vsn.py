"""Variance stabilisation of intensities: logarithms where signal rules, linear where noise does.

The model (Huber et al. 2002, doi:10.1093/bioinformatics/18.suppl_1.S96): for sample i and most
features k, arsinh(a_i + b_i y_ki) = mu_k + error of one variance. Every sample has its offset a
and factor b; both are found by maximum likelihood on features that behave alike everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from immunosep_omics.stats.arrays import Boolean, Float

LEAST_FEATURES = 10
"""A sample with fewer of the features that teach has no parameters."""

# A feature is left out when its residual variance is above this quantile of its intensity slice.
_KEPT_SHARE = 0.9
_SLICES = 5
_TRIMMING_ROUNDS = 7
_MAX_ITERATIONS = 2000
_NEWTON_STEPS = 100
_AT_A_TIME = 8
# Above this log factor (of values scaled to median 1) the curve is a logarithm throughout.
_LARGEST_LOG_FACTOR = 15.0


@dataclass(frozen=True)
class VsnReference:
    """What a new sample needs to be stabilised like those the reference was made from.

    ``means`` (features,) on the arsinh scale, NaN where nothing was learned or the feature was
    left out as varying; ``variance`` around them; ``offset`` brings results to a log2 scale.
    """

    means: Float
    variance: float
    offset: float


def fit_vsn(values: Float, kept_share: float = _KEPT_SHARE) -> VsnReference:
    """Learn from intensities (samples, features) on a linear scale; NaN do not count.

    Least trimmed squares: the likelihood's optimum, then again without the features whose
    residuals vary most among those of like intensity, until the same features stay. ``kept_share``
    1 trims none and is the plain optimum. Raises ValueError for fewer than two samples, or where a
    sample has fewer than :data:`LEAST_FEATURES` features that others have too.
    """
    values = np.asarray(values, dtype=np.float64)
    shared = np.count_nonzero(~np.isnan(values), axis=0) > 1
    kept = shared.copy()
    unit = _scales(values)
    start = np.concatenate([np.zeros(len(values)), -np.log(unit)])
    for _ in range(_TRIMMING_ROUNDS):
        _refuse_few(np.compress(kept, values, axis=1))
        start = _optimum(values, kept, start)
        level, spread = _moments(_curve(values, *_halves(start)))
        before, kept = kept, _least_varying(level, spread, shared, kept_share)
        if np.array_equal(before, kept):
            break
    stabilised = _curve(np.compress(before, values, axis=1), *_halves(start))
    means = np.full(values.shape[1], np.nan)
    means[before], spread = _moments(stabilised)
    known = np.count_nonzero(~np.isnan(stabilised), axis=0)
    variance = float((spread * known).sum() / known.sum())
    return VsnReference(means, variance, float(_halves(start)[1].mean() + np.log(2)))


def apply_vsn(reference: VsnReference, values: Float) -> Float:
    """Intensities (samples, features) on a log2-like scale, NaN kept, by a frozen reference.

    Each sample's parameters are the likelihood's optimum given the reference's means and variance:
    no sample depends on another, and those the reference was made from get what the fit gave them.
    All NaN for a sample with fewer than :data:`LEAST_FEATURES` features to learn from.
    """
    values = np.asarray(values, dtype=np.float64)
    shift, log_factor = vsn_parameters(reference, values)
    result: Float = _curve(values, shift, log_factor)
    result -= reference.offset
    result /= np.log(2)
    return result


def vsn_parameters(reference: VsnReference, values: Float) -> tuple[Float, Float]:
    """Offsets a (samples,) and log factors log b (samples,) of intensities (samples, features)."""
    taught = ~np.isnan(reference.means)
    values, means = np.compress(taught, values, axis=1), reference.means[taught]
    enough = np.count_nonzero(~np.isnan(values), axis=1) >= LEAST_FEATURES
    found = np.full((2, len(values)), np.nan)
    places = np.flatnonzero(enough)
    for start in range(0, len(places), _AT_A_TIME):
        block = places[start : start + _AT_A_TIME]
        found[:, block] = _against(values[block], means, reference.variance)
    return found[0], found[1]


def _scales(values: Float) -> Float:
    """A typical size of each sample's values."""
    return np.array([np.median(np.abs(own[~np.isnan(own)])) or 1.0
                     if not np.isnan(own).all() else 1.0 for own in values])  # fmt: skip


def _refuse_few(values: Float) -> None:
    if len(values) < 2:
        raise ValueError("variances cannot be learned from fewer than two samples")
    few = int((np.count_nonzero(~np.isnan(values), axis=1) < LEAST_FEATURES).sum())
    if few:
        raise ValueError(
            f"{few} of {len(values)} samples have fewer than {LEAST_FEATURES} features that others"
            " have too"
        )


def _halves(parameters: Float) -> tuple[Float, Float]:
    half = len(parameters) // 2
    return parameters[:half], parameters[half:]


def _curve(values: Float, shift: Float, log_factor: Float) -> Float:
    line = np.exp(log_factor)[:, None] * values
    line += shift[:, None]
    return np.arcsinh(line, out=line)


def _moments(values: Float) -> tuple[Float, Float]:
    """Mean and mean squared deviation (features,) of what is measured; NaN where nothing is."""
    known = ~np.isnan(values)
    count = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    apart = np.where(known, values, 0.0)
    mean = apart.sum(axis=0) / count
    apart -= mean
    apart *= known
    return mean, np.einsum("sf,sf->f", apart, apart) / count


def _least_varying(level: Float, spread: Float, shared: Boolean, share: float) -> Boolean:
    """Features that others share, less those of each slice of levels that vary most."""
    places = np.flatnonzero(shared)
    ordered = places[np.argsort(level[places], kind="stable")]
    kept = np.zeros(len(level), dtype=bool)
    for slice_ in np.array_split(ordered, _SLICES):
        if len(slice_):
            kept[slice_] = spread[slice_] <= np.quantile(spread[slice_], share)
    return kept


def _optimum(values: Float, kept: Boolean, start: Float) -> Float:
    """Parameters of all samples, offsets then log factors, where their likelihood is greatest."""
    filled = np.compress(kept, values, axis=1)  # contiguous, unlike a selection
    limits = _LARGEST_LOG_FACTOR - np.log(_scales(filled))
    known = ~np.isnan(filled)
    filled[~known] = 0.0
    count = known.sum(axis=1)
    of_feature = np.maximum(known.sum(axis=0), 1)
    total = int(count.sum())

    def loss(parameters: Float) -> tuple[float, Float]:
        shift, log_factor = _halves(parameters)
        factor = np.exp(log_factor)
        line = factor[:, None] * filled
        line += shift[:, None]
        line *= known
        slope = line**2
        slope += 1
        residual = np.arcsinh(line)
        residual -= residual.sum(axis=0) / of_feature
        residual *= known
        squares = float(np.vdot(residual, residual))
        log_slope = sum(float(np.log(own).sum()) for own in slope)
        value = total / 2 * np.log(squares) - count @ log_factor + log_slope / 2
        line /= slope
        residual /= np.sqrt(slope, out=slope)
        residual *= total / squares
        residual += line
        of_factor = factor * np.einsum("sf,sf->s", residual, filled) - count
        gradient = np.concatenate([residual.sum(axis=1), of_factor])
        return value / total, gradient / total

    highest = [(None, None)] * len(values) + [(None, float(limit)) for limit in limits]
    options = {"maxiter": _MAX_ITERATIONS, "maxfun": 2 * _MAX_ITERATIONS, "ftol": 0.0,
               "gtol": 1e-10, "maxcor": 30}  # fmt: skip
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=highest, options=options)
    return np.asarray(found.x)


def _against(values: Float, means: Float, variance: float) -> Float:
    """Offsets and log factors (2, samples) that fit known means best: damped Newton, all at once.

    A sample that no step improves any more stays as it is, whatever the others do.
    """
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    count = known.sum(axis=1)
    at = _first_guess(filled, known, means)
    damping = np.full(len(values), 1e-3)
    going = np.arange(len(values))
    loss = _loss(at, filled, known, count, means, variance)
    for _ in range(_NEWTON_STEPS):
        gradient, curvature = _slopes(
            at[:, going], filled[going], known[going], count[going], means, variance
        )
        step = _damped(gradient, curvature, damping[going])
        new = at[:, going] + step
        new_loss = _loss(new, filled[going], known[going], count[going], means, variance)
        better = new_loss < loss[going]
        at[:, going[better]] = new[:, better]
        loss[going[better]] = new_loss[better]
        damping[going] *= np.where(better, 0.1, 10.0)
        small = (np.abs(step) < 1e-12 * (1 + np.abs(at[:, going]))).all(axis=0)
        going = going[~(small | (damping[going] > 1e10))]
        if not len(going):
            break
    return at


def _first_guess(filled: Float, known: Boolean, means: Float) -> Float:
    """Least squares of sinh(mean) = a + b y, in units of the curve's slope there."""
    weight = known / np.cosh(means) ** 2
    aim = np.sinh(means)
    total = weight.sum(axis=1)
    centre_y = (weight * filled).sum(axis=1) / total
    centre_aim = (weight * aim).sum(axis=1) / total
    apart = (filled - centre_y[:, None]) * known
    varies = (weight * apart**2).sum(axis=1)
    factor = (weight * apart * aim).sum(axis=1) / np.where(varies > 0, varies, 1.0)
    factor = np.where(factor > 0, factor, 1 / _scales(np.where(known, filled, np.nan)))
    guess: Float = np.stack([centre_aim - factor * centre_y, np.log(factor)])
    return guess


def _loss(
    at: Float, filled: Float, known: Boolean, count: Float, means: Float, variance: float
) -> Float:
    with np.errstate(over="ignore", invalid="ignore"):  # of a step too far, which is taken back
        line = at[0][:, None] + np.exp(at[1])[:, None] * filled
        squares = ((np.arcsinh(line) - means) ** 2 * known).sum(axis=1)
        loss: Float = squares / (2 * variance) - count * at[1]
        loss += (np.log1p(line**2) * known).sum(axis=1) / 2
    return loss


def _slopes(
    at: Float, filled: Float, known: Boolean, count: Float, means: Float, variance: float
) -> tuple[Float, tuple[Float, Float, Float]]:
    """Gradient (2, samples) of the loss, and the entries aa, ab, bb of its second derivative."""
    scaled = np.exp(at[1])[:, None] * filled
    line = at[0][:, None] + scaled
    slope = 1 / (1 + line**2)
    away = (np.arcsinh(line) - means) * np.sqrt(slope) / variance
    first = (away + line * slope) * known
    second = slope * (1 / variance + 1 - 2 * line**2 * slope - away * line) * known
    gradient = np.stack([first.sum(axis=1), (first * scaled).sum(axis=1) - count])
    mixed = (second * scaled).sum(axis=1)
    both = (second * scaled**2 + first * scaled).sum(axis=1)
    return gradient, (second.sum(axis=1), mixed, both)


def _damped(gradient: Float, curvature: tuple[Float, Float, Float], damping: Float) -> Float:
    """Newton's step; where the loss is not convex, the curvature's absolute values (2, samples)."""
    aa, ab, bb = curvature
    matrix = np.stack([aa, ab, ab, bb], axis=-1).reshape(-1, 2, 2)
    scale = np.sqrt(np.maximum(np.abs(np.stack([aa, bb], axis=-1)), 1e-300))
    matrix /= scale[:, :, None] * scale[:, None, :]
    curved, axes = np.linalg.eigh(matrix)
    size = np.maximum(np.abs(curved), 1e-12) + damping[:, None]
    turned = np.einsum("sij,si->sj", axes, gradient.T / scale) / size
    step: Float = -(np.einsum("sij,sj->si", axes, turned) / scale).T
    return step
