"""How the cohorts of an analysis are brought together: a word, or a mapping with its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.tables import Name


class NoHarmonisation(Settings):
    """Cohorts as they are."""

    method: Literal["none"] = "none"


class WithinCohortZ(Settings):
    """Every feature standardised within its cohort."""

    method: Literal["within_cohort_z"] = "within_cohort_z"


class QuantileToReference(Settings):
    """Every sample given the mean distribution of the discovery cohorts."""

    method: Literal["quantile"] = "quantile"


class Combat(Settings):
    """Location and scale of each cohort, by empirical Bayes."""

    method: Literal["combat"] = "combat"
    prior: Literal["parametric", "non_parametric"] = "parametric"
    mean_only: bool = Field(False, description="leave each cohort's scale alone")
    reference: Name | None = Field(None, description="cohort that stays as it is")
    protect: list[Name] = Field(
        [], description="clinical columns whose differences are kept; never an outcome"
    )


class Controls(Settings):
    """Which samples are healthy controls: a clinical column and its level."""

    column: Name
    level: str | int


class ControlAnchored(Settings):
    """Location and scale of each cohort as its healthy controls show them."""

    method: Literal["control_anchored"] = "control_anchored"
    controls: Controls


Word = Literal["none", "within_cohort_z", "combat", "quantile", "control_anchored"]

Mapped = Annotated[
    NoHarmonisation | WithinCohortZ | QuantileToReference | Combat | ControlAnchored,
    Field(discriminator="method"),
]


def _from_word(stated: Any) -> Any:
    if isinstance(stated, str):
        return {"method": stated}
    if not isinstance(stated, Mapping | Settings):
        raise ValueError(
            "a word or a mapping is wanted here -> write `combat`, or `{method: combat, ...}`"
        )
    return stated


Harmonise = Annotated[Mapped, BeforeValidator(_from_word, json_schema_input_type=Word | Mapped)]

Fault = tuple[tuple[str | int, ...], str, str]
"""Where below `harmonise` something is wrong, what, and what to do."""


def columns_needed(harmonise: Mapped) -> dict[tuple[str | int, ...], str]:
    """Clinical columns that a harmonisation reads, by their keys below `harmonise`."""
    if isinstance(harmonise, Combat):
        return {("protect", place): column for place, column in enumerate(harmonise.protect)}
    if isinstance(harmonise, ControlAnchored):
        return {("controls", "column"): harmonise.controls.column}
    return {}


def faults_of(
    harmonise: Mapped,
    columns: Mapping[str, Sequence[str]],
    predicted: Mapping[str, str],
    discovery: Sequence[str],
    assays: Mapping[str, Sequence[str]],
) -> Iterator[Fault]:
    """What cannot be harmonised as stated.

    `columns`: clinical columns by cohort; `predicted`: columns that the data will be used to
    predict, or that say the same, with the reason; `discovery`: cohorts that are learned from;
    `assays`: the cohorts of each assay.
    """
    for key, column in columns_needed(harmonise).items():
        without = [cohort for cohort, known in columns.items() if column not in known]
        if without:
            have = "has" if len(without) == 1 else "have"
            problem = f"{', '.join(without)} {have} no column '{column}'"
            yield key, problem, "declare it in every cohort of the analysis, or leave it out"
    if not isinstance(harmonise, Combat):
        return
    for place, column in enumerate(harmonise.protect):
        if column in predicted:
            yield (
                ("protect", place),
                f"'{column}' {predicted[column]}; harmonisation never takes the outcome as a"
                " protected covariate for data that goes on to prediction",
                "take it out of `protect`: data made to keep it cannot then be used to predict it",
            )
    reference = harmonise.reference
    if reference is None:
        return
    if reference not in discovery:
        yield (
            ("reference",),
            f"'{reference}' is not among the cohorts that are learned from",
            f"name one of {', '.join(discovery)}",
        )
        return
    for assay, cohorts in assays.items():
        learned = [cohort for cohort in cohorts if cohort in discovery]
        if len(learned) > 1 and reference not in learned:
            yield (
                ("reference",),
                f"the reference '{reference}' has no assay '{assay}', which"
                f" {' and '.join(learned)} have",
                "name a reference that has every assay, or none",
            )
