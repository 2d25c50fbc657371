"""Differential analysis: each question in each cohort, then over cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from immunosep_omics.assay import values_of
from immunosep_omics.differential.cohort import answer
from immunosep_omics.differential.over_cohorts import META, meta_analysis
from immunosep_omics.differential.questions import Question, ask
from immunosep_omics.tables import empty_table
from immunosep_omics.transforms.join import keyed, sample_key

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["COLUMNS", "META", "compare", "meta_analysis"]

COLUMNS = (
    "contrast", "role", "claim", "gene", "cohort", "n_level", "n_versus", "cohorts", "missing",
    "average", "estimate", "effect", "se", "ci_low", "ci_high", "t", "df", "p", "fdr", "tau2", "i2",
    "consistent", "prediction_low", "prediction_high", "left_out_low", "left_out_high",
    "left_out_p",
)  # fmt: skip


def compare(
    assays: Sequence[AnnData],
    clinical: pd.DataFrame,
    endotypes: pd.DataFrame,
    contrasts: Mapping[str, Mapping[str, Any]],
    labels_given: bool,
    assay: str,
    meta: str = "moderated",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answer every question about one assay (its name: `assay`), one AnnData per cohort.

    `clinical` and `endotypes` have `sample`, `patient`, `cohort`; only samples in `endotypes`
    enter; `meta` names how cohorts are pooled. Gives the differential table and a status table
    (`question answered reason`).
    """
    endotypes = keyed(endotypes)
    clinical = keyed(clinical).reindex(endotypes.index)
    values = {str(part.uns["cohort"]): _keyed_values(part) for part in assays}
    tables, status = [], []
    for question in ask(clinical, endotypes, contrasts, labels_given):
        table, outcome = _over_cohorts(values, clinical, question, meta)
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
    values: Mapping[str, pd.DataFrame], clinical: pd.DataFrame, question: Question, meta: str
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
    whole = pd.concat([meta_analysis(tables, meta, share), *by_cohort], ignore_index=True)
    whole = whole.assign(contrast=question.contrast, role=question.role, claim=question.claim)
    if question.claim == "descriptive":
        whole["fdr"] = np.nan
    how = "yes" if len(tables) == len(values) else "partly"
    return whole.reindex(columns=COLUMNS), (question.contrast, how, "; ".join(notes))
