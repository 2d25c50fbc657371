"""A simulated study: cohorts drawn one by one from a world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.simulate.assays import AssayData, measure
from immunosep_omics.simulate.biology import Biology, draw_biology
from immunosep_omics.simulate.patients import Latent, draw_clinical, draw_latent
from immunosep_omics.simulate.world import World


@dataclass(frozen=True)
class SimulatedCohort:
    """One cohort: what a hospital would hold, and the truth behind it."""

    name: str
    world: World
    seed: int
    biology: Biology
    clinical: pd.DataFrame
    """index: patient; values as charted, NaN where missing"""
    latent: Latent
    death_probability: np.ndarray
    assays: dict[str, AssayData]

    @property
    def endotypes(self) -> np.ndarray:
        """(patients,) names of the true endotypes; empty words where there are none."""
        names = np.array([*self.world.endotypes, ""], dtype=object)
        return names[self.latent.endotype]


@dataclass(frozen=True)
class SimulatedStudy:
    """All cohorts of a world."""

    world: World
    seed: int
    biology: Biology
    cohorts: dict[str, SimulatedCohort]


def draw_cohort(world: World, seed: int, name: str, biology: Biology) -> SimulatedCohort:
    """Draw one cohort; the others of the world make no difference to it."""
    latent = draw_latent(world, seed, name, biology)
    clinical, illness, risk = draw_clinical(world, seed, name, latent)
    samples = pd.Index(clinical["sample"])
    assays: dict[str, AssayData] = {
        assay: measure(world, seed, name, assay, biology, latent, samples, illness)
        for assay in world.cohorts[name].assays
    }
    return SimulatedCohort(name, world, seed, biology, clinical, latent, risk, assays)


def stream_cohorts(world: World, seed: int) -> Iterator[SimulatedCohort]:
    """Draw the cohorts one after another, for worlds too large to hold at once."""
    biology = draw_biology(world, seed)
    for name in world.cohorts:
        yield draw_cohort(world, seed, name, biology)


def draw(world: World, seed: int) -> SimulatedStudy:
    """Draw all cohorts of a world into memory; the same seed gives the same numbers."""
    biology = draw_biology(world, seed)
    cohorts = {name: draw_cohort(world, seed, name, biology) for name in world.cohorts}
    return SimulatedStudy(world, seed, biology, cohorts)
