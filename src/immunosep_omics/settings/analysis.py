"""Choices of one analysis: which cohorts and assays, which methods, which questions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.harmonise import Harmonise, WithinCohortZ
from immunosep_omics.settings.tables import Name


class BlockWeightedSvd(Settings):
    """Multiple factor analysis: one singular value decomposition over weighted omics."""

    method: Literal["mfa"] = "mfa"
    factors: int = Field(20, ge=1, le=50, description="at most; those above noise are kept")


class Consensus(Settings):
    """Endotypes found by consensus clustering; one endotype is a possible answer."""

    method: Literal["consensus"] = "consensus"
    max_k: int = Field(6, ge=2, le=12)
    resamples: int = Field(200, ge=20, le=10_000)


class Given(Settings):
    """Endotypes from outside: a clinical column that holds the labels."""

    method: Literal["given"] = "given"
    column: Name


Endotype = Annotated[Consensus | Given, Field(discriminator="method")]


class Contrast(Settings):
    """A question: how do the samples at one level differ from others?"""

    column: Name
    level: str | int
    versus: str | int = "rest"
    adjust: list[Name] = []
    role: Literal["exploratory", "confirmatory"] = "exploratory"

    @model_validator(mode="after")
    def _two_sides(self) -> Contrast:
        if str(self.level) == str(self.versus):
            raise ValueError("'level' and 'versus' are the same -> name two levels, or 'rest'")
        if self.column in self.adjust:
            raise ValueError("the contrast's own column is in 'adjust' -> remove it there")
        return self


class Outcome(Settings):
    """The event that panels predict: a clinical column of 0 and 1."""

    event: Name


class ElasticNet(Settings):
    """A sparse logistic panel, every learned step refitted without the held-out cohort."""

    method: Literal["elastic_net"] = "elastic_net"
    candidates: int = Field(200, ge=2, description="features that enter, ranked inside the fold")
    mixing: float = Field(0.5, gt=0, le=1, description="share of the L1 penalty")


class Analysis(Settings):
    """One analysis over cohorts."""

    assays: list[Name] = Field(min_length=1)
    discover_in: list[Name] | None = Field(
        None, description="all cohorts not in apply_to, if not stated"
    )
    apply_to: list[Name] = Field([], description="cohorts that never change existing labels")
    samples: Literal["earliest", "all"] = Field(
        "earliest", description="one sample per patient (the least `hours`), or all"
    )
    harmonise: Harmonise = WithinCohortZ()
    integrate: BlockWeightedSvd = BlockWeightedSvd()
    endotype: Endotype = Consensus()
    contrasts: dict[Name, Contrast] = {}
    meta: Literal["moderated", "fixed", "dersimonian_laird", "reml"] = Field(
        "moderated",
        description="how cohorts are pooled: random effects with heterogeneity shared between"
        " features, or each feature on its own",
    )
    outcome: Outcome | None = None
    panel: ElasticNet = ElasticNet()

    @model_validator(mode="after")
    def _cohorts_have_one_part(self) -> Analysis:
        both = sorted(set(self.discover_in or []) & set(self.apply_to))
        if both:
            raise ValueError(
                f"{', '.join(both)} stands in discover_in and in apply_to -> choose one"
            )
        return self
