"""Bring the cohorts of an analysis together: one block per assay, one row per sample."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from immunosep_omics.assay import values_of
from immunosep_omics.transforms.block import Block

if TYPE_CHECKING:
    from anndata import AnnData


def sample_key(cohort: pd.Series, sample: pd.Series) -> pd.Index:
    """Names that are unique over cohorts: `cohort/sample`."""
    return pd.Index(cohort.astype(str) + "/" + sample.astype(str), name="key")


def keyed(table: pd.DataFrame) -> pd.DataFrame:
    """A table with `cohort` and `sample` columns, indexed by :func:`sample_key`."""
    return table.set_axis(sample_key(table["cohort"], table["sample"]), axis=0)


def one_per_patient(clinical: pd.DataFrame, have_data: pd.Index) -> pd.DataFrame:
    """Each patient's earliest sample (least `hours`, then the table's order) that has data.

    `clinical` is keyed and has `patient` and `cohort`; without `hours` the first row counts.
    """
    rows = clinical.loc[clinical.index.isin(have_data)]
    if "hours" in rows:
        rows = rows.sort_values("hours", kind="stable", na_position="last")
    first = rows[~rows.duplicated(["cohort", "patient"])]
    return clinical.loc[clinical.index.isin(first.index)]


def join_cohorts(assays: Sequence[AnnData], learn_from: Collection[str]) -> Block:
    """One assay of several cohorts as one block.

    Its genes are those that all cohorts in `learn_from` measured; where another cohort lacks one
    it is missing there, so that a cohort that is only placed never changes what is learned.
    """
    teachers = [a for a in assays if str(a.uns["cohort"]) in learn_from] or list(assays)
    shared = teachers[0].var_names
    for assay in teachers[1:]:
        shared = shared.intersection(assay.var_names, sort=False)
    values, samples = [], []
    for assay in assays:
        obs = assay.obs[["patient", "cohort"]].astype(str).assign(sample=assay.obs_names)
        key = sample_key(obs["cohort"], obs["sample"])
        values.append(values_of(assay).reindex(columns=shared).set_axis(key, axis=0))
        samples.append(obs[["sample", "patient", "cohort"]].set_axis(key, axis=0))
    return Block(pd.concat(values), pd.concat(samples))


def by_assay(assays: Sequence[AnnData]) -> dict[str, list[AnnData]]:
    """Assays grouped by name, in the order they come."""
    groups: dict[str, list[AnnData]] = {}
    for assay in assays:
        groups.setdefault(str(assay.uns["assay"]), []).append(assay)
    return groups


def side_by_side(blocks: Mapping[str, Block], rows: pd.DataFrame) -> Block:
    """All assays as one block over `rows`; columns become `assay:gene`, absent omics NaN."""
    values = [
        block.values.reindex(rows.index).add_prefix(f"{assay}:") for assay, block in blocks.items()
    ]
    return Block(pd.concat(values, axis=1), rows)
