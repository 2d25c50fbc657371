"""Endotypes: how many the data support, who belongs to which, and how surely."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.endotype.consensus import Found, find_by_consensus
from immunosep_omics.stats.threads import one_blas_thread
from immunosep_omics.tables import empty_table
from immunosep_omics.transforms.join import keyed

STABILITY_COLUMNS = (
    "k", "dispersion", "null_mean", "null_sd", "gap", "z", "p", "valley_p", "bic", "pac",
    "delta_area", "silhouette", "prediction_strength", "gradient_bic", "gradient_p", "chosen",
)  # fmt: skip
CONSENSUS_COLUMNS = ("row", "column", "consensus")
LEADING_FACTORS = 2


@dataclass(frozen=True)
class Endotypes:
    """Tables of one analysis (see docs/architecture.md for their columns)."""

    endotypes: pd.DataFrame
    stability: pd.DataFrame
    consensus: pd.DataFrame
    status: pd.DataFrame


def endotype(
    factors: pd.DataFrame,
    components: pd.DataFrame,
    reliability: pd.DataFrame,
    clinical: pd.DataFrame,
    method: Mapping[str, Any],
    seed: int,
    analysis: str,
    threads: int = 1,
    told: Callable[[str], None] = lambda _: None,
) -> Endotypes:
    """Name every sample's endotype, with its probability, and its place on each axis.

    `factors`, `components` and `reliability` come from the integration; `method` is the
    configuration's `endotype`. Endotypes are E1..Ek by their mean on the first axis, from low to
    high: the first named axis, or factor 1 without one. Where a gradient explains the data better
    than classes, there is one endotype, and the place of samples on it as one more axis. `told`
    hears how far long work is.
    """
    scores = keyed(factors)
    axes = _axes(scores)
    if method["method"] == "given":
        found = _given(scores, keyed(clinical), str(method["column"]))
    else:
        with one_blas_thread():
            found = find_by_consensus(
                scores, keyed(components), reliability, method, seed, analysis, threads, told
            )
    table = scores[["sample", "patient", "cohort", "part"]].assign(
        endotype=found.labels if method["method"] == "given" else _in_order(found.labels, axes),
        probability=found.probability,
        stability=found.stability,
        typicality=found.typicality,
    )
    table[axes.columns] = axes
    if found.gradient is not None:
        table["axis_gradient"] = _along(found.gradient, axes)
    return Endotypes(
        endotypes=table.reset_index(drop=True),
        stability=found.evidence.reindex(columns=STABILITY_COLUMNS),
        consensus=_heat_map(found, table),
        status=pd.DataFrame([found.answer], columns=["question", "answered", "reason"]),
    )


def _axes(scores: pd.DataFrame) -> pd.DataFrame:
    """Named axes first, then the leading factors."""
    named = scores[[column for column in scores if column.startswith("axis_")]]
    factors = [column for column in scores if column.startswith("factor_")]
    leading = scores[factors[:LEADING_FACTORS]]
    return named.join(leading.rename(columns=lambda name: f"axis_{name}"))


def _in_order(labels: pd.Series, axes: pd.DataFrame) -> pd.Series:
    """E1..Ek by the mean of the first axis, low to high."""
    means = axes.iloc[:, 0].groupby(labels).mean().sort_values(kind="stable")
    names = {label: f"E{place + 1}" for place, label in enumerate(means.index)}
    return labels.map(names)


def _along(gradient: pd.Series, axes: pd.DataFrame) -> pd.Series:
    """The gradient, turned so that it rises with the first axis."""
    return gradient * (-1.0 if gradient.corr(axes.iloc[:, 0]) < 0 else 1.0)


def _given(scores: pd.DataFrame, clinical: pd.DataFrame, column: str) -> Found:
    """Labels from outside, as they are; samples without one keep none."""
    if column in clinical:
        labels = clinical[column].reindex(scores.index)
        labels = labels.map(lambda value: None if pd.isna(value) else str(value))
    else:
        labels = pd.Series(None, index=scores.index, dtype=object)
    known = int(labels.notna().sum())
    reason = f"labels given by the column {column} for {known} of {len(labels)} samples"
    return Found(
        labels=labels,
        probability=pd.Series(np.nan, index=scores.index),
        stability=pd.Series(np.nan, index=scores.index),
        typicality=pd.Series(np.nan, index=scores.index),
        evidence=empty_table(STABILITY_COLUMNS),
        matrix=None,
        answer=("endotypes", "yes" if known else "no", reason),
    )


HEAT_MAP_GROUPS = 100


def _heat_map(found: Found, table: pd.DataFrame) -> pd.DataFrame:
    """Consensus between patients ordered by endotype, averaged into groups that can be drawn."""
    if found.matrix is None:
        return empty_table(CONSENSUS_COLUMNS)
    first = next(column for column in table if column.startswith("axis_"))
    inside = table.loc[found.matrix.index]
    ordered = inside.sort_values(["endotype", first], kind="stable").index
    matrix = found.matrix.loc[ordered, ordered].to_numpy()
    groups = min(HEAT_MAP_GROUPS, len(ordered))
    place = np.arange(len(ordered)) * groups // len(ordered)
    member = (place[:, None] == np.arange(groups)).astype(float)
    size = member.sum(axis=0)
    mean = member.T @ matrix @ member / np.outer(size, size)
    first_of = [int(np.flatnonzero(place == group)[0]) for group in range(groups)]
    names = [
        f"{group + 1:03d} {inside.loc[ordered[position], 'endotype']}"
        for group, position in enumerate(first_of)
    ]
    row, column = np.meshgrid(np.arange(groups), np.arange(groups), indexing="ij")
    return pd.DataFrame(
        {
            "row": np.array(names)[row.ravel()],
            "column": np.array(names)[column.ravel()],
            "consensus": mean.ravel(),
        }
    )


__all__ = ["Endotypes", "Found", "endotype"]
