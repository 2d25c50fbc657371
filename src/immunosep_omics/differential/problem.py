"""What every method of differential analysis is given, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Float, Integer


@dataclass(frozen=True)
class Problem:
    """One question in one cohort.

    `values`: (samples, features) on the log2 scale, NaN = missing. `design`: (samples,
    coefficients), of full rank; `contrasts`: (coefficients, questions), asked together where there
    are several. `patient`: (samples,) codes where samples of a patient repeat each other. `counts`
    (samples, features) and `sizes` (samples,), effective library sizes, where features were
    counted.
    """

    values: Float
    design: Float
    contrasts: Float
    patient: Integer | None = None
    counts: Float | None = None
    sizes: Float | None = None

    @property
    def joint(self) -> bool:
        """True where several questions are asked together."""
        return self.contrasts.shape[1] > 1


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


def joint_estimates(
    f: Float, f_df: Float, df: Float, p: Float, notes: tuple[str, ...]
) -> Estimates:
    """Questions asked together have no one estimate."""
    nothing = np.full(len(p), np.nan)
    return Estimates(p, df, nothing, nothing, nothing, nothing, nothing, f, f_df, notes)
