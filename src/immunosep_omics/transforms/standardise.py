"""Bring features to mean 0 and standard deviation 1, by the training samples."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class Standardise:
    """Means and standard deviations of the features that vary."""

    means: pd.Series
    deviations: pd.Series

    def apply(self, block: Block) -> Block:
        """The features that varied in training, standardised."""
        values = block.values.reindex(columns=self.means.index)
        return block.with_values((values - self.means) / self.deviations)


def fit_standardise(block: Block) -> Standardise:
    """Learn means and standard deviations; features that do not vary are dropped."""
    deviations = block.values.std(axis=0)
    varying = deviations.index[(deviations > 0).to_numpy()]
    return Standardise(block.values[varying].mean(axis=0), deviations[varying])
