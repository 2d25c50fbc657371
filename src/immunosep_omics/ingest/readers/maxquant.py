"""MaxQuant's table of protein groups."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, did_you_mean
from immunosep_omics.ingest.proteins.assay import looking_further, protein_assay, zeros_missing
from immunosep_omics.ingest.proteins.names import gene_in_header, group_name, is_contaminant
from immunosep_omics.ingest.proteins.report_file import Report, key, open_report
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.ingest.readers.protein_table import refuse_other, refuse_unread
from immunosep_omics.ingest.readers.protein_wide import is_one_of
from immunosep_omics.settings.assays import MaxQuant

IDENTIFIERS = ("Majority protein IDs", "Protein IDs")
FLAGS = (
    ("Reverse", "REV__", "decoys"),
    ("Potential contaminant", "CON__", "contaminants"),
    ("Contaminant", "CON__", "contaminants"),
    ("Only identified by site", None, "proteins only identified by a modification site"),
)
QUANTITIES = (
    "LFQ intensity", "iBAQ", "Intensity", "Top3", "Reporter intensity corrected",
    "Reporter intensity", "Reporter intensity count",
)  # fmt: skip
"""Beginnings of columns; where one begins with another, the longer is another quantity."""

LABELLED = ("LFQ intensity", "Intensity", "iBAQ")
LABELS = ("L", "M", "H")
"""SILAC: `Intensity L EXP` is a quantity of its own."""

SUMMARIES = ("peptides",)
"""What follows the common beginning in columns that are no samples: `iBAQ peptides`."""

REPORTER = "Reporter intensity"
OTHER_TABLES = {
    "Raw file": (
        "one of peptides, scans or runs (evidence.txt and its like)",
        "; or read evidence.txt as `format: long` with `run: Raw file`, `feature: Leading razor"
        " protein`, `part: [Modified sequence, Charge]` and `value: Intensity`",
    ),
    "Sequence": ("one of peptides", ""),
}
"""What MaxQuant writes beside proteinGroups.txt, told by a header, and what else reads it."""


@looking_further
def read(facts: MaxQuant, folder: Path, rows: int | None = None) -> RawAssay:
    """Read proteinGroups.txt: the columns that begin with `values`; zeros become missing.

    Headers may have R's dots or underscores for spaces, and other capitals. A sample is what
    follows the beginning: the experiment, for TMT the channel or `channel experiment`. Decoys,
    contaminants and proteins only identified by site are left out, each group counted under the
    first reason that fits. The gene is the first of `Gene names`, or of `GN=` in `Fasta headers`.
    """
    report = open_report(folder / facts.file, rows, decimal=facts.decimal)
    at = {key(name): place for place, name in reversed(list(enumerate(report.header)))}
    identifier = _identifier(report, at)
    samples = _samples(report, facts.values)
    wanted = [identifier, *("Gene names", "Gene name", "Fasta headers"),
              *dict.fromkeys(column for column, _, _ in FLAGS)]  # fmt: skip
    named = [name for name in wanted if key(name) in at]
    texts, values = report.columns([at[key(name)] for name in named], list(samples), True)
    texts.columns = pd.Index(named)
    groups = texts[identifier].astype(str)
    keep, notes = _without_flagged(texts, groups)
    values = values[keep]
    values = zeros_missing(values, notes, log2=facts.stated_scale == "log2")
    groups = groups[keep]
    return protein_assay(
        values.T, list(samples.values()), [group_name(group) for group in groups],
        _genes(texts[keep]), report.shown, [*report.notes, *notes],
    )  # fmt: skip


def _identifier(report: Report, at: dict[str, int]) -> str:
    for name in IDENTIFIERS:
        if key(name) in at:
            return name
    refuse_unread(report)
    refuse_other(report, "maxquant")
    problem = f"there is no column '{IDENTIFIERS[0]}' or '{IDENTIFIERS[1]}'"
    found = (told for name, told in OTHER_TABLES.items() if key(name) in at)
    what, instead = next(found, ("", ", or use `format: matrix`"))
    raise InputError(
        Problem(
            report.shown, problem + (f": this table is {what}" if what else ""),
            f"give MaxQuant's proteinGroups.txt{instead}",
        )
    )  # fmt: skip


def _samples(report: Report, values: str) -> dict[int, str]:
    """Place and name of the samples' columns."""
    found = _after(report.header, values)
    if not found:
        kinds = [kind for kind in QUANTITIES if _after(report.header, kind)]
        raise InputError(
            Problem(
                f"{report.shown} (values)", f"no column begins with '{values} '",
                did_you_mean(values, kinds),
            )
        )  # fmt: skip
    return found


def _after(header: list[str], beginning: str) -> dict[int, str]:
    """Place and rest of the columns whose longest beginning that MaxQuant knows is this one."""
    labels = LABELS if "intensityl" in map(key, header) else ()
    known = {*QUANTITIES, beginning, *(f"{name} {mark}" for name in LABELLED for mark in labels)}
    found = {}
    for place, name in enumerate(header):
        rest = _rest(name, beginning)
        longest = max((len(kind) for kind in known if _rest(name, kind)), default=0)
        summary = rest is not None and (rest.lower() in SUMMARIES or rest.upper() in labels)
        if rest and longest == len(beginning) and not summary:
            found[place] = rest
    if key(beginning).startswith(key(REPORTER)):
        several = {n: _spaced(rest) for n, rest in found.items() if " " in _spaced(rest)}
        # `corrected 1` is the sum over experiments where there is `corrected 1 EXP` as well.
        found = several or found
    return found


def _rest(name: str, beginning: str) -> str | None:
    pattern = re.escape(beginning).replace(r"\ ", "[ ._]")
    match = re.fullmatch(rf"{pattern}[ ._](.+)", name, re.IGNORECASE)
    return match.group(1).strip() if match else None


def _spaced(channel: str) -> str:
    """`1.EXP`, as R writes it, is `1 EXP`."""
    return re.sub(r"^(\d+)\.(?=.)", r"\1 ", channel)


def _without_flagged(texts: pd.DataFrame, groups: pd.Series) -> tuple[np.ndarray, list[Note]]:
    keep = (groups != "").to_numpy()
    notes = []
    for column, prefix, what in FLAGS:
        flagged = np.zeros(len(texts), dtype=bool)
        if column in texts:
            flagged |= is_one_of(texts[column], ("+", "true"))
        if prefix is not None:
            named = groups.str.startswith(prefix).to_numpy()
            flagged |= named if prefix != "CON__" else groups.map(is_contaminant).to_numpy() | named
        dropped = int((flagged & keep).sum())
        if dropped or column in texts:
            notes.append(Note(what, dropped, f"marked in '{column}', or named {prefix or '-'}"))
        keep &= ~flagged
    return keep, notes


def _genes(texts: pd.DataFrame) -> list[str] | None:
    for name in ("Gene names", "Gene name"):
        if name in texts:
            return texts[name].astype(str).tolist()
    if "Fasta headers" in texts:
        return [gene_in_header(fasta) or "" for fasta in texts["Fasta headers"].astype(str)]
    return None
