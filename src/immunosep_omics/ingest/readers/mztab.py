"""The proteins of an mzTab file, as OpenMS and quantms write it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.files.number_cells import NumberCells
from immunosep_omics.ingest.files.text_file import read_text_file
from immunosep_omics.ingest.proteins.assay import (
    NothingLeftError,
    named_proteins,
    protein_assay,
    zeros_missing,
)
from immunosep_omics.ingest.proteins.names import gene_in_header, run_name
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.settings.assays import ProteinTable

QUANTITIES = ("assay", "study_variable")
COLUMN = re.compile(r"protein_abundance_(assay|study_variable)\[(\d+)\]")
MISSING = ("", "null", "NaN", "nan", "NA")
DECOY = re.compile(r"opt_global_.*decoy.*|opt_global_.*MS:1002217.*", re.IGNORECASE)
RESULT = "opt_global_result_type"
DETAILS = "protein_details"
"""OpenMS repeats the members of groups in rows without abundance."""


def is_mztab(path: Path) -> bool:
    """True where the ending, or the first letters of a file that is not packed, say mzTab."""
    if path.name.lower().removesuffix(".gz").endswith(".mztab"):
        return True
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) in (b"MTD\t", b"COM\t")


def read_mztab(path: Path, facts: ProteinTable, rows: int | None) -> RawAssay:
    """Read `protein_abundance_assay[n]` (or `values: study_variable`) of the PRT section.

    An assay is named by its run's file, and by its label where a run holds several assays. Raises
    :class:`NothingLeftError` where the first `rows`, or the file, hold no proteins with abundance.
    """
    file = read_text_file(path, rows=rows)
    lines = file.data.decode("utf-8").split("\n")
    meta = dict(line.split("\t", 2)[1:3] for line in lines if re.match(r"MTD\t[^\t]+\t", line))
    header = next((line.split("\t")[1:] for line in lines if line.startswith("PRH\t")), None)
    if header is None:
        raise NothingLeftError(
            Problem(file.shown, "there is no section of proteins (PRH, PRT)",
                    "export proteins with their abundance, or give the MSstats table")
        )  # fmt: skip
    cells = [(n, line.split("\t")[1:]) for n, line in enumerate(lines, 1)
             if line.startswith("PRT\t")]  # fmt: skip
    _refuse_ragged(cells, header, file.shown)
    what, columns = _columns(header, facts.values, file.shown)
    table = pd.DataFrame([row for _, row in cells], columns=range(len(header)), dtype=str)
    notes = list(file.notes)
    values = _values(table, [n for n, _ in cells], columns, header, file.shown)
    keep, groups = named_proteins(_groups(table, header), notes)
    keep = _real_rows(table, header, keep, notes)
    values = values[keep]
    values = zeros_missing(values, notes, log2=facts.stated_scale == "log2")
    if not len(values) or np.isnan(values).all():
        raise NothingLeftError(
            Problem(file.shown, "the proteins have no abundance", "give the MSstats table instead")
        )
    genes = None
    if "description" in header:
        described = table[header.index("description")][keep]
        genes = [gene_in_header(text) or "" for text in described]
    kept = [group for group, stays in zip(groups, keep, strict=True) if stays]
    samples = _assays(meta, columns) if what == "assay" else _variables(meta, columns)
    return protein_assay(values.T, samples, kept, genes, file.shown, notes)


def _refuse_ragged(cells: list[tuple[int, list[str]]], header: list[str], shown: str) -> None:
    problems = Problems()
    for number, row in cells:
        if len(row) != len(header):
            problems.add(
                f"{shown}:{number}", f"the row has {len(row)} fields, the header {len(header)}",
                "get the file again; it may be cut short",
            )  # fmt: skip
    problems.raise_any()


def _columns(header: list[str], values: str | None, shown: str) -> tuple[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for place, name in enumerate(header):
        match = COLUMN.fullmatch(name)
        if match:
            found.setdefault(match.group(1), {})[place] = match.group(2)
    stated = (values or "").removeprefix("protein_abundance_")
    chosen = stated or next((name for name in QUANTITIES if name in found), "")
    if chosen not in found:
        raise InputError(
            Problem(
                f"{shown} (values)",
                f"there is no column 'protein_abundance_{chosen or 'assay'}[1]'",
                did_you_mean(chosen, found) if found else "give the MSstats table instead",
            )
        )  # fmt: skip
    return chosen, found[chosen]


def _values(
    table: pd.DataFrame, lines: list[int], columns: dict[int, str], header: list[str], shown: str
) -> NDArray[np.float64]:
    values = np.full((len(table), len(columns)), np.nan)
    reader = NumberCells(shown, missing=MISSING, keys=())
    for at, place in enumerate(columns):
        values[:, at] = reader.read_column(
            table[place].tolist(), lambda row: f"{shown}:{lines[row]}", header[place]
        )
    reader.raise_any()
    return values


def _groups(table: pd.DataFrame, header: list[str]) -> list[str]:
    """The accession and the members that cannot be told from it."""
    if "accession" not in header:
        return [""] * len(table)
    leads = table[header.index("accession")].str.strip().tolist()
    if "ambiguity_members" not in header:
        return leads
    members = table[header.index("ambiguity_members")].where(lambda cells: cells != "null", "")
    return [";".join(dict.fromkeys([lead, *filter(None, more.split(","))]))
            for lead, more in zip(leads, members, strict=True)]  # fmt: skip


def _real_rows(
    table: pd.DataFrame, header: list[str], keep: NDArray[np.bool_], notes: list[Note]
) -> NDArray[np.bool_]:
    """Which of the rows to keep are no mere details of a group, and not marked as decoys."""
    if RESULT in header:
        keep = keep & (table[header.index(RESULT)] != DETAILS).to_numpy()
    for place, name in enumerate(header):
        if DECOY.fullmatch(name):
            flagged = (table[place] == "1").to_numpy() & keep
            if flagged.any():
                notes.append(Note("decoys", int(flagged.sum()), f"marked in '{name}'"))
            keep = keep & ~flagged
    return keep


def _assays(meta: dict[str, str], columns: dict[int, str]) -> list[str]:
    runs = []
    for number in columns.values():
        run = meta.get(f"assay[{number}]-ms_run_ref", "").split(",")[0].strip()
        runs.append(run_name(meta.get(f"{run}-location", "")) or f"assay[{number}]")
    if len(set(runs)) == len(runs):
        return runs
    labels = []
    for run, number in zip(runs, columns.values(), strict=True):
        reagent = meta.get(f"assay[{number}]-quantification_reagent", "").split(",")
        label = reagent[2].strip() if len(reagent) > 2 else f"assay[{number}]"
        labels.append(f"{run}_{label.removeprefix('TMT reagent ')}")
    return labels


def _variables(meta: dict[str, str], columns: dict[int, str]) -> list[str]:
    return [meta.get(f"study_variable[{number}]-description", f"study_variable[{number}]")
            for number in columns.values()]  # fmt: skip
