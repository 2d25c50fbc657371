"""What harmonisation would refuse, or remove along with the cohorts, before it is learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from immunosep_omics.clinical.asked_groups import questions
from immunosep_omics.clinical.groups import level_names
from immunosep_omics.ingest.check.confounded import Row
from immunosep_omics.settings.check import Asked, groups_asked
from immunosep_omics.settings.harmonise import Combat, ControlAnchored
from immunosep_omics.stats.minimum import CONTROLS
from immunosep_omics.transforms.confounding import LEARNED_FROM_ALL, confounding
from immunosep_omics.transforms.covariates import told_from_cohorts

Measured = Mapping[str, pd.DataFrame]
"""By assay: the samples of all cohorts that have it (their clinical columns, and `cohort`)."""


def lost_with_cohorts(analysis: Asked, measured: Measured) -> Iterator[tuple[str, Row]]:
    """Questions that would be removed with the cohorts: the gate that a run has to pass.

    Gives the question's name and the rest of its row. What is asked is never protected as a
    covariate: data made to keep it cannot then be used to predict it.
    """
    method = analysis.harmonise.method
    if method not in LEARNED_FROM_ALL:
        return
    asked = groups_asked(analysis.contrasts, analysis.event, analysis.labels)
    columns = {
        analysis.event: f"outcome {analysis.event}", analysis.labels: f"labels {analysis.labels}",
    }  # fmt: skip
    said = set()
    for samples in measured.values():
        for question in questions(samples, asked):
            name = question.name if question.name in analysis.contrasts else columns[question.name]
            found = confounding(question.labels, samples["cohort"])
            if name in said or found is None or (found.linked and not found.partly):
                continue
            said.add(name)
            lost = "removes part of it" if found.linked else "removes it with the cohorts"
            reason = (
                f"`harmonise: {method}` {lost} ({found.table}); take `harmonise: none`, or cohorts"
                " that have both"
            )
            verdict = "caution" if found.linked else "no"
            yield name, ("harmonise", verdict, int(found.counts.to_numpy().sum()), reason, "")


def refused(analysis: Asked, measured: Measured) -> Iterator[Row]:
    """Cohorts with too few controls to anchor them, and what cannot be protected."""
    harmonise = analysis.harmonise
    for assay, samples in measured.items():
        if isinstance(harmonise, ControlAnchored):
            stated = samples.get(harmonise.controls.column, pd.Series(index=samples.index))
            control = level_names(stated) == str(harmonise.controls.level)
            for cohort, own in control.groupby(samples["cohort"], sort=False):
                if own.sum() < CONTROLS:
                    reason = (
                        f"{assay}: {own.sum()} healthy controls in {cohort}, and harmonisation by"
                        f" controls needs {CONTROLS} in every cohort"
                    )
                    yield "harmonise", "no", len(samples), reason, ""
        if isinstance(harmonise, Combat) and harmonise.protect:
            learned = samples[samples["cohort"].isin(analysis.discover_in or analysis.cohorts)]
            columns = learned.reindex(columns=["cohort", *harmonise.protect])
            if len(learned) and not told_from_cohorts(columns, harmonise.protect):
                reason = (
                    f"{assay}: cohorts cannot be told from {', '.join(harmonise.protect)}, which"
                    " is protected"
                )
                yield "harmonise", "no", len(learned), reason, ""
