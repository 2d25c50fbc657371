"""What is asked of the data: each contrast as two groups of samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Question:
    """Two groups of samples to compare.

    `groups` is indexed by sample key: 1 for the level asked about, 0 for what it is compared
    with; samples in neither are absent. `claim` is `tested` or `descriptive`.
    """

    contrast: str
    role: str
    claim: str
    groups: pd.Series
    adjust: tuple[str, ...] = ()
    caveat: str = ""


def level_names(values: pd.Series) -> pd.Series:
    """Levels as the configuration writes them: 1.0 in a table is the level 1."""
    if pd.api.types.is_numeric_dtype(values):
        return values.map(lambda value: None if pd.isna(value) else f"{value:g}")
    return values.map(lambda value: None if pd.isna(value) else str(value))


def ask(
    clinical: pd.DataFrame,
    endotypes: pd.DataFrame,
    contrasts: Mapping[str, Mapping[str, Any]],
    labels_given: bool,
) -> list[Question]:
    """All questions of an analysis: the stated contrasts, then each endotype against the rest.

    `clinical` and `endotypes` are keyed, with the same rows. Endotypes that were found in these
    data make descriptive questions; labels from outside can be tested.
    """
    repeated = bool(endotypes.duplicated(["cohort", "patient"]).any())
    caveat = "repeated samples of a patient are not independent" if repeated else ""
    questions = [
        Question(
            contrast=name,
            role=str(stated["role"]),
            claim="descriptive" if repeated else "tested",
            groups=_groups(level_names(clinical[stated["column"]]), stated),
            adjust=tuple(stated["adjust"]),
            caveat=caveat,
        )
        for name, stated in contrasts.items()
        if stated["column"] in clinical
    ]
    levels = sorted(endotypes["endotype"].dropna().unique())
    questions += [
        Question(
            contrast=f"{level}_versus_rest",
            role="exploratory",
            claim="tested" if labels_given and not repeated else "descriptive",
            groups=_groups(endotypes["endotype"], {"level": level, "versus": "rest"}),
            caveat=caveat,
        )
        for level in levels
        if len(levels) > 1
    ]
    return questions


def _groups(levels: pd.Series, stated: Mapping[str, Any]) -> pd.Series:
    level, versus = str(stated["level"]), str(stated["versus"])
    known = levels[levels.notna()]
    if versus != "rest":
        known = known[known.isin([level, versus])]
    return (known == level).astype(int)
