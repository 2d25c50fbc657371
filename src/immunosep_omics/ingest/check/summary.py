"""Verdicts in a few lines: an answer for each question, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

LINES = 5
"""Lines of a question beside its answer; the table holds the rest."""

NAMED = 4
"""Cohorts that a line names."""


def summary(questions: pd.DataFrame) -> list[str]:
    """Lines for a terminal, of a table of verdicts; they name cohorts and levels, no patients."""
    lines = []
    for (analysis, question), rows in questions.groupby(["analysis", "question"], sort=False):
        lines.append(f"{analysis}, {question}: {_answer(rows)}")
        told = list(_exceptions(rows))
        lines += told[:LINES]
        if len(told) > LINES:
            lines.append(f"           and {len(told) - LINES} more")
    return lines


def _answer(rows: pd.DataFrame) -> str:
    """In how many cohorts the question has an answer."""
    own = rows[rows["cohort"] != "all"]
    together = rows[(rows["cohort"] == "all") & (rows["verdict"] == "yes")]
    without = set(own.loc[own["verdict"] == "no", "cohort"])
    cohorts = list(dict.fromkeys(own["cohort"]))
    answered = len(cohorts) - len(without)
    if not answered or ((rows["cohort"] == "all") & (rows["verdict"] == "no")).any():
        return "no"
    first = own[~own["cohort"].isin(without)].drop_duplicates("cohort")
    samples = int(first["samples"].sum())
    more = f"; {together['reason'].iloc[0]}" if len(together) else ""
    return f"yes, in {answered} of {len(cohorts)} cohorts ({samples:,} samples){more}"


def _exceptions(rows: pd.DataFrame) -> Iterator[str]:
    """What is not simply yes: first what cannot be answered, one line for cohorts of one reason."""
    for verdict in ("no", "caution"):
        alike = rows[rows["verdict"] == verdict].groupby("reason", sort=False)["cohort"]
        for reason, cohorts in alike:
            yield f"  {verdict:<8} {_named(list(cohorts))}: {reason}"


def _named(cohorts: list[str]) -> str:
    if cohorts == ["all"]:
        return "all together"
    more = f" and {len(cohorts) - NAMED} more" if len(cohorts) > NAMED else ""
    return ", ".join(cohorts[:NAMED]) + more
