"""Mixed models against lmerTest; see make_mixed.R."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.mixed_model import fit_mixed

Matrix = NDArray[np.float64]


@pytest.mark.parametrize("name", ["values", "gaps", "weights"])
def test_every_number(
    name: str,
    rows: Callable[[str], Matrix],
    samples: Callable[[str], Matrix],
    columns: Callable[[str], dict[str, Matrix]],
) -> None:
    design, expected = rows("mixed_design"), columns(f"mixed_{name}_fit")
    actual = fit_mixed(
        samples("mixed_values" if name == "values" else "mixed_gaps"),
        design[:, :4],
        rows("mixed_contrasts"),
        design[:, 4].astype(np.intp),
        samples("mixed_weights") if name == "weights" else None,
    )
    assert actual.converged.all()
    # Next to zero the likelihood is flat to its last digit: a variance of zero is 1e-14 in lme4.
    np.testing.assert_array_equal(actual.at_boundary, expected["between"] < 1e-12)
    assert 5 < actual.at_boundary.sum() < 55
    np.testing.assert_allclose(actual.variance_within, expected["within"], rtol=1e-5)
    np.testing.assert_allclose(actual.variance_between, expected["between"], rtol=1e-5, atol=1e-12)
    for field, values in {
        "estimate": actual.estimate,
        "se": actual.standard_error,
        "t": actual.t,
        "df": actual.df,
        "p": actual.p,
    }.items():
        for contrast, found in enumerate(values):
            wanted = expected[f"{field}{contrast + 1}"]
            np.testing.assert_allclose(found, wanted, rtol=1e-5, err_msg=f"{field} {contrast}")
