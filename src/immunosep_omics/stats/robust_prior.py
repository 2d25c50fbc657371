"""A prior for variances that outlying features neither shape nor obey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import (
    betainc,
    betaincinv,
    betaln,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
    gammaln,
    hyp2f1,
)
from scipy.stats import rankdata

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.lowess import lowess

# Shares of the lowest and of the highest variances that count as the nearest one kept.
_LOW, _HIGH = 0.05, 0.1
# Share of the features that each point of the trend over the level sees.
_SPAN = 0.4
# A variance below this share of the median counts as that share.
_SMALLEST = 1e-12
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(128)


@dataclass(frozen=True)
class RobustPrior:
    """Scale and degrees of freedom of the F-distribution of the variances that fit in.

    ``scale``: one number, or (features,) with a trend. ``df_own``: (features,), less than ``df``
    for features that vary more than the rest.
    """

    scale: float | Float
    df: float
    df_own: Float


def fit_robust_prior(
    variances: Float, df: Float, level: Float | None, scale: float | Float, df_prior: float
) -> RobustPrior:
    """Prior of variances (features,), all usable, from their winsorised log moments.

    ``level``: (features,) or None; ``scale`` and ``df_prior``: what all features together say.
    The prior has the winsorised variance of log-variances; a feature whose variance is larger
    than the prior and its rank among all explain keeps only a share of the prior's degrees of
    freedom, down to as few as make the most extreme variance unsurprising.
    Source: Phipson et al. 2016, doi:10.1214/16-AOAS920. Agrees with
    ``limma::fitFDistRobustly`` to 1e-8 relative, as far as its root finder goes.
    """
    if len(variances) * _HIGH < 1:  # nothing to winsorise
        return RobustPrior(scale, df_prior, np.full(len(variances), df_prior))
    x = np.maximum(variances, _SMALLEST * np.median(variances))
    x, common = _equal_df(x, df, scale, df_prior)
    log_variance = np.log(x)
    trend = 0.0 if level is None else lowess(level, log_variance, _SPAN)(level)
    rest = log_variance - trend
    winsorised = np.clip(rest, *np.quantile(rest, [_LOW, 1 - _HIGH]))
    df_common = _df_with_variance(float(winsorised.var(ddof=1)), common, df_prior)
    offset = winsorised.mean() - _winsorised_moments(common, df_common)[0]
    fitted = np.exp(trend + offset)
    own = _shrunk_df(np.exp(rest - offset), common, df_common)
    return RobustPrior(fitted if level is not None else float(fitted), df_common, own)


def _equal_df(x: Float, df: Float, scale: float | Float, df_prior: float) -> tuple[Float, float]:
    """Variances as they would be with the most degrees of freedom: equal tail probabilities."""
    most = float(df.max())
    fewer = df < most - 1e-14
    if not fewer.any():
        return x, most
    own_scale = np.broadcast_to(scale, x.shape)[fewer]
    lower, upper = _tails(x[fewer] / own_scale, df[fewer], df_prior)
    moved = np.where(
        upper < lower, _from_upper(upper, most, df_prior), _from_lower(lower, most, df_prior)
    )
    x = x.copy()
    x[fewer] = moved * own_scale
    return x, most


def _df_with_variance(variance: float, df: float, least: float) -> float:
    """Degrees of freedom of the prior with this winsorised variance of log-variances."""

    def excess(share: float) -> float:
        df_prior = share / (1 - share) if share < 1 else np.inf
        return float(np.log(variance / _winsorised_moments(df, df_prior)[1]))

    if np.isinf(least) or variance <= 0 or excess(1.0) <= 0:
        return np.inf
    start = least / (1 + least)
    if excess(start) >= 0:
        return least
    share = brentq(excess, start, 1.0, xtol=1e-15)
    return float(share / (1 - share))


def _winsorised_moments(df: float, df_prior: float) -> tuple[float, float]:
    """Mean and variance of the logarithm of a winsorised F variable."""
    ends = np.array([_from_lower(_LOW, df, df_prior), _from_upper(_HIGH, df, df_prior)])
    # Gauss' rule on f / (1 + f), which is bounded.
    low, high = ends / (1 + ends)
    share = (low + high) / 2 + (high - low) / 2 * _NODES
    at = share / (1 - share)
    weights = (high - low) / 2 * _NODE_WEIGHTS * _density(at, df, df_prior) / (1 - share) ** 2
    tails, logs = np.array([_LOW, _HIGH]), np.log(ends)
    mean = weights @ np.log(at) + tails @ logs
    return float(mean), float(weights @ (np.log(at) - mean) ** 2 + tails @ (logs - mean) ** 2)


def _shrunk_df(ratio: Float, df: float, df_prior: float) -> Float:
    """Each feature's own degrees of freedom of the prior, from its variance over the prior's."""
    features = len(ratio)
    log_tail = _log_upper(ratio, df, df_prior)
    expected = np.log((features - rankdata(ratio) + 0.5) / features)
    fits_in = np.exp(np.minimum(log_tail - expected, 0))
    if (fits_in == 1).all():
        return np.full(features, df_prior)
    order = np.argsort(log_tail, kind="stable")
    if np.isinf(df_prior):
        # An outlier may still learn from all residuals, not more.
        own = np.where(fits_in < 1, fits_in * features * df, np.inf)
        own[order] = np.maximum.accumulate(own[order])
        return own
    fewest = 0.0
    if np.isfinite(log_tail.min()):
        fewest = np.log(0.5) / log_tail.min() * df_prior
        fewest *= np.log(0.5) / _log_upper(ratio.max(keepdims=True), df, fewest)[0]
    own = fits_in * df_prior + (1 - fits_in) * fewest
    ordered = own[order]
    # The most extreme share the lowest running mean; then never fewer than a more extreme one.
    means = np.cumsum(ordered) / np.arange(1, features + 1)
    lowest = int(np.argmin(means))
    ordered[: lowest + 1] = means[lowest]
    own[order] = np.maximum.accumulate(ordered)
    return own


def _density(x: Float, df: float, df_prior: float) -> Float:
    """Density of F, or of chi-square over its df where ``df_prior`` is infinite."""
    half, half_prior = df / 2, df_prior / 2
    if np.isinf(df_prior):
        log = half * np.log(half) + (half - 1) * np.log(x) - half * x - gammaln(half)
    else:
        log = half * np.log(df / df_prior) + (half - 1) * np.log(x)
        log = log - (half + half_prior) * np.log1p(df / df_prior * x) - betaln(half, half_prior)
    density: Float = np.exp(log)
    return density


def _tails(x: Float, df: Float | float, df_prior: float) -> tuple[Float, Float]:
    """Probabilities of a smaller and of a larger F."""
    half, half_prior = np.asarray(df) / 2, df_prior / 2
    if np.isinf(df_prior):
        return gammainc(half, half * x), gammaincc(half, half * x)
    total = df * x + df_prior
    return betainc(half, half_prior, df * x / total), betainc(half_prior, half, df_prior / total)


def _log_upper(x: Float, df: float, df_prior: float) -> Float:
    """Logarithm of the probability of a larger F, also where that is below the smallest number."""
    upper = _tails(x, df, df_prior)[1]
    with np.errstate(divide="ignore"):
        log: Float = np.log(upper)
    lost = upper == 0
    if lost.any() and np.isfinite(df_prior):
        half, half_prior = df / 2, df_prior / 2
        rest = df_prior / (df * x[lost] + df_prior)
        series = hyp2f1(1.0, half + half_prior, half_prior + 1, rest)
        log[lost] = half_prior * np.log(rest) + half * np.log1p(-rest) - np.log(half_prior)
        log[lost] += np.log(series) - betaln(half, half_prior)
    return log


def _from_lower(probability: Float | float, df: float, df_prior: float) -> Float:
    """The F with this probability of a smaller one."""
    if np.isinf(df_prior):
        quantile: Float = gammaincinv(df / 2, probability) * 2 / df
        return quantile
    share = betaincinv(df / 2, df_prior / 2, probability)
    return np.asarray(df_prior * share / (df * (1 - share)))


def _from_upper(probability: Float | float, df: float, df_prior: float) -> Float:
    """The F with this probability of a larger one."""
    if np.isinf(df_prior):
        quantile: Float = gammainccinv(df / 2, probability) * 2 / df
        return quantile
    share = betaincinv(df_prior / 2, df / 2, probability)
    return np.asarray(df_prior * (1 - share) / (df * share))
