"""What every method of differential analysis is given, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.treat import beyond as interval_test


@dataclass(frozen=True)
class Problem:
    """One question in one cohort.

    `values`: (samples, features) on the log2 scale, NaN = missing. `design`: (samples,
    coefficients), of full rank; `contrasts`: (coefficients, questions), asked together where
    `joint`. `patient`: (samples,) codes where samples of a patient repeat each other. `counts`
    (samples, features) and `sizes` (samples,), effective library sizes, where features were
    counted. `controls`: (features,), True for genes that nothing asked about moves,
    where some are named.
    """

    values: Float
    design: Float
    contrasts: Float
    joint: bool = False
    patient: Integer | None = None
    counts: Float | None = None
    sizes: Float | None = None
    controls: Boolean | None = None

    @property
    def patients(self) -> int:
        """How many patients the samples are of."""
        return len(self.design if self.patient is None else np.unique(self.patient))


@dataclass(frozen=True)
class Estimates:
    """Answers of one question, all (features,); NaN where there is none.

    `estimate` and its `error` on the log2 scale; `effect` and its `variance` on the scale on
    which cohorts are pooled. Of questions asked together only `f`, its degrees of freedom `f_df`
    and `df`, and `p` are there. `notes`: what the reader must know.
    """

    p: Float
    df: Float
    estimate: Float
    error: Float
    effect: Float
    variance: Float
    t: Float
    f: Float
    f_df: Float
    notes: tuple[str, ...] = ()


def single_estimates(
    estimate: Float, error: Float, spread: Float, df: Float, beyond: float, notes: tuple[str, ...]
) -> Estimates:  # fmt: skip
    """One question's answer by t-test, all (features,).

    `spread`: the standard deviation of samples around the model; the effect is the estimate in
    such spreads (Hedges' g), so that cohorts measured by different platforms can be pooled.
    `beyond`: the least difference that matters, tested against where it is above 0.
    """
    small = 1 - 3 / (4 * df - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = small * estimate / spread
        variance = small**2 * (error / spread) ** 2 + effect**2 / (2 * df)
    test = interval_test(estimate, error, df, beyond)
    nothing = np.full(len(estimate), np.nan)
    return Estimates(test.p, df, estimate, error, effect, variance, test.t, nothing, nothing, notes)


def mean_inverse(weights: Float | None, values: Float) -> Float:
    """What to multiply a weighted model's variance by, to have that of an average sample.

    `weights`: (samples,) or (samples, features), none for 1; `values`: (samples, features), of
    which missing ones and those without weight do not count. Returns (features,).
    """
    if weights is None:
        return np.ones(values.shape[1])
    weights = np.broadcast_to(weights.T, values.T.shape).T
    counted = ~np.isnan(values) & (weights > 0)
    inverse = np.divide(1.0, weights, out=np.zeros(values.shape), where=counted)
    number = counted.sum(axis=0)
    mean: Float = inverse.sum(axis=0) / np.where(number > 0, number, np.nan)
    return mean


def joint_estimates(
    f: Float, f_df: Float, df: Float, p: Float, notes: tuple[str, ...]
) -> Estimates:
    """Questions asked together have no one estimate."""
    nothing = np.full(len(p), np.nan)
    return Estimates(p, df, nothing, nothing, nothing, nothing, nothing, f, f_df, notes)
