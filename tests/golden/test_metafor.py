"""Against metafor's rma.uni and confint; see make_pooling.R."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.pooling import Method, pool

Matrix = NDArray[np.float64]


@pytest.mark.parametrize(
    ("method", "name"), [("fixed", "fe"), ("dersimonian_laird", "dl"), ("reml", "reml")]
)
def test_every_summary(
    method: Method,
    name: str,
    samples: Callable[[str], Matrix],
    columns: Callable[[str], dict[str, Matrix]],
) -> None:
    expected = columns(f"pooling_{name}")
    actual = pool(samples("pooling_effects"), samples("pooling_variances"), method)
    named = {
        "effect": actual.effect, "se": actual.standard_error, "statistic": actual.t,
        "p": actual.p, "low": actual.ci_low, "high": actual.ci_high, "q": actual.q,
    }  # fmt: skip
    if method != "fixed":
        named |= {
            "tau2": actual.tau2, "i2": actual.i2, "tau2_low": actual.tau2_low,
            "tau2_high": actual.tau2_high,
        }  # fmt: skip
    for key, values in named.items():
        # What metafor iterates comes to its own tolerance: a tau2 of zero is 1e-15 there.
        np.testing.assert_allclose(values, expected[key], rtol=1e-7, atol=1e-10, err_msg=key)
