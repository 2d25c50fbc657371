"""Choices of one analysis: which cohorts and assays, which methods, which questions."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated, Literal

from pydantic import Field, model_validator

from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.harmonise import Harmonise, WithinCohortZ
from immunosep_omics.settings.tables import Name
from immunosep_omics.stats.formula import columns_of_formula

Integrator = Literal["mfa", "snf", "nemo", "concatenation", "mofa"]


class Integrate(Settings):
    """How omics are joined: by which method, and which others are run beside it."""

    method: Integrator = "mfa"
    factors: int = Field(20, ge=1, le=50, description="at most; those above noise are kept")
    compare: list[Literal[Integrator, "single"]] = Field(
        [],
        description="other methods, and each omic alone (`single`), run beside it for"
        " integrators.tsv; each takes an integration and a clustering more",
    )

    @model_validator(mode="after")
    def _others_are_compared(self) -> Integrate:
        if self.method in self.compare:
            raise ValueError(f"'{self.method}' is what the others are compared with -> remove it")
        return self

    @model_validator(mode="after")
    def _library_is_installed(self) -> Integrate:
        if "mofa" in (self.method, *self.compare) and find_spec("mofapy2") is None:
            raise ValueError(
                "'mofa' needs the library mofapy2, which is not installed -> 'pip install mofapy2',"
                " or take another method"
            )
        return self


class Consensus(Settings):
    """Endotypes found by consensus clustering; one endotype is a possible answer."""

    method: Literal["consensus"] = "consensus"
    max_k: int = Field(6, ge=2, le=12)
    resamples: int = Field(200, ge=20, le=10_000)
    share: float = Field(0.8, ge=0.5, le=0.95, description="of the patients in each resample")
    feature_share: float = Field(1.0, ge=0.5, le=1.0, description="of the factors in each resample")
    clusterer: Literal["kmeans", "hierarchical", "spectral", "mixture", "leiden"] = Field(
        "kmeans", description="what clusters each resample; leiden needs the `leiden` extra"
    )
    linkage: Literal["average", "complete", "ward"] = Field(
        "average", description="of the hierarchical clusterer"
    )


class Given(Settings):
    """Endotypes from outside: a clinical column that holds the labels."""

    method: Literal["given"] = "given"
    column: Name


Endotype = Annotated[Consensus | Given, Field(discriminator="method")]


class StatisticalPlan(Settings):
    """The plan that a confirmatory question was written down in before the data were looked at."""

    file: str = Field(description="path, relative to the study's file")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the plan as it was then")


class Contrast(Settings):
    """A question about every feature: how it differs between groups, or follows a column.

    `column` with `level` compares groups, without it follows a number (in a straight line, or a
    `curve`); a `formula` states a whole model, and `estimate` what is asked of its coefficients.
    """

    column: Name | None = None
    level: str | int | None = Field(
        None, description="a level, `each` against the rest, or `any` difference between levels"
    )
    versus: str | int = "rest"
    curve: int | None = Field(
        None, ge=2, le=9, description="coefficients of a natural cubic spline of the column"
    )
    formula: str | None = Field(None, description="such as `~ 0 + group * age`")
    estimate: str | list[str] | None = Field(
        None, description="of a formula's coefficients; several are tested together"
    )
    adjust: list[Name] = []
    population: dict[Name, list[str | int]] = Field(
        {}, description="only samples with these levels of these columns"
    )
    beyond: float = Field(
        0, ge=0, description="the least difference that matters (log2), tested against"
    )
    features: list[str] = Field([], description="the features it is about; all, if none is named")
    role: Literal["exploratory", "confirmatory"] = "exploratory"
    family: Name | None = Field(
        None, description="questions confirmed together; its own, if not stated"
    )
    plan: StatisticalPlan | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Contrast:
        if (self.column is None) == (self.formula is None):
            raise ValueError("a contrast asks about a 'column', or has a 'formula' -> state one")
        if self.formula is not None:
            self._check_formula()
        elif self.estimate is not None:
            raise ValueError("'estimate' combines coefficients of a 'formula' -> state it")
        elif self.level is None and self.versus != "rest":
            raise ValueError("'versus' without 'level' -> name the level that is compared with it")
        elif self.level is not None and self.curve is not None:
            raise ValueError("a level has no 'curve' -> leave one of them out")
        elif self.level in ("each", "any") and self.versus != "rest":
            raise ValueError(f"'level: {self.level}' compares all levels -> leave 'versus' out")
        elif str(self.level) == str(self.versus):
            raise ValueError("'level' and 'versus' are the same -> name two levels, or 'rest'")
        elif self.column in self.adjust:
            raise ValueError("the contrast's own column is in 'adjust' -> remove it there")
        if self.beyond and (self.level == "any" or self.curve or isinstance(self.estimate, list)):
            raise ValueError("'beyond' is for one difference -> leave it out, or ask about one")
        return self

    def _check_formula(self) -> None:
        others = {
            "level": self.level, "versus": self.versus != "rest", "curve": self.curve,
            "adjust": self.adjust,
        }  # fmt: skip
        stated = [word for word, given in others.items() if given]
        if stated:
            raise ValueError(f"a 'formula' says all -> leave {', '.join(stated)} out")
        if not self.estimate:
            raise ValueError("what is asked of the formula? -> state 'estimate'")
        try:
            columns_of_formula(self.formula or "")
        except ValueError as error:
            raise ValueError(f"{self.formula}: {error} -> write such as '~ group + age'") from None

    @model_validator(mode="after")
    def _confirmatory_has_a_plan(self) -> Contrast:
        if self.role == "confirmatory" and self.plan is None:
            raise ValueError(
                "a confirmatory contrast cites the plan that it was written in -> state"
                " 'plan: {file: ..., sha256: ...}', or 'role: exploratory'"
            )
        return self

    @property
    def asks_about(self) -> list[str]:
        """The clinical columns whose relation to the features is asked about."""
        return [self.column] if self.column else columns_of_formula(self.formula or "")

    @property
    def columns(self) -> list[str]:
        """All clinical columns that it reads."""
        return [*self.asks_about, *self.adjust, *self.population]


class Differential(Settings):
    """How every question is answered in each cohort."""

    counts: Literal["voom", "log_cpm", "negative_binomial"] = Field(
        "voom",
        description="log-CPM with the precision of each value as weights, or without; or counts"
        " themselves, one sample per patient",
    )
    repeated: Literal["mixed", "correlation"] = Field(
        "mixed",
        description="samples of one patient: a mixed model of each feature, or a correlation that"
        " all features share (F-tests always have that)",
    )
    sample_weights: bool = Field(
        False, description="samples of poor quality count less, in linear and mixed models"
    )
    surrogate_variables: int | Literal["estimate"] = Field(
        0, ge=0, description="unknown covariates to estimate and adjust for"
    )
    control_genes: list[Name] = Field(
        [], description="genes that nothing asked about moves: unknown covariates are their factors"
    )
    trend: bool = Field(
        False, description="variances depend on the average level (where voom weighs no values)"
    )
    robust: bool = Field(False, description="features of outlying variance are not moderated")
    composition: list[Name] = Field(
        [], description="columns of cell shares; answers adjusted for them stand beside the others"
    )

    @model_validator(mode="after")
    def _control_genes_have_a_number_of_factors(self) -> Differential:
        if self.control_genes and self.surrogate_variables == 0:
            raise ValueError(
                "'control_genes' are for unknown covariates -> state how many by"
                " 'surrogate_variables'"
            )
        wanted, given = self.surrogate_variables, len(set(self.control_genes))
        if given and wanted != "estimate" and wanted > given:
            raise ValueError(
                f"{given} 'control_genes' have no {wanted} factors -> name more genes, or lower"
                " 'surrogate_variables'"
            )
        return self


class Outcome(Settings):
    """The event that panels predict: a clinical column of 0 and 1."""

    event: Name


class ElasticNet(Settings):
    """A sparse logistic panel, every learned step refitted without the held-out cohort."""

    method: Literal["elastic_net"] = "elastic_net"
    candidates: int = Field(200, ge=2, description="features that enter, ranked inside the fold")
    mixing: float = Field(0.5, gt=0, le=1, description="share of the L1 penalty")
    impute: Literal["mean", "censored"] = Field(
        "mean",
        description="gaps, which this model cannot take: the mean, or what is expected below the"
        " lowest value",
    )


class Analysis(Settings):
    """One analysis over cohorts."""

    assays: list[Name] = Field(min_length=1)
    held_out: list[Name] = Field(
        [],
        description="assays that factors, endotypes and panels never see: what differs between"
        " endotypes can be tested in them",
    )
    discover_in: list[Name] | None = Field(
        None, description="all cohorts not in apply_to, if not stated"
    )
    apply_to: list[Name] = Field([], description="cohorts that never change existing labels")
    samples: Literal["earliest", "all"] = Field(
        "earliest", description="one sample per patient (the least `hours`), or all"
    )
    harmonise: Harmonise = WithinCohortZ()
    integrate: Integrate = Integrate()
    endotype: Endotype = Consensus()
    robustness: list[Literal["cohorts", "omics", "patients"]] = Field(
        [], description="what is left out, one at a time, for robustness.tsv"
    )
    contrasts: dict[Name, Contrast] = {}
    differential: Differential = Differential()
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

    @model_validator(mode="after")
    def _held_out_is_not_seen(self) -> Analysis:
        both = sorted(set(self.assays) & set(self.held_out))
        if both:
            raise ValueError(f"{', '.join(both)} stands in assays and in held_out -> choose one")
        return self
