"""ComBat against sva::ComBat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.batch import apply_combat, fit_combat

Table = Callable[[str], NDArray[np.float64]]


@pytest.mark.parametrize(
    ("values", "covariates", "result"),
    [
        ("combat_values", False, "combat_plain_result"),
        ("combat_values", True, "combat_covariates_result"),
        ("combat_gaps", False, "combat_gaps_result"),
        ("combat_gaps", True, "combat_gaps_covariates_result"),
    ],
)
def test_adjusted_values(
    values: str, covariates: bool, result: str, rows: Table, samples: Table
) -> None:
    design = rows("combat_design")
    extra = design[:, 1:] if covariates else None
    parameters = fit_combat(samples(values), design[:, 0].astype(int), extra)
    actual = apply_combat(parameters, samples(values), design[:, 0].astype(int), extra)
    np.testing.assert_allclose(actual, samples(result), rtol=1e-10)


@pytest.mark.parametrize(
    ("result", "values", "covariates", "options"),
    [
        ("mean_only", "values", False, {"mean_only": True}),
        ("mean_only_gaps", "gaps", True, {"mean_only": True}),
        ("reference", "values", False, {"reference": 2}),
        ("reference_gaps", "gaps", True, {"reference": 1}),
        ("mean_only_reference", "values", True, {"mean_only": True, "reference": 1}),
        ("non_parametric", "values", False, {"parametric": False}),
        ("non_parametric_gaps", "gaps", True, {"parametric": False}),
        (
            "non_parametric_mean_only",
            "values",
            True,
            {"parametric": False, "mean_only": True},
        ),
        ("non_parametric_reference", "gaps", False, {"parametric": False, "reference": 3}),
    ],
)
def test_options(
    result: str, values: str, covariates: bool, options: Any, rows: Table, samples: Table
) -> None:
    design, given = rows("combat_design"), samples(f"combat_{values}")
    batch, extra = design[:, 0].astype(int), design[:, 1:] if covariates else None
    actual = apply_combat(fit_combat(given, batch, extra, **options), given, batch, extra)
    np.testing.assert_allclose(actual, samples(f"combat_{result}_result"), rtol=1e-10)


def test_batch_of_one_sample_adjusts_means_only(rows: Table, samples: Table) -> None:
    values, batch = samples("combat_values")[:16], rows("combat_design")[:16, 0].astype(int)
    parameters = fit_combat(values, batch)
    assert (parameters.scale == 1).all()
    actual = apply_combat(parameters, values, batch)
    np.testing.assert_allclose(actual, samples("combat_single_sample_result"), rtol=1e-10)


def test_parameters_of_controls_applied_to_patients(rows: Table, samples: Table) -> None:
    """Expected: the line on which sva put each batch's controls, continued to its patients."""
    values, design = samples("combat_values"), rows("combat_design")
    batch, control = design[:, 0].astype(int), design[:, 1] == 0
    parameters = fit_combat(values[control], batch[control])
    actual = apply_combat(parameters, values, batch)
    np.testing.assert_allclose(actual, samples("control_anchored_result"), rtol=1e-9)
