"""The groups of samples that an analysis asks about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from immunosep_omics.clinical.groups import level_names, population, two_groups

SEVERAL = ("each", "any")
"""Levels of a contrast that ask about all levels of its column."""


@dataclass(frozen=True)
class Question:
    """`labels`: each sample's level, missing where it takes no part."""

    name: str
    column: str
    labels: pd.Series


def questions(clinical: pd.DataFrame, asked: Mapping[str, Any]) -> Iterator[Question]:
    """Contrasts, the outcome and labels from outside, as far as `clinical` has their columns."""
    columns = set()
    for name, contrast in asked["contrasts"].items():
        column, level, versus = (str(contrast[key]) for key in ("column", "level", "versus"))
        if not {column, *contrast["population"]} <= set(clinical):
            continue
        if level in SEVERAL:
            labels = level_names(clinical[column])
        else:
            groups = two_groups(clinical[column], level, versus)
            labels = groups.map({"level": level, "versus": versus})
        yield Question(name, column, labels.where(population(clinical, contrast["population"])))
        asks_all = versus in ("0", "1") and not contrast["population"]
        columns |= {column} if asks_all else set()
    for column in (asked["event"], asked["labels"]):
        # A contrast of event against no event asks the same.
        if column is not None and column in clinical and column not in columns:
            yield Question(column, column, level_names(clinical[column]))
