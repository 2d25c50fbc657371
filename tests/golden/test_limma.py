"""Linear models and quantile normalisation against limma."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.linear import (
    LinearFit,
    fit_linear,
    moderate,
)
from immunosep_omics.stats.quantile import quantile_reference, to_quantile_reference
from immunosep_omics.stats.squeeze import squeeze_variances

Table = Callable[[str], NDArray[np.float64]]
Columns = Callable[[str], dict[str, NDArray[np.float64]]]


def check(
    fit: LinearFit, expected: dict[str, NDArray[np.float64]], confounded: tuple[int, ...] = ()
) -> None:
    moderated = moderate(fit)
    comparable = np.ones(len(fit.sigma), dtype=bool)
    comparable[list(confounded)] = False
    for contrast in range(len(fit.coefficients)):
        for field, actual in {
            "coefficient": fit.coefficients,
            "stdev": fit.stdev_unscaled,
            "t": moderated.t,
            "p": moderated.p,
        }.items():
            np.testing.assert_allclose(
                actual[contrast, comparable],
                expected[f"{field}_{contrast + 1}"][comparable],
                rtol=1e-8,
                atol=0,
                err_msg=f"{field} {contrast}",
            )
    for field, values in {
        "sigma": fit.sigma,
        "df_residual": fit.df_residual,
        "df_total": moderated.df_total,
        "variance_posterior": moderated.variance_posterior,
        "df_prior": np.full(len(fit.sigma), moderated.df_prior),
        "variance_prior": np.full(len(fit.sigma), moderated.variance_prior),
    }.items():
        np.testing.assert_allclose(values, expected[field], rtol=1e-8, err_msg=field)


def test_complete(rows: Table, samples: Table, columns: Columns) -> None:
    check(fit_linear(samples("linear_values"), rows("linear_design")), columns("linear_values_fit"))


def test_thirty_per_cent_missing(rows: Table, samples: Table, columns: Columns) -> None:
    fit = fit_linear(samples("linear_gaps"), rows("linear_design"))
    check(fit, columns("linear_gaps_fit"), confounded=(6,))
    # Measured in one group only: limma calls the mean of that group the intercept; we cannot.
    assert np.isnan(fit.coefficients[:2, 6]).all()


def test_sample_weights(rows: Table, samples: Table, columns: Columns) -> None:
    fit = fit_linear(
        samples("linear_values"), rows("linear_design"), weights=rows("linear_weights")[:, 0]
    )
    check(fit, columns("linear_weights_fit"))


def test_weight_of_every_value(rows: Table, samples: Table, columns: Columns) -> None:
    fit = fit_linear(
        samples("linear_gaps"), rows("linear_design"), weights=samples("linear_cell_weights")
    )
    check(fit, columns("linear_cell_weights_fit"), confounded=(6,))


def test_contrasts(rows: Table, samples: Table, columns: Columns) -> None:
    wanted = np.array([[0.0, 1, 0, -1], [0, 1, 0, 2]]).T
    fit = fit_linear(samples("linear_values"), rows("linear_design"), contrasts=wanted)
    check(fit, columns("linear_contrast_fit"))


def test_infinite_prior(samples: Table, columns: Columns) -> None:
    design = np.array([[1.0, 0]] * 3 + [[1, 1]] * 3)
    fit = fit_linear(samples("linear_equal"), design)
    assert moderate(fit).df_prior == np.inf
    check(fit, columns("linear_equal_fit"))


def test_squeeze_with_zero_df_and_zero_variance(columns: Columns) -> None:
    table = columns("squeeze")
    squeezed = squeeze_variances(table["variance"], table["df"])
    assert squeezed.df_prior == pytest.approx(table["df_prior"][0], rel=1e-10)
    assert squeezed.variance_prior == pytest.approx(table["prior"][0], rel=1e-10)
    np.testing.assert_allclose(squeezed.posterior, table["posterior"], rtol=1e-10)


@pytest.mark.parametrize("name", ["quantile_values", "quantile_gaps"])
def test_normalised_values(name: str, samples: Table) -> None:
    values = samples(name)
    actual = to_quantile_reference(values, quantile_reference(values))
    np.testing.assert_allclose(actual, samples(f"{name}_result"), rtol=1e-10)
