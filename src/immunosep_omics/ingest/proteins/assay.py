"""Quantities of proteins, from a wide table or a long report, as an assay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.proteins.names import (
    first_accession,
    first_gene,
    group_name,
    is_contaminant,
    is_decoy,
    of_header,
)
from immunosep_omics.ingest.proteins.report_file import Report
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    refuse_repeated_samples,
)

LEAST_LOGARITHM = 5.0
"""Nearer to 0 there may be values that are truly 0: ratios, spectral counts, centred values."""

Flags = NDArray[np.bool_]
Read = Callable[..., RawAssay]


class NothingLeftError(InputError):
    """No protein, or no value, is left of a report: more rows may hold some."""


def looking_further(read: Read) -> Read:
    """A reader that reads more of a file where its first rows hold nothing that stays.

    Reports may begin with contaminants, decoys or the proteins that were hardly seen.
    """

    @wraps(read)
    def reader(facts: Any, folder: Path, rows: int | None = None) -> RawAssay:
        for most in () if rows is None else (rows, 100 * rows):
            with suppress(NothingLeftError):
                return read(facts, folder, most)
        return read(facts, folder, None)

    return reader


def named_proteins(
    groups: Sequence[str], notes: list[Note], marks: Sequence[str] = ()
) -> tuple[Flags, list[str]]:
    """Which groups stay (those named, no decoys, no contaminants), and all groups' names.

    `marks`: names with the marks of decoys and contaminants, where the groups' own lack them.
    """
    told = [groups, marks] if len(marks) else [groups]
    named = np.array([bool(group) for group in groups], dtype=bool)
    decoys = np.array([any(map(is_decoy, both)) for both in zip(*told, strict=True)], dtype=bool)
    contaminants = np.array(
        [any(map(is_contaminant, both)) for both in zip(*told, strict=True)], dtype=bool
    ) & ~decoys  # fmt: skip
    for flags, step, reason in (
        (~named, "rows without a protein", "the column of proteins is empty there"),
        (decoys, "decoys", "named REV__, rev_, DECOY_ or the like"),
        (contaminants, "contaminants", "all members are named CON__, Cont_, contam_ or the like"),
    ):
        if flags.any():
            notes.append(Note(step, int(flags.sum()), reason))
    return named & ~decoys & ~contaminants, [group_name(group) for group in groups]


def zeros_missing(
    values: NDArray[np.float64], notes: list[Note], *, log2: bool
) -> NDArray[np.float64]:
    """Zeros become missing where they mean "not quantified".

    On a linear scale they always do. Among logarithms they do where they stand apart from all
    others, as programs that write missing logarithms as 0 leave them: further below the lowest
    percent of the others than this is below their median. Logarithms that come near 0 keep theirs.
    """
    zeros = values == 0
    if log2 and zeros.any():
        others = values[~zeros & ~np.isnan(values)]
        low, middle = np.quantile(others, [0.01, 0.5]) if len(others) else (0.0, 0.0)
        zeros &= low > max(LEAST_LOGARITHM, middle - low)
    if zeros.any():
        reason = "written where nothing is quantified: missing"
        notes.append(Note("zeros", int(zeros.sum()), reason))
    return np.where(zeros, np.nan, values)


def plain_proteins(raw: RawAssay, *, log2: bool) -> RawAssay:
    """The proteins of a plain table: no decoys, no contaminants; see :func:`zeros_missing`.

    A whole FASTA header (`sp|P02741|CRP_HUMAN C-reactive protein ... GN=CRP`) tells the gene;
    identifiers stay as the file has them. Raises :class:`NothingLeftError`.
    """
    notes = list(raw.notes)
    written = raw.features["identifier"].astype(str).tolist()
    keep, _ = named_proteins(written, notes)
    if not keep.any():
        raise NothingLeftError(Problem(raw.source, "no protein is left", "check the names"))
    features = raw.features.copy()
    described = pd.Series([of_header(name) for name in written], index=features.index, dtype=object)
    features["gene"] = described.where(described.notna(), features["gene"])
    values = raw.values.loc[:, keep]
    values = pd.DataFrame(
        zeros_missing(values.to_numpy(), notes, log2=log2),
        index=values.index,
        columns=values.columns,
    )
    return replace(raw, values=values, features=features[keep], notes=notes)


def passing(
    q_values: NDArray[np.float64], report: Report, places: list[int], most: float, keep: Flags,
    notes: list[Note],
) -> Flags:  # fmt: skip
    """Which rows have no q-value above `most`; those of `keep` that have one are counted."""
    stays: Flags = np.asarray(~(q_values > most).any(axis=1))
    dropped = int((~stays & keep).sum())
    if dropped:
        names = ", ".join(report.header[place] for place in places)
        notes.append(Note("rows above the q-value", dropped, f"above {most:g} in {names}"))
    return stays


def protein_assay(
    values: NDArray[np.float64], samples: list[str], groups: Sequence[str],
    genes: Sequence[str] | None, shown: str, notes: list[Note],
) -> RawAssay:  # fmt: skip
    """The assay of `values` (samples x proteins) whose groups have been named.

    Raises :class:`InputError` where nothing is left, and for samples of one name.
    """
    problems = Problems()
    refuse_repeated_samples(samples, shown, problems)
    problems.raise_any()
    if not len(groups):
        raise NothingLeftError(
            Problem(shown, "no protein is left", "check the report and its filters")
        )
    if np.isnan(values).all():
        raise NothingLeftError(
            Problem(
                shown,
                "the proteins have no value at all",
                "check the report and its filters, and whether another of its quantities is meant",
            )
        )
    features = feature_table(groups, None if genes is None else _first_genes(genes))
    features["uniprot"] = [first_accession(group) for group in groups]
    frame = pd.DataFrame(values, index=samples, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), shown, notes)


def _first_genes(genes: Sequence[str]) -> list[object]:
    named = [first_gene(gene) for gene in genes]
    return [np.nan if gene is None else gene for gene in named]
