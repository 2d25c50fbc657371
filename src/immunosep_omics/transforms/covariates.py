"""Clinical columns as covariates: the same coding for samples that come later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Covariates:
    """How columns are coded, in the training samples' units.

    `numbers`: mean of each numeric column; `levels`: for each other column its levels with
    their shares, of which all but the first are covariates. What is missing, or a level never
    seen, counts as the average sample.
    """

    numbers: dict[str, float]
    levels: dict[str, pd.Series]

    def apply(self, samples: pd.DataFrame) -> np.ndarray:
        """Samples x covariates, each with mean 0 over the training samples."""
        columns = [
            pd.to_numeric(samples[name]).fillna(mean).to_numpy(dtype=float) - mean
            for name, mean in self.numbers.items()
        ]
        for name, shares in self.levels.items():
            stated = samples[name].astype(object)
            known = stated.isin(shares.index).to_numpy()
            columns += [
                np.where(known, (stated == level).to_numpy(dtype=float) - share, 0.0)
                for level, share in shares.iloc[1:].items()
            ]
        return np.column_stack(columns) if columns else np.zeros((len(samples), 0))


def fit_covariates(samples: pd.DataFrame, columns: Sequence[str]) -> Covariates:
    """Learn the coding; columns that do not vary are left out."""
    numbers, levels = {}, {}
    for name in columns:
        known = samples[name].dropna()
        if known.nunique() < 2:
            continue
        if pd.api.types.is_numeric_dtype(known):
            numbers[name] = float(known.mean())
        else:
            levels[name] = known.astype(object).value_counts(normalize=True).sort_index()
    return Covariates(numbers, levels)


def told_from_cohorts(samples: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Whether differences between cohorts can be told from those of the columns."""
    codes, cohorts = pd.factorize(samples["cohort"].astype(str))
    covariates = fit_covariates(samples, columns).apply(samples)
    both = np.hstack([np.eye(len(cohorts))[codes], covariates])
    return bool(np.linalg.matrix_rank(both) == both.shape[1])
