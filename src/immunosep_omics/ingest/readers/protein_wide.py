"""Reports with one column per run, and one row per protein or part of a protein."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, did_you_mean
from immunosep_omics.ingest.protein_assay import named_proteins, protein_assay, zeros_missing
from immunosep_omics.ingest.protein_names import run_names
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.ingest.readers.protein_layouts import PROGRAMS, Layout, Wide
from immunosep_omics.ingest.report_file import Report, key
from immunosep_omics.ingest.roll_up import Parts, combined, roll_up
from immunosep_omics.settings.assays import ProteinTable


def columns_of(layout: Wide, header: list[str]) -> dict[str, dict[int, str]]:
    """The layout's quantities that a header has: for each, the places and names of its runs.

    A table whose runs are all columns but the annotation has one quantity without a name.
    """
    if not layout.quantities:
        runs = {n: name for n, name in enumerate(header) if key(name) not in layout.annotation}
        runs = {n: name for n, name in runs.items() if name}
        return {"": runs} if runs else {}
    found: dict[str, dict[int, str]] = {}
    taken: set[int] = set()
    # `X MaxLFQ Intensity` fits `X Intensity` too: the longer name of a quantity goes first.
    for name, pattern in sorted(layout.quantities.items(), key=lambda pair: -len(pair[0])):
        matches = {n: re.fullmatch(pattern, h) for n, h in enumerate(header) if n not in taken}
        runs = {n: match.group("sample").strip() for n, match in matches.items() if match}
        if runs:
            found[name] = runs
            taken |= set(runs)
    return {name: found[name] for name in layout.quantities if name in found}


def read_wide(layout: Wide, report: Report, facts: ProteinTable) -> RawAssay:
    """Read the runs of one quantity; rows of peptides or precursors are rolled up to proteins."""
    if layout.log2 and facts.stated_scale != "log2":
        raise InputError(
            Problem(
                f"{report.shown} (scale)",
                f"{PROGRAMS[layout.program]}'s {layout.name} holds log2 values, but the scale is"
                f" '{facts.stated_scale}'",
                "state `scale: log2`",
            )
        )
    runs = _chosen(layout, report, facts.values)
    proteins_at = place_of(layout.proteins, report)
    genes_at = place_of(layout.genes, report)
    parts_at = [report.keys.index(name) for name in layout.parts if name in report.keys]
    drop = [(report.keys.index(name), texts, step) for name, texts, step in layout.drop
            if name in report.keys]  # fmt: skip
    if proteins_at is None:
        raise InputError(Problem(report.shown, "no column names the proteins", "check the export"))
    texts_at = [proteins_at, *([] if genes_at is None else [genes_at]), *parts_at,
                *(place for place, _, _ in drop)]  # fmt: skip
    texts, values = report.columns(list(dict.fromkeys(texts_at)), list(runs), True)
    notes = list(report.notes)
    keep, groups = named_proteins(texts[proteins_at].astype(str).tolist(), notes)
    for place, words, step in drop:
        keep &= ~_flagged(texts[place], words, keep, step, notes)
    values = values[keep]
    if not layout.log2:
        values = zeros_missing(values, notes)
    names = pd.Series(groups, dtype=object)[keep].reset_index(drop=True)
    genes = None if genes_at is None else texts[genes_at].astype(str)[keep].tolist()
    if layout.parts:
        part_of, unique = pd.factorize(names)
        parts = combined([texts[place][keep] for place in parts_at], len(names))
        values, names, genes = _rolled_up(values, part_of, parts, unique, genes, facts, notes)
        runs_first = values
    else:
        runs_first = values.T
    assay = protein_assay(runs_first, sample_names(list(runs.values())), list(names), genes,
                          report.shown, notes)  # fmt: skip
    return assay if not layout.by_gene else _without_accessions(assay)


def place_of(names: tuple[str, ...], report: Report) -> int | None:
    """The place of the first of several headers that a report has."""
    return next((report.keys.index(name) for name in names if name in report.keys), None)


def sample_names(headers: list[str]) -> list[str]:
    """Runs without path and ending; `F1: Sample, a` is `F1`, `F1: 126, a` is `F1_126`."""
    files = [re.match(r"(F\d+)(?:: ?|\.\.)(Sample|1[1-3]\d[NC]?D?)?", name) for name in headers]
    if headers and all(files):
        short = [
            match.group(1) + ("" if match.group(2) in ("Sample", None) else f"_{match.group(2)}")
            for match in files if match
        ]  # fmt: skip
        if len(set(short)) == len(headers):
            return short
        return headers
    return run_names(headers)


def _chosen(layout: Wide, report: Report, values: str | None) -> dict[int, str]:
    found = columns_of(layout, report.header)
    if values is None:
        return next(iter(found.values()))
    for name, runs in found.items():
        if key(name) == key(values) and name:
            return runs
    named = [name for name in found if name]
    raise InputError(
        Problem(
            f"{report.shown} (values)",
            f"the table has no '{values}'" if named else f"the {layout.name} has one quantity only",
            did_you_mean(values, named) if named else "leave `values` out",
        )
    )


def _flagged(
    column: pd.Series, words: tuple[str, ...], keep: np.ndarray, step: str, notes: list[Note]
) -> np.ndarray:
    flagged = is_one_of(column, words)
    dropped = int((flagged & keep).sum())
    if dropped:
        notes.append(Note(step, dropped, "marked by the program"))
    return flagged


def is_one_of(column: pd.Series, words: tuple[str, ...]) -> np.ndarray:
    """Which rows of a column of categories hold one of some texts, capitals or not."""
    fits = np.array([
        str(name).lower() in words or key(str(name)) in words for name in column.cat.categories
    ], dtype=bool)  # fmt: skip
    return fits[column.cat.codes.to_numpy()] if len(fits) else np.zeros(len(column), dtype=bool)


def _rolled_up(
    values: np.ndarray, protein: np.ndarray, parts: np.ndarray, unique: pd.Index,
    genes: list[str] | None, facts: ProteinTable, notes: list[Note],
) -> tuple[np.ndarray, pd.Series, list[str] | None]:  # fmt: skip
    repeated = pd.DataFrame({"protein": protein, "part": parts}).duplicated().to_numpy()
    if repeated.any():
        reason = "the same protein and part again: each counts as a part of its own"
        notes.append(Note("repeated rows", int(repeated.sum()), reason))
    rolled, note = roll_up(Parts(values, protein), len(unique), facts.roll_up, log2=False)
    notes.append(note)
    first = np.unique(protein, return_index=True)[1]
    return (rolled, pd.Series(unique, dtype=object),
            None if genes is None else [genes[place] for place in first])  # fmt: skip


def _without_accessions(assay: RawAssay) -> RawAssay:
    """Groups of genes have no protein."""
    return replace(assay, features=assay.features.drop(columns="uniprot"))


def fits(layout: Layout, report: Report) -> bool:
    """Whether a report has the headers of a layout."""
    keys = report.keys
    return set(layout.marks) <= set(keys) and layout.first in (None, keys[0])
