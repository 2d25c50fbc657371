"""Clinical columns that contradict each other: in one row, or in the rows of one patient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from immunosep_omics.clinical.derived import SOFA_ORGANS, sofa_change
from immunosep_omics.clinical.vocabulary import read_data, vocabulary

ONE_DAY = 1.0
"""Times of one event may differ so much in days: one may be rounded."""

YEARS = 2.0
"""Ages of one patient may differ so much: rounding, and the longest follow-up that is read."""


class Contradiction(NamedTuple):
    """Columns of a clinical table that cannot all be right at these places (rows from 0)."""

    columns: tuple[str, ...]
    places: np.ndarray
    problem: str
    remedy: str


def contradictions(table: pd.DataFrame) -> list[Contradiction]:
    """What cannot be true of a table, as far as it has the columns; `patient` names its rows' own.

    Missing values contradict nothing, but for an event whose time is missing.
    """
    rules = read_data("rules.yaml")
    found = [
        *(_both(table, row) for row in rules["never_both"]),
        *(one for row in rules["outcomes"] for one in _of_outcome(table, row)),
        *_of_sofa(table),
        *_of_patients(table),
    ]
    return [one for one in found if one is not None and len(one.places)]


def _both(table: pd.DataFrame, row: dict[str, Any]) -> Contradiction | None:
    if not set(row) <= set(table):
        return None
    (first, one), (second, other) = row.items()
    return Contradiction(
        (first, second), np.flatnonzero((table[first] == one) & (table[second] == other)),
        f"{first} is {one}, but {second} is {other}",
        "correct one of the two columns (or its `codes`)",
    )  # fmt: skip


def _of_outcome(table: pd.DataFrame, row: dict[str, Any]) -> Iterator[Contradiction]:
    event, time = row["event"], row["time"]
    if event not in table or time not in table:
        return
    happened, day = _numbers(table, event), _numbers(table, time)
    yield Contradiction(
        (event, time), np.flatnonzero((happened == 1) & np.isnan(day)),
        f"{event} is 1, but {time} is missing",
        f"give the day of the event, or remove `{time}` from `columns`",
    )  # fmt: skip
    later_event, later_time = row.get("longer", (None, None))
    if later_time not in table:
        return
    later = _numbers(table, later_time)
    wrong = (day > later + ONE_DAY) | ((happened == 1) & (abs(day - later) > ONE_DAY))
    yield Contradiction(
        (time, later_time), np.flatnonzero(wrong),
        f"{time} and {later_time} do not tell the time of one event, or of the same follow-up",
        "correct one of the two columns, or its unit: the shorter is the longer one up to its last"
        " day",
    )  # fmt: skip
    if later_event in table:
        horizon = vocabulary()[time].high or np.inf
        died = (_numbers(table, later_event) == 1) & (later < horizon)
        yield Contradiction(
            (event, later_time), np.flatnonzero((happened == 0) & died),
            f"{event} is 0, but {later_event} is 1 and {later_time} is before day {horizon:g}",
            "correct one of the columns (or its `codes`)",
        )  # fmt: skip


def _of_sofa(table: pd.DataFrame) -> Iterator[Contradiction]:
    organs = [name for name in SOFA_ORGANS if name in table]
    if organs and "sofa" in table:
        total, points = _numbers(table, "sofa"), table[organs].to_numpy(np.float64)
        least = np.nansum(points, axis=1)
        unknown = np.isnan(points).sum(axis=1) + len(SOFA_ORGANS) - len(organs)
        wrong = (total < least) | (total > least + 4 * unknown)
        yield Contradiction(
            ("sofa", "the organs' points"), np.flatnonzero(wrong), "sofa is not the organs' sum",
            "correct one of them; without `sofa` the sum is computed",
        )  # fmt: skip
    if {"sofa_change", "sofa_day0", "sofa_day9"} <= set(table):
        computed = sofa_change(table["sofa_day0"], table["sofa_day9"]).to_numpy(np.float64)
        yield Contradiction(
            ("sofa_change", "sofa_day0", "sofa_day9"),
            np.flatnonzero(abs(computed - _numbers(table, "sofa_change")) > 0.01),
            "sofa_change is not day 9 minus day 0 (negative is better)",
            "leave `sofa_change` out of `columns`: it is computed",
        )  # fmt: skip


def _of_patients(table: pd.DataFrame) -> Iterator[Contradiction]:
    """Facts that do not change between a patient's samples."""
    if "patient" not in table:
        return
    remedy = "correct the column, or the patients' names"
    if "sex" in table:
        sexes = table.groupby("patient")["sex"].transform("nunique")
        yield Contradiction(
            ("patient", "sex"), np.flatnonzero(sexes > 1), "one patient has both sexes", remedy
        )
    if "age" in table:
        ages = table.groupby("patient")["age"]
        apart = ages.transform("max") - ages.transform("min")
        yield Contradiction(
            ("patient", "age"), np.flatnonzero(apart > YEARS),
            f"one patient's ages differ by more than {YEARS:g} years", remedy,
        )  # fmt: skip


def _numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    return table[column].to_numpy(np.float64)
