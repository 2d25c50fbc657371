"""Log2 of linear values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class Log2:
    """The floor below which a linear value is only noise."""

    floor: float

    def apply(self, block: Block) -> Block:
        """Log2 of each value, those below the floor raised to it; missing stays missing."""
        return block.with_values(np.log2(block.values.clip(lower=self.floor)))


def fit_log2(block: Block) -> Log2:
    """Learn the floor: the smallest positive value."""
    values = block.values.to_numpy(dtype=float)
    positive = values[values > 0]
    return Log2(float(positive.min()) if positive.size else 1.0)
