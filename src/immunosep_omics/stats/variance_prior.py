"""A prior for variances with very few degrees of freedom each, by maximum likelihood."""

from __future__ import annotations

import numpy as np
from scipy.special import betaln

from immunosep_omics.stats.arrays import Float

# Degrees of freedom considered: below, the prior says nothing; above, it says everything.
_FEWEST, _MOST = 0.5, 1000.0
# Log-likelihood lost one standard error away from its maximum.
_ONE_STANDARD_ERROR = 0.5
_TOLERANCE = 1e-4


def fit_variance_prior(
    variances: Float, df: Float, independent_share: float = 1.0
) -> tuple[float, float]:
    """Cautious scale and degrees of freedom of the prior of variances (features,) on ``df`` each.

    Smyth's model (2004): variance ~ scale * F(df, df_prior). The moments of log-variances that
    limma matches are dominated by values next to zero when df is 1 or 2, as it is between a few
    studies; the likelihood is not. ``df_prior`` is the value one standard error below the maximum
    on the profile likelihood, so that few features borrow little from each other; the scale
    belongs to it. ``independent_share``: correlated features carry the information of this share
    of them, by which the likelihood is weighed. NaN variances and features with df 0 are left out.
    Returns (1, 0), that is no prior, when fewer than two features or no positive variance remain.
    """
    usable = np.isfinite(variances) & (df > 0)
    x, own_df = np.asarray(variances)[usable], np.asarray(df)[usable]
    if len(x) < 2 or not (x > 0).any():
        return 1.0, 0.0
    # An exact zero would pull the scale to zero with it: lift it, as fit_scaled_f does.
    x = np.maximum(x, 1e-5 * np.median(x[x > 0]))
    best = _maximum(x, own_df)
    threshold = _profile(x, own_df, best)[0] - _ONE_STANDARD_ERROR / independent_share
    low, high = np.log(_FEWEST), best
    if _profile(x, own_df, low)[0] < threshold:
        while high - low > _TOLERANCE:
            middle = (low + high) / 2
            if _profile(x, own_df, middle)[0] < threshold:
                low = middle
            else:
                high = middle
    cautious = high if low > np.log(_FEWEST) else low
    return _profile(x, own_df, cautious)[1], float(np.exp(cautious))


def _maximum(x: Float, df: Float) -> float:
    """Logarithm of the most likely df_prior: golden-section search."""
    golden = (np.sqrt(5) - 1) / 2
    low, high = np.log(_FEWEST), np.log(_MOST)
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = _profile(x, df, left)[0], _profile(x, df, right)[0]
    while high - low > _TOLERANCE:
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = _profile(x, df, left)[0]
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = _profile(x, df, right)[0]
    return float((low + high) / 2)


def _profile(x: Float, df: Float, log_df_prior: float) -> tuple[float, float]:
    """Log-likelihood (up to a constant) at the best scale for this df_prior, and that scale."""
    df_prior = np.exp(log_df_prior)
    log_scale = float(np.log(np.average(x, weights=df)))
    for _ in range(100):
        share = df * x / (df * x + df_prior * np.exp(log_scale))
        slope = np.sum((df + df_prior) * share - df)
        bend = np.sum((df + df_prior) * share * (1 - share))
        step = np.clip(slope / bend, -1.0, 1.0)
        log_scale += step
        if abs(step) < 1e-10:
            break
    scale = np.exp(log_scale)
    likelihood = (
        df / 2 * (np.log(df / df_prior) - log_scale)
        - (df + df_prior) / 2 * np.log1p(df * x / (df_prior * scale))
        - betaln(df / 2, df_prior / 2)
    )
    return float(likelihood.sum()), float(scale)
