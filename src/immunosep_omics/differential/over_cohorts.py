"""One question over cohorts: the cohorts' standardised effects, pooled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.meta import MetaAnalysis, random_effects
from immunosep_omics.stats.pooling import Pooled, leave_one_out, pool
from immunosep_omics.stats.testing import benjamini_hochberg, fisher_combined

META = "meta"
"""Stands in the column `cohort` for the summary over cohorts."""

Summarise = Callable[[Float, Float], MetaAnalysis | Pooled]


def meta_analysis(
    tables: Mapping[str, pd.DataFrame], method: str = "moderated", independent_share: float = 1.0,
    combined: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Summary of the standardised effects, one row per gene of any cohort.

    `method`: `moderated` (random effects; genes share what they teach about heterogeneity, and
    `independent_share` says how far they repeat one another, see
    :func:`stats.meta.random_effects`), or `fixed`, `dersimonian_laird`, `reml`, gene by gene (see
    :func:`stats.pooling.pool`). The `left_out` columns tell the least and greatest effect, and the
    largest p, when any one cohort is left out. `combined`: p-values answer what no one effect can
    (several coefficients, or a difference beyond a least one), and are combined by Fisher's
    method. With one cohort there is nothing to pool: its own
    test is the answer, and heterogeneity and prediction intervals are not estimable.
    """
    if len(tables) == 1:
        return _one_cohort(next(iter(tables.values())))
    genes = pd.Index(dict.fromkeys(g for table in tables.values() for g in table["gene"]))
    wide = {
        column: np.array([t.set_index("gene")[column].reindex(genes) for t in tables.values()])
        for column in (
            "n", "n_level", "n_versus", "effect", "effect_variance", "missing", "p",
            "composition_effect", "composition_variance",
        )
    }  # fmt: skip
    counted = ~np.isnan(wide["p"])
    summarise = _method(method, max(1.0, independent_share * len(genes)))
    summary = summarise(wide["effect"], wide["effect_variance"])
    left_out = leave_one_out(wide["effect"], wide["effect_variance"], summarise)
    twin = summarise(wide["composition_effect"], wide["composition_variance"])
    result = pd.DataFrame(
        {
            "gene": genes,
            "cohort": META,
            **{side: _sum(wide[side], counted) for side in ("n", "n_level", "n_versus")},
            "cohorts": counted.sum(axis=0),
            "missing": np.nanmean(wide["missing"], axis=0),
            "effect": summary.effect,
            "se": summary.standard_error,
            "ci_low": summary.ci_low,
            "ci_high": summary.ci_high,
            "t": summary.t,
            "df": summary.df,
            "p": summary.p,
            "tau2": summary.tau2,
            "i2": summary.i2,
            "consistent": summary.direction_consistency,
            "prediction_low": summary.prediction_low,
            "prediction_high": summary.prediction_high,
            "left_out_low": left_out.low,
            "left_out_high": left_out.high,
            "left_out_p": left_out.p,
            "composition_effect": twin.effect,
            "composition_variance": twin.standard_error**2,
            "composition_p": twin.p,
        }
    )
    if combined:
        unknown = dict.fromkeys(("t", "df", "left_out_p", "composition_p"), np.nan)
        result = result.assign(p=fisher_combined(wide["p"]), **unknown)
    return result.assign(fdr=benjamini_hochberg(result["p"].to_numpy(dtype=float)))


def _method(method: str, independent_features: float) -> Summarise:
    methods: dict[str, Summarise] = {
        "moderated": partial(random_effects, independent_features=independent_features),
        "fixed": partial(pool, method="fixed"),
        "dersimonian_laird": partial(pool, method="dersimonian_laird"),
        "reml": partial(pool, method="reml"),
    }
    return methods[method]


def _sum(numbers: Float, counted: Boolean) -> Float:
    """Samples over the cohorts that count; NaN where no cohort has them in groups."""
    unknown = np.isnan(numbers).all(axis=0)
    return np.where(unknown, np.nan, np.where(counted, np.nan_to_num(numbers), 0.0).sum(axis=0))


def _one_cohort(table: pd.DataFrame) -> pd.DataFrame:
    """The only cohort's own test in place of a summary, its interval that of the effect."""
    reach = stdtrit(table["df"].to_numpy(dtype=float), 0.975) * np.sqrt(table["effect_variance"])
    return table.drop(columns=["average", "estimate"]).assign(
        cohort=META,
        cohorts=table["p"].notna().astype(int),
        se=np.sqrt(table["effect_variance"]),
        ci_low=table["effect"] - reach,
        ci_high=table["effect"] + reach,
    )
