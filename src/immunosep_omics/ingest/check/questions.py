"""Which questions of a study its samples can answer, before any value is analysed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from immunosep_omics.clinical.designs import Design, designs, level_names
from immunosep_omics.ingest.check.association import associate
from immunosep_omics.settings.analysis import Contrast
from immunosep_omics.settings.check import Asked
from immunosep_omics.settings.load import DERIVED_FROM, needs_of
from immunosep_omics.stats.minimum import HELD_OUT_EVENTS, PER_SIDE, TRAINING_EVENTS

QUESTION_COLUMNS = (
    "analysis", "question", "cohort", "about", "verdict", "samples", "reason", "patients",
)  # fmt: skip

REMOVES_COHORTS = ("within_cohort_z", "combat")
"""Harmonisations that take every difference between cohorts for one of measurement."""

LOST_SHARE = 0.2
"""Share of samples lost to missing values from which it is said."""

BATCH = re.compile(
    r"(^|_)(batch|plate|run|chip|lane|centre|center|hospital|platform|sequencer|scanner|kit|site)"
    r"(_?(id|no|number|name))?$"
)
"""Names of clinical columns that tell where or when a sample was measured."""

Row = tuple[object, ...]


def verdicts(
    asked: Mapping[str, Asked], tables: Mapping[str, pd.DataFrame],
    plates: Mapping[str, pd.Series] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """A verdict on each question of each analysis: `yes`, `caution` or `no`, and why.

    `tables`: clinical tables by cohort (index: sample; `patient` and the declared columns);
    cohorts whose table could not be read are absent. `plates`: the plate of each sample. The
    result has `QUESTION_COLUMNS`; `cohort` is `all` where cohorts are taken together; `patients`
    names those lost to missing values, and belongs in a file, not on a terminal.
    """
    rows: list[Row] = []
    for name, analysis in asked.items():
        known = {c: _one_each(tables[c], analysis) for c in analysis.cohorts if c in tables}
        if not known:
            reason = "no clinical table of its cohorts could be read"
            rows.append((name, "every question", "all", "cohorts", "no", 0, reason, ""))
            continue
        batches = {c: _batches(table, (plates or {}).get(c)) for c, table in known.items()}
        for label, contrast in analysis.contrasts.items():
            rows += _contrasts(name, label, contrast, analysis, known, batches)
        if analysis.event is not None:
            rows += _outcome(name, analysis.event, analysis, known, batches)
        if analysis.labels is not None:
            rows += _labels(name, analysis.labels, analysis, known, batches)
    return pd.DataFrame(rows, columns=list(QUESTION_COLUMNS))


def plates_of(cohorts: Sequence[str], quality: Sequence[pd.DataFrame]) -> dict[str, pd.Series]:
    """The plate of each sample by cohort, from tables of quality; `cohorts` names each table's."""
    found: dict[str, pd.Series] = {}
    for cohort, table in zip(cohorts, quality, strict=True):
        plate = table.set_index("sample")["plate"].dropna().astype(str)
        found[cohort] = found[cohort].combine_first(plate) if cohort in found else plate
    return found


def _in(analysis: str, question: str, cohort: str, found: Iterator[Row]) -> list[Row]:
    return [(analysis, question, cohort, *row) for row in found]


def _one_each(table: pd.DataFrame, analysis: Asked) -> pd.DataFrame:
    """One sample per patient, the earliest, unless all are analysed."""
    if analysis.samples == "all":
        return table
    hours = "hours" in table and pd.api.types.is_numeric_dtype(table["hours"])
    ordered = table.sort_values("hours", kind="stable") if hours else table
    return table.loc[~ordered["patient"].duplicated().reindex(table.index)]


def _batches(table: pd.DataFrame, plate: pd.Series | None) -> dict[str, pd.Series]:
    found = {name: level_names(table[name]) for name in table if BATCH.search(str(name).lower())}
    if plate is not None and plate.notna().any():
        found.setdefault("plate of the assay", plate.reindex(table.index))
    return found


def _contrasts(
    name: str, label: str, contrast: Contrast, analysis: Asked,
    tables: Mapping[str, pd.DataFrame], batches: Mapping[str, Mapping[str, pd.Series]],
) -> list[Row]:  # fmt: skip
    """One question, or as many as a contrast asks of `each` level."""
    lacking = {cohort: _lacking(table, contrast) for cohort, table in tables.items()}
    if all(lacking.values()):
        return [
            (name, label, cohort, "contrast", "no", 0, reason, "")
            for cohort, reason in lacking.items()
        ]
    try:
        found = designs(pd.concat(tables), label, contrast.model_dump(mode="json"))
    except ValueError as error:
        return [(name, label, "all", "contrast", "no", 0, str(error), "")]
    rows: list[Row] = []
    for question, design in found.items():
        groups = {}
        for cohort, table in tables.items():
            own = _in_cohort(design, cohort)
            rows += _in(name, question, cohort, _contrast(table, own, contrast))
            if own.groups is None:
                continue
            groups[cohort] = own.groups
            rows += _in(name, question, cohort, _batch(own.groups, batches[cohort], True))
            column = str(contrast.column)
            rows += _in(name, question, cohort, _treatment(table, own.groups, column))
        rows += _in(name, question, "all", _across(groups, analysis))
        rows += _in(name, question, "all", _harmonised(groups, analysis.harmonise))
    return rows


def _in_cohort(design: Design, cohort: str) -> Design:
    """One cohort's samples, by their own names."""
    own = design.columns.index[design.columns.index.get_level_values(0) == cohort]
    found, _ = design.of(own)
    names = own.get_level_values(1)
    return replace(
        found,
        columns=found.columns.set_axis(names),
        inside=found.inside.set_axis(names),
        groups=None if found.groups is None else found.groups.set_axis(names),
    )


def _lacking(table: pd.DataFrame, contrast: Contrast) -> str:
    """Says which columns the cohort would need; nothing where it has them."""
    listed = [
        f"'{column}', which needs {needs_of(column)}" if column in DERIVED_FROM else f"'{column}'"
        for column in contrast.asks_about
        if column not in table
    ]
    return f"the cohort has no column {' and '.join(listed)}" if listed else ""


def _contrast(table: pd.DataFrame, design: Design, contrast: Contrast) -> Iterator[Row]:
    """Whether this cohort's samples can answer, what they are not adjusted for, and who is lost."""
    absent = _lacking(table, contrast)
    if absent:
        yield "contrast", "no", 0, absent, ""
        return
    usable = [*contrast.asks_about, *design.optional]
    unknown = design.columns.isna().any(axis=1)
    asked = design.columns[design.asked].notna().all(axis=1)
    without = design.inside & table[contrast.asks_about].isna().any(axis=1)
    lost = (design.inside & unknown & asked) | without
    counted = f"{int((~unknown).sum())} samples"
    if design.groups is not None:
        sides = design.groups[~unknown].value_counts()
        level, versus = (int(sides.get(side, 0)) for side in ("level", "versus"))
        counted = f"{level} {_level_of(design)} against {versus} '{contrast.versus}'"
    reason = design.why_not()
    verdict = "no" if reason else "yes"
    if design.groups is not None and reason and min(level, versus) == 0:
        present = sorted(set(level_names(table[contrast.asks_about[0]]).dropna()))
        levels = f"; levels there: {', '.join(present) or 'none'}" if len(present) <= 10 else ""
        reason = f"one side is empty ({counted}){levels}"
    elif design.groups is not None and reason and min(level, versus) < PER_SIDE:
        reason = f"too few samples: {counted}"
    samples = int((~unknown).sum())
    yield "contrast", verdict, samples, reason or counted, ""
    lacking = [name for name in contrast.adjust if name not in design.optional]
    if lacking:
        reason = f"cannot be adjusted for {', '.join(lacking)}, which this cohort lacks"
        yield "adjustment", "caution", samples, reason, ""
    if lost.any():
        count = int(lost.sum())
        share = count / (count + samples)
        named = [name for name in usable if table[name].isna().any()]
        reason = f"{count} samples ({share:.0%}) lost to missing values in {', '.join(named)}"
        patients = ";".join(dict.fromkeys(table["patient"][lost].astype(str)))
        yield "missing", "caution" if share >= LOST_SHARE else "yes", count, reason, patients


def _level_of(design: Design) -> str:
    """The level that is asked about, as its coefficient names it."""
    return f"'{design.asked[0].partition('[')[2].removesuffix(']')}'"


def _batch(
    labels: pd.Series, batches: Mapping[str, pd.Series], needed: bool = False
) -> Iterator[Row]:
    for name, batch in batches.items():
        found = associate(labels, batch.reindex(labels.index))
        if found is None or not found.strong:
            continue
        if found.fixes:
            reason = f"confounded: each level of '{name}' holds one group only"
        else:
            reason = f"nearly confounded with '{name}' (Cramér's V {found.v:.2f})"
        verdict = "no" if found.fixes and needed else "caution"
        yield "batch", verdict, found.samples, reason, ""


def _treatment(table: pd.DataFrame, labels: pd.Series, column: str) -> Iterator[Row]:
    if column == "treatment" or "treatment" not in table:
        return
    found = associate(labels, level_names(table["treatment"]))
    if found is not None and found.strong:
        reason = f"the groups were treated differently (Cramér's V {found.v:.2f})"
        yield "treatment", "caution", found.samples, reason, ""


def _across(groups: Mapping[str, pd.Series], analysis: Asked) -> Iterator[Row]:
    """Cohorts taken together: is a group a cohort, or a platform?"""
    if len(groups) < 2:
        return
    labels = pd.concat(groups)
    cohort = pd.Series(labels.index.get_level_values(0), index=labels.index, dtype=object)
    sided = sum(group.dropna().nunique() > 1 for group in groups.values())
    counted = int(labels.notna().sum())
    if counted and not sided:
        yield (
            "cohort", "no", counted, "no cohort has more than one group: what differs between"
            " groups cannot be told from what differs between cohorts", "",
        )  # fmt: skip
        return
    for name, other in (("cohort", cohort), ("platform", cohort.map(analysis.platforms))):
        found = associate(labels, other)
        if found is not None and found.strong:
            reason = (
                f"groups and {name}s nearly coincide (Cramér's V {found.v:.2f}); only comparisons"
                f" within a cohort count, in {sided} of {len(groups)} cohorts"
            )
            yield name, "caution", found.samples, reason, ""


def _harmonised(groups: Mapping[str, pd.Series], harmonise: str) -> Iterator[Row]:
    """Would harmonisation remove what is asked along with the cohorts?

    What is asked is never protected as a covariate: data made to keep it cannot then be used to
    predict it.
    """
    if harmonise not in REMOVES_COHORTS or len(groups) < 2:
        return
    labels = pd.concat(groups)
    cohort = pd.Series(labels.index.get_level_values(0), index=labels.index, dtype=object)
    found = associate(labels, cohort)
    if found is None or not found.strong:
        return
    counts = pd.crosstab(cohort, labels)
    table = "; ".join(
        f"{name} " + ", ".join(f"{count} '{level}'" for level, count in row.items())
        for name, row in counts.iterrows()
    )
    reason = (
        f"`harmonise: {harmonise}` removes it with the cohorts ({table}); take"
        " `harmonise: none`, or cohorts that have both"
    )
    yield "harmonise", "no" if found.fixes else "caution", found.samples, reason, ""


def _outcome(
    name: str, event: str, analysis: Asked, tables: Mapping[str, pd.DataFrame],
    batches: Mapping[str, Mapping[str, pd.Series]],
) -> list[Row]:  # fmt: skip
    """Events in each cohort and in all, for the features that may enter the panel."""
    question, rows = f"outcome {event}", list[Row]()
    labels, usable, events, others = {}, 0, 0, 0
    for cohort, table in tables.items():
        if event not in table or table[event].isna().all():
            reason = f"the cohort has no known value of '{event}'"
            rows.append((name, question, cohort, "events", "no", 0, reason, ""))
            continue
        known = table[event].dropna()
        if not pd.api.types.is_numeric_dtype(known) or not known.isin([0, 1]).all():
            reason = f"'{event}' has other values than 0 and 1: declare its `codes`"
            rows.append((name, question, cohort, "events", "no", 0, reason, ""))
            continue
        with_event, without = int((known == 1).sum()), int((known == 0).sum())
        enough = min(with_event, without) >= HELD_OUT_EVENTS
        usable += enough
        events, others = events + with_event, others + without
        labels[cohort] = level_names(table[event])
        lost = table.loc[table[event].isna(), "patient"].astype(str)
        reason = f"{with_event} events, {without} without, {len(lost)} unknown"
        rows.append(
            (name, question, cohort, "events", "yes" if enough else "caution", len(known), reason,
             ";".join(dict.fromkeys(lost)))
        )  # fmt: skip
        rows += _in(name, question, cohort, _batch(labels[cohort], batches[cohort]))
        rows += _in(name, question, cohort, _treatment(table, labels[cohort], event))
    scarce = min(events, others)
    per = scarce / analysis.candidates
    reason = f"{events} events and {others} without: {per:.2g} per candidate feature"
    reason += f" ({analysis.candidates} candidates)"
    verdict = "caution" if per < 10 else "yes"
    if scarce < TRAINING_EVENTS:
        verdict, reason = "no", f"{reason}; at least {TRAINING_EVENTS} of each are needed"
    elif usable < 2:
        verdict, reason = "caution", f"{reason}; too few cohorts to hold one out"
    rows.append((name, question, "all", "events", verdict, events + others, reason, ""))
    rows += _in(name, question, "all", _across(labels, analysis))
    return rows + _in(name, question, "all", _harmonised(labels, analysis.harmonise))


def _labels(
    name: str, column: str, analysis: Asked, tables: Mapping[str, pd.DataFrame],
    batches: Mapping[str, Mapping[str, pd.Series]],
) -> list[Row]:  # fmt: skip
    """Labels from outside: how many there are, and what they go together with."""
    question, rows, labels = f"labels {column}", list[Row](), {}
    for cohort, table in tables.items():
        found = level_names(table[column]) if column in table else pd.Series(dtype=object)
        counts = found.value_counts().sort_index()
        if counts.empty:
            reason = f"the cohort has no values of '{column}'"
            rows.append((name, question, cohort, "labels", "no", 0, reason, ""))
            continue
        labels[cohort] = found
        reason = ", ".join(f"{count} '{level}'" for level, count in counts.items())
        verdict = "yes" if len(counts) > 1 else "caution"
        rows.append((name, question, cohort, "labels", verdict, int(counts.sum()), reason, ""))
        rows += _in(name, question, cohort, _batch(found, batches[cohort]))
        rows += _in(name, question, cohort, _treatment(table, found, column))
    rows += _in(name, question, "all", _across(labels, analysis))
    return rows + _in(name, question, "all", _harmonised(labels, analysis.harmonise))
