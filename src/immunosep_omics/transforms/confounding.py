"""Whether what is asked can be told from the cohorts that harmonisation evens out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.clinical.groups import FEWEST_PER_LEVEL
from immunosep_omics.stats.association import cramers_v, is_linked

LEARNED_FROM_ALL = ("within_cohort_z", "combat")
"""Harmonisations that take every difference between cohorts for one of measurement."""

PARTLY = 0.3
"""Cramér's V of a question and the cohorts from which it is said what is lost (Cohen 1988)."""


@dataclass(frozen=True)
class Confounding:
    """`counts`: samples by cohort and level; `v`: Cramér's V; `linked`: levels meet in cohorts."""

    counts: pd.DataFrame
    v: float
    linked: bool

    @property
    def partly(self) -> bool:
        """True where levels and cohorts go together so much that it has to be said."""
        return self.v >= PARTLY

    @property
    def table(self) -> str:
        """The cross-table on one line; levels that are no groups are counted, not named."""
        if self.counts.shape[1] * FEWEST_PER_LEVEL > self.counts.to_numpy().sum():
            return f"{self.counts.shape[1]} levels in {len(self.counts)} cohorts"
        return "; ".join(
            f"{cohort} " + ", ".join(f"{count} '{level}'" for level, count in row.items())
            for cohort, row in self.counts.iterrows()
        )


def confounding(labels: pd.Series, cohorts: pd.Series) -> Confounding | None:
    """Compare labels with cohorts, of the same samples; None where either has one level only."""
    known = labels.notna().to_numpy()
    counts = pd.crosstab(cohorts[known].astype(str), labels[known].astype(str))
    if min(counts.shape) < 2:
        return None
    table = counts.to_numpy(dtype=np.float64).T
    return Confounding(counts, cramers_v(table), is_linked(table))
