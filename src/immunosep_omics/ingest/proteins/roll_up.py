"""Peptides, precursors or fragments become proteins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.stats.median_polish import polish_groups

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Parts:
    """What is measured of proteins: parts x runs, NaN for missing; `protein` of each part."""

    values: NDArray[np.float64]
    protein: Codes


def parts_of(
    run: Codes, protein: Codes, part: Codes, value: NDArray[np.float64], *, runs: int, summed: bool
) -> tuple[Parts, int]:
    """Rows of a long table (one per run and part) as a table, and how many rows stood again.

    A part belongs to one protein. Of rows of one run and part the highest value stays, as in
    MSstats; with `summed` they are added up.
    """
    code, kept = pd.factorize(protein.astype(np.int64) * (int(part.max(initial=0)) + 1) + part)
    cell = code.astype(np.int64) * runs + run
    values = np.full(len(kept) * runs, np.nan)
    known = np.flatnonzero(~np.isnan(value))
    if summed:
        filled, where = np.unique(cell[known], return_inverse=True)
        values[filled] = np.bincount(where, value[known], minlength=len(filled))
    else:
        known = known[np.argsort(value[known], kind="stable")]
        values[cell[known]] = value[known]
    again = len(known) - int(np.count_nonzero(~np.isnan(values)))
    of_part = np.empty(len(kept), dtype=np.intp)
    of_part[code] = protein
    return Parts(values.reshape(len(kept), runs), of_part), again


def roll_up(
    parts: Parts, proteins: int, method: str, *, log2: bool
) -> tuple[NDArray[np.float64], Note]:
    """Runs x proteins on the scale of the parts (log2 or linear), and a note of what was done.

    `median_polish`: Tukey's median polish of the log2 values of each protein's parts; fragments
    are parts of their own, as in MSstats. `sum`: the sum of the linear values, missing only where
    all are. A value that is not above zero has no logarithm and counts as missing.
    """
    values = parts.values
    if method == "sum":
        linear = np.exp2(values) if log2 else values
        order = np.argsort(parts.protein, kind="stable")
        found, starts = np.unique(parts.protein[order], return_index=True)
        known = np.add.reduceat(~np.isnan(linear[order]), starts, axis=0, dtype=np.intp)
        added = np.add.reduceat(np.nan_to_num(linear[order]), starts, axis=0)
        result = np.full((proteins, values.shape[1]), np.nan)
        result[found] = np.where(known > 0, added, np.nan)
        result = np.log2(result) if log2 else result
    else:
        if not log2:
            values = np.log2(np.where(values > 0, values, np.nan))
        result = polish_groups(values, parts.protein, proteins)
        result = result if log2 else np.exp2(result)
    reason = f"{len(values)} peptides, precursors or fragments by {method.replace('_', ' ')}"
    return np.ascontiguousarray(result.T), Note("rolled up to proteins", proteins, reason)


def highest(parts: Parts, proteins: int) -> NDArray[np.float64]:
    """Runs x proteins: the highest value of each protein's rows; missing where all are."""
    order = np.argsort(parts.protein, kind="stable")
    found, starts = np.unique(parts.protein[order], return_index=True)
    result = np.full((proteins, parts.values.shape[1]), np.nan)
    if len(found):
        result[found] = np.fmax.reduceat(parts.values[order], starts, axis=0)
    return np.ascontiguousarray(result.T)


def combined(columns: list[pd.Series], rows: int) -> Codes:
    """One number per row for each combination of several columns' values."""
    codes = np.zeros(rows, dtype=np.int64)
    for column in columns:
        own, names = pd.factorize(column)
        codes, _ = pd.factorize(codes * (len(names) + 1) + own + 1)
    return codes.astype(np.intp)
