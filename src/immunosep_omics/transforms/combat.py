"""Harmonise by ComBat: location and scale of each cohort, by empirical Bayes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.batch import CombatParameters, apply_combat, extend_combat, fit_combat
from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class Combat:
    """Parameters of the cohorts seen at the fit, on the features of the fit.

    A cohort that was not seen gets its own location and scale against the frozen mean and pooled
    variance; parameters of the others do not change. No outcome is ever a covariate.
    """

    features: pd.Index
    cohorts: tuple[str, ...]
    parameters: CombatParameters

    def apply(self, block: Block) -> Block:
        """Values with the cohorts' effects removed."""
        values = block.values[self.features].to_numpy(dtype=float)
        cohorts, parameters = list(self.cohorts), self.parameters
        names = block.samples["cohort"].astype(str).to_numpy()
        for cohort in sorted(set(names) - set(cohorts)):
            parameters = extend_combat(parameters, values[names == cohort], len(cohorts))
            cohorts.append(cohort)
        codes = np.array([cohorts.index(name) for name in names])
        adjusted = apply_combat(parameters, values, codes)
        return block.with_values(
            pd.DataFrame(adjusted, index=block.values.index, columns=self.features)
        )


def fit_combat_step(block: Block) -> Combat:
    """Learn the cohorts' effects (Johnson, Li & Rabinovic 2007)."""
    codes, cohorts = pd.factorize(block.samples["cohort"].astype(str), sort=True)
    parameters = fit_combat(block.values.to_numpy(dtype=float), codes)
    return Combat(block.values.columns, tuple(cohorts), parameters)
