"""Differential analysis: each question in each cohort, then over cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from immunosep_omics.assay import counts_of, values_of
from immunosep_omics.differential.cohort import Measured, answer
from immunosep_omics.differential.detection import COLUMNS as DETECTION
from immunosep_omics.differential.detection import count_over_cohorts, detection_columns
from immunosep_omics.differential.over_cohorts import META, meta_analysis
from immunosep_omics.differential.questions import Question, ask
from immunosep_omics.stats.streams import stream
from immunosep_omics.tables import empty_table
from immunosep_omics.transforms.join import keyed, sample_key

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["COLUMNS", "META", "compare", "meta_analysis"]

COLUMNS = (
    "contrast", "role", "family", "claim", "gene", "cohort", "n", "n_level", "n_versus", "cohorts",
    "missing", "average", "estimate", "effect", "se", "ci_low", "ci_high", "t", "df", "f", "f_df",
    "p", "fdr", *DETECTION, "composition_effect", "composition_se", "composition_p", "tau2", "i2",
    "consistent", "prediction_low", "prediction_high", "left_out_low", "left_out_high",
    "left_out_p",
)  # fmt: skip


def compare(
    assays: Sequence[AnnData],
    clinical: pd.DataFrame,
    endotypes: pd.DataFrame,
    contrasts: Mapping[str, Mapping[str, Any]],
    independent_labels: bool,
    assay: str,
    choices: Mapping[str, Any],
    seed: int = 0,
    meta: str = "moderated",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answer every question about one assay (its name: `assay`), one AnnData per cohort.

    `clinical` and `endotypes` have `sample`, `patient`, `cohort`; only samples in `endotypes`
    enter. `independent_labels`: endotypes never saw this assay, so that they can be tested in it.
    `contrasts` and `choices` are as `settings.analysis` dumps them; `seed` is that of the
    study; `meta` names how cohorts are pooled. Gives the differential table and a status table
    (`question answered reason`).
    """
    endotypes = keyed(endotypes)
    clinical = keyed(clinical).reindex(endotypes.index)
    measured = {str(part.uns["cohort"]): _measured(part) for part in assays}
    composition = _composition(clinical, choices["composition"])
    tables, status = [], []
    for question in ask(clinical, endotypes, contrasts, independent_labels):
        streams = {
            cohort: stream(seed, "differential", assay, question.contrast, cohort)
            for cohort in measured
        }
        table, outcome = _over_cohorts(measured, question, choices, composition, streams, meta)
        tables.append(table)
        status.append((f"{assay}: {question.contrast}", *outcome))
    found = [table for table in tables if len(table)]
    return (
        pd.concat(found, ignore_index=True)[list(COLUMNS)] if found else empty_table(COLUMNS),
        pd.DataFrame(status, columns=["question", "answered", "reason"]),
    )


def _measured(assay: AnnData) -> Measured:
    key = sample_key(assay.obs["cohort"], assay.obs_names.to_series())
    patient = assay.obs["patient"].set_axis(key)
    values, counted = values_of(assay).set_axis(key, axis=0), counts_of(assay)
    if counted is None:
        return Measured(values, patient)
    return Measured(values, patient, counted[0].set_axis(key, axis=0), counted[1].set_axis(key))


def _composition(clinical: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame | None:
    """Shares of cells of every sample; none where the study declares none."""
    return clinical.reindex(columns=list(names)).astype(float) if names else None


def _over_cohorts(
    measured: Mapping[str, Measured],
    question: Question,
    choices: Mapping[str, Any],
    composition: pd.DataFrame | None,
    streams: Mapping[str, np.random.Generator],
    meta: str,
) -> tuple[pd.DataFrame, tuple[str, str]]:
    if question.design is None:
        return empty_table(COLUMNS), ("no", question.reason)
    answers = {
        cohort: answer(own, question.design, question, choices, streams[cohort], composition)
        for cohort, own in measured.items()
    }
    tables = {cohort: a.table for cohort, a in answers.items() if a.table is not None}
    said: dict[str, list[str]] = {}
    for cohort, own in answers.items():
        said.setdefault(own.reason, []).append(cohort)
    notes = "; ".join(f"{', '.join(who)}: {reason}" for reason, who in said.items() if reason)
    if not tables:
        return empty_table(COLUMNS), ("no", notes)
    share = min(answers[cohort].independent_share for cohort in tables)
    combined = question.beyond > 0 or question.design.joint
    by_cohort = [table.assign(cohort=cohort, cohorts=1) for cohort, table in tables.items()]
    summary = meta_analysis(tables, meta, share, combined)
    counted = [answers[cohort].detected for cohort in tables]
    detected = count_over_cohorts([own for own in counted if own is not None])
    summary[list(DETECTION)] = detection_columns(detected, summary["gene"])
    whole = pd.concat([summary, *by_cohort], ignore_index=True)
    whole = whole.assign(
        contrast=question.contrast, role=question.role, family=question.family,
        claim=question.claim, composition_se=np.sqrt(whole["composition_variance"]),
    )  # fmt: skip
    if question.claim == "descriptive":
        whole[["fdr", "detection_fdr"]] = np.nan
    return whole.reindex(columns=COLUMNS), (
        "yes" if len(tables) == len(measured) else "partly",
        notes,
    )
