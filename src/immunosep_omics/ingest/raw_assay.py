"""What every reader of an assay file gives back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from immunosep_omics.errors import Problems

NOTE_COLUMNS = ("cohort", "assay", "step", "count", "reason")
"""Columns of the tables of notes, `steps.tsv`."""


class Note(NamedTuple):
    """Something that was left out or changed while reading: what, how many, why."""

    step: str
    amount: int
    reason: str


@dataclass(frozen=True)
class RawAssay:
    """An assay as its file has it: nothing renamed, nothing mapped to genes.

    - `values`: samples x features, float64, NaN for missing; columns are unique identifiers;
    - `features`: one row per column of `values`: `gene` (missing where the file names none),
      `identifier` (as in the file) and what else the format tells (`uniprot`, `lod`);
    - `samples`: one row per row of `values`: `plate`, `qc_warning`, `below_lod` where known;
    - `source`: the file, as messages name it.
    """

    values: pd.DataFrame
    features: pd.DataFrame
    samples: pd.DataFrame
    source: str
    notes: list[Note] = field(default_factory=list)


def feature_table(
    identifiers: Iterable[str], genes: Iterable[object] | None = None
) -> pd.DataFrame:
    """The table of features, its index made unique: a repeated ``A`` becomes ``A.2``.

    A repeated identifier stands for its gene, so that its features meet again when features
    become genes.
    """
    names = pd.Series(list(identifiers), dtype=object)
    gene = pd.Series(list(genes) if genes is not None else [np.nan] * len(names), dtype=object)
    repeated = names.duplicated(keep=False)
    gene = gene.where(~(repeated & gene.isna()), names)
    table = pd.DataFrame({"gene": gene.to_numpy(), "identifier": names.to_numpy()})
    table.index = pd.Index(_unique(names), name="feature")
    return table


def _unique(names: pd.Series) -> list[str]:
    if names.is_unique:
        return names.tolist()
    taken, seen = set(names), dict[str, int]()
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique = name
        while seen[name] > 1 and (unique == name or unique in taken):
            unique = f"{name}.{seen[name]}"
            if unique in taken:
                seen[name] += 1
        taken.add(unique)
        result.append(unique)
    return result


def told_apart(names: list[str], source: str) -> list[str]:
    """The names of samples; raises :class:`InputError` where one stands more than once."""
    problems = Problems()
    refuse_repeated_samples(names, source, problems)
    problems.raise_any()
    return names


def refuse_repeated_samples(
    names: list[str], source: str, problems: Problems,
    remedy: str = "rename or remove the repeated samples in the file (a table `samples` and"
    " `replicates` join what was measured again)",
) -> None:  # fmt: skip
    """Two samples of one name cannot be told apart."""
    index = pd.Index(names)
    repeated = list(dict.fromkeys(index[index.duplicated()]))
    if repeated:
        shown = ", ".join(repr(name) for name in repeated[:5])
        problems.add(source, f"{len(repeated)} sample names stand more than once: {shown}", remedy)
