"""What is asked of the data: the stated contrasts, and each endotype against the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from immunosep_omics.clinical.designs import Design, designs


@dataclass(frozen=True)
class Question:
    """A design over all cohorts (rows: sample keys), or the reason why there is none.

    `claim` is `tested` or `descriptive`; `family`: what its p-values are corrected with for
    confirmation; `beyond`: the least difference that matters; `features`: those it is about
    (empty: all).
    """

    contrast: str
    role: str
    claim: str
    family: str
    design: Design | None
    reason: str = ""
    beyond: float = 0.0
    features: tuple[str, ...] = ()


def ask(
    clinical: pd.DataFrame,
    endotypes: pd.DataFrame,
    contrasts: Mapping[str, Mapping[str, Any]],
    independent_labels: bool,
) -> list[Question]:
    """All questions of an analysis: the stated contrasts, then each endotype against the rest.

    `clinical` and `endotypes` are keyed, with the same rows. Endotypes that were found in these
    data make descriptive questions; labels from outside, or from other omics, can be tested
    (`independent_labels`).
    """
    questions = [
        question
        for name, stated in contrasts.items()
        for question in _stated(clinical, name, stated)
    ]
    levels = sorted(endotypes["endotype"].dropna().unique())
    for level in levels if len(levels) > 1 else []:
        stated = {
            "column": "endotype", "level": level, "versus": "rest", "adjust": [], "formula": None,
            "population": {},
        }  # fmt: skip
        name = f"{level}_versus_rest"
        questions.append(
            Question(
                contrast=name,
                role="exploratory",
                claim="tested" if independent_labels else "descriptive",
                family=name,
                design=designs(endotypes, name, stated)[name],
            )
        )
    return questions


def _stated(clinical: pd.DataFrame, name: str, stated: Mapping[str, Any]) -> list[Question]:
    found: Mapping[str, Design | None]
    found, reason = {name: None}, ""
    try:
        found = designs(clinical, name, stated)
    except ValueError as error:
        reason = str(error)
    return [
        Question(
            contrast=label,
            role=str(stated["role"]),
            claim="tested",
            family=str(stated["family"] or name),
            design=design,
            reason=reason,
            beyond=float(stated["beyond"]),
            features=tuple(stated["features"]),
        )
        for label, design in found.items()
    ]
