"""Quantile normalisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.quantile import quantile_reference, to_quantile_reference
from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class Quantile:
    """The mean distribution of the training samples, over the features it was learned from."""

    features: pd.Index
    reference: np.ndarray

    def apply(self, block: Block) -> Block:
        """Every sample with the reference distribution (Bolstad 2003)."""
        values = to_quantile_reference(
            block.values[self.features].to_numpy(dtype=float), self.reference
        )
        return block.with_values(
            pd.DataFrame(values, index=block.values.index, columns=self.features)
        )


def fit_quantile(block: Block) -> Quantile:
    """Learn the mean distribution."""
    return Quantile(block.values.columns, quantile_reference(block.values.to_numpy(dtype=float)))
