"""Reports with one column per run, and one row per protein or part of a protein."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, did_you_mean
from immunosep_omics.ingest.proteins.assay import (
    named_proteins,
    passing,
    protein_assay,
    zeros_missing,
)
from immunosep_omics.ingest.proteins.names import run_names
from immunosep_omics.ingest.proteins.report_file import ROW_NAMES, Report, key
from immunosep_omics.ingest.proteins.roll_up import Parts, combined, highest, roll_up
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.ingest.readers.protein_layouts import PROGRAMS, Drop, Layout, Wide
from immunosep_omics.settings.assays import ProteinTable


def columns_of(layout: Wide, header: list[str]) -> dict[str, dict[int, str]]:
    """The layout's quantities that a header has: for each, the places and names of its runs.

    A table whose runs are all columns but the annotation and row names has one quantity without
    a name.
    """
    patterns = layout.quantities | layout.part_quantities
    if not patterns:
        runs = {
            n: name for n, name in enumerate(header)
            if name and key(name) not in layout.annotation and not name.startswith(layout.beside)
            and (n or key(name) not in ROW_NAMES)
        }  # fmt: skip
        return {"": runs} if runs else {}
    found: dict[str, dict[int, str]] = {}
    taken: set[int] = set()
    # `X MaxLFQ Intensity` fits `X Intensity` too: the longer name of a quantity goes first.
    for name, pattern in sorted(patterns.items(), key=lambda pair: -len(pair[0])):
        matches = {n: re.fullmatch(pattern, h) for n, h in enumerate(header) if n not in taken}
        runs = {n: match.group("sample").strip() for n, match in matches.items() if match}
        if runs:
            found[name] = runs
            taken |= set(runs)
    return {name: found[name] for name in patterns if name in found}


def read_wide(layout: Wide, report: Report, facts: ProteinTable) -> RawAssay:
    """Read the runs of one quantity; rows of peptides or precursors become proteins."""
    quantity, runs = _chosen(layout, report, facts)
    log2 = _is_log2(layout, quantity, report, facts)
    named = (*layout.proteins, *layout.genes, *layout.parts, layout.marked_in,
             *(name for name, _, _ in layout.drop))  # fmt: skip
    at = {name: report.keys.index(name) for name in named if name in report.keys}
    q_at = [report.keys.index(name) for name in layout.q_values if name in report.keys]
    reference_at = [n for n, name in enumerate(report.keys) if name == layout.reference]
    texts, numbers = report.columns(
        list(dict.fromkeys(at.values())), [*runs, *q_at, *reference_at], True
    )
    notes = list(report.notes)
    keep, groups = _named(layout, texts, at, notes)
    q_values = numbers[:, len(runs) : len(runs) + len(q_at)]
    keep &= passing(q_values, report, q_at, facts.max_q_value, keep, notes)
    values = numbers[keep, : len(runs)]
    if reference_at:
        _refuse_ratios(values, numbers[keep, -1], report)
    values = zeros_missing(values, notes, log2=log2)
    names = pd.Series(groups, dtype=object)[keep].reset_index(drop=True)
    genes_at = place_of(layout.genes, report)
    genes = None if genes_at is None else _members(texts[genes_at][keep], layout)
    parts_at = [at[name] for name in layout.parts if name in at]
    by_protein = values.T
    if parts_at:
        of_protein, unique = pd.factorize(names)
        if quantity in layout.quantities:
            by_protein = _repeated(values, of_protein, len(unique), notes)
        else:
            part = combined([texts[place][keep] for place in parts_at], len(names))
            by_protein = _rolled_up(values, of_protein, part, len(unique), facts, notes, log2)
        first = np.unique(of_protein, return_index=True)[1]
        genes = None if genes is None else [genes[place] for place in first]
        names = pd.Series(unique, dtype=object)
    assay = protein_assay(by_protein, sample_names(list(runs.values())), list(names), genes,
                          report.shown, notes)  # fmt: skip
    return assay if not layout.by_gene else _without_accessions(assay)


def _named(
    layout: Wide, texts: pd.DataFrame, at: dict[str, int], notes: list[Note]
) -> tuple[np.ndarray, list[str]]:
    """Which rows are of proteins that stay, and the groups' names of all rows."""
    proteins_at = at[next(name for name in layout.proteins if name in at)]
    keep, groups = named_proteins(
        _members(texts[proteins_at], layout), notes,
        marks=texts[at[layout.marked_in]].astype(str) if layout.marked_in in at else (),
    )  # fmt: skip
    return without(layout.drop, texts, at, keep, notes), groups


def place_of(names: tuple[str, ...], report: Report) -> int | None:
    """The place of the first of several headers that a report has."""
    return next((report.keys.index(name) for name in names if name in report.keys), None)


def sample_names(headers: list[str]) -> list[str]:
    """Runs without path and ending; `F1: Sample, a` is `F1`, `F1: 126, a` is `F1_126`."""
    pattern = r"(F\d+)(?:[ .:_]+(Sample|1[1-3]\d[NC]?D?))?(?![A-Za-z0-9])"
    files = [re.match(pattern, name) for name in headers]
    if headers and all(files):
        short = [
            match.group(1) + ("" if match.group(2) in ("Sample", None) else f"_{match.group(2)}")
            for match in files if match
        ]  # fmt: skip
        if len(set(short)) == len(headers):
            return short
        return headers
    return run_names(headers)


def best_of(known: Iterable[str], log2: tuple[str, ...], facts: ProteinTable) -> str:
    """The first of a report's quantities that is on the stated scale, or else the first."""
    names = list(known)
    wanted = facts.stated_scale == "log2"
    return next((name for name in names if (name in log2) == wanted), names[0])


def refuse_logarithms(quantity: str, report: Report, facts: ProteinTable) -> None:
    """Raise :class:`InputError` for a quantity of logarithms that is not declared as such."""
    if facts.stated_scale != "log2":
        raise InputError(
            Problem(
                f"{report.shown} (scale)",
                f"{quantity} holds log2 values, but the scale is '{facts.stated_scale}'",
                "state `scale: log2`",
            )
        )


def _is_log2(layout: Wide, quantity: str, report: Report, facts: ProteinTable) -> bool:
    if quantity in layout.log2:
        refuse_logarithms(quantity, report, facts)
    elif layout.usually_log2 and facts.scale is None:
        refuse_logarithms(f"{PROGRAMS[layout.program]}'s {layout.name}", report, facts)
    return facts.stated_scale == "log2"


def _refuse_ratios(values: np.ndarray, reference: np.ndarray, report: Report) -> None:
    """Abundances are about as large as the reference's, ratios near 0 (or, linear, near 1)."""
    if np.isfinite(values).any() and np.isfinite(reference).any():
        middle, expected = np.nanmedian(values), np.nanmedian(reference)
        if middle < expected / 2:
            raise ratios_refused(
                report.shown, "abundance_*.tsv",
                f" (half of them are below {middle:.3g}, but the reference's above {expected:.3g})",
            )  # fmt: skip


def ratios_refused(shown: str, abundances: str, figures: str = "") -> InputError:
    """The refusal of FragPipe's ratios, where the file of `abundances` says more."""
    return InputError(
        Problem(
            shown, f"holds ratios to the reference channel, not abundances{figures}",
            f"give {abundances}, which lies beside it in tmt-report; where only ratios were"
            " published, state `format: matrix` and `scale: log2`, and list the columns beside"
            " the samples under `not_features`",
        )
    )  # fmt: skip


def _chosen(layout: Wide, report: Report, facts: ProteinTable) -> tuple[str, dict[int, str]]:
    found = columns_of(layout, report.header)
    if facts.values is None:
        name = best_of(found, layout.log2, facts)
        return name, found[name]
    for name, runs in found.items():
        if key(name) == key(facts.values) and name:
            return name, runs
    named = [name for name in found if name]
    raise InputError(
        Problem(
            f"{report.shown} (values)",
            f"the table has no '{facts.values}'" if named
            else f"the {layout.name} has one quantity only",
            did_you_mean(facts.values, named) if named else "leave `values` out",
        )
    )  # fmt: skip


def _members(column: pd.Series, layout: Wide) -> list[str]:
    """Groups with `;` between their members."""
    return [text.replace(layout.joined, ";") for text in column.astype(str)]


def without(
    drop: Drop, texts: pd.DataFrame, at: dict[str, int], keep: np.ndarray, notes: list[Note]
) -> np.ndarray:
    """Which rows stay: none of those that the program marked; each kind is counted."""
    stays = keep.copy()
    for name, words, step in drop:
        if name not in at:
            continue
        flagged = is_one_of(texts[at[name]], words) & stays
        if flagged.any():
            notes.append(Note(step, int(flagged.sum()), "marked by the program"))
        stays &= ~flagged
    return stays


def is_one_of(column: pd.Series, words: tuple[str, ...]) -> np.ndarray:
    """Which rows of a column of categories hold one of some texts, capitals or not."""
    fits = np.array([
        str(name).lower() in words or key(str(name)) in words for name in column.cat.categories
    ], dtype=bool)  # fmt: skip
    return fits[column.cat.codes.to_numpy()] if len(fits) else np.zeros(len(column), dtype=bool)


def _repeated(
    values: np.ndarray, protein: np.ndarray, proteins: int, notes: list[Note]
) -> np.ndarray:
    """Runs x proteins of values that repeat on each row of a protein."""
    found = highest(Parts(values, protein), proteins)
    differ = int((values < found.T[protein]).sum())
    if differ:
        reason = "a run has several values of one protein: the highest stays"
        notes.append(Note("values that differ", differ, reason))
    return found


def _rolled_up(
    values: np.ndarray, protein: np.ndarray, parts: np.ndarray, proteins: int,
    facts: ProteinTable, notes: list[Note], log2: bool,
) -> np.ndarray:  # fmt: skip
    repeated = pd.DataFrame({"protein": protein, "part": parts}).duplicated().to_numpy()
    if repeated.any():
        reason = "the same protein and part again: each counts as a part of its own"
        notes.append(Note("repeated rows", int(repeated.sum()), reason))
    rolled, note = roll_up(Parts(values, protein), proteins, facts.roll_up, log2=log2)
    notes.append(note)
    return rolled


def _without_accessions(assay: RawAssay) -> RawAssay:
    """Groups of genes have no protein."""
    return replace(assay, features=assay.features.drop(columns="uniprot"))


def fits(layout: Layout, report: Report) -> bool:
    """Whether a report has the headers of a layout, its quantities aside."""
    keys = report.keys
    first = next((name for n, name in enumerate(keys) if n or name not in ROW_NAMES), None)
    needed = set(layout.marks) <= set(keys) and layout.first in (None, first)
    return needed and place_of(layout.proteins, report) is not None
