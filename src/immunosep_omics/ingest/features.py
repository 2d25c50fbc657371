"""From a platform's features to genes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.ingest.table_file import check_headers, read_table_file
from immunosep_omics.settings.assays import Assay

PLATFORM_COMMENTS = ("#", "!", "^")
"""How lines begin, in GEO's platform tables, that stand around the table itself."""

NO_GENE = ("", "NA", "---", "-")


def to_genes(
    raw: RawAssay, assay: str, facts: Assay, folder: Path
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:
    """Values by gene, `var` (index: gene; `feature`, and what the reader knows), and notes.

    The gene comes from the table `features`, otherwise from the reader; a protein group
    (`P1;P2-3`) is looked up by its members. A feature without a gene keeps its identifier as its
    name, but for arrays with a table it is left out. Of several features of one gene the one with
    the highest mean stays; counts are added up.
    """
    notes: list[Note] = []
    values, features = _with_values(raw, notes)
    gene = features["gene"]
    if facts.features is not None:
        gene = _genes_of_table(features, assay, facts, folder, notes)
        if facts.kind == "rna_array":
            lost = gene.isna()
            notes.append(
                Note("features without a gene", int(lost.sum()), "not in the platform's table")
            )
            values, features, gene = values.loc[:, ~lost], features[~lost], gene[~lost]
    if gene.isna().any() and gene.notna().any():
        notes.append(
            Note("features without a gene", int(gene.isna().sum()), "kept by their identifier")
        )
    names = gene.where(gene.notna(), features["identifier"]).astype(str)
    return _collapse(values, features, names, facts.stated_scale == "counts", notes)


def _with_values(raw: RawAssay, notes: list[Note]) -> tuple[pd.DataFrame, pd.DataFrame]:
    empty = np.isnan(raw.values.to_numpy()).all(axis=0)
    if empty.all():
        raise InputError(
            Problem(raw.source, "the samples have no value at all", "check the file and `missing`")
        )
    if empty.any():
        notes.append(Note("features without a value", int(empty.sum()), "missing in every sample"))
    return raw.values.loc[:, ~empty], raw.features[~empty]


def _genes_of_table(
    features: pd.DataFrame, assay: str, facts: Assay, folder: Path, notes: list[Note]
) -> pd.Series:
    stated = facts.features
    if stated is None:
        raise AssertionError("only called where a table is stated")
    table = read_table_file(stated, folder, skip=PLATFORM_COMMENTS)
    problems = Problems()
    check_headers(table, [("features.id", stated.id), ("features.gene", stated.gene)], problems)
    problems.raise_any()
    symbols: dict[str, list[str]] = {}
    for identifier, text in zip(table.texts(stated.id), table.texts(stated.gene), strict=True):
        named = [part.strip() for part in re.split(r"///|;", text)]
        symbols.setdefault(identifier, []).extend(n for n in named if n not in NO_GENE)
    members = features["identifier"].map(_group if facts.kind == "ms_proteins" else _single)
    known = members.map(lambda names: any(name in symbols for name in names))
    if not known.any():
        raise InputError(
            Problem(
                f"{table.shown} (assays.{assay}.features)",
                f"column '{stated.id}' has none of the assay's features"
                f" ({', '.join(features['identifier'][:3])};"
                f" there: {', '.join(sorted(symbols)[:3])})",
                "name the column that holds the assay's own identifiers",
            )
        )
    found = members.map(
        lambda names: list(dict.fromkeys(s for name in names for s in symbols.get(name, [])))
    )
    count = int((found.map(len) > 1).sum())
    if count:
        notes.append(Note("features of several genes", count, "the first named gene is taken"))
    absent = int((~known).sum())
    if absent:
        notes.append(Note("features not in the table", absent, stated.file))
    gene: pd.Series = found.map(lambda named: named[0] if named else np.nan)
    return gene


def _single(identifier: str) -> list[str]:
    return [identifier]


def _group(identifier: str) -> list[str]:
    """A protein group as it is, then its members, each also without its isoform's number."""
    members = [m.strip() for m in identifier.split(";")]
    names = [n for m in members for n in (m, re.sub(r"-\d+$", "", m))]
    return list(dict.fromkeys([identifier, *names]))


def _collapse(
    values: pd.DataFrame, features: pd.DataFrame, names: pd.Series, counts: bool,
    notes: list[Note],
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:  # fmt: skip
    var = features.drop(columns=["gene"]).rename(columns={"identifier": "feature"})
    if not names.is_unique:
        more = int(names.duplicated().sum())
        rule = "counts of one gene added up" if counts else "the highest mean stays"
        notes.append(Note("features beside another of their gene", more, rule))
        if counts:
            values, var = _added(values, var, names)
        else:
            kept = _highest_mean(values, names)
            values, var = values.iloc[:, kept], var.iloc[kept]
        names = names.drop_duplicates()
    index = pd.Index(names.to_numpy(), name="gene")
    return values.set_axis(index, axis=1), var.set_axis(index), notes


def _highest_mean(values: pd.DataFrame, names: pd.Series) -> np.ndarray:
    """Which features stay: the first of the highest mean of each gene, told by position.

    The features that stay are put in the order in which their genes first appear.
    """
    means = np.nanmean(values.to_numpy(), axis=0)
    best: dict[str, int] = {}
    for place, name in enumerate(names):
        if name not in best or means[place] > means[best[name]]:
            best[name] = place
    return np.fromiter(best.values(), dtype=np.intp, count=len(best))


def _added(
    values: pd.DataFrame, var: pd.DataFrame, names: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes, _ = pd.factorize(names)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    summed = np.add.reduceat(values.to_numpy()[:, order], starts, axis=1)
    first = var.iloc[order[starts]].copy()
    first["feature"] = var["feature"].groupby(codes).agg(";".join).to_numpy()
    return pd.DataFrame(summed, index=values.index, columns=first.index), first
