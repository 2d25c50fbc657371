"""Effective library sizes by the trimmed mean of M-values."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.stats.tmm import TmmReference, apply_tmm, fit_tmm
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.effective_size import with_effective_sizes


@dataclass(frozen=True)
class Tmm:
    """A reference profile: a later sample's factor depends on no other sample."""

    features: pd.Index
    reference: TmmReference

    def apply(self, block: Block) -> Block:
        """The same counts, with each sample's effective library size beside them."""
        counts = block.values[self.features].to_numpy(dtype=float)
        sizes = counts.sum(axis=1)
        factors = apply_tmm(self.reference, counts, sizes)
        return with_effective_sizes(block, sizes, factors, "tmm")


def fit_tmm_step(block: Block) -> Tmm:
    """Choose the reference sample (Robinson & Oshlack 2010)."""
    counts = block.values.to_numpy(dtype=float)
    return Tmm(block.values.columns, fit_tmm(counts, counts.sum(axis=1)))
