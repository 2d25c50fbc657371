"""What the steps that scale libraries add: each sample's effective library size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.assay import EFFECTIVE_SIZE
from immunosep_omics.errors import InputError, Problem
from immunosep_omics.transforms.block import Block


def with_effective_sizes(block: Block, sizes: np.ndarray, factors: np.ndarray, step: str) -> Block:
    """The same counts, with library sizes times factors (both (samples,)) beside them.

    Raises :class:`InputError` for samples too sparse to have a factor.
    """
    without = block.values.index[~(np.isfinite(factors) & (factors > 0))]
    if len(without):
        raise InputError(
            Problem(
                f"recipe step `{step}`",
                f"{len(without)} of {len(factors)} samples have too few features with counts",
                "use `tmm` in the recipe, or leave such samples out with `drop_samples`",
            )
        )
    return Block(block.values, block.samples.assign(**{EFFECTIVE_SIZE: sizes * factors}))


def effective_sizes(block: Block) -> pd.Series:
    """What the last step that scales libraries gave; the total counts where there was none."""
    if EFFECTIVE_SIZE in block.samples:
        return block.samples[EFFECTIVE_SIZE]
    return block.values.sum(axis=1)
