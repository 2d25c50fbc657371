"""Counts on a scale where the variance does not depend on the mean."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.stats.vst import VstReference, apply_vst, fit_vst
from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class Vst:
    """Geometric means and the dispersion's trend: a later sample depends on no other sample."""

    features: pd.Index
    reference: VstReference

    def apply(self, block: Block) -> Block:
        """Values on a log2-like scale; missing where a sample has no size factor."""
        values = apply_vst(self.reference, block.values[self.features].to_numpy(dtype=float))
        return block.with_values(
            pd.DataFrame(values, index=block.values.index, columns=self.features)
        )


def fit_vst_step(block: Block) -> Vst:
    """Learn geometric means and the trend (Love, Huber & Anders 2014).

    Raises :class:`InputError` for counts that cannot teach them.
    """
    try:
        reference = fit_vst(block.values.to_numpy(dtype=float))
    except ValueError as error:
        problem = Problem("recipe step `vst`", str(error), "use `tmm` and `log_cpm` in the recipe")
        raise InputError(problem) from None
    return Vst(block.values.columns, reference)
