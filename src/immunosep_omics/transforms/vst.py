"""Counts on a scale where the variance does not depend on the mean."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.stats.rle import RleReference, apply_rle, fit_rle
from immunosep_omics.stats.vst import VstReference, apply_vst, fit_vst
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.effective_size import with_effective_sizes


@dataclass(frozen=True)
class Vst:
    """Geometric means and the dispersion's trend: a later sample depends on no other sample."""

    features: pd.Index
    reference: VstReference
    size_factors: RleReference

    def apply(self, block: Block) -> Block:
        """Values on a log2-like scale, with each sample's effective library size beside them."""
        counts = block.values[self.features].to_numpy(dtype=float)
        sizes = counts.sum(axis=1)
        factors = apply_rle(self.size_factors, counts, sizes)
        values = apply_vst(self.reference, counts)
        return with_effective_sizes(block, sizes, factors, "vst").with_values(
            pd.DataFrame(values, index=block.values.index, columns=self.features)
        )


def fit_vst_step(block: Block) -> Vst:
    """Learn geometric means and the trend (Love, Huber & Anders 2014).

    Raises :class:`InputError` for counts that cannot teach them.
    """
    counts = block.values.to_numpy(dtype=float)
    try:
        reference = fit_vst(counts)
    except ValueError as error:
        problem = Problem("recipe step `vst`", str(error), "use `tmm` and `log_cpm` in the recipe")
        raise InputError(problem) from None
    return Vst(block.values.columns, reference, fit_rle(counts, counts.sum(axis=1)))
