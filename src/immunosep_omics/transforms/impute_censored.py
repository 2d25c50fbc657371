"""Fill values that are missing because they were too low, for methods that cannot take gaps.

Only there: a test of a difference reads the values with their gaps, because a value that was made
up once for every gap knows nothing of its own uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.censored import expected_below
from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class ImputeCensored:
    """What to fill in where a sample has the omic, and where it does not have it at all.

    `below`: what is expected below the lowest value of the training samples; `means` of these.
    """

    below: pd.Series
    means: pd.Series

    def apply(self, block: Block) -> Block:
        """The learned features without missing values; columns are named `assay:gene`."""
        values = block.values.reindex(columns=self.means.index)
        low = values.isna() & _measured(values)
        filled = values.fillna(self.means)
        return block.with_values(filled.mask(low, self.below, axis=1))

    def ways(self, block: Block) -> pd.DataFrame:
        """How each value of :meth:`apply` came to be: "" measured, "below" or "mean"."""
        values = block.values.reindex(columns=self.means.index)
        way = np.where(values.isna(), np.where(_measured(values), "below", "mean"), "")
        return pd.DataFrame(way, index=values.index, columns=values.columns)


def fit_impute_censored(block: Block) -> ImputeCensored:
    """Learn from each feature that has at least one value (:func:`expected_below`).

    A gap counts as too low where its sample has any value of the same assay; a sample without the
    assay says nothing of what it would have been.
    """
    values = block.values.loc[:, block.values.notna().any(axis=0)]
    low = (values.isna() & _measured(values)).sum(axis=0)
    below = expected_below(values.to_numpy(dtype=float), low.to_numpy(dtype=float))
    return ImputeCensored(pd.Series(below, index=values.columns), values.mean(axis=0))


def _measured(values: pd.DataFrame) -> pd.DataFrame:
    """Whether each sample has any value of each column's assay."""
    assay = values.columns.str.split(":").str[0]
    known = values.notna().T.groupby(assay.to_numpy()).any().T
    return known[assay].set_axis(values.columns, axis=1)
