"""Reports with one row per run and protein, or part of a protein."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immunosep_omics.errors import InputError, Problem, did_you_mean
from immunosep_omics.ingest.proteins.assay import (
    named_proteins,
    passing,
    protein_assay,
    zeros_missing,
)
from immunosep_omics.ingest.proteins.names import run_names
from immunosep_omics.ingest.proteins.report_file import Report, key
from immunosep_omics.ingest.proteins.roll_up import combined, parts_of, roll_up
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.ingest.readers.protein_layouts import Long
from immunosep_omics.ingest.readers.protein_wide import (
    best_of,
    place_of,
    refuse_logarithms,
    without,
)
from immunosep_omics.settings.assays import ProteinTable

FINER = ("techrepmixture", "filename")
"""Headers that may tell apart what is one run by its name."""

SAME = "reference"
"""The header of the files, where runs are only numbered."""

FRACTIONS = "fileid"
"""The header under which Proteome Discoverer calls the fractions of F1 `F1.1`, `F1.2`, ..."""

ISOTOPE = re.compile(r" ?\[M\+\d+\]$")

Values = NDArray[np.float64]


@dataclass
class Rows:
    """Rows of a long report: sample, protein and part by number, and the values."""

    sample: NDArray[np.intp]
    samples: list[str]
    protein: pd.Series
    part: NDArray[np.intp]
    values: Values


def quantities_of(layout: Long, report: Report) -> list[str]:
    """The layout's quantities that a report has, best first."""
    if layout.channels:
        found = any(re.fullmatch(layout.channels, name) for name in report.header)
        return list(layout.part_values) if found else []
    keys = report.keys
    return [name for name in (*layout.protein_values, *layout.part_values) if name in keys]


def read_long(layout: Long, report: Report, facts: ProteinTable) -> RawAssay:
    """Read one quantity: proteins' own values as they are, those of parts rolled up."""
    quantity = _chosen(layout, report, facts)
    if quantity in layout.log2:
        refuse_logarithms(quantity, report, facts)
    log2 = facts.stated_scale == "log2"
    of_parts = quantity in layout.part_values
    drop = (*layout.drop, *(layout.part_drop if of_parts else ()))
    at = {name: place for place, name in reversed(list(enumerate(report.keys)))}
    channels = _channels(layout, report)
    values_at = list(channels) or [at[quantity]]
    q_at = [at[name] for name in layout.q_values if name in at]
    part_at = [at[name] for name in layout.part_values.get(quantity, ()) if name in at]
    proteins_at, runs_at = _needed(layout, report)
    genes_at = place_of(layout.genes, report)
    flags = [name for name, *_ in (*drop, *layout.missing_where)]
    beside = [at[name] for name in (layout.within, *FINER, SAME, FRACTIONS, *flags) if name in at]
    texts_at = [place for place in (proteins_at, runs_at, genes_at, *part_at, *beside)
                if place is not None]  # fmt: skip
    texts, numbers = report.columns(list(dict.fromkeys(texts_at)), [*values_at, *q_at], False)
    notes = list(report.notes)
    values = numbers[:, : len(values_at)]
    everything = np.ones(len(texts), dtype=bool)
    values[~without(layout.missing_where, texts, at, everything, notes)] = np.nan
    sample, samples = _samples(layout, texts, runs_at, at)
    keep = without(drop, texts, at, everything, notes)
    keep &= passing(numbers[:, len(values_at) :], report, q_at, facts.max_q_value, keep, notes)
    part = combined([_without_isotopes(texts[place], layout) for place in part_at], len(texts))
    values[~keep] = np.nan
    values = zeros_missing(values, notes, log2=log2)
    rows = _by_channel(
        Rows(sample, samples, _members(texts[proteins_at], layout), part, values),
        list(channels.values()),
    )
    keep = np.tile(keep, max(1, len(channels)))
    genes = None if genes_at is None else pd.concat([texts[genes_at]] * max(1, len(channels)))
    return long_assay(rows, keep, genes, report.shown, notes, facts.roll_up if of_parts else None,
                      summed=layout.isotopes, log2=log2)  # fmt: skip


def long_assay(
    rows: Rows, keep: NDArray[np.bool_], genes: pd.Series | None, shown: str, notes: list[Note],
    method: str | None, *, summed: bool = False, log2: bool = False,
) -> RawAssay:  # fmt: skip
    """The assay of the rows kept; `method` rolls parts up, None takes values as proteins' own."""
    categories = [str(name) for name in rows.protein.cat.categories]
    found: list[Note] = []
    stays, names = named_proteins(categories, found)
    codes = rows.protein.cat.codes.to_numpy()
    counted = np.bincount(codes[keep & ~stays[codes]], minlength=len(categories))
    if counted.sum():
        steps = ", ".join(note.step for note in found)
        notes.append(Note("rows of no protein", int(counted.sum()), f"of {steps}"))
    keep = keep & stays[codes]
    protein, unique = pd.factorize(pd.Series(names, dtype=object).to_numpy()[codes[keep]])
    protein = protein.astype(np.intp)
    value, sample = rows.values[keep, 0], rows.sample[keep]
    part = rows.part[keep] if method else np.zeros(len(value), dtype=np.intp)
    parts, again = parts_of(sample, protein, part, value, runs=len(rows.samples), summed=summed)
    if method:
        if again:
            rule = "added up" if summed else "the highest stays"
            notes.append(Note("rows of the same run and part", again, rule))
        values, note = roll_up(parts, len(unique), method, log2=log2)
        notes.append(note)
    else:
        values = np.full((len(rows.samples), len(unique)), np.nan)
        values[:, parts.protein] = parts.values.T
        differ = int((value < values[sample, protein]).sum())
        if differ:
            reason = "a run has several values of one protein: the highest stays"
            notes.append(Note("rows that differ", differ, reason))
    first = np.unique(protein, return_index=True)[1]
    gene = None if genes is None else genes.astype(str).to_numpy()[keep][first].tolist()
    return protein_assay(values, rows.samples, list(unique), gene, shown, notes)


def _chosen(layout: Long, report: Report, facts: ProteinTable) -> str:
    known = quantities_of(layout, report)
    if facts.values is None:
        return best_of(known, layout.log2, facts)
    if key(facts.values) in known:
        return key(facts.values)
    headers = {key(name): name for name in report.header}
    raise InputError(
        Problem(
            f"{report.shown} (values)", f"the report has no quantity '{facts.values}'",
            did_you_mean(facts.values, [headers.get(name, name) for name in known]),
        )
    )  # fmt: skip


def _needed(layout: Long, report: Report) -> tuple[int, int]:
    proteins_at, runs_at = place_of(layout.proteins, report), place_of(layout.runs, report)
    if proteins_at is None or runs_at is None:
        what = "the proteins" if proteins_at is None else "the runs"
        raise InputError(
            Problem(report.shown, f"no column names {what}", "export the report with that column")
        )
    return proteins_at, runs_at


def _channels(layout: Long, report: Report) -> dict[int, str]:
    if layout.channels is None:
        return {}
    found = {n: re.fullmatch(layout.channels, name) for n, name in enumerate(report.header)}
    return {n: match.group("sample").replace("_", "") for n, match in found.items() if match}


def _samples(
    layout: Long, texts: pd.DataFrame, runs_at: int, at: dict[str, int]
) -> tuple[NDArray[np.intp], list[str]]:
    """Each row's sample by number, and the samples' names.

    A mixture that was measured several times is several samples, and so are files of one name in
    several folders. Runs that are only numbered take the names of their files where the table
    tells them one to one. Fractions are one sample.
    """
    run = texts[runs_at]
    if FRACTIONS in at and texts[at[FRACTIONS]].astype(str).str.fullmatch(r"F\d+\.\d+").all():
        sample, samples = pd.factorize(texts[at[FRACTIONS]].astype(str).str.split(".").str[0])
        return sample.astype(np.intp), [str(name) for name in samples]
    for other in (*FINER, SAME):
        if other not in at or at[other] == runs_at:
            continue
        pairs = pd.DataFrame({"run": texts[runs_at], "other": texts[at[other]]}).drop_duplicates()
        unique = bool(pairs["other"].is_unique)
        finer = unique and len(pairs) > pairs["run"].nunique()
        alike = unique and bool(pairs["run"].is_unique) and layout.within not in at
        if (other in FINER and finer) or (other == SAME and alike):
            run = texts[at[other]]
    shown = [str(name) for name in run.cat.categories]
    names = pd.Series(run_names(shown), dtype=object).to_numpy()[run.cat.codes.to_numpy()]
    if layout.within in at:
        channel = texts[at[layout.within]]
        if channel.nunique() > 1:
            names = names + "_" + channel.astype(str).to_numpy()
    sample, samples = pd.factorize(names)
    return sample.astype(np.intp), [str(name) for name in samples]


def _members(column: pd.Series, layout: Long) -> pd.Series:
    """Groups with `;` between their members."""
    if layout.joined == ";":
        return column
    words = [str(name).replace(layout.joined, ";") for name in column.cat.categories]
    return column.cat.rename_categories(words)


def _without_isotopes(column: pd.Series, layout: Long) -> pd.Series:
    if not layout.isotopes:
        return column
    return column.astype(str).str.replace(ISOTOPE, "", regex=True)


def _by_channel(rows: Rows, channels: list[str]) -> Rows:
    """One row per channel instead of one column; the samples are run and channel."""
    if not channels:
        return rows
    count, runs = len(channels), len(rows.samples)
    sample = np.concatenate([rows.sample + runs * n for n in range(count)])
    samples = [f"{run}_{channel}" for channel in channels for run in rows.samples]
    return Rows(
        sample, samples, pd.concat([rows.protein] * count, ignore_index=True),
        np.tile(rows.part, count), rows.values.T.reshape(-1, 1),
    )  # fmt: skip
