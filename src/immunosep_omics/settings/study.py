"""The study file: everything that is chosen, in one place."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from immunosep_omics.settings.analysis import Analysis
from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.recipes import Recipes
from immunosep_omics.settings.tables import Name

DropFlag = Literal[
    "outlier", "sex_conflict", "qc_warning", "below_lod", "globin", "duplicate", "swap",
]  # fmt: skip
"""What quality control can flag a sample of an assay with."""


class Simulate(Settings):
    """A generated study: its raw files are written before anything else, from the seed."""

    world: Annotated[str, Field(description="a name in resources/worlds/, without ending")]


class Study(Settings):
    """Choices for one study."""

    study: Name = Field(description="name of the study; its results folder belongs to it")
    results: str = Field("results", min_length=1, description="folder for everything written")
    seed: int = Field(1, ge=0, description="all random streams start here")
    simulate: Simulate | None = None
    cohorts: list[Name] = Field(min_length=1, description="files in cohorts/ beside this one")
    drop_samples: list[DropFlag] = Field(
        [], description="flags of quality control whose samples normalise leaves out, and lists"
    )
    recipes: Recipes = Recipes()
    analyses: dict[Name, Analysis] = Field(min_length=1)
