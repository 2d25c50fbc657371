"""Fill missing values with the training mean, for methods that cannot take them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class ImputeMean:
    """Means of the training samples; features never seen in training are dropped."""

    means: pd.Series

    def apply(self, block: Block) -> Block:
        """The learned features without missing values; a feature that is absent gets its mean."""
        values = block.values.reindex(columns=self.means.index)
        return block.with_values(values.fillna(self.means))

    def ways(self, block: Block) -> pd.DataFrame:
        """How each value of :meth:`apply` came to be: "" measured, or "mean"."""
        missing = block.values.reindex(columns=self.means.index).isna()
        way = np.where(missing, "mean", "")
        return pd.DataFrame(way, index=missing.index, columns=missing.columns)


def fit_impute_mean(block: Block) -> ImputeMean:
    """Learn the mean of each feature that has at least one value."""
    return ImputeMean(block.values.mean(axis=0).dropna())
