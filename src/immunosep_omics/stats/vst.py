"""Variance stabilisation of counts: log2 for large ones, flat where noise would rule.

The closed form of DESeq2, rather than PyDESeq2's, which fits its dispersions feature by feature and
lets those at their lower bound shape the trend. Only two numbers are learned, and the trend that
they describe needs a thousand features, all fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.parts import column_parts
from immunosep_omics.stats.rle import geometric_means, median_ratios

# Features that teach the trend, at most; and the mean count above which they can.
_FEATURES = 1000
_LEAST_MEAN = 5.0
# Dispersions that are looked for: up to this, or the number of samples; the lowest is no estimate.
_LOWEST, _HIGHEST = 1e-8, 10.0
# Expected counts are not taken to be lower.
_LEAST_EXPECTED = 0.5
_GRID = 25
_GOLDEN_STEPS = 32
# A dispersion further from the trend than these ratios does not shape it.
_FAR_BELOW, _FAR_ABOVE = 1e-4, 15.0
_MAX_ITERATIONS = 100


@dataclass(frozen=True)
class VstReference:
    """What a new sample needs to be stabilised like those the reference was made from.

    ``geometric_means`` (features,) give its size factor; the variance of a count with mean m is
    m + (``asymptotic`` + ``extra`` / m) m squared.
    """

    geometric_means: Float
    asymptotic: float
    extra: float


def fit_vst(counts: Float) -> VstReference:
    """Learn size factors and the dispersion's trend from counts (samples, features).

    Dispersions are Cox-Reid adjusted maximum likelihood estimates without a design, of at most a
    thousand features that span the range of means. Where no trend with positive coefficients
    fits, the mean dispersion takes its place. Raises ValueError when no feature has counts in
    every sample, or none of them varies more than counting explains.
    Source: Love, Huber & Anders 2014, doi:10.1186/s13059-014-0550-8.
    """
    counts = np.asarray(counts, dtype=np.float64)
    means = geometric_means(counts)
    sizes = median_ratios(counts, means)
    if not (sizes > 0).all():
        raise ValueError("no feature has counts in every sample")
    level = (counts / sizes[:, None]).mean(axis=0)
    dispersion = dispersions(counts[:, teachers := _teachers(level)], sizes)
    asymptotic, extra = dispersion_trend(level[teachers], dispersion)
    return VstReference(means, asymptotic, extra)


def apply_vst(reference: VstReference, counts: Float) -> Float:
    """Counts (samples, features) on a log2-like scale, by a frozen reference.

    NaN for a sample without a size factor. Agrees with
    ``DESeq2::varianceStabilizingTransformation`` to 1e-10 given the same trend.
    """
    sizes = median_ratios(counts, reference.geometric_means)
    sizes = np.where(sizes > 0, sizes, np.nan)
    flat, extra = reference.asymptotic, reference.extra
    result = np.empty(np.shape(counts))
    for own, given, size in zip(result, counts, sizes, strict=True):
        scaled = flat / size * given
        root = np.sqrt(scaled * (1 + extra + scaled))
        np.log2((1 + extra + 2 * scaled + 2 * root) / (4 * flat), out=own)
    return result


def dispersions(counts: Float, sizes: Float) -> Float:
    """Dispersion (features,) of negative binomial counts (samples, features) around their means.

    ``sizes``: size factors (samples,). All features at once: the best of a grid, then golden
    sections to 1e-5 of itself. A feature whose variance, by moments, counting alone
    explains has the lowest dispersion that is looked for.

    Of features with means above 1, half agree with ``DESeq2::estimateDispersionsGeneEst`` (design
    ``~1``) to 1e-3 and all to 15 %: it stops its search sooner. So values of :func:`apply_vst`
    after :func:`fit_vst` differ from those of ``DESeq2::vst`` by a few hundredths at most.
    """
    found = np.empty(counts.shape[1])
    for part in column_parts(np.arange(counts.shape[1]), len(counts)):
        found[part] = _most_likely(counts[:, part], sizes)
    return found


def _most_likely(counts: Float, sizes: Float) -> Float:
    """Dispersions as :func:`dispersions` says, of a part of the features."""
    scaled = counts / sizes[:, None]
    level = scaled.mean(axis=0)
    expected = sizes[:, None] * level
    expected = np.maximum(expected, _LEAST_EXPECTED)
    grid = np.linspace(np.log(_LOWEST), np.log(max(_HIGHEST, len(counts))), _GRID)
    likelihood = np.array(
        [_likelihood(np.full(counts.shape[1], g), counts, expected) for g in grid]
    )
    best = likelihood.argmax(axis=0)
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, _GRID - 1)]
    ratio = (np.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    of_left, of_right = (_likelihood(at, counts, expected) for at in (left, right))
    for _ in range(_GOLDEN_STEPS):
        lower = of_left > of_right
        low, high = np.where(lower, low, left), np.where(lower, right, high)
        new = np.where(lower, high - ratio * (high - low), low + ratio * (high - low))
        of_new = _likelihood(new, counts, expected)
        left, right = np.where(lower, new, right), np.where(lower, left, new)
        of_left, of_right = np.where(lower, of_new, of_right), np.where(lower, of_left, of_new)
    found: Float = np.where(
        _by_moments(scaled, level, sizes) > _LOWEST, np.exp((low + high) / 2), _LOWEST
    )
    return found


def dispersion_trend(level: Float, dispersion: Float) -> tuple[float, float]:
    """The (asymptotic, extra) of dispersion = asymptotic + extra / level, both (features,).

    A gamma model with identity link, refitted without features far from it until it stays.
    Raises ValueError when no dispersion is above its lower bound.
    Agrees with ``DESeq2::estimateDispersionsFit(fitType = "parametric")`` to 1e-4 on the same
    dispersions.
    """
    usable = dispersion > 100 * _LOWEST
    if not usable.any():
        raise ValueError("no feature varies more than counting explains")
    level, dispersion = level[usable], dispersion[usable]
    trend = np.array([0.1, 1.0])
    design = np.column_stack([np.ones_like(level), 1 / level])
    for _ in range(_MAX_ITERATIONS):
        ratio = dispersion / (design @ trend)
        near = (ratio > _FAR_BELOW) & (ratio < _FAR_ABOVE)
        new = _gamma_fit(design[near], dispersion[near], trend)
        if not (new > 0).all():
            return float(dispersion.mean()), 0.0
        moved = float((np.log(new / trend) ** 2).sum())
        trend = new
        if moved < 1e-6:
            return float(trend[0]), float(trend[1])
    return float(dispersion.mean()), 0.0


def _teachers(level: Float) -> np.ndarray:
    """Places of features to learn from: evenly over the order of their means."""
    able = np.flatnonzero(level > _LEAST_MEAN)
    if len(able) <= _FEATURES:
        able = np.flatnonzero(level > 0)
    ordered = able[np.argsort(level[able], kind="stable")]
    if len(ordered) <= _FEATURES:
        return ordered
    return ordered[np.linspace(0, len(ordered) - 1, _FEATURES).round().astype(int)]


def _by_moments(scaled: Float, level: Float, sizes: Float) -> Float:
    """The lower of two estimates by moments: Anders & Huber's, and that of Pearson residuals."""
    variance = scaled.var(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_variance = (variance - level * (1 / sizes).mean()) / level**2
        of_residuals = (variance - level * len(scaled) / (len(scaled) - 1)) / level**2
    lower: Float = np.minimum(of_variance, of_residuals)
    return lower


def _likelihood(log_dispersion: Float, counts: Float, expected: Float) -> Float:
    """Cox-Reid adjusted log-likelihood (features,), without what no dispersion changes."""
    dispersion = np.exp(log_dispersion)
    size = 1 / dispersion
    total = gammaln(counts + size)
    total -= gammaln(size)
    total -= (counts + size) * np.log1p(expected * dispersion)
    total += counts * log_dispersion
    information = (expected / (1 + expected * dispersion)).sum(axis=0)
    result: Float = total.sum(axis=0) - 0.5 * np.log(information)
    return result


def _gamma_fit(design: Float, response: Float, start: Float) -> Float:
    """Coefficients of a gamma model with identity link: weights are fitted values, squared."""
    coefficients: Float = start
    for _ in range(_MAX_ITERATIONS):
        fitted = design @ coefficients
        if not (fitted > 0).all():
            return np.full(2, np.nan)
        weighted, wanted = design / fitted[:, None], response / fitted
        new = np.asarray(np.linalg.lstsq(weighted, wanted, rcond=None)[0], dtype=np.float64)
        if np.abs(new - coefficients).max() < 1e-12 * np.abs(new).max():
            return new
        coefficients = new
    return coefficients
