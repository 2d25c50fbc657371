"""Which questions of a study its samples can answer, before any value is analysed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from immunosep_omics.clinical.groups import level_names, two_groups
from immunosep_omics.ingest.check.association import associate
from immunosep_omics.settings.check import Asked, AskedContrast
from immunosep_omics.settings.load import DERIVED_FROM, needs_of
from immunosep_omics.stats.minimum import HELD_OUT_EVENTS, PER_SIDE, TRAINING_EVENTS
from immunosep_omics.transforms.confounding import LEARNED_FROM_ALL, confounding

QUESTION_COLUMNS = (
    "analysis", "question", "cohort", "about", "verdict", "samples", "reason", "patients",
)  # fmt: skip

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
            groups = {c: _groups(table, contrast) for c, table in known.items()}
            for cohort, table in known.items():
                rows += _in(name, label, cohort, _contrast(table, groups[cohort], contrast))
                rows += _in(name, label, cohort, _batch(groups[cohort], batches[cohort], True))
                rows += _in(name, label, cohort, _treatment(table, groups[cohort], contrast.column))
            rows += _in(name, label, "all", _across(groups, analysis))
            rows += _in(name, label, "all", _harmonised(groups, analysis.harmonise))
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


def _groups(table: pd.DataFrame, contrast: AskedContrast) -> pd.Series:
    """`level` or `versus` of each sample; missing where it is in neither group."""
    if contrast.column not in table:
        return pd.Series(np.nan, index=table.index, dtype=object)
    return two_groups(table[contrast.column], contrast.level, contrast.versus)


def _contrast(table: pd.DataFrame, groups: pd.Series, contrast: AskedContrast) -> Iterator[Row]:
    column = contrast.column
    if column not in table:
        computed = f", which needs {needs_of(column)}" if column in DERIVED_FROM else ""
        yield "contrast", "no", 0, f"the cohort has no column '{column}'{computed}", ""
        return
    without = table[column].isna()
    usable = [name for name in contrast.adjust if name in table and table[name].notna().any()]
    lacking = without | table[usable].isna().any(axis=1)
    sides = groups[~lacking].value_counts()
    level, versus = (int(sides.get(side, 0)) for side in ("level", "versus"))
    counted = f"{level} '{contrast.level}' against {versus} '{contrast.versus}'"
    lost = int((lacking & (groups.notna() | without)).sum())
    verdict, reason = "yes", counted
    if min(level, versus) == 0:
        present = ", ".join(sorted(set(level_names(table[column]).dropna()))[:10]) or "none"
        few = len(set(level_names(table[column]).dropna())) <= 10
        levels = f"; levels there: {present}" if few else ""
        verdict, reason = "no", f"one side is empty ({counted}){levels}"
    elif min(level, versus) < PER_SIDE:
        verdict, reason = "no", f"too few samples: {counted}"
    else:
        verdict, reason = _estimable(table, groups, usable, lacking, counted)
    yield "contrast", verdict, level + versus, reason, ""
    absent = [name for name in contrast.adjust if name not in usable]
    if absent:
        reason = f"cannot be adjusted for {', '.join(absent)}, which this cohort lacks"
        yield "adjustment", "caution", level + versus, reason, ""
    if lost:
        share = lost / max(lost + level + versus, 1)
        named = [n for n in (column, *usable) if table[n].isna().any()]
        reason = f"{lost} samples ({share:.0%}) lost to missing values in {', '.join(named)}"
        patients = ";".join(dict.fromkeys(table["patient"][lacking].astype(str)))
        yield "missing", "caution" if share >= LOST_SHARE else "yes", lost, reason, patients


def _estimable(
    table: pd.DataFrame, groups: pd.Series, adjust: list[str], lacking: pd.Series, counted: str
) -> tuple[str, str]:
    """Whether the difference can be told from the columns that are adjusted for."""
    rows = ~lacking & groups.notna()
    columns = [np.ones(int(rows.sum()))]
    for name in adjust:
        values = table.loc[rows, name]
        if values.nunique() < 2:
            continue
        if pd.api.types.is_numeric_dtype(values):
            spread = float(values.std()) or 1.0
            columns.append(((values - values.mean()) / spread).to_numpy(dtype=float))
        else:
            columns += list(pd.get_dummies(values, drop_first=True).to_numpy(dtype=float).T)
    group = (groups[rows] == "level").to_numpy(dtype=float)
    covariates = np.column_stack(columns)
    rank = int(np.linalg.matrix_rank(covariates))
    if rank < covariates.shape[1]:
        return "no", f"one of {', '.join(adjust)} follows from the others: adjust for fewer"
    if np.linalg.matrix_rank(np.column_stack([covariates, group])) == rank:
        return "no", f"the groups are fixed by {', '.join(adjust)}, which is adjusted for"
    if rows.sum() <= rank + 1:
        return "no", f"more columns to adjust for than samples allow ({counted})"
    return "yes", counted


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
    if harmonise not in LEARNED_FROM_ALL or len(groups) < 2:
        return
    labels = pd.concat(groups)
    cohort = pd.Series(labels.index.get_level_values(0), index=labels.index, dtype=object)
    found = confounding(labels, cohort)
    if found is None or (found.linked and not found.partly):
        return
    lost = "removes it with the cohorts" if not found.linked else "removes part of it"
    reason = (
        f"`harmonise: {harmonise}` {lost} ({found.table}); take `harmonise: none`, or cohorts that"
        " have both"
    )
    samples = int(found.counts.to_numpy().sum())
    yield "harmonise", "caution" if found.linked else "no", samples, reason, ""


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
