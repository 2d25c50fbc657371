"""Groups of samples as the configuration names them: levels of a clinical column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np
import pandas as pd

FEWEST_PER_LEVEL = 2
"""Samples per level, on average, below which levels are no groups."""


def level_names(values: pd.Series) -> pd.Series:
    """Levels as the configuration writes them: 1.0 in a table is the level 1."""

    def name(value: object) -> str | None:
        if pd.isna(value):
            return None
        return f"{value:g}" if isinstance(value, Real) else str(value)

    return values.map(name).astype(object)


def are_groups(levels: pd.Series) -> bool:
    """False where levels name samples rather than groups, as pseudonyms do: none may be shown."""
    known = levels.dropna()
    return known.nunique() * FEWEST_PER_LEVEL <= len(known)


def two_groups(values: pd.Series, level: str, versus: str) -> pd.Series:
    """`level` or `versus` of each sample; missing where it is in neither group.

    `versus` may be `rest`: everybody at another known level.
    """
    levels = level_names(values)
    other = levels.notna() & (levels != level) if versus == "rest" else levels == versus
    groups = pd.Series(np.nan, index=values.index, dtype=object)
    groups[levels == level] = "level"
    groups[other] = "versus"
    return groups


def population(clinical: pd.DataFrame, stated: Mapping[str, Sequence[object]]) -> pd.Series:
    """Whether each sample has one of the stated levels of every stated column.

    Raises ValueError with a reason where `clinical` lacks a column.
    """
    inside = pd.Series(True, index=clinical.index)
    for column, levels in stated.items():
        if column not in clinical:
            raise ValueError(f"no cohort has the column '{column}' of its population")
        inside &= level_names(clinical[column]).isin([str(level) for level in levels])
    return inside
