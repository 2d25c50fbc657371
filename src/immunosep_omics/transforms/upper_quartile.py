"""Effective library sizes by the upper quartile."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.stats.upper_quartile import (
    UpperQuartileReference,
    apply_upper_quartile,
    fit_upper_quartile,
)
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.effective_size import with_effective_sizes


@dataclass(frozen=True)
class UpperQuartile:
    """The features that count, and a scale: a later sample depends on no other sample."""

    features: pd.Index
    reference: UpperQuartileReference

    def apply(self, block: Block) -> Block:
        """The same counts, with each sample's effective library size beside them."""
        counts = block.values[self.features].to_numpy(dtype=float)
        sizes = counts.sum(axis=1)
        factors = apply_upper_quartile(self.reference, counts, sizes)
        return with_effective_sizes(block, sizes, factors, "upper_quartile")


def fit_upper_quartile_step(block: Block) -> UpperQuartile:
    """Fix features and scale (Bullard et al. 2010)."""
    counts = block.values.to_numpy(dtype=float)
    return UpperQuartile(block.values.columns, fit_upper_quartile(counts, counts.sum(axis=1)))
