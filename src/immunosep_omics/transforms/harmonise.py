"""The ways to harmonise cohorts, by the word in the configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from immunosep_omics.clinical.groups import level_names
from immunosep_omics.transforms.block import Fit, Fitted
from immunosep_omics.transforms.combat import fit_combat_step
from immunosep_omics.transforms.control_anchored import CONTROL, fit_control_anchored
from immunosep_omics.transforms.no_harmonisation import fit_no_harmonisation
from immunosep_omics.transforms.quantile import fit_quantile
from immunosep_omics.transforms.within_cohort_z import fit_within_cohort_z

HARMONISERS: dict[str, Callable[..., Fitted]] = {
    "none": fit_no_harmonisation,
    "within_cohort_z": fit_within_cohort_z,
    "combat": fit_combat_step,
    "quantile": fit_quantile,
    "control_anchored": fit_control_anchored,
}


def harmoniser(harmonise: Mapping[str, Any]) -> Fit:
    """The fit that the configuration states; its samples are :func:`described`."""
    options = {key: v for key, v in harmonise.items() if key not in ("method", "controls")}
    return partial(HARMONISERS[harmonise["method"]], **options)


def described(
    samples: pd.DataFrame, clinical: pd.DataFrame, harmonise: Mapping[str, Any]
) -> pd.DataFrame:
    """Samples with the clinical columns that the harmonisation needs, and no others.

    `clinical` is keyed as `samples` is; columns and samples that it lacks are not known.
    """
    found = samples.copy()
    for column in harmonise.get("protect", ()):
        found[column] = clinical.get(column, pd.Series(dtype=object)).reindex(samples.index)
    controls = harmonise.get("controls")
    if controls is not None:
        stated = clinical.get(controls["column"], pd.Series(dtype=object)).reindex(samples.index)
        found[CONTROL] = level_names(stated) == str(controls["level"])
    return found
