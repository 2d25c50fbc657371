"""Keep the features that separate the classes most, judged on the training samples alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class SelectStrongest:
    """Names of the features that were kept."""

    features: pd.Index

    def apply(self, block: Block) -> Block:
        """The kept features; one that a new sample lacks is missing there."""
        return block.with_values(block.values.reindex(columns=self.features))


def fit_select_strongest(block: Block, classes: pd.Series, candidates: int) -> SelectStrongest:
    """Rank features by the F statistic of a one-way analysis of variance between classes.

    `classes` has the block's index. Features with fewer than three values in any class are
    ranked last; ties keep the features' order.
    """
    strength = _f_statistic(block.values.to_numpy(dtype=float), classes.to_numpy())
    order = np.argsort(-np.nan_to_num(strength, nan=-1.0), kind="stable")
    kept = np.sort(order[:candidates])
    return SelectStrongest(block.values.columns[kept])


def _f_statistic(values: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """F of each column, from the values that are there."""
    levels = np.unique(classes)
    membership = (classes[:, None] == levels).astype(float)
    present = ~np.isnan(values)
    filled = np.where(present, values, 0.0)
    counts = membership.T @ present
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (membership.T @ filled) / counts
        total = counts.sum(axis=0)
        grand = filled.sum(axis=0) / total
        between = (counts * (means - grand) ** 2).sum(axis=0) / (len(levels) - 1)
        squares = np.where(present, (values - grand) ** 2, 0.0).sum(axis=0)
        within = (squares - between * (len(levels) - 1)) / (total - len(levels))
        statistic = between / within
    return np.where((counts >= 3).all(axis=0), statistic, np.nan)
