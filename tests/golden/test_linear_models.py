"""Voom, moderation, interval and F tests and repeated samples against limma."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.f_test import design_without, f_test
from immunosep_omics.stats.linear import LinearFit, ModeratedFit, fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.squeeze import squeeze_variances
from immunosep_omics.stats.testing import benjamini_hochberg
from immunosep_omics.stats.treat import treat
from immunosep_omics.stats.voom import voom
from immunosep_omics.stats.voom_quality import voom_with_sample_weights

Matrix = NDArray[np.float64]
Table = Callable[[str], Matrix]
Columns = Callable[[str], dict[str, Matrix]]


def check(fit: LinearFit, moderated: ModeratedFit, expected: dict[str, Matrix]) -> None:
    for contrast in range(len(fit.coefficients)):
        for field, actual in {
            "coefficient": fit.coefficients,
            "stdev": fit.stdev_unscaled,
            "t": moderated.t,
            "p": moderated.p,
            "fdr": benjamini_hochberg(moderated.p),
        }.items():
            agree(actual[contrast], expected[f"{field}_{contrast + 1}"], f"{field} {contrast}")
    for field, values in {
        "sigma": fit.sigma,
        "df_residual": fit.df_residual,
        "df_total": moderated.df_total,
        "variance_posterior": moderated.variance_posterior,
        "df_prior": moderated.df_prior,
        "variance_prior": moderated.variance_prior,
    }.items():
        agree(np.broadcast_to(values, fit.sigma.shape), expected[field], field)


def agree(actual: Matrix, expected: Matrix, what: str = "") -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=0, err_msg=what)


@pytest.fixture
def voom_design(rows: Table) -> Matrix:
    return rows("voom_design")[:, :3]


@pytest.fixture
def patient(rows: Table) -> NDArray[np.intp]:
    return rows("voom_design")[:, 3].astype(np.intp)


@pytest.mark.parametrize(
    ("name", "own_df", "trend", "robust"),
    [
        ("trend", True, True, False),
        ("robust", True, False, True),
        ("robust_trend", True, True, True),
        ("equal_robust", False, False, True),
        ("equal_robust_trend", False, True, True),
    ],
)
def test_priors(name: str, own_df: bool, trend: bool, robust: bool, columns: Columns) -> None:
    table = columns("moderation_variances")
    df = table["df"] if own_df else np.full_like(table["df"], 6)
    level = table["level"] if trend else None
    squeezed = squeeze_variances(table["variance"], df, level, robust)
    for field in ("posterior", "variance_prior", "df_prior"):
        actual = getattr(squeezed, field)
        agree(np.broadcast_to(actual, df.shape), table[f"{name}_{field}"], field)


def test_priors_of_infinite_df(columns: Columns) -> None:
    table = columns("moderation_variances")
    robust = squeeze_variances(table["tame"], np.full(300, 6.0), robust=True)
    agree(np.asarray(robust.df_prior), table["tame_robust_df_prior"])
    agree(robust.posterior, table["tame_robust_posterior"])
    some = slice(9, 89)
    trend = squeeze_variances(table["tame"][some], np.full(80, 6.0), table["level"][some])
    assert trend.df_prior == np.inf
    agree(trend.posterior, table["tame_trend_posterior"][some])


def test_priors_of_few_features(columns: Columns) -> None:
    table = columns("moderation_few")
    df = np.full(8, 6.0)
    agree(squeeze_variances(table["variance"], df, table["level"]).posterior, table["posterior"])
    agree(squeeze_variances(table["variance"], df, robust=True).posterior, table["robust"])


def test_trend_and_robust_moderation(rows: Table, samples: Table, columns: Columns) -> None:
    values = samples("linear_values")
    fit = fit_linear(values, rows("linear_design"))
    check(fit, moderate(fit, values.mean(axis=0), robust=True), columns("moderation_values_fit"))


def test_trend_with_gaps(rows: Table, samples: Table, columns: Columns) -> None:
    gaps = np.delete(samples("linear_gaps"), [4, 5, 6], axis=1)
    fit = fit_linear(gaps, rows("linear_design"))
    check(fit, moderate(fit, np.nanmean(gaps, axis=0)), columns("moderation_gaps_fit"))


def test_interval_null(rows: Table, samples: Table, columns: Columns) -> None:
    gaps = np.delete(samples("linear_gaps"), [4, 5, 6], axis=1)
    fit = fit_linear(gaps, rows("linear_design"))
    tested, expected = treat(fit, moderate(fit), 0.3), columns("moderation_treat")
    agree(tested.t[1], expected["t"])
    agree(tested.p[1], expected["p"])


def test_f(rows: Table, samples: Table, columns: Columns) -> None:
    contrasts = np.array([[0.0, 1, 0, -1], [0, 1, 0, 2], [0, 0, 1, 0]]).T
    values, design = samples("linear_values"), rows("linear_design")
    full = fit_linear(values, design)
    reduced = fit_linear(values, design_without(design, contrasts))
    tested, expected = f_test(full, reduced, moderate(full)), columns("moderation_f")
    agree(tested.f, expected["f"])
    agree(tested.p, expected["p"])


def test_voom(samples: Table, columns: Columns, voom_design: Matrix) -> None:
    seen = voom(samples("voom_counts"), voom_design)
    agree(seen.weights, samples("voom_weights"))
    fit = fit_linear(seen.log_cpm, voom_design, seen.weights)
    check(fit, moderate(fit), columns("voom_fit"))


def test_voom_of_other_libraries(rows: Table, samples: Table, voom_design: Matrix) -> None:
    sizes, quality = rows("voom_samples").T
    seen = voom(samples("voom_counts"), voom_design, sizes, quality, span=0.3)
    agree(seen.weights, samples("voom_other_weights"))


def test_voom_of_repeats(
    samples: Table, voom_design: Matrix, patient: NDArray[np.intp], columns: Columns
) -> None:
    counts = samples("voom_counts")
    seen = voom(counts, voom_design, repeats=Repeats(patient, 0.4))
    agree(seen.weights, samples("repeats_voom_weights"))


@pytest.mark.parametrize(("name", "correlation"), [("values", 0.4), ("gaps", 0.4), ("voom", -0.2)])
def test_fit_of_repeats(
    name: str,
    correlation: float,
    samples: Table,
    columns: Columns,
    voom_design: Matrix,
    patient: NDArray[np.intp],
) -> None:
    values, weights = _repeats(name, samples, voom_design)
    values = values[:, (~np.isnan(values)).sum(axis=0) > 5]
    fit = fit_linear(values, voom_design, weights, repeats=Repeats(patient, correlation))
    check(fit, moderate(fit), columns(f"repeats_{name}_fit"))


@pytest.mark.parametrize("name", ["values", "gaps", "voom"])
def test_correlation_of_repeats(
    name: str, samples: Table, columns: Columns, voom_design: Matrix, patient: NDArray[np.intp]
) -> None:
    values, weights = _repeats(name, samples, voom_design)
    found = repeat_correlation(values, voom_design, patient, weights)
    expected = columns(f"repeats_{name}_correlation")
    assert found.correlation == pytest.approx(expected["correlation"][0], rel=1e-5)
    np.testing.assert_array_equal(np.isnan(found.each), np.isnan(expected["rho"]))
    # limma as it is stops before the top.
    assert found.correlation == pytest.approx(expected["early_correlation"][0], rel=5e-3)


def _repeats(name: str, samples: Table, design: Matrix) -> tuple[Matrix, Matrix | None]:
    if name != "voom":
        return samples(f"repeats_{name}"), None
    seen = voom(samples("voom_counts"), design)
    return seen.log_cpm, seen.weights


@pytest.mark.parametrize("name", ["reml", "reml_prior", "reml_group", "reml_weights"])
def test_sample_weights(name: str, samples: Table, columns: Columns, voom_design: Matrix) -> None:
    values, weights = _repeats("voom" if name == "reml_weights" else "values", samples, voom_design)
    groups = np.repeat([1, 2], [8, 6]) if name == "reml_group" else None
    found = sample_weights(
        values, voom_design, weights, groups, prior_features=50 if name == "reml_prior" else 10
    )
    np.testing.assert_allclose(found, columns("sample_weights")[name], rtol=1e-5)


def test_voom_with_sample_weights(samples: Table, rows: Table, voom_design: Matrix) -> None:
    seen, quality = voom_with_sample_weights(samples("voom_counts"), voom_design)
    np.testing.assert_allclose(quality, rows("sample_weights_voom")[:, 0], rtol=1e-5)
    np.testing.assert_allclose(seen.weights, samples("sample_weights_voom_cells"), rtol=1e-5)
