"""ComBat against sva::ComBat."""

from __future__ import annotations

from collections.abc import Callable

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


def test_batch_of_one_sample_adjusts_means_only(rows: Table, samples: Table) -> None:
    values, batch = samples("combat_values")[:16], rows("combat_design")[:16, 0].astype(int)
    parameters = fit_combat(values, batch)
    assert (parameters.scale == 1).all()
    actual = apply_combat(parameters, values, batch)
    np.testing.assert_allclose(actual, samples("combat_single_sample_result"), rtol=1e-10)
