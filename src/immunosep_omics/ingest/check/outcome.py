"""Whether an outcome has the events that a panel is taught by, and judged on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from immunosep_omics.clinical.groups import level_names
from immunosep_omics.ingest.check.confounded import Row
from immunosep_omics.settings.check import Asked
from immunosep_omics.settings.harmonise import ControlAnchored
from immunosep_omics.stats.minimum import HELD_OUT_EVENTS, TRAINING_EVENTS

Counts = tuple[int, int]
"""Samples with the event, and without."""


def patients_of(table: pd.DataFrame, analysis: Asked) -> pd.DataFrame:
    """The samples that a panel tells apart: controls that anchor the cohorts are none of them."""
    harmonise = analysis.harmonise
    if not isinstance(harmonise, ControlAnchored) or harmonise.controls.column not in table:
        return table
    controls = level_names(table[harmonise.controls.column]) == str(harmonise.controls.level)
    return table[~controls]


def events(table: pd.DataFrame, event: str) -> tuple[Row, Counts | None]:
    """The events of one cohort; no counts where its column cannot be read as an event."""
    if event not in table or table[event].isna().all():
        return ("events", "no", 0, f"the cohort has no known value of '{event}'", ""), (0, 0)
    known = table[event].dropna()
    if not pd.api.types.is_numeric_dtype(known) or not known.isin([0, 1]).all():
        reason = f"'{event}' has other values than 0 and 1: declare its `codes`"
        return ("events", "no", 0, reason, ""), None
    with_event, without = int((known == 1).sum()), int((known == 0).sum())
    lost = table.loc[table[event].isna(), "patient"].astype(str)
    reason = f"{with_event} events, {without} without, {len(lost)} unknown"
    verdict = "yes" if min(with_event, without) >= HELD_OUT_EVENTS else "caution"
    patients = ";".join(dict.fromkeys(lost))
    return ("events", verdict, len(known), reason, patients), (with_event, without)


def over_cohorts(counts: Mapping[str, Counts | None], event: str, candidates: int) -> Row:
    """Events of all cohorts per feature that may enter, and whether a panel can be judged."""
    of_events = {cohort: count for cohort, count in counts.items() if count is not None}
    with_event, without = (sum(count[side] for count in of_events.values()) for side in (0, 1))
    scarce = min(with_event, without)
    per = scarce / candidates
    reason = f"{with_event} events and {without} without: {per:.2g} per candidate feature"
    reason += f" ({candidates} candidates)"
    verdict, lacking = "caution" if per < 10 else "yes", ""
    judged = list(_judged(of_events))
    if len(of_events) < len(counts):
        lacking = f"'{event}' is 0 and 1 in some cohorts only"
    elif scarce < TRAINING_EVENTS:
        lacking = f"at least {TRAINING_EVENTS} of each are needed"
    elif not judged:
        lacking = (
            f"no cohort can judge a panel: {HELD_OUT_EVENTS} of each are needed in one, and"
            f" {TRAINING_EVENTS // 2} in the others"
        )
    if lacking:
        verdict, reason = "no", f"{reason}; {lacking}"
    elif len(judged) < 2:
        verdict, reason = "caution", f"{reason}; too few cohorts to hold one out"
    return "events", verdict, with_event + without, reason, ""


def _judged(counts: Mapping[str, Counts]) -> Iterator[str]:
    """Cohorts of which a panel made without them can be judged; a single one by its patients."""
    informative = {cohort: count for cohort, count in counts.items() if min(count) > 0}
    for cohort, count in informative.items():
        others = [other for name, other in informative.items() if name != cohort]
        taught = min(sum(other[side] for other in others) for side in (0, 1))
        alone = not others
        if min(count) >= HELD_OUT_EVENTS and (alone or taught >= TRAINING_EVENTS // 2):
            yield cohort
