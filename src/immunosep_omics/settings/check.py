"""What an analysis asks of its cohorts' samples, for the check before a run."""

from __future__ import annotations

from typing import Literal

from immunosep_omics.settings.analysis import Analysis, Contrast, Given
from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.load import LoadedStudy


class Asked(Settings):
    """The questions of one analysis, and the platforms of its cohorts."""

    cohorts: list[str]
    samples: Literal["earliest", "all"] = "earliest"
    contrasts: dict[str, Contrast] = {}
    event: str | None = None
    labels: str | None = None
    candidates: int = 200
    harmonise: str = "none"
    platforms: dict[str, str] = {}


def asked_of(loaded: LoadedStudy) -> dict[str, Asked]:
    """What each analysis of a study asks, by name."""
    return {name: _asked(loaded, analysis) for name, analysis in loaded.study.analyses.items()}


def _asked(loaded: LoadedStudy, analysis: Analysis) -> Asked:
    cohorts = loaded.cohorts_of(analysis)
    platforms = {
        name: " ".join(
            f"{assay}:{facts.kind}:{facts.format}"
            for assay, facts in loaded.cohorts[name].assays.items()
            if assay in analysis.assays
        )
        for name in cohorts
    }
    return Asked(
        cohorts=cohorts,
        samples=analysis.samples,
        contrasts=analysis.contrasts,
        event=analysis.outcome.event if analysis.outcome else None,
        labels=analysis.endotype.column if isinstance(analysis.endotype, Given) else None,
        candidates=analysis.panel.candidates,
        harmonise=analysis.harmonise,
        platforms=platforms,
    )
