"""Harmonise by healthy controls: cohorts' effects learned from them, removed from everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.stats.batch import CombatParameters, apply_combat, extend_combat, fit_combat
from immunosep_omics.stats.minimum import CONTROLS
from immunosep_omics.transforms.block import Block

CONTROL = "control"
"""Column of a block's samples: True for healthy controls."""


@dataclass(frozen=True)
class ControlAnchored:
    """ComBat's parameters, each cohort's from its own controls.

    A cohort that was not seen gets its own from its controls against the frozen mean and pooled
    variance. What is different in the patients of one cohort is kept, even where another cohort
    has no such patients: only what differs between healthy people is taken for a batch.
    """

    features: pd.Index
    cohorts: tuple[str, ...]
    parameters: CombatParameters

    def apply(self, block: Block) -> Block:
        """Values with the cohorts' effects removed, patients and controls alike."""
        values = block.values[self.features].to_numpy(dtype=float)
        cohorts, parameters = list(self.cohorts), self.parameters
        names = block.samples["cohort"].astype(str).to_numpy()
        new = sorted(set(names) - set(cohorts))
        controls = _controls(block, new)
        for cohort in new:
            parameters = extend_combat(parameters, values[controls[cohort]], len(cohorts))
            cohorts.append(cohort)
        codes = np.array([cohorts.index(name) for name in names])
        adjusted = apply_combat(parameters, values, codes)
        return block.with_values(
            pd.DataFrame(adjusted, index=block.values.index, columns=self.features)
        )


def fit_control_anchored(block: Block) -> ControlAnchored:
    """Learn the cohorts' effects from their controls (Sweeney et al. 2016).

    Raises :class:`InputError` naming every cohort with too few controls.
    """
    cohorts = sorted(block.samples["cohort"].astype(str).unique())
    controls = _controls(block, cohorts)
    rows = np.concatenate([controls[cohort] for cohort in cohorts])
    codes = np.repeat(np.arange(len(cohorts)), [len(controls[cohort]) for cohort in cohorts])
    parameters = fit_combat(block.values.to_numpy(dtype=float)[rows], codes)
    return ControlAnchored(block.values.columns, tuple(cohorts), parameters)


def _controls(block: Block, cohorts: list[str]) -> Mapping[str, np.ndarray]:
    """Places of each cohort's controls, measured in at least one feature."""
    names = block.samples["cohort"].astype(str)
    measured = block.values.notna().any(axis=1)
    control = block.samples[CONTROL].astype(bool) & measured
    places = {
        cohort: np.flatnonzero((control & (names == cohort)).to_numpy()) for cohort in cohorts
    }
    few = {cohort: len(rows) for cohort, rows in places.items() if len(rows) < CONTROLS}
    if few:
        raise InputError(
            Problem(
                f"cohort {cohort}",
                f"{count} healthy control{'s' * (count != 1)}, and harmonisation by controls"
                f" needs {CONTROLS} in every cohort",
                "leave the cohort out, or choose another `harmonise`",
            )
            for cohort, count in few.items()
        )
    return places
