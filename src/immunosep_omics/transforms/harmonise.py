"""The ways to harmonise cohorts, by the word in the configuration."""

from __future__ import annotations

from immunosep_omics.transforms.block import Fit
from immunosep_omics.transforms.combat import fit_combat_step
from immunosep_omics.transforms.no_harmonisation import fit_no_harmonisation
from immunosep_omics.transforms.quantile import fit_quantile
from immunosep_omics.transforms.within_cohort_z import fit_within_cohort_z

HARMONISERS: dict[str, Fit] = {
    "none": fit_no_harmonisation,
    "within_cohort_z": fit_within_cohort_z,
    "combat": fit_combat_step,
    "quantile": fit_quantile,
}
