"""Random-effects meta-analysis of many features, with error estimates shared between features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.linear import two_sided_p
from immunosep_omics.stats.variance_prior import fit_variance_prior


@dataclass(frozen=True)
class MetaAnalysis:
    """One summary per feature: every array is (features,), NaN where it is not defined.

    ``effect`` comes with ``standard_error``, ``t``, ``df``, two-sided ``p`` and confidence limits.
    The prediction limits bound the true effect in a new study (three studies or more). ``q``,
    ``tau2`` (variance of true effects between studies) and ``i2`` (share of the variation, 0 to 1,
    that is not sampling error) are each feature's own (two studies or more).
    ``direction_consistency`` is the share of studies whose effect has the sign of the summary.
    ``common_tau2``, ``scale_prior`` and ``df_prior`` are shared by all features.
    """

    effect: Float
    standard_error: Float
    t: Float
    df: Float
    p: Float
    ci_low: Float
    ci_high: Float
    prediction_low: Float
    prediction_high: Float
    studies: Integer
    direction_consistency: Float
    q: Float
    tau2: Float
    i2: Float
    common_tau2: float
    scale_prior: float
    df_prior: float


def random_effects(effects: Float, variances: Float, level: float = 0.95) -> MetaAnalysis:
    """Summarise effects (studies, features) with their sampling variances (studies, features).

    A study counts for a feature where both are finite and the variance is positive. Effects must
    be on one scale over all features (log fold changes, standardised differences, logits).

    With few studies per feature, a variance between them cannot be estimated feature by feature:
    the Hartung-Knapp interval then has one or two degrees of freedom and no power. So features
    share theirs, as limma shares residual variances. Weights are 1 / (variance + common tau2), the
    common tau2 being DerSimonian-Laird pooled over features. Each feature's weighted scatter on
    (studies - 1) degrees of freedom is squeezed towards a prior fitted to all features, and
    t = effect / standard error has (studies - 1 + prior) degrees of freedom, never more than all
    features have together. The prior's scale is at least 1, and the standard error never falls
    below that of the fixed-effect analysis, so that agreement by chance is not rewarded.

    A single study has no scatter: its error is the prior's (at least its own sampling error) on
    the prior's df, or, without any prior, its own sampling error and the normal distribution,
    which then covers the patients of that study only and no variation between studies.

    With a single feature this is the Hartung-Knapp method with the usual lower bound.
    Sources: DerSimonian & Laird 1986; Hartung & Knapp 2001, doi:10.1002/sim.1009; Roever, Knapp &
    Friede 2015, doi:10.1186/s12874-015-0091-1; Smyth 2004, doi:10.2202/1544-6115.1027; prediction
    interval after Higgins, Thompson & Spiegelhalter 2009.
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    counted = np.isfinite(y) & np.isfinite(v) & (v > 0)
    studies = np.count_nonzero(counted, axis=0)
    own_df = np.maximum(studies - 1.0, 0.0)
    fixed = _weigh(y, v, counted, 0.0)
    several = studies > 1
    common_tau2 = 0.0
    if several.any():
        surplus = (fixed.scatter - own_df)[several].sum()
        common_tau2 = max(0.0, float(surplus / fixed.excess[several].sum()))

    weighed = _weigh(y, v, counted, common_tau2)
    ratio = weighed.scatter / np.where(several, own_df, np.nan)
    scale, df_prior = fit_variance_prior(ratio, own_df)
    scale = max(scale, 1.0)
    df = np.minimum(own_df + df_prior, own_df.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        posterior = (np.nan_to_num(ratio) * own_df + scale * df_prior) / (own_df + df_prior)
        error2 = np.maximum(posterior / weighed.total, 1 / fixed.total)
    alone = (studies == 1) & (df <= 0)
    error2 = np.where(alone, 1 / fixed.total, error2)
    error = np.where(studies > 0, np.sqrt(error2), np.nan)
    df = np.where(alone, np.inf, np.where(studies > 0, df, np.nan))
    t = weighed.effect / error
    reach = _quantile(df, level) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        surplus = np.maximum(0.0, fixed.scatter - own_df)
        tau2 = np.where(several, surplus / fixed.excess, np.nan)
        # Sampling variance of a typical study (Higgins & Thompson 2002); what the squeezed scatter
        # leaves above it is the variance of true effects that a new study may meet.
        typical = own_df / fixed.excess
        new_tau2 = np.maximum(0.0, posterior * (typical + common_tau2) - typical)
        spread = _quantile(np.where(studies > 2, df - 1, np.nan), level) * np.sqrt(new_tau2 + error2)
        i2 = np.where(several, np.where(surplus > 0, surplus / fixed.scatter, 0.0), np.nan)
        agreeing = (np.sign(y) == np.sign(weighed.effect)) & counted
        consistency = np.count_nonzero(agreeing, axis=0) / np.where(studies > 0, studies, np.nan)
    return MetaAnalysis(
        effect=weighed.effect,
        standard_error=error,
        t=t,
        df=df,
        p=two_sided_p(t, df),
        ci_low=weighed.effect - reach,
        ci_high=weighed.effect + reach,
        prediction_low=weighed.effect - spread,
        prediction_high=weighed.effect + spread,
        studies=studies,
        direction_consistency=consistency,
        q=np.where(several, fixed.scatter, np.nan),
        tau2=tau2,
        i2=i2,
        common_tau2=common_tau2,
        scale_prior=scale,
        df_prior=df_prior,
    )


@dataclass(frozen=True)
class _Weighed:
    """Weighted means, total weights, weighted scatter, and what tau2 adds to the scatter."""

    effect: Float
    total: Float
    scatter: Float
    excess: Float


def _weigh(y: Float, v: Float, counted: Boolean, tau2: float) -> _Weighed:
    weight = np.zeros_like(v)
    weight[counted] = 1 / (v[counted] + tau2)
    value = np.where(counted, y, 0.0)
    total = weight.sum(axis=0)
    total = np.where(total > 0, total, np.nan)
    effect = (weight * value).sum(axis=0) / total
    scatter = (weight * (value - effect) ** 2).sum(axis=0)
    return _Weighed(effect, total, scatter, total - (weight**2).sum(axis=0) / total)


def _quantile(df: Float, level: float) -> Float:
    result: Float = stdtrit(df, (1 + level) / 2)
    return result
