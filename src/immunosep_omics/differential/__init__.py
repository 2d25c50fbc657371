"""Differential analysis: each question in each cohort, then over cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from immunosep_omics.assay import values_of
from immunosep_omics.differential.cohort import answer
from immunosep_omics.differential.questions import Question, ask
from immunosep_omics.stats.meta import random_effects
from immunosep_omics.stats.testing import benjamini_hochberg
from immunosep_omics.tables import empty_table
from immunosep_omics.transforms.join import keyed, sample_key

if TYPE_CHECKING:
    from anndata import AnnData

COLUMNS = (
    "contrast", "role", "claim", "gene", "cohort", "n_level", "n_versus", "cohorts", "missing",
    "average", "estimate", "effect", "se", "ci_low", "ci_high", "t", "df", "p", "fdr", "tau2", "i2",
    "consistent", "prediction_low", "prediction_high",
)  # fmt: skip

META = "meta"
"""Stands in the column `cohort` for the summary over cohorts."""


def compare(
    assays: Sequence[AnnData],
    clinical: pd.DataFrame,
    endotypes: pd.DataFrame,
    contrasts: Mapping[str, Mapping[str, Any]],
    labels_given: bool,
    assay: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answer every question about one assay (its name: `assay`), one AnnData per cohort.

    `clinical` and `endotypes` have `sample`, `patient`, `cohort`; only samples in `endotypes`
    enter. Gives the differential table and a status table (`question answered reason`).
    """
    endotypes = keyed(endotypes)
    clinical = keyed(clinical).reindex(endotypes.index)
    values = {str(part.uns["cohort"]): _keyed_values(part) for part in assays}
    tables, status = [], []
    for question in ask(clinical, endotypes, contrasts, labels_given):
        table, outcome = _over_cohorts(values, clinical, question)
        tables.append(table)
        status.append(outcome)
    asked = {name for name, _, _ in status}
    status += [
        (name, "no", "no cohort with this assay has the column")
        for name in contrasts
        if name not in asked
    ]
    status = [(f"{assay}: {name}", how, why) for name, how, why in status]
    found = [table for table in tables if len(table)]
    return (
        pd.concat(found, ignore_index=True)[list(COLUMNS)] if found else empty_table(COLUMNS),
        pd.DataFrame(status, columns=["question", "answered", "reason"]),
    )


def _keyed_values(assay: AnnData) -> pd.DataFrame:
    key = sample_key(assay.obs["cohort"], assay.obs_names.to_series())
    return values_of(assay).set_axis(key, axis=0)


def _over_cohorts(
    values: Mapping[str, pd.DataFrame], clinical: pd.DataFrame, question: Question
) -> tuple[pd.DataFrame, tuple[str, str, str]]:
    answers = {cohort: answer(table, clinical, question) for cohort, table in values.items()}
    tables = {cohort: a.table for cohort, a in answers.items() if a.table is not None}
    notes = [f"{cohort}: {a.reason}" for cohort, a in answers.items() if a.reason]
    if question.caveat:
        notes.append(question.caveat)
    if not tables:
        return empty_table(COLUMNS), (question.contrast, "no", "; ".join(notes))
    by_cohort = [table.assign(cohort=cohort, cohorts=1) for cohort, table in tables.items()]
    share = min(answers[cohort].independent_share for cohort in tables)
    whole = pd.concat([meta_analysis(tables, share), *by_cohort], ignore_index=True)
    whole = whole.assign(contrast=question.contrast, role=question.role, claim=question.claim)
    if question.claim == "descriptive":
        whole["fdr"] = np.nan
    how = "yes" if len(tables) == len(values) else "partly"
    return whole.reindex(columns=COLUMNS), (question.contrast, how, "; ".join(notes))


def meta_analysis(
    tables: Mapping[str, pd.DataFrame], independent_share: float = 1.0
) -> pd.DataFrame:
    """Random-effects summary of the standardised effects, one row per gene of any cohort.

    Genes share what they teach about heterogeneity; `independent_share` says how far they repeat
    one another (see :func:`stats.meta.random_effects`). With one cohort there is nothing to pool:
    its own test is the answer, and heterogeneity and prediction intervals are not estimable.
    """
    genes = pd.Index(dict.fromkeys(g for table in tables.values() for g in table["gene"]))
    wide = {
        column: np.array([t.set_index("gene")[column].reindex(genes) for t in tables.values()])
        for column in ("n_level", "n_versus", "effect", "effect_variance", "missing")
    }
    counted = ~np.isnan(wide["effect"])
    summary = random_effects(
        wide["effect"],
        wide["effect_variance"],
        independent_features=max(1.0, independent_share * len(genes)),
    )
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
        }
    )
    if len(tables) == 1:
        only = next(iter(tables.values())).set_index("gene").loc[genes].reset_index()
        quantile = stdtrit(only["df"].to_numpy(dtype=float), 0.975)
        reach = np.sqrt(only["effect_variance"]) * quantile
        result = result.assign(
            t=only["t"],
            df=only["df"],
            p=only["p"],
            effect=only["effect"],
            se=np.sqrt(only["effect_variance"]),
            ci_low=only["effect"] - reach,
            ci_high=only["effect"] + reach,
            tau2=np.nan,
            i2=np.nan,
            consistent=np.nan,
            prediction_low=np.nan,
            prediction_high=np.nan,
        )
    return result.assign(fdr=benjamini_hochberg(result["p"].to_numpy(dtype=float)))
