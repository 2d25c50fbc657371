"""Area under the receiver operating characteristic curve, its uncertainty, and its pooling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.meta import random_effects
from immunosep_omics.stats.ranks import average_ranks


@dataclass(frozen=True)
class Auroc:
    """``estimate`` (0 to 1), DeLong ``variance``, and confidence limits within 0 to 1.

    ``logit`` and ``logit_variance`` are finite whenever the estimate is, for pooling.
    """

    estimate: float
    variance: float
    ci_low: float
    ci_high: float
    logit: float
    logit_variance: float
    cases: int
    controls: int


@dataclass(frozen=True)
class PooledAuroc:
    """Random-effects summary of several AUROCs; prediction limits only from three studies on.

    ``tau2`` (variance between studies) is on the logit scale; ``i2`` is a share, 0 to 1.
    """

    estimate: float
    ci_low: float
    ci_high: float
    prediction_low: float
    prediction_high: float
    tau2: float
    i2: float
    studies: int


def auroc(truth: Boolean, score: Float, level: float = 0.95) -> Auroc:
    """AUROC of a score (samples,) for the truth (samples,), True or 1 = case, high = case.

    Samples with a NaN score are left out; without cases or without controls all is NaN. The
    interval is DeLong's on the logit scale, so it stays within 0 to 1. DeLong's variance is 0 when
    the groups do not overlap, which says more about their size than about the score. Then (and
    when it does not exist, in a group of one) the logit and its variance are those of an AUROC half
    a patient of the smaller group away from perfect, by Newcombe's formula, and the limit on the
    perfect side is the estimate itself.

    Sources: DeLong, DeLong & Clarke-Pearson 1988; Sun & Xu 2014, doi:10.1109/LSP.2014.2337313;
    Newcombe 2006, doi:10.1002/sim.2324 (method 5).
    """
    score = np.asarray(score, dtype=np.float64)
    known = ~np.isnan(score)
    is_case = np.asarray(truth)[known].astype(bool)
    values = score[known]
    m, n = int(is_case.sum()), int((~is_case).sum())
    if not m or not n:
        return Auroc(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, m, n)
    together = average_ranks(values)
    # For each patient the share of the other group ranked on the right side of it.
    of_cases = (together[is_case] - average_ranks(values[is_case])) / n
    of_controls = 1 - (together[~is_case] - average_ranks(values[~is_case])) / m
    estimate = float(of_cases.mean())
    variance = np.nan
    if m > 1 and n > 1:
        variance = float(of_cases.var(ddof=1) / m + of_controls.var(ddof=1) / n)
    centre, centre_variance = estimate, variance
    if estimate in (0.0, 1.0) or not variance > 0:
        smaller = min(m, n)
        centre = (estimate * smaller + 0.5) / (smaller + 1)
        centre_variance = _newcombe_variance(centre, m, n)
    on_logit, logit_variance = float(logit(centre)), centre_variance / (centre * (1 - centre)) ** 2
    reach = float(ndtri((1 + level) / 2)) * np.sqrt(logit_variance)
    return Auroc(
        estimate=estimate,
        variance=variance,
        ci_low=min(float(expit(on_logit - reach)), estimate),
        ci_high=max(float(expit(on_logit + reach)), estimate),
        logit=on_logit,
        logit_variance=float(logit_variance),
        cases=m,
        controls=n,
    )


def pool_auroc(logits: Float, logit_variances: Float, level: float = 0.95) -> PooledAuroc:
    """Pool the ``logit`` and ``logit_variance`` (studies,) of several :class:`Auroc` results.

    Random effects with Hartung-Knapp intervals, see :func:`meta.random_effects`; NaN studies do
    not count, and of a single study its own interval is returned.
    """
    pooled = random_effects(
        np.asarray(logits, dtype=np.float64)[:, None],
        np.asarray(logit_variances, dtype=np.float64)[:, None],
        level,
    )
    return PooledAuroc(
        estimate=float(expit(pooled.effect[0])),
        ci_low=float(expit(pooled.ci_low[0])),
        ci_high=float(expit(pooled.ci_high[0])),
        prediction_low=float(expit(pooled.prediction_low[0])),
        prediction_high=float(expit(pooled.prediction_high[0])),
        tau2=float(pooled.tau2[0]),
        i2=float(pooled.i2[0]),
        studies=int(pooled.studies[0]),
    )


def _newcombe_variance(area: float, cases: int, controls: int) -> float:
    half = (cases + controls) / 2 - 1
    bracket = 1 + half * (1 - area) / (2 - area) + half * area / (1 + area)
    return area * (1 - area) * bracket / (cases * controls)
