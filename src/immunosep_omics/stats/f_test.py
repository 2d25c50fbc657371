"""Moderated F-tests: do several contrasts differ from zero together?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.linear import LinearFit, ModeratedFit
from immunosep_omics.stats.orthogonal import independent_columns


@dataclass(frozen=True)
class FTest:
    """``f``, its ``p`` and ``df`` (how many contrasts were told apart), all (features,)."""

    f: Float
    p: Float
    df: Float


def design_without(design: Float, contrasts: Float) -> Float:
    """The design (samples, fewer) in which all ``contrasts`` (coefficients, contrasts) are zero.

    Contrasts that combine others add nothing; no column is left where they are all coefficients.
    """
    contrasts = np.asarray(contrasts, dtype=np.float64).reshape(len(design.T), -1)
    contrasts = contrasts[:, independent_columns(contrasts)]
    free = np.linalg.qr(contrasts, mode="complete")[0][:, contrasts.shape[1] :]
    reduced: Float = np.asarray(design, dtype=np.float64) @ free
    return reduced


def f_test(full: LinearFit, reduced: LinearFit, moderated: ModeratedFit) -> FTest:
    """Test all contrasts that ``reduced``, the fit of ``design_without`` them, lacks at once.

    ``full`` and ``reduced``: fits of the same values, weights and repeats; ``moderated``: of
    ``full``. By what each feature's own samples tell, with its own weights; NaN where they tell
    none of the contrasts.
    Source: Smyth 2004, section 5. Agrees to 1e-8 relative with the F of ``limma::eBayes`` for
    features without gaps or weights of their own (limma takes the same covariance for all).
    """
    df = reduced.df_residual - full.df_residual
    told = df > 0
    df = np.where(told, df, np.nan)
    explained = np.maximum(_residual_sum(reduced) - _residual_sum(full), 0)
    f = explained / df / moderated.variance_posterior
    df_total = moderated.df_total
    # Beyond any number of degrees of freedom that F can be computed for, F is chi-square.
    many = df_total > 1e10
    p = np.where(many, chdtrc(df, f * df), fdtrc(df, np.where(many, 1.0, df_total), f))
    return FTest(f, np.where(df_total > 0, p, np.nan), np.where(told, df, 0.0))


def _residual_sum(fit: LinearFit) -> Float:
    return np.where(fit.df_residual > 0, fit.sigma**2 * fit.df_residual, 0.0)
