"""Variances of many features squeezed towards what they have in common (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.natural_spline import natural_spline, natural_spline_knots
from immunosep_omics.stats.robust_prior import fit_robust_prior

# Curves of the prior over the level have one coefficient more at each of these numbers of features.
_MORE_BENDS_AT = (3, 6, 30)


@dataclass(frozen=True)
class SqueezedVariances:
    """Variances (features,) after squeezing, with the prior they were squeezed towards.

    ``variance_prior`` is (features,) where the prior follows a trend, ``df_prior`` where outlying
    features were found; otherwise one number each.
    """

    posterior: Float
    variance_prior: float | Float
    df_prior: float | Float


def squeeze_variances(
    variances: Float, df: Float, level: Float | None = None, robust: bool = False
) -> SqueezedVariances:
    """Squeeze each variance (features,) towards a common prior.

    ``level``: (features,), usually the average of each feature, over which the prior may change.
    ``robust``: outlying features neither shape the prior nor are squeezed much towards it.

    A feature without degrees of freedom of its own takes the prior variance. A single usable
    variance teaches nothing about a prior (df_prior 0) and stays as it is.
    Source: Smyth 2004, doi:10.2202/1544-6115.1027; Phipson et al. 2016, doi:10.1214/16-AOAS920.
    Agrees with ``limma::squeezeVar(covariate, robust)`` to 1e-10 relative (a robust
    prior to 1e-7: limma's search for it ends at 1e-8; let run to the end it agrees to 1e-10).
    """
    variance_prior: float | Float
    df_prior: float | Float
    variance_prior, df_prior = fit_scaled_f(variances, df, level)
    if robust:
        variance_prior, df_prior = _robust(variances, df, level, variance_prior, float(df_prior))
    own = np.where(df > 0, variances, 0.0)
    total = df + df_prior
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (df * own + df_prior * variance_prior) / total
    informed = np.isfinite(total) & (total > 0)
    posterior = np.where(informed, pooled, variance_prior)
    return SqueezedVariances(posterior, variance_prior, df_prior)


def fit_scaled_f(
    variances: Float, df: Float, level: Float | None = None
) -> tuple[float | Float, float]:
    """Scale and second degrees of freedom of the F-distribution the variances follow.

    ``variances`` and their ``df``: (features,); NaN variances and features with df 0 are left out.
    ``level``: (features,), over which the scale follows a smooth curve; features whose level is
    NaN are left out and have no scale. Variances of zero are lifted to 1e-5 of the median.
    Returns (scale, df_prior); the scale is (features,) with ``level``. df_prior is infinite when
    the variances differ no more than their own df explain, 0 when only one is usable, and the
    scale is NaN when none is.
    Source: Smyth 2004, section 6.2. Agrees with ``limma::fitFDist`` to 1e-10 relative.
    """
    usable = _usable(variances, df, level)
    x, own_df = np.asarray(variances)[usable], np.asarray(df)[usable]
    if len(x) < 2:
        scale = float(x[0]) if len(x) else np.nan
        return (scale if level is None else np.full(len(usable), scale)), 0.0
    median = float(np.median(x))
    x = np.maximum(x, 1e-5 * (median if median > 0 else 1.0))
    log_variance = np.log(x) - digamma(own_df / 2) + np.log(own_df / 2)
    curve, spread = _curve(log_variance, usable, level)
    excess = spread - float(polygamma(1, own_df / 2).mean())
    if excess <= 0:
        return (float(x.mean()) if level is None else np.exp(curve)), np.inf
    half_df = _inverse_trigamma(excess)
    scales = np.exp(curve + digamma(half_df) - np.log(half_df))
    return (float(scales) if level is None else scales), 2 * half_df


def _robust(
    variances: Float, df: Float, level: Float | None, scale: float | Float, df_prior: float
) -> tuple[float | Float, Float]:
    """Scale and df_prior (features,) of the robust prior; unusable features take the common one."""
    usable = _usable(variances, df, level)
    own_level = None if level is None else level[usable]
    own_scale = scale if level is None else np.asarray(scale)[usable]
    prior = fit_robust_prior(variances[usable], df[usable], own_level, own_scale, df_prior)
    every_df = np.full(len(usable), prior.df)
    every_df[usable] = prior.df_own
    if level is None or own_level is None or not usable.any():
        return prior.scale, every_df
    order = np.argsort(own_level)
    # Where not usable, the scale at this level of those that are.
    logs = np.interp(level, own_level[order], np.log(np.asarray(prior.scale)[order]))
    every_scale = np.exp(logs)
    every_scale[usable] = prior.scale
    return every_scale, every_df


def _usable(variances: Float, df: Float, level: Float | None = None) -> Boolean:
    """Features (features,) that say something about a prior."""
    usable: Boolean = np.isfinite(variances) & np.isfinite(df) & (df > 1e-15)
    return usable if level is None else usable & np.isfinite(level)


def _curve(log_variance: Float, usable: Boolean, level: Float | None) -> tuple[Float, float]:
    """Mean of log-variances (for every feature with a level) and their variance about it."""
    known = np.zeros(0) if level is None else level[usable]
    coefficients = 1 + sum(len(known) >= number for number in _MORE_BENDS_AT)
    coefficients = min(coefficients, len(np.unique(known)))
    if level is None or coefficients < 2:
        mean = log_variance.mean()
        every = mean if level is None else np.where(np.isnan(level), np.nan, mean)
        return every, float(log_variance.var(ddof=1))
    knots = natural_spline_knots(known, coefficients)
    basis, root = np.linalg.qr(natural_spline(known, knots))
    effects = basis.T @ log_variance
    residual = log_variance - basis @ effects
    curve = natural_spline(level, knots) @ np.linalg.solve(root, effects)
    return curve, float(residual @ residual / (len(known) - coefficients))


def _inverse_trigamma(value: float) -> float:
    """The y with trigamma(y) = value: Newton steps on 1 / trigamma, which is nearly straight."""
    if value > 1e7:
        return float(1 / np.sqrt(value))
    if value < 1e-6:
        return 1 / value
    y = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, y))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, y))
        y += step
        if abs(step) < 1e-13 * y:
            break
    return y
