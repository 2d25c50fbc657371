"""Simulated sepsis cohorts with a known truth, written as raw platform files."""

from __future__ import annotations

from immunosep_omics.simulate.oracle import bayes_oracle, oracle_of_cohort
from immunosep_omics.simulate.study import (
    SimulatedCohort,
    SimulatedStudy,
    draw,
    draw_cohort,
    stream_cohorts,
)
from immunosep_omics.simulate.world import World, load_world
from immunosep_omics.simulate.write import files, write

__all__ = [
    "SimulatedCohort",
    "SimulatedStudy",
    "World",
    "bayes_oracle",
    "draw",
    "draw_cohort",
    "files",
    "load_world",
    "oracle_of_cohort",
    "stream_cohorts",
    "write",
]
