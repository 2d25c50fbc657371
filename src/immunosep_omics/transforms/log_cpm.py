"""Log2 counts per million."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immunosep_omics.assay import EFFECTIVE_SIZE
from immunosep_omics.stats.counts import log_cpm
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.effective_size import effective_sizes


@dataclass(frozen=True)
class LogCpm:
    """The prior count, and the mean library size by which it was scaled."""

    prior_count: float
    mean_library_size: float

    def apply(self, block: Block) -> Block:
        """Log2 counts per million by the samples' effective library sizes."""
        sizes = effective_sizes(block)
        values = log_cpm(
            block.values.to_numpy(dtype=float),
            sizes.to_numpy(dtype=float),
            self.prior_count,
            self.mean_library_size,
        )
        return Block(
            pd.DataFrame(values, index=block.values.index, columns=block.values.columns),
            block.samples.assign(**{EFFECTIVE_SIZE: sizes}),
        )


def fit_log_cpm(block: Block, prior_count: float = 2) -> LogCpm:
    """Learn the mean library size."""
    return LogCpm(prior_count, float(effective_sizes(block).mean()))
