"""One question in one cohort: a linear model per feature with moderated variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from immunosep_omics.differential.questions import Question
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.meta import independent_number_of_features
from immunosep_omics.stats.minimum import PER_SIDE
from immunosep_omics.stats.testing import benjamini_hochberg


@dataclass(frozen=True)
class CohortAnswer:
    """A table with one row per feature, or the reason why there is none.

    `independent_share` says how many independent features would be as informative as these
    correlated ones, as a share of them.
    """

    table: pd.DataFrame | None
    reason: str = ""
    independent_share: float = 1.0


def answer(values: pd.DataFrame, clinical: pd.DataFrame, question: Question) -> CohortAnswer:
    """Estimate one contrast in one cohort (Smyth 2004).

    `values`: keyed samples x features; `clinical`: keyed. Samples without a covariate are left
    out; covariates that do not vary are left out of the model. Both are said in `reason`.
    """
    rows = question.groups.index.intersection(values.index, sort=False)
    covariates, notes = _covariates(clinical.reindex(rows), question.adjust)
    rows = rows[covariates.notna().all(axis=1).to_numpy()]
    covariates, group = covariates.loc[rows], question.groups[rows]
    covariates = covariates.loc[:, covariates.nunique() > 1]
    sides = int((group == 1).sum()), int((group == 0).sum())
    if sides == (0, 0):
        return CohortAnswer(None, "no sample is in either group")
    if min(sides) < PER_SIDE:
        return CohortAnswer(None, f"{sides[0]} against {sides[1]} samples are too few")
    design = np.column_stack([np.ones(len(rows)), group, covariates.to_numpy(dtype=float)])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return CohortAnswer(None, "the groups are confounded with the covariates")
    if len(rows) <= design.shape[1]:
        return CohortAnswer(None, "more coefficients than samples")
    table = _table(values.loc[rows], design, group)
    share = _independent_share(values.loc[rows].to_numpy(dtype=float), design)
    return CohortAnswer(table, "; ".join(notes), share)


def _covariates(clinical: pd.DataFrame, names: tuple[str, ...]) -> tuple[pd.DataFrame, list[str]]:
    """Numeric columns centred and scaled, categories as indicators; notes on what is lacking."""
    columns, notes = {}, []
    for name in names:
        if name not in clinical or clinical[name].isna().all():
            notes.append(f"not adjusted for {name}, which this cohort lacks")
            continue
        column = clinical[name]
        lacking = int(column.isna().sum())
        if lacking:
            plural = "s" if lacking > 1 else ""
            notes.append(f"{lacking} sample{plural} without {name} left out")
        if pd.api.types.is_numeric_dtype(column):
            columns[name] = (column - column.mean()) / (column.std() or 1.0)
            continue
        for level in sorted(column.dropna().astype(str).unique())[1:]:
            indicator = (column.astype(str) == level).astype(float)
            columns[f"{name}={level}"] = indicator.where(column.notna())
    return pd.DataFrame(columns, index=clinical.index), notes


def _independent_share(values: np.ndarray, design: np.ndarray) -> float:
    """From the residuals of the features that every sample has; 1 when those are too few."""
    complete = values[:, ~np.isnan(values).any(axis=0)]
    if complete.shape[1] < 2:
        return 1.0
    basis = np.linalg.qr(design)[0]
    residuals = complete - basis @ (basis.T @ complete)
    return independent_number_of_features(residuals) / complete.shape[1]


def _table(values: pd.DataFrame, design: np.ndarray, group: pd.Series) -> pd.DataFrame:
    matrix = values.to_numpy(dtype=float)
    present = ~np.isnan(matrix)
    level = (group == 1).to_numpy()
    n_level, n_versus = present[level].sum(axis=0), present[~level].sum(axis=0)
    enough = (n_level >= PER_SIDE) & (n_versus >= PER_SIDE)
    matrix = np.where(enough, matrix, np.nan)
    fit = fit_linear(matrix, design)
    moderated = moderate(fit)
    estimate, stdev = fit.coefficients[1], fit.stdev_unscaled[1]
    spread = np.sqrt(moderated.variance_posterior)
    error = stdev * spread
    reach = stdtrit(moderated.df_total, 0.975) * error
    small = 1 - 3 / (4 * moderated.df_total - 1)
    effect = small * estimate / spread
    counts = np.maximum(present.sum(axis=0), 1)
    return pd.DataFrame(
        {
            "gene": values.columns,
            "n_level": n_level,
            "n_versus": n_versus,
            "missing": 1 - present.mean(axis=0),
            "average": np.where(present, matrix, 0).sum(axis=0) / counts,
            "estimate": estimate,
            "effect": effect,
            "effect_variance": small**2 * stdev**2 + effect**2 / (2 * moderated.df_total),
            "se": error,
            "ci_low": estimate - reach,
            "ci_high": estimate + reach,
            "t": moderated.t[1],
            "df": moderated.df_total,
            "p": moderated.p[1],
            "fdr": benjamini_hochberg(moderated.p[1]),
        }
    )
