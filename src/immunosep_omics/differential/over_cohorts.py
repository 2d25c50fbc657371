"""One question over cohorts: the cohorts' standardised effects, pooled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.meta import MetaAnalysis, random_effects
from immunosep_omics.stats.pooling import Pooled, leave_one_out, pool
from immunosep_omics.stats.testing import benjamini_hochberg

META = "meta"
"""Stands in the column `cohort` for the summary over cohorts."""

Summarise = Callable[[Float, Float], MetaAnalysis | Pooled]


def meta_analysis(
    tables: Mapping[str, pd.DataFrame], method: str = "moderated", independent_share: float = 1.0
) -> pd.DataFrame:
    """Summary of the standardised effects, one row per gene of any cohort.

    `method`: `moderated` (random effects; genes share what they teach about heterogeneity, and
    `independent_share` says how far they repeat one another, see
    :func:`stats.meta.random_effects`), or `fixed`, `dersimonian_laird`, `reml`, gene by gene (see
    :func:`stats.pooling.pool`). The `left_out` columns tell the least and greatest effect, and the
    largest p, when any one cohort is left out. With one cohort there is nothing to pool: its own
    test is the answer, and heterogeneity and prediction intervals are not estimable.
    """
    genes = pd.Index(dict.fromkeys(g for table in tables.values() for g in table["gene"]))
    wide = {
        column: np.array([t.set_index("gene")[column].reindex(genes) for t in tables.values()])
        for column in ("n_level", "n_versus", "effect", "effect_variance", "missing")
    }
    counted = ~np.isnan(wide["effect"])
    summarise = _method(method, max(1.0, independent_share * len(genes)))
    summary = summarise(wide["effect"], wide["effect_variance"])
    left_out = leave_one_out(wide["effect"], wide["effect_variance"], summarise)
    result = pd.DataFrame(
        {
            "gene": genes,
            "cohort": META,
            "n_level": np.where(counted, wide["n_level"], 0).sum(axis=0).astype(int),
            "n_versus": np.where(counted, wide["n_versus"], 0).sum(axis=0).astype(int),
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
        }
    )
    if len(tables) == 1:
        result = _one_cohort(result, next(iter(tables.values())))
    return result.assign(fdr=benjamini_hochberg(result["p"].to_numpy(dtype=float)))


def _method(method: str, independent_features: float) -> Summarise:
    methods: dict[str, Summarise] = {
        "moderated": partial(random_effects, independent_features=independent_features),
        "fixed": partial(pool, method="fixed"),
        "dersimonian_laird": partial(pool, method="dersimonian_laird"),
        "reml": partial(pool, method="reml"),
    }
    return methods[method]


def _one_cohort(result: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The only cohort's own test in place of a summary."""
    only = table.set_index("gene").loc[result["gene"]].reset_index()
    quantile = stdtrit(only["df"].to_numpy(dtype=float), 0.975)
    error = np.sqrt(only["effect_variance"])
    return result.assign(
        t=only["t"],
        df=only["df"],
        p=only["p"],
        effect=only["effect"],
        se=error,
        ci_low=only["effect"] - quantile * error,
        ci_high=only["effect"] + quantile * error,
        tau2=np.nan,
        i2=np.nan,
        consistent=np.nan,
        prediction_low=np.nan,
        prediction_high=np.nan,
    )
