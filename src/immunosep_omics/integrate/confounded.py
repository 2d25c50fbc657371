"""The gate before harmonisation: a cohort is not removed together with what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from immunosep_omics.clinical.asked_groups import questions
from immunosep_omics.errors import Problems
from immunosep_omics.integrate.cohorts import Joined
from immunosep_omics.transforms.confounding import LEARNED_FROM_ALL, Confounding, confounding

Status = tuple[str, str, str]
"""Question, `yes`, `partly` or `no`, and the reason."""


def refuse_confounded(
    omics: Mapping[str, Joined],
    clinical: pd.DataFrame,
    harmonise: Mapping[str, Any],
    asked: Mapping[str, Any],
) -> list[Status]:
    """Raise :class:`InputError` with the cross-tables of what would be removed with the cohorts.

    Refused where the levels asked about fall into sets that no cohort links: what differs between
    these sets cannot be told from what differs between cohorts. Gives a status row for each
    question of which a part lies between cohorts. What is protected is not removed; cohorts that
    are anchored by controls keep what differs between their patients, and it is said where
    only that assumption makes a comparison.
    """
    method, problems = str(harmonise["method"]), Problems()
    cautions: dict[Status, None] = {}
    if method not in (*LEARNED_FROM_ALL, "control_anchored"):
        return []
    for question in questions(clinical, asked):
        for assay, omic in omics.items():
            measured = omic.before.values.notna().any(axis=1)
            samples = omic.before.samples[measured]
            found = confounding(question.labels.reindex(samples.index), samples["cohort"])
            if found is None:
                continue
            about = f"harmonisation: {question.name}"
            if method == "control_anchored":
                if not found.linked:
                    cautions[(about, "partly", _by_controls(assay, found))] = None
            elif not found.linked:
                problems.add(
                    f"harmonise: {method}, {question.name} ({question.column}), assay {assay}",
                    "no cohort links the levels, so that removing the cohorts removes what is"
                    f" asked (samples: {found.table})",
                    "take `harmonise: none` (or `control_anchored`, where every cohort has healthy"
                    " controls), take cohorts that have several levels, or do not ask this here",
                )
            elif found.partly and question.column not in harmonise.get("protect", ()):
                cautions[(about, "partly", _in_part(assay, method, found))] = None
    problems.raise_any()
    return list(cautions)


def _in_part(assay: str, method: str, found: Confounding) -> str:
    return (
        f"{assay}: {found.v**2:.0%} of it lies between cohorts, and {method} removes that part"
        f" (Cramér's V {found.v:.2f}; samples: {found.table})"
    )


def _by_controls(assay: str, found: Confounding) -> str:
    return (
        f"{assay}: no cohort links the levels ({found.table}): they are compared by way of healthy"
        " controls, supposed to be alike in all cohorts"
    )
