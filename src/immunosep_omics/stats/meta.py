"""Random-effects meta-analysis of many features, with error estimates shared between features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from immunosep_omics.stats.arrays import Float, Integer
from immunosep_omics.stats.linear import two_sided_p
from immunosep_omics.stats.pooling import Summary, Weighed, direction_consistency, weigh
from immunosep_omics.stats.variance_prior import fit_variance_prior


@dataclass(frozen=True)
class MetaAnalysis(Summary):
    """Features that share ``common_tau2``, and a prior of their scatter with its ``df_prior``."""

    common_tau2: float
    scale_prior: float
    df_prior: float


def random_effects(
    effects: Float,
    variances: Float,
    level: float = 0.95,
    independent_features: float | None = None,
) -> MetaAnalysis:
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

    All of this presumes features that err independently. Correlated ones know less about the prior
    than their number suggests: pass ``independent_features``, see
    ``independent_features.py``, or the test is too liberal when studies differ.

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
    y, v = np.where(counted, y, 0.0), np.where(counted, v, np.inf)
    fixed = weigh(y, v, 0.0)
    common_tau2, tau2, i2 = _heterogeneity(fixed, own_df)
    weighed = weigh(y, v, common_tau2)
    share = 1.0 if independent_features is None else min(1.0, independent_features / len(own_df))
    squeezed = _squeeze(weighed.scatter, own_df, share)

    error2 = np.maximum(squeezed.scatter / weighed.total, 1 / fixed.total)
    most = np.maximum(own_df.sum() * share, own_df)
    df = np.where(studies > 0, np.minimum(own_df + squeezed.df_prior, most), np.nan)
    alone = (studies == 1) & (df <= 0)
    error2, df = np.where(alone, 1 / fixed.total, error2), np.where(alone, np.inf, df)
    error = np.sqrt(error2)
    t = weighed.effect / error
    reach = _quantile(df, level) * error
    # Sampling variance of a typical study (Higgins & Thompson 2002). What the squeezed scatter
    # leaves above it, and no less than the common tau2, is what a new study may differ by.
    typical = own_df / np.where(studies > 2, fixed.excess, np.nan)
    new_tau2 = np.maximum(common_tau2, squeezed.scatter * (typical + common_tau2) - typical)
    spread = _quantile(df - 1, level) * np.sqrt(new_tau2 + error2)
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
        direction_consistency=direction_consistency(y, counted, weighed.effect),
        q=np.where(studies > 1, fixed.scatter, np.nan),
        tau2=tau2,
        i2=i2,
        common_tau2=common_tau2,
        scale_prior=squeezed.scale_prior,
        df_prior=squeezed.df_prior,
    )


def _heterogeneity(fixed: Weighed, own_df: Float) -> tuple[float, Float, Float]:
    """Variance between studies common to all features, each feature's own, and its i2."""
    several = own_df > 0
    surplus = fixed.scatter - own_df
    common = 0.0
    if several.any():
        common = max(0.0, float(surplus[several].sum() / fixed.excess[several].sum()))
    excess, scatter = np.where(several, fixed.excess, np.nan), np.maximum(fixed.scatter, own_df)
    own = np.maximum(0.0, surplus)
    return common, own / excess, _share(own, scatter)


@dataclass(frozen=True)
class _Squeezed:
    """Scatter per degree of freedom after squeezing, and the prior."""

    scatter: Float
    scale_prior: float
    df_prior: float


def _squeeze(scatter: Float, own_df: Float, independent_share: float) -> _Squeezed:
    scale, df_prior = fit_variance_prior(_share(scatter, own_df), own_df, independent_share)
    scale = max(scale, 1.0)
    return _Squeezed(
        _share(np.nan_to_num(scatter) + scale * df_prior, own_df + df_prior), scale, df_prior
    )


def _share(part: Float | Integer, whole: Float | Integer) -> Float:
    """Quotient; NaN where the whole is 0."""
    result: Float = part / np.where(whole > 0, whole, np.nan)
    return result


def _quantile(df: Float, level: float) -> Float:
    result: Float = stdtrit(df, (1 + level) / 2)
    return result
