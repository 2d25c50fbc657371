"""Whether a sample's patient met the criteria of the ImmunoSep trial, as far as it can be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.clinical.vocabulary import read_data

ELIGIBLE = "eligible"
INELIGIBLE = "ineligible"
CANNOT_TELL = "cannot_tell"
ELIGIBILITIES = (ELIGIBLE, INELIGIBLE, CANNOT_TELL)


@dataclass(frozen=True)
class Condition:
    """When a value meets a criterion: see `eligibility` in `rules.yaml`."""

    column: tuple[str, ...]
    at_least: float = -np.inf
    below: float = np.inf
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """A criterion of the trial: one of its `conditions` is enough."""

    criterion: str
    conditions: tuple[Condition, ...]
    if_declared: bool


@cache
def criteria() -> tuple[Criterion, ...]:
    """The trial's criteria, from `rules.yaml`."""
    return tuple(
        Criterion(
            row["criterion"],
            tuple(_condition(part) for part in (row, row.get("or")) if part is not None),
            bool(row.get("if_declared", False)),
        )
        for row in read_data("rules.yaml")["eligibility"]
    )


def _condition(row: dict[str, Any]) -> Condition:
    return Condition(
        column=tuple(row["column"]), at_least=float(row.get("at_least", -np.inf)),
        below=float(row.get("below", np.inf)), one_of=tuple(row.get("one_of", ())),
        none_of=tuple(row.get("none_of", ())),
    )  # fmt: skip


def criteria_met(table: pd.DataFrame) -> pd.DataFrame:
    """Samples x criteria: 1 met, 0 failed, NaN not known.

    `table` holds clinical columns in the project's units. Exclusions whose column it lacks are
    left out; any other criterion without a column is not known.
    """
    found: dict[str, np.ndarray] = {}
    for one in criteria():
        answers = [_met(condition, table) for condition in one.conditions]
        known = [answer for answer in answers if answer is not None]
        if answers[0] is None and one.if_declared:
            continue
        rows = np.array(known or [np.full(len(table), np.nan)])
        # One condition met is enough, and one that is not known might be met.
        found[one.criterion] = np.where((rows == 1).any(axis=0), 1.0, rows.max(axis=0))
    return pd.DataFrame(found, index=table.index)


def eligibility(table: pd.DataFrame) -> pd.Series:
    """`eligible`, `ineligible` or `cannot_tell` for each row of a clinical table.

    One failed criterion makes a sample ineligible, whatever else is unknown. Without a failed
    one, an unknown one makes it impossible to tell.

    Source: NCT04990232; JAMA 2025, doi 10.1001/jama.2025.24175.
    """
    met = criteria_met(table).to_numpy(np.float64)
    verdicts = np.select(
        [(met == 0).any(axis=1), np.isnan(met).any(axis=1)], [INELIGIBLE, CANNOT_TELL], ELIGIBLE
    )
    return pd.Series(verdicts.astype(object), index=table.index, name="eligibility")


def _met(one: Condition, table: pd.DataFrame) -> np.ndarray | None:
    """1 met, 0 failed, NaN not known, by row; None where the table lacks the column."""
    column = next((name for name in one.column if name in table), None)
    if column is None:
        return None
    values = table[column]
    if one.one_of:
        yes, no = values.isin(one.one_of).to_numpy(), values.isin(one.none_of).to_numpy()
        return np.select([yes, no], [1.0, 0.0], np.nan)
    numbers = values.to_numpy(np.float64)
    inside = (numbers >= one.at_least) & (numbers < one.below)
    return np.where(np.isnan(numbers), np.nan, inside.astype(float))
