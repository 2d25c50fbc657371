"""How strongly two labellings of the same samples go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.clinical.groups import FEWEST_PER_LEVEL
from immunosep_omics.stats.association import cramers_v

NEARLY = 0.8
"""Cramér's V from which two labellings are called nearly the same."""


@dataclass(frozen=True)
class Association:
    """Of `samples` with both labels: Cramér's V, and whether the second fixes the first."""

    v: float
    samples: int
    fixes: bool

    @property
    def strong(self) -> bool:
        """True where the two can hardly be told apart."""
        return self.fixes or self.v >= NEARLY


def associate(first: pd.Series, second: pd.Series) -> Association | None:
    """Compare two labels of the same samples; None where either has one level only.

    `fixes`: each level of `second` goes with one level of `first` only, and its levels are not
    just the samples one by one.
    """
    both = first.notna() & second.notna()
    table = pd.crosstab(first[both], second[both]).to_numpy(dtype=np.float64)
    if min(table.shape) < 2:
        return None
    n, levels = table.sum(), table.shape[1]
    fixes = bool(((table > 0).sum(axis=0) == 1).all()) and n / levels >= FEWEST_PER_LEVEL
    return Association(cramers_v(table), int(n), fixes)
