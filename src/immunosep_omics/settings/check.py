"""What an analysis asks of its cohorts' samples, for the check before a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from immunosep_omics.settings.analysis import Analysis, Contrast, Differential, Given
from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.harmonise import Harmonise, NoHarmonisation
from immunosep_omics.settings.load import LoadedStudy


class Asked(Settings):
    """The questions of one analysis, how they are answered, and what its cohorts measured.

    `assays`: the scale of each of the analysis's assays, by cohort; `discover_in`: the cohorts
    that are learned from (all, if none is named).
    """

    cohorts: list[str]
    discover_in: list[str] = []
    samples: Literal["earliest", "all"] = "earliest"
    contrasts: dict[str, Contrast] = {}
    event: str | None = None
    labels: str | None = None
    candidates: int = 200
    harmonise: Harmonise = NoHarmonisation()
    differential: Differential = Differential()
    assays: dict[str, dict[str, str]] = {}
    platforms: dict[str, str] = {}


def asked_of(loaded: LoadedStudy) -> dict[str, Asked]:
    """What each analysis of a study asks, by name."""
    return {name: _asked(loaded, analysis) for name, analysis in loaded.study.analyses.items()}


def groups_asked(
    contrasts: Mapping[str, Contrast], event: str | None, labels: str | None
) -> dict[str, Any]:
    """What harmonisation must not remove: the columns and levels of the analysis's questions."""
    return {
        "contrasts": {
            name: {
                "column": c.column,
                "level": str(c.level),
                "versus": str(c.versus),
                "population": c.population,
            }
            for name, c in contrasts.items()
            if c.level is not None
        },
        "event": event,
        "labels": labels,
    }


def _asked(loaded: LoadedStudy, analysis: Analysis) -> Asked:
    cohorts = loaded.cohorts_of(analysis)
    measured = {
        name: {
            a: f
            for a, f in loaded.cohorts[name].assays.items()
            if a in (*analysis.assays, *analysis.held_out)
        }
        for name in cohorts
    }
    return Asked(
        cohorts=cohorts,
        discover_in=loaded.discovery_of(analysis),
        samples=analysis.samples,
        contrasts=analysis.contrasts,
        event=analysis.outcome.event if analysis.outcome else None,
        labels=analysis.endotype.column if isinstance(analysis.endotype, Given) else None,
        candidates=analysis.panel.candidates,
        harmonise=analysis.harmonise,
        differential=analysis.differential,
        assays={
            name: {assay: facts.stated_scale for assay, facts in own.items()}
            for name, own in measured.items()
        },
        platforms={
            name: " ".join(f"{assay}:{f.kind}:{f.format}" for assay, f in own.items())
            for name, own in measured.items()
        },
    )
