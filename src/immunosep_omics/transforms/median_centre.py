"""Bring every sample to the same median."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class MedianCentre:
    """The median of each feature in training, against which a sample's shift is measured."""

    medians: pd.Series

    def apply(self, block: Block) -> Block:
        """Each sample less its median difference from the training medians; NaN stays NaN."""
        shift = (block.values - self.medians).median(axis=1)
        return block.with_values(block.values.sub(shift, axis=0))


def fit_median_centre(block: Block) -> MedianCentre:
    """Learn the feature medians.

    Differences over the features a sample has, not plain medians, are centred: a sample in which
    only abundant proteins were seen would otherwise be pushed down.
    """
    return MedianCentre(block.values.median(axis=0))
