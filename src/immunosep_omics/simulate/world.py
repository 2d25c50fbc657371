"""What a simulated world is made of: every parameter, stated in one YAML file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from immunosep_omics.errors import InputError, Problems
from immunosep_omics.settings.base import Settings, validate
from immunosep_omics.settings.strict_yaml import read_yaml

WORLDS = Path(str(files("immunosep_omics"))) / "resources" / "worlds"

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Pair = tuple[float, float]
"""Two numbers: for the myeloid and lymphoid axis, or a lower and an upper bound."""


class Endotype(Settings):
    """One class of patients: how many, where on the two axes, how deadly beyond the axes."""

    share: Share
    axes: Pair
    log_odds_death: float


class Axes(Settings):
    """Spread of the latent axes (within an endotype, when there are endotypes)."""

    sd: Positive
    correlation: float = Field(gt=-1, lt=1)
    cohort_sd: NotNegative = Field(description="SD of a cohort's own mean on each axis")


class Expression(Settings):
    """Blood expression and what acts on it; effects are in units of a gene's own SD."""

    genes: int = Field(ge=400)
    level_sd: Positive = Field(description="SD over genes of the mean log2 level")
    dispersion: Pair = Field(description="range of the negative binomial dispersion")
    axis_gene: Pair = Field(description="loading of the published axis genes, per axis SD")
    axis_share: Share = Field(description="share of the other genes that load on an axis")
    axis_sd: NotNegative = Field(description="half-normal SD of those loadings")
    marker: Pair = Field(description="effect of the 20 marker genes in their endotype")
    programme_share: Share = Field(description="share of the other genes with an endotype effect")
    programme_sd: NotNegative = Field(description="half-normal SD of those effects")


class Composition(Settings):
    """Leucocyte fractions as log ratios to neutrophils, and the genes that follow them."""

    lymphocytes: Share
    monocytes: Share
    lymphocyte_sd: NotNegative
    monocyte_sd: NotNegative
    lymphocyte_by_axes: Pair
    monocyte_by_axes: Pair
    specific_share: Share = Field(description="share of the other genes tied to one cell type")
    fold: Pair = Field(description="log2 excess of such a gene in its cell type")


class Modules(Settings):
    """Correlated groups of features that have nothing to do with the axes."""

    rna: int = Field(ge=1)
    plasma: int = Field(ge=1)
    share: Share
    sd: NotNegative
    hla: NotNegative = Field(description="loading of the HLA class II genes on their own module")


class Plasma(Settings):
    """Plasma proteins: partly led by their gene's mRNA, partly by themselves."""

    link: Share = Field(description="share of the mRNA's planted effect passed to the protein")
    residual_link: Share = Field(description="residual variance shared by mRNA and protein")
    axis_protein: Pair = Field(description="loading of the proteins known to move in sepsis")
    axis_share: Share
    axis_sd: NotNegative
    programme_share: Share
    programme_sd: NotNegative


class CohortEffect(Settings):
    """ComBat's model: an additive and a multiplicative effect per cohort and feature."""

    shift_sd: NotNegative = Field(description="SD of the shift, in units of the feature's SD")
    scale_shape: Positive = Field(description="inverse gamma shape of the squared scale, mean 1")


class Sequencing(Settings):
    """RNA-seq."""

    depth: Positive
    depth_sdlog: NotNegative


class Array(Settings):
    """A one-colour expression array; log2 intensities."""

    median_level: float
    background: float
    saturation: float
    noise: Positive
    offset_sd: Positive
    probes: tuple[Share, Share, Share] = Field(description="chance of 1, 2 and 3 probes per gene")
    affinity_sd: NotNegative
    noise_probes: Share = Field(description="probes without a gene, as a share of the others")


class MassSpectrometry(Settings):
    """Label-free plasma proteomics; log2 LFQ intensities."""

    groups: int = Field(ge=150, le=2500)
    level: float
    level_sd: Positive
    residual_sd: Positive
    noise: Positive
    offset_sd: Positive
    drift: NotNegative = Field(description="SD over proteins of the drift from first to last run")
    missing_midpoint: float = Field(description="log2 intensity at which half is missing")
    missing_slope: NotNegative
    missing_at_random: Share


class Olink(Settings):
    """Proximity extension assays; NPX."""

    level: float
    level_sd: Positive
    residual_sd: Positive
    noise: Positive
    offset_sd: Positive
    floor: float
    floor_sd: NotNegative
    plate_sd: NotNegative
    plate_assay_sd: NotNegative


class Clinic(Settings):
    """Outcome, severity, trial biomarkers and who is sampled."""

    death_by_axes: Pair
    death_by_decade: float
    severity_by_axes: Pair = Field(description="SOFA points on day 0 per axis SD")
    ferritin_median: Positive
    ferritin_log10_sd: Positive
    ferritin_by_axes: Pair
    hla_dr_median: Positive
    hla_dr_log10_sd: Positive
    hla_dr_by_hla_module: Share
    available: Share = Field(description="chance that an omic was measured")
    available_by_severity: float = Field(description="log odds per SD of severity")


class AssayPlan(Settings):
    """One omic of a cohort."""

    platform: Literal["featurecounts", "count_matrix", "geo", "maxquant", "olink"]
    coverage: Share = Field(description="share of the platform's features that were measured")
    plates: int = Field(1, ge=1)
    delimiter: Literal[",", ";"] = ","


class CohortPlan(Settings):
    """One cohort: its size, its mortality, the dialect of its tables, its omics."""

    patients: int = Field(ge=10)
    mortality: Share
    prefix: str = Field(pattern=r"^[A-Z]+$")
    sample_suffix: str = Field("", description="what a sample's name adds to the patient's")
    dialect: Literal["athens", "nijmegen", "jena", "modena"]
    assays: dict[Literal["rna", "proteome", "olink"], AssayPlan] = Field(min_length=1)

    @model_validator(mode="after")
    def _platforms_fit(self) -> CohortPlan:
        fitting = {
            "rna": ("featurecounts", "count_matrix", "geo"),
            "proteome": ("maxquant",),
            "olink": ("olink",),
        }
        for assay, plan in self.assays.items():
            if plan.platform not in fitting[assay]:
                raise ValueError(
                    f"{assay} cannot come from {plan.platform} -> valid: "
                    + ", ".join(fitting[assay])
                )
        rna = self.assays.get("rna")
        if self.dialect == "jena" and (rna is None or rna.platform != "geo"):
            raise ValueError("the dialect jena names arrays -> give it rna from geo")
        return self


class World(Settings):
    """All parameters of a simulated world."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    axes_exist: bool = Field(description="false: nothing loads on the axes, they are not reported")
    endotypes: dict[str, Endotype] = {}
    case_mix: Positive = Field(description="Dirichlet concentration of a cohort's shares")
    axes: Axes
    expression: Expression
    composition: Composition
    modules: Modules
    plasma: Plasma
    cohort_effect: CohortEffect
    sequencing: Sequencing
    array: Array
    mass_spectrometry: MassSpectrometry
    olink: Olink
    clinic: Clinic
    cohorts: dict[str, CohortPlan] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> World:
        if self.endotypes and abs(sum(e.share for e in self.endotypes.values()) - 1) > 1e-9:
            raise ValueError("the endotypes' shares do not add up to 1 -> correct them")
        if len({plan.prefix for plan in self.cohorts.values()}) < len(self.cohorts):
            raise ValueError("two cohorts have the same prefix -> give each its own")
        if not self.axes_exist and (self.endotypes or self._axis_effects()):
            raise ValueError("a world without axes has axis effects -> set them to 0")
        return self

    def _axis_effects(self) -> bool:
        rna, plasma, clinic = self.expression, self.plasma, self.clinic
        effects = (
            *rna.axis_gene, rna.axis_sd, *plasma.axis_protein, plasma.axis_sd,
            *self.composition.lymphocyte_by_axes, *self.composition.monocyte_by_axes,
            *clinic.death_by_axes, *clinic.severity_by_axes, *clinic.ferritin_by_axes,
        )  # fmt: skip
        return any(effect != 0 for effect in effects)


def load_world(name_or_path: str | Path) -> World:
    """Read a world by its name (one of those in `resources/worlds`) or from a YAML file.

    Raises:
        InputError: With every mistake of the file, each with its line.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        path = WORLDS / f"{name_or_path}.yaml"
    problems = Problems()
    world = validate(World, read_yaml(path, problems), problems)
    problems.raise_any()
    if world is None:
        raise InputError([])
    return world
