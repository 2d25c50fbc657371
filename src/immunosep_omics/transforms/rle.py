"""Effective library sizes by relative log expression."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.stats.rle import RleReference, apply_rle, fit_rle
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.effective_size import with_effective_sizes


@dataclass(frozen=True)
class Rle:
    """Geometric means of the features: a later sample's factor depends on no other sample."""

    features: pd.Index
    reference: RleReference

    def apply(self, block: Block) -> Block:
        """The same counts, with each sample's effective library size beside them."""
        counts = block.values[self.features].to_numpy(dtype=float)
        sizes = counts.sum(axis=1)
        factors = apply_rle(self.reference, counts, sizes)
        return with_effective_sizes(block, sizes, factors, "rle")


def fit_rle_step(block: Block) -> Rle:
    """Learn the geometric means (Anders & Huber 2010)."""
    counts = block.values.to_numpy(dtype=float)
    return Rle(block.values.columns, fit_rle(counts, counts.sum(axis=1)))
