"""Outcomes within a number of days that contradict each other or their times."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from immunosep_omics.clinical.vocabulary import read_data


class Contradiction(NamedTuple):
    """Two columns of a clinical table that cannot both be right at these places (rows from 0)."""

    columns: tuple[str, str]
    places: np.ndarray
    problem: str
    remedy: str


def contradictions(table: pd.DataFrame) -> list[Contradiction]:
    """What cannot be true of a table's outcomes, as far as it has their columns."""
    found = []
    for row in read_data("rules.yaml")["outcomes"]:
        found += _of_one(table, row)
    return [one for one in found if len(one.places)]


def _of_one(table: pd.DataFrame, row: dict[str, Any]) -> list[Contradiction]:
    event, time = row["event"], row["time"]
    if event not in table:
        return []
    happened = table[event].to_numpy(np.float64)
    found = []
    if time in table:
        known = ~np.isnan(table[time].to_numpy(np.float64))
        found.append(
            Contradiction(
                (event, time), np.flatnonzero((happened == 1) & ~known),
                f"{event} is 1, but {time} is missing",
                f"give the day of the event, or remove `{time}` from `columns`",
            )
        )  # fmt: skip
    for longer in row["then"]:
        if longer in table:
            later = table[longer].to_numpy(np.float64)
            found.append(
                Contradiction(
                    (event, longer), np.flatnonzero((happened == 1) & (later == 0)),
                    f"{event} is 1, but {longer} is 0",
                    "correct one of the two columns (or its `codes`)",
                )
            )  # fmt: skip
    return found
