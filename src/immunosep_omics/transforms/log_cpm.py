"""Log2 counts per million."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.counts import log_cpm
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.effective_size import EFFECTIVE_SIZE


@dataclass(frozen=True)
class LogCpm:
    """The prior count, and the mean library size by which it was scaled."""

    prior_count: float
    mean_library_size: float

    def apply(self, block: Block) -> Block:
        """Log2 counts per million by the samples' effective library sizes."""
        values = log_cpm(
            block.values.to_numpy(dtype=float),
            _sizes(block),
            self.prior_count,
            self.mean_library_size,
        )
        return block.with_values(
            pd.DataFrame(values, index=block.values.index, columns=block.values.columns)
        )


def fit_log_cpm(block: Block, prior_count: float = 2) -> LogCpm:
    """Learn the mean library size."""
    return LogCpm(prior_count, float(_sizes(block).mean()))


def _sizes(block: Block) -> np.ndarray:
    if EFFECTIVE_SIZE in block.samples:
        return block.samples[EFFECTIVE_SIZE].to_numpy(dtype=float)
    return block.values.sum(axis=1).to_numpy(dtype=float)
