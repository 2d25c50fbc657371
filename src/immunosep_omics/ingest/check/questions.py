"""Which questions of a study its samples can answer, before any value is analysed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from immunosep_omics.clinical.designs import Design, designs
from immunosep_omics.clinical.groups import are_groups, level_names
from immunosep_omics.clinical.methods import cannot_answer
from immunosep_omics.ingest.check.confounded import Row, across, batch, batches_of, treatment
from immunosep_omics.ingest.check.harmonise import lost_with_cohorts, refused
from immunosep_omics.ingest.check.outcome import events, over_cohorts, patients_of
from immunosep_omics.settings.analysis import Contrast
from immunosep_omics.settings.check import Asked
from immunosep_omics.settings.load import DERIVED_FROM, needs_of
from immunosep_omics.stats.minimum import PER_SIDE

QUESTION_COLUMNS = (
    "analysis", "question", "cohort", "about", "verdict", "samples", "reason", "patients",
)  # fmt: skip

LOST_SHARE = 0.2
"""Share of samples lost to missing values from which it is said."""

SHOWN_LEVELS = 10

Samples = Mapping[str, pd.Index]
"""By assay: the clinical names of the samples that it measured, where these are known."""


@dataclass(frozen=True)
class _Cohort:
    """One cohort's samples as an analysis takes them, and who was measured by which assay."""

    table: pd.DataFrame
    batches: Mapping[str, pd.Series]
    assays: Mapping[str, pd.Index]


def verdicts(
    asked: Mapping[str, Asked], tables: Mapping[str, pd.DataFrame],
    plates: Mapping[str, pd.Series] | None = None, measured: Mapping[str, Samples] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """A verdict on each question of each analysis: `yes`, `caution` or `no`, and why.

    `tables`: clinical tables by cohort (index: sample; `patient` and the declared columns);
    cohorts whose table could not be read are absent. `plates`: the plate of each sample.
    `measured`: by cohort, the samples of its assays, as far as they are known; those of an assay
    that is not named there are taken to be all. The
    result has `QUESTION_COLUMNS`; `cohort` is `all` where cohorts are taken together; `patients`
    names those lost to missing values, and belongs in a file, not on a terminal.
    """
    rows: list[tuple[object, ...]] = []
    for name, analysis in asked.items():
        known = {
            cohort: _cohort(
                tables[cohort], (plates or {}).get(cohort), (measured or {}).get(cohort, {}),
                analysis, analysis.assays.get(cohort, {}),
            )
            for cohort in analysis.cohorts if cohort in tables
        }  # fmt: skip
        if not known:
            reason = "no clinical table of its cohorts could be read"
            rows.append((name, "every question", "all", "cohorts", "no", 0, reason, ""))
            continue
        found = [row for label in analysis.contrasts for row in _contrasts(label, analysis, known)]
        if analysis.event is not None:
            found += _outcome(analysis.event, analysis, known)
        if analysis.labels is not None:
            found += _labels(analysis.labels, analysis, known)
        found += _harmonised(analysis, known)
        rows += [(name, *row) for row in found]
    return pd.DataFrame(rows, columns=list(QUESTION_COLUMNS))


def samples_of(
    cohorts: Sequence[str], assays: Sequence[str], quality: Sequence[pd.DataFrame]
) -> tuple[dict[str, pd.Series], dict[str, dict[str, pd.Index]]]:
    """The plate of each sample by cohort, and each assay's samples, from tables of quality.

    `cohorts` and `assays` name each table's.
    """
    plates: dict[str, pd.Series] = {}
    measured: dict[str, dict[str, pd.Index]] = {}
    for cohort, assay, table in zip(cohorts, assays, quality, strict=True):
        measured.setdefault(cohort, {})[assay] = pd.Index(table["sample"].astype(str))
        plate = table.set_index("sample")["plate"].dropna().astype(str)
        plates[cohort] = plates[cohort].combine_first(plate) if cohort in plates else plate
    return plates, measured


def _cohort(
    table: pd.DataFrame, plate: pd.Series | None, samples: Samples, analysis: Asked,
    assays: Iterable[str],
) -> _Cohort:  # fmt: skip
    """The samples with any assay of the analysis, one per patient unless all are analysed."""
    measured = {assay: table.index.isin(samples.get(assay, table.index)) for assay in assays}
    if measured:
        table = table[np.any(list(measured.values()), axis=0)]
    table = _one_each(table, analysis)
    return _Cohort(
        table,
        batches_of(table, plate),
        {a: table.index[table.index.isin(samples.get(a, table.index))] for a in measured},
    )


def _in(question: str, cohort: str, found: Iterable[Row]) -> list[Row]:
    return [(question, cohort, *row) for row in found]


def _one_each(table: pd.DataFrame, analysis: Asked) -> pd.DataFrame:
    """One sample per patient, the earliest, unless all are analysed."""
    if analysis.samples == "all":
        return table
    hours = "hours" in table and pd.api.types.is_numeric_dtype(table["hours"])
    ordered = table.sort_values("hours", kind="stable") if hours else table
    return table.loc[~ordered["patient"].duplicated().reindex(table.index)]


def _contrasts(label: str, analysis: Asked, cohorts: Mapping[str, _Cohort]) -> list[Row]:
    """One question, or as many as a contrast asks of `each` level."""
    contrast = analysis.contrasts[label]
    tables = {name: cohort.table for name, cohort in cohorts.items()}
    lacking = {cohort: _lacking(table, contrast) for cohort, table in tables.items()}
    if all(lacking.values()):
        return [
            (label, cohort, "contrast", "no", 0, reason, "") for cohort, reason in lacking.items()
        ]
    try:
        found = designs(_together(tables), label, contrast.model_dump(mode="json"))
    except ValueError as error:
        return [(label, "all", "contrast", "no", 0, str(error), "")]
    rows: list[Row] = []
    for question, design in found.items():
        groups = {}
        for name, cohort in cohorts.items():
            own = _in_cohort(design, name)
            rows += _in(question, name, _contrast(cohort, own, contrast, analysis, name))
            if own.groups is None:
                continue
            groups[name] = own.groups
            rows += _in(question, name, batch(own.groups, cohort.batches, True))
            rows += _in(question, name, treatment(cohort.table, own.groups, str(contrast.column)))
        rows += _in(question, "all", across(groups, analysis.platforms))
    return rows


def _together(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All cohorts' samples; numbers stay numbers where one cohort has none of them."""
    columns = dict.fromkeys(name for table in tables.values() for name in table)
    known = {cohort: table.dropna(axis=1, how="all") for cohort, table in tables.items()}
    return pd.concat(known).reindex(columns=list(columns))


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


def _contrast(
    cohort: _Cohort, design: Design, contrast: Contrast, analysis: Asked, name: str
) -> Iterator[Row]:
    """Whether this cohort's samples can answer, what they are not adjusted for, and who is lost."""
    table = cohort.table
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
    if design.groups is not None and reason and min(level, versus) == 0:
        there = level_names(table[contrast.asks_about[0]])
        present = sorted(set(there.dropna()))
        shown = len(present) <= SHOWN_LEVELS and are_groups(there)
        levels = f"; levels there: {', '.join(present) or 'none'}" if shown else ""
        reason = f"one side is empty ({counted}){levels}"
    elif design.groups is not None and reason and min(level, versus) < PER_SIDE:
        reason = f"too few samples: {counted}"
    by_assay = {} if reason else _unanswered(cohort, design, analysis, name)
    if by_assay and len(by_assay) == len(cohort.assays):
        reason, by_assay = "; ".join(_each_once(by_assay)), {}
    samples = int((~unknown).sum())
    yield "contrast", "no" if reason else "yes", samples, reason or counted, ""
    for said in _each_once(by_assay):
        yield "assay", "caution", samples, said, ""
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


def _unanswered(cohort: _Cohort, design: Design, analysis: Asked, name: str) -> dict[str, str]:
    """Why each assay has no answer, of those that have none."""
    found = {}
    for assay, samples in cohort.assays.items():
        own, _ = design.of(samples)
        known = own.columns.index[own.columns.notna().all(axis=1)]
        own, _ = own.of(known)
        reason = own.why_not() or cannot_answer(
            analysis.differential.model_dump(),
            counted=analysis.assays[name][assay] == "counts",
            joint=own.joint,
            samples=len(known),
            patients=cohort.table["patient"][known].nunique(),
            coefficients=int(np.linalg.matrix_rank(own.columns.to_numpy(dtype=float))),
        )
        if reason:
            found[assay] = reason
    return found


def _each_once(reasons: Mapping[str, str]) -> list[str]:
    """Each reason, with the assays that it holds for."""
    assays: dict[str, list[str]] = {}
    for assay, reason in reasons.items():
        assays.setdefault(reason, []).append(assay)
    return [f"{', '.join(own)}: {reason}" for reason, own in assays.items()]


def _level_of(design: Design) -> str:
    """The level that is asked about, as its coefficient names it."""
    return f"'{design.asked[0].partition('[')[2].removesuffix(']')}'"


def _harmonised(analysis: Asked, cohorts: Mapping[str, _Cohort]) -> list[Row]:
    """What the gate before harmonisation, and harmonisation itself, would refuse."""
    tables = _together({name: cohort.table for name, cohort in cohorts.items()})
    tables = tables.assign(cohort=tables.index.get_level_values(0).astype(str))
    assays = dict.fromkeys(assay for cohort in cohorts.values() for assay in cohort.assays)
    measured = {
        assay: tables.loc[
            [(name, sample) for name, c in cohorts.items() for sample in c.assays.get(assay, ())]
        ]
        for assay in assays
    } or {"": tables}
    found = [(question, "all", *row) for question, row in lost_with_cohorts(analysis, measured)]
    return found + _in("every question", "all", refused(analysis, measured))


def _outcome(event: str, analysis: Asked, cohorts: Mapping[str, _Cohort]) -> list[Row]:
    """Events in each cohort and in all, for the features that may enter the panel."""
    question, rows = f"outcome {event}", list[Row]()
    labels, counts = {}, {}
    for name, cohort in cohorts.items():
        table = patients_of(cohort.table, analysis)
        row, counts[name] = events(table, event)
        rows += _in(question, name, [row])
        if row[2]:
            labels[name] = level_names(table[event])
            rows += _in(question, name, batch(labels[name], cohort.batches))
            rows += _in(question, name, treatment(table, labels[name], event))
    rows += _in(question, "all", [over_cohorts(counts, event, analysis.candidates)])
    return rows + _in(question, "all", across(labels, analysis.platforms))


def _labels(column: str, analysis: Asked, cohorts: Mapping[str, _Cohort]) -> list[Row]:
    """Labels from outside: how many there are, and what they go together with."""
    question, rows, labels = f"labels {column}", list[Row](), {}
    for name, cohort in cohorts.items():
        table = cohort.table
        found = level_names(table[column]) if column in table else pd.Series(dtype=object)
        counts = found.value_counts().sort_index()
        if counts.empty:
            reason = f"the cohort has no values of '{column}'"
            rows.append((question, name, "labels", "no", 0, reason, ""))
            continue
        if not are_groups(found):
            reason = f"{len(counts)} labels of {counts.sum()} samples: they are no groups"
            rows.append((question, name, "labels", "no", int(counts.sum()), reason, ""))
            continue
        labels[name] = found
        reason = ", ".join(f"{count} '{level}'" for level, count in counts.items())
        # Each is compared with the rest.
        few = [
            str(level) for level, count in counts.items()
            if min(count, counts.sum() - count) < PER_SIDE
        ]  # fmt: skip
        if few and len(counts) > 1:
            reason += f"; too few to compare with the rest: {', '.join(few)}"
        verdict = "yes" if len(counts) > 1 and not few else "caution"
        rows.append((question, name, "labels", verdict, int(counts.sum()), reason, ""))
        rows += _in(question, name, batch(found, cohort.batches))
        rows += _in(question, name, treatment(table, found, column))
    return rows + _in(question, "all", across(labels, analysis.platforms))
