"""Harmonise by ComBat: location and scale of each cohort, by empirical Bayes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.stats.batch import CombatParameters, apply_combat, extend_combat, fit_combat
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.covariates import Covariates, fit_covariates, told_from_cohorts


@dataclass(frozen=True)
class Combat:
    """Parameters of the cohorts seen at the fit, on the features of the fit.

    A cohort that was not seen gets its own location and scale against the frozen mean and pooled
    variance; parameters of the others do not change. No outcome is ever a covariate.
    """

    features: pd.Index
    cohorts: tuple[str, ...]
    parameters: CombatParameters
    covariates: Covariates

    def apply(self, block: Block) -> Block:
        """Values with the cohorts' effects removed."""
        values = block.values[self.features].to_numpy(dtype=float)
        cohorts, parameters = list(self.cohorts), self.parameters
        names = block.samples["cohort"].astype(str).to_numpy()
        protected = self.covariates.apply(block.samples)
        for cohort in sorted(set(names) - set(cohorts)):
            own = names == cohort
            parameters = extend_combat(parameters, values[own], len(cohorts), protected[own])
            cohorts.append(cohort)
        codes = np.array([cohorts.index(name) for name in names])
        adjusted = apply_combat(parameters, values, codes, protected)
        return block.with_values(
            pd.DataFrame(adjusted, index=block.values.index, columns=self.features)
        )


def fit_combat_step(
    block: Block,
    *,
    prior: str = "parametric",
    mean_only: bool = False,
    reference: str | None = None,
    protect: Sequence[str] = (),
) -> Combat:
    """Learn the cohorts' effects (Johnson, Li & Rabinovic 2007).

    `protect`: columns of the block's samples whose differences are kept. Without the cohort
    `reference` among the samples (where it is held out) all cohorts are brought to their mean.
    Raises :class:`InputError` where cohorts cannot be told from what is protected.
    """
    codes, cohorts = pd.factorize(block.samples["cohort"].astype(str), sort=True)
    covariates = fit_covariates(block.samples, protect)
    protected = covariates.apply(block.samples)
    if not told_from_cohorts(block.samples, protect):
        raise InputError(
            Problem(
                "harmonise: combat",
                f"cohorts cannot be told from {', '.join(protect)}, which is protected",
                "protect fewer columns, or take cohorts that each have several of their levels",
            )
        )
    parameters = fit_combat(
        block.values.to_numpy(dtype=float),
        codes,
        protected,
        parametric=prior == "parametric",
        mean_only=mean_only,
        reference=list(cohorts).index(reference) if reference in cohorts else None,
    )
    return Combat(block.values.columns, tuple(cohorts), parameters, covariates)
