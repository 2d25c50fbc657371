"""Against metafor's rma.uni and confint; see make_pooling.R."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.pooling import Method, pool

Matrix = NDArray[np.float64]
Columns = Callable[[str], dict[str, Matrix]]
# metafor climbs down to a tau2 of zero and stops when its step is below 1e-14 (the threshold that
# make_pooling.R asks for). What is left, up to 7e-15, is rounding: another BLAS leaves 4 % more or
# less of it. Sampling variances are 0.02 and above.
ZERO = 1e-12


@pytest.mark.parametrize(
    ("method", "name"), [("fixed", "fe"), ("dersimonian_laird", "dl"), ("reml", "reml")]
)
def test_every_summary(
    method: Method, name: str, samples: Callable[[str], Matrix], columns: Columns
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
        wanted = expected[key]
        if key in {"tau2", "i2"}:
            wanted = np.where(wanted < ZERO, 0.0, wanted)
        np.testing.assert_allclose(values, wanted, rtol=1e-9, atol=0, err_msg=key)


def test_where_tau2_is_zero_the_likelihood_falls_from_there(
    samples: Callable[[str], Matrix], columns: Columns
) -> None:
    """Neither flat there, nor with a higher top elsewhere: zero is the estimate."""
    effects, variances = samples("pooling_effects"), samples("pooling_variances")
    zero = np.flatnonzero(columns("pooling_reml")["tau2"] < ZERO)
    assert len(zero)
    np.testing.assert_array_equal(np.flatnonzero(pool(effects, variances).tau2 == 0), zero)
    for feature in zero:
        seen = ~np.isnan(effects[:, feature])
        y, v = effects[seen, feature], variances[seen, feature]
        likelihood = np.array([_restricted(y, v, tau2) for tau2 in np.r_[0, np.logspace(-6, 2)]])
        assert (np.diff(likelihood) < 0).all()


def _restricted(y: Matrix, v: Matrix, tau2: float) -> float:
    weight = 1 / (v + tau2)
    far = y - (weight @ y) / weight.sum()
    return float(np.log(weight).sum() - np.log(weight.sum()) - weight @ far**2) / 2
