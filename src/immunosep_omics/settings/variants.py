"""Variants of an analysis: what is run again in another way, to see whether the answer holds.

A variant is an analysis like any other, of which factors and endotypes are made and nothing more.
It asks no question and tells no outcome, so that no gate can stop it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from immunosep_omics.settings.analysis import Analysis, Consensus, Integrate
from immunosep_omics.settings.load import LoadedStudy

TENTHS = 5
"""Of ten, that are left out in turn: enough to see whether labels hang on a few patients."""


@dataclass(frozen=True)
class Variant:
    """An analysis, and which tenth of the patients takes no part in it."""

    analysis: Analysis
    without_tenth: int | None = None


Variants = dict[str, Variant]


def variants_of(loaded: LoadedStudy, analysis: Analysis) -> dict[str, Variants]:
    """The variants that each table of an analysis compares with it, by name."""
    return {
        "integrators": dict(_integrators(loaded, analysis)),
        "robustness": dict(_robustness(loaded, analysis)),
    }


def _integrators(loaded: LoadedStudy, analysis: Analysis) -> Iterator[tuple[str, Variant]]:
    """Every other integrator that is asked for, and each omic alone."""
    stated = analysis.integrate
    for word in stated.compare:
        if word == "single":
            for assay in _assays_of(loaded, analysis):
                yield f"single_{assay}", _varied(analysis, assays=[assay])
        else:
            integrate = Integrate(method=word, factors=stated.factors)
            yield word, _varied(analysis, integrate=integrate)


def _robustness(loaded: LoadedStudy, analysis: Analysis) -> Iterator[tuple[str, Variant]]:
    """Each cohort learned without, but placed; each omic, and tenths of the patients, left out."""
    discovery = loaded.discovery_of(analysis)
    if "cohorts" in analysis.robustness and len(discovery) > 1:
        # A cohort that the others are brought to cannot be missed.
        reference = getattr(analysis.harmonise, "reference", None)
        for cohort in (name for name in discovery if name != reference):
            others = [name for name in discovery if name != cohort]
            applied = [*analysis.apply_to, cohort]
            yield (
                f"without_cohort_{cohort}",
                _varied(analysis, discover_in=others, apply_to=applied),
            )
    assays = _assays_of(loaded, analysis)
    if "omics" in analysis.robustness and len(assays) > 1:
        for assay in assays:
            yield (
                f"without_omic_{assay}",
                _varied(analysis, assays=[a for a in assays if a != assay]),
            )
    if "patients" in analysis.robustness:
        for number in range(1, TENTHS + 1):
            yield f"without_tenth_{number}", replace(_varied(analysis), without_tenth=number)


def _assays_of(loaded: LoadedStudy, analysis: Analysis) -> list[str]:
    """The assays of an analysis that any of its discovery cohorts has."""
    cohorts = loaded.discovery_of(analysis)
    return [a for a in analysis.assays if any(a in loaded.cohorts[c].assays for c in cohorts)]


def _varied(analysis: Analysis, **changed: Any) -> Variant:
    """The analysis with something changed; endotypes are sought though others were given."""
    endotype = analysis.endotype if isinstance(analysis.endotype, Consensus) else Consensus()
    alone = {
        "endotype": endotype,
        "integrate": Integrate(
            method=analysis.integrate.method, factors=analysis.integrate.factors
        ),
        "robustness": [],
        "contrasts": {},
        "outcome": None,
    }
    return Variant(analysis.model_copy(update=alone | changed))
