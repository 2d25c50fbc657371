"""Meta-analysis of each feature on its own: fixed effect, DerSimonian-Laird, REML.

:mod:`meta` lets features share what they know of heterogeneity; here nothing is shared, as in a
meta-analysis of one quantity. All features are computed at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtri, stdtrit

from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.linear import two_sided_p
from immunosep_omics.stats.parts import in_parts

Method = Literal["fixed", "dersimonian_laird", "reml"]

# Heterogeneity tried, as multiples of the typical sampling variance, to find the highest peak of
# the restricted likelihood, which can have several: seven decades, three values in each.
_GRID = np.concatenate([[0.0], np.logspace(-3, 4, 22)])
_TOLERANCE = 1e-13
_MOST_STEPS = 200


@dataclass(frozen=True)
class Summary:
    """What pooling says of each feature: every array is (features,), NaN where it is not defined.

    ``effect``, ``standard_error``, ``t``, ``df`` (infinite: normal), two-sided ``p`` and confidence
    limits. The prediction limits bound the true effect in a new study and need three studies.
    ``direction_consistency`` is the share of studies whose effect has the sign of the summary.
    ``q`` is Cochran's, ``tau2`` the variance of true effects between studies, ``i2`` the share of
    the variation, 0 to 1, that is not sampling error: of two studies or more.
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


@dataclass(frozen=True)
class Pooled(Summary):
    """Each feature on its own; ``tau2`` comes with its confidence limits."""

    tau2_low: Float
    tau2_high: Float


def pool(effects: Float, variances: Float, method: Method = "reml", level: float = 0.95) -> Pooled:
    """Summarise effects (studies, features) with their sampling variances (studies, features).

    A study counts for a feature where both are finite and the variance is positive. ``fixed`` has
    a normal test and no heterogeneity. The random-effects methods use Hartung and Knapp's error on
    (studies - 1) degrees of freedom, never below the error that the weights alone imply, so that
    agreement by chance is not rewarded. One study is its own summary, with a normal test.

    ``tau2`` by REML is the highest peak of the restricted likelihood, searched on a grid and then
    refined to rounding; its limits are Q-profile's. ``i2`` is tau2 against the typical sampling
    variance of Higgins and Thompson.

    Sources: DerSimonian & Laird 1986; Viechtbauer 2005, doi:10.3102/10769986030003261; Hartung &
    Knapp 2001, doi:10.1002/sim.1009; Viechtbauer 2007, doi:10.1002/sim.2514 (limits of tau2);
    Higgins & Thompson 2002, doi:10.1002/sim.1186; Higgins, Thompson & Spiegelhalter 2009
    (prediction limits, on studies - 2 degrees of freedom). Agrees with
    ``metafor::rma.uni(method = "FE", "DL", "REML", test = "adhoc")`` to 1e-9 relative, and with
    ``confint`` of it, when its search is let run to the end; as it is, it stops at 1e-5. A tau2 of
    zero is zero here, and what is left of its last step there.
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)

    def summarise(part: slice) -> Pooled:
        return _pool(y[:, part], v[:, part], method, level)

    return in_parts(summarise, y.shape[1], len(y) + len(v))


def _pool(y: Float, v: Float, method: Method, level: float) -> Pooled:
    counted = np.isfinite(y) & np.isfinite(v) & (v > 0)
    y, v = np.where(counted, y, 0.0), np.where(counted, v, np.inf)
    studies = np.count_nonzero(counted, axis=0)
    several = studies > 1
    fixed = weigh(y, v, np.zeros(y.shape[1]))
    own_df = studies - 1.0
    excess = np.where(several, fixed.excess, np.nan)
    typical = own_df / excess
    heterogeneity: dict[Method, Callable[[], Float]] = {
        "fixed": lambda: np.zeros(y.shape[1]),
        "dersimonian_laird": lambda: np.maximum(0.0, (fixed.scatter - own_df) / excess),
        "reml": lambda: _restricted(y, v, typical),
    }
    tau2 = np.where(several, heterogeneity[method](), 0.0)
    weighed = weigh(y, v, tau2)
    inflation, df = np.ones_like(tau2), np.full(len(tau2), np.inf)
    if method != "fixed":
        scatter = weighed.scatter / np.where(several, own_df, 1.0)
        inflation = np.where(several, np.maximum(1.0, scatter), 1.0)
        df = np.where(several, own_df, np.inf)
    error = np.sqrt(inflation / weighed.total)
    t = weighed.effect / error
    reach = _quantile(df, level) * error
    known = several if method != "fixed" else np.zeros_like(several)
    low, high = _profile_limits(y, v, own_df, known, level)
    predictable = (studies > 2) & known
    spread = _quantile(np.where(predictable, studies - 2.0, np.nan), level)
    spread = spread * np.sqrt(tau2 + error**2)
    return Pooled(
        effect=weighed.effect,
        standard_error=error,
        t=t,
        df=np.where(studies > 0, df, np.nan),
        p=two_sided_p(t, df),
        ci_low=weighed.effect - reach,
        ci_high=weighed.effect + reach,
        prediction_low=weighed.effect - spread,
        prediction_high=weighed.effect + spread,
        studies=studies,
        direction_consistency=direction_consistency(y, counted, weighed.effect),
        q=np.where(several, fixed.scatter, np.nan),
        tau2=np.where(known, tau2, np.nan),
        tau2_low=np.where(known, low, np.nan),
        tau2_high=np.where(known, high, np.nan),
        i2=np.where(known, tau2 / (tau2 + typical), np.nan),
    )


@dataclass(frozen=True)
class LeftOut:
    """The summaries without each study in turn, (features,): least and greatest effect, largest p.

    NaN with fewer than three studies: what is left would not be a summary.
    """

    low: Float
    high: Float
    p: Float


def leave_one_out(
    effects: Float, variances: Float, summarise: Callable[[Float, Float], Summary]
) -> LeftOut:
    """How far the summary of effects (studies, features) hangs on any one study."""
    low, high, p = (np.full(effects.shape[1], np.nan) for _ in range(3))
    several = np.count_nonzero(np.isfinite(effects), axis=0) > 2
    if several.any():
        for study in range(len(effects)):
            rest = summarise(np.delete(effects, study, axis=0), np.delete(variances, study, axis=0))
            low = np.where(several, np.fmin(low, rest.effect), np.nan)
            high = np.where(several, np.fmax(high, rest.effect), np.nan)
            p = np.where(several, np.fmax(p, rest.p), np.nan)
    return LeftOut(low, high, p)


def direction_consistency(effects: Float, counted: Boolean, summary: Float) -> Float:
    """Share of the counted effects (studies, features) with the sign of the summary (features,)."""
    agreeing = (np.sign(effects) == np.sign(summary)) & counted
    studies = np.count_nonzero(counted, axis=0)
    share: Float = np.count_nonzero(agreeing, axis=0) / np.where(studies > 0, studies, np.nan)
    return share


@dataclass(frozen=True)
class Weighed:
    """Weighted means, total weights, weighted scatter, and what tau2 adds to the scatter."""

    effect: Float
    total: Float
    scatter: Float
    excess: Float


def weigh(y: Float, v: Float, tau2: Float | float) -> Weighed:
    """Weighted means of effects (studies, features) with variances (studies, features).

    Absent studies have the effect 0 and infinite variance, hence no weight.
    """
    weight = 1 / (v + tau2)
    total = weight.sum(axis=0)
    total = np.where(total > 0, total, np.nan)
    effect = np.einsum("sf,sf->f", weight, y) / total
    distance = y - effect
    scatter = np.einsum("sf,sf,sf->f", weight, distance, distance)
    return Weighed(effect, total, scatter, total - np.einsum("sf,sf->f", weight, weight) / total)


def _restricted(y: Float, v: Float, typical: Float) -> Float:
    """Heterogeneity by restricted maximum likelihood: the best of a grid, then refined."""
    tau2 = np.zeros(y.shape[1])
    features = np.flatnonzero(np.isfinite(typical))
    if not len(features):
        return tau2
    y, v, typical = y[:, features], v[:, features], typical[features]
    best, most = np.zeros(len(features), dtype=np.intp), np.full(len(features), -np.inf)
    for step, multiple in enumerate(_GRID):
        likelihood = _likelihood(y, v, multiple * typical)
        best, most = np.where(likelihood > most, step, best), np.maximum(likelihood, most)
    low = _GRID[np.maximum(best - 1, 0)] * typical
    high = _GRID[np.minimum(best + 1, len(_GRID) - 1)] * typical
    # Beyond the grid the likelihood only falls: no scatter is ten thousand times the sampling's
    # unless the sampling errors are nonsense, and then the grid's end says so.
    at_zero = (best == 0) & (_score(y, v, np.zeros_like(typical))[0] <= 0)
    inside = np.flatnonzero(~at_zero)
    start = (_GRID[best] * typical)[inside]
    limits = low[inside], high[inside]
    tau2[features[inside]] = _climb(y[:, inside], v[:, inside], limits, start)
    return tau2


def _climb(y: Float, v: Float, limits: tuple[Float, Float], start: Float) -> Float:
    """The root of the score between the limits: Fisher's steps, halving where they leave them."""
    (low, high), tau2 = limits, start.copy()
    active = np.arange(len(tau2))
    for _ in range(_MOST_STEPS):
        at = tau2[active]
        score, information = _score(y[:, active], v[:, active], at)
        low[active] = np.where(score > 0, at, low[active])
        high[active] = np.where(score > 0, high[active], at)
        step = score / information
        proposed = at + step
        outside = (proposed <= low[active]) | (proposed >= high[active])
        proposed = np.where(outside, (low[active] + high[active]) / 2, proposed)
        tau2[active] = proposed
        active = active[np.abs(proposed - at) > _TOLERANCE * (proposed + at)]
        if not len(active):
            break
    return tau2


def _likelihood(y: Float, v: Float, tau2: Float) -> Float:
    """Twice the restricted log-likelihood, up to a constant of the feature."""
    weighed = weigh(y, v, tau2)
    spread = np.where(np.isfinite(v), v + tau2, 1.0)
    result: Float = -np.log(spread).sum(axis=0) - np.log(weighed.total) - weighed.scatter
    return result


def _score(y: Float, v: Float, tau2: Float) -> tuple[Float, Float]:
    """Twice the slope of the restricted log-likelihood, and twice its expected curvature."""
    weight = 1 / (v + tau2)
    squares = weight * weight
    total = weight.sum(axis=0)
    ratio = squares.sum(axis=0) / total
    distance = y - np.einsum("sf,sf->f", weight, y) / total
    score = np.einsum("sf,sf,sf->f", squares, distance, distance) - total + ratio
    cubes = np.einsum("sf,sf->f", squares, weight)
    return score, squares.sum(axis=0) - 2 * cubes / total + ratio**2


def _profile_limits(
    y: Float, v: Float, df: Float, several: Boolean, level: float
) -> tuple[Float, Float]:
    """Limits of tau2: where Cochran's Q, which falls with it, meets its chi-squared quantiles."""
    degrees = np.where(several, df, 1.0)
    tail = (1 - level) / 2
    return (
        _where_q_is(chdtri(degrees, tail), y, v, several),
        _where_q_is(chdtri(degrees, 1 - tail), y, v, several),
    )


def _where_q_is(wanted: Float, y: Float, v: Float, several: Boolean) -> Float:
    """The tau2 at which Q equals `wanted`; 0 where Q is below it already without heterogeneity.

    Newton's steps from 0 never overshoot, Q being convex and falling in tau2.
    """
    tau2 = np.zeros(y.shape[1])
    active = np.flatnonzero(several)
    for _ in range(_MOST_STEPS):
        at = tau2[active]
        weight = 1 / (v[:, active] + at)
        total = weight.sum(axis=0)
        distance = y[:, active] - np.einsum("sf,sf->f", weight, y[:, active]) / total
        pull = weight * distance
        q = np.einsum("sf,sf->f", pull, distance)
        slope = np.einsum("sf,sf->f", pull, pull)
        surplus = q - wanted[active]
        step = np.where(surplus > 0, surplus / np.where(slope > 0, slope, 1.0), 0.0)
        tau2[active] = at + step
        active = active[step > _TOLERANCE * (at + step)]
        if not len(active):
            break
    return tau2


def _quantile(df: Float, level: float) -> Float:
    result: Float = stdtrit(df, (1 + level) / 2)
    return result
