"""Variances of many features squeezed towards what they have in common (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma

from immunosep_omics.stats.arrays import Float


@dataclass(frozen=True)
class SqueezedVariances:
    """Variances (features,) after squeezing, with the prior they were squeezed towards."""

    posterior: Float
    variance_prior: float
    df_prior: float


def squeeze_variances(variances: Float, df: Float) -> SqueezedVariances:
    """Squeeze each variance (features,) towards a common prior.

    A feature without degrees of freedom of its own takes the prior variance. A single usable
    variance teaches nothing about a prior (df_prior 0) and stays as it is.
    Source: Smyth 2004. Agrees with ``limma::squeezeVar`` to 1e-10 relative.
    """
    variance_prior, df_prior = fit_scaled_f(variances, df)
    own = np.where(df > 0, variances, 0.0)
    if np.isinf(df_prior):
        posterior = np.full_like(own, variance_prior)
    else:
        total = df + df_prior
        pooled = df * own + df_prior * variance_prior
        posterior = np.where(total > 0, pooled / np.where(total > 0, total, 1.0), variance_prior)
    return SqueezedVariances(posterior, variance_prior, df_prior)


def fit_scaled_f(variances: Float, df: Float) -> tuple[float, float]:
    """Scale and second degrees of freedom of the F-distribution the variances follow.

    ``variances`` and their ``df``: (features,); NaN variances and features with df 0 are left out.
    Variances of zero are lifted to 1e-5 of the median. Returns (scale, df_prior); df_prior is
    infinite when the variances differ no more than their own df explain, 0 when only one is
    usable, and the scale is NaN when none is.
    Source: Smyth 2004, section 6.2. Agrees with ``limma::fitFDist`` to 1e-10 relative.
    """
    usable = np.isfinite(variances) & np.isfinite(df) & (df > 1e-15)
    x, own_df = np.asarray(variances)[usable], np.asarray(df)[usable]
    if len(x) < 2:
        return (float(x[0]) if len(x) else np.nan), 0.0
    median = float(np.median(x))
    x = np.maximum(x, 1e-5 * (median if median > 0 else 1.0))
    log_variance = np.log(x) - digamma(own_df / 2) + np.log(own_df / 2)
    excess = float(log_variance.var(ddof=1) - polygamma(1, own_df / 2).mean())
    if excess <= 0:
        return float(x.mean()), np.inf
    half_df = _inverse_trigamma(excess)
    scale = np.exp(log_variance.mean() + digamma(half_df) - np.log(half_df))
    return float(scale), 2 * half_df


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
