"""Laws that the linear models keep whatever the options; each kernel's own laws are beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from immunosep_omics.stats.f_test import design_without, f_test
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.treat import treat

Matrix = NDArray[np.float64]
SEEDS = st.integers(0, 2**32 - 1)
FEATURES = 25
BLOCK = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7])
SMALLEST = 0.3


def world(seed: int) -> tuple[Matrix, Matrix, Matrix]:
    """Values with gaps, a design of level, group and age, and weights of samples."""
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.repeat([0.0, 1], 7))
    design = np.column_stack([np.ones(14), group, rng.normal(size=14)])
    values = rng.normal(size=(14, FEATURES)) * np.sqrt(1 / rng.gamma(3, size=FEATURES))
    values += rng.normal(7, 2, FEATURES)
    values[rng.random(values.shape) < 0.1] = np.nan
    return values, design, rng.uniform(0.5, 2, 14)


def level(values: Matrix) -> Matrix:
    average: Matrix = np.nanmean(values, axis=0)
    return average


def answers(
    values: Matrix, design: Matrix, weights: Matrix, block: NDArray[np.intp], option: str,
    smallest: float = SMALLEST,
) -> dict[str, Matrix]:  # fmt: skip
    """Everything that is said of the group."""
    chosen: dict[str, Any] = {"weights": weights if option == "weights" else None}
    if option == "repeats":
        chosen["repeats"] = Repeats(block, 0.4)
    fit = fit_linear(values, design, **chosen)
    moderated = moderate(fit, level(values) if option == "trend" else None, option == "robust")
    reduced = fit_linear(values, design_without(design, np.eye(3)[:, 1:]), **chosen)
    joint = f_test(fit, reduced, moderated)
    interval = treat(fit, moderated, smallest)
    return {
        "estimate": fit.coefficients[1],
        "sigma": fit.sigma,
        "t": moderated.t[1],
        "p": moderated.p[1],
        "df": moderated.df_total,
        "f": joint.f,
        "f_p": joint.p,
        "interval_t": interval.t[1],
        "interval_p": interval.p[1],
    }


def same(one: dict[str, Matrix], other: dict[str, Matrix], **factors: float) -> None:
    for name, expected in one.items():
        wanted = expected * factors.get(name, 1.0)
        np.testing.assert_allclose(other[name], wanted, rtol=1e-6, atol=1e-9, err_msg=name)


each_option = pytest.mark.parametrize("option", ["plain", "trend", "robust", "weights", "repeats"])
some_worlds = settings(max_examples=8, deadline=None)


@each_option
@some_worlds
@given(SEEDS)
def test_order_of_samples_and_features_is_irrelevant(option: str, seed: int) -> None:
    values, design, weights = world(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(14), rng.permutation(FEATURES)
    one = answers(values, design, weights, BLOCK, option)
    other = answers(values[np.ix_(rows, columns)], design[rows], weights[rows], BLOCK[rows], option)
    same({name: array[columns] for name, array in one.items()}, other)


@each_option
@some_worlds
@given(SEEDS)
def test_turning_the_groups_round_flips_signs_only(option: str, seed: int) -> None:
    values, design, weights = world(seed)
    turned = np.column_stack([design[:, 0], 1 - design[:, 1], design[:, 2]])
    one = answers(values, design, weights, BLOCK, option)
    other = answers(values, turned, weights, BLOCK, option)
    same(one, other, estimate=-1, t=-1, interval_t=-1)


@each_option
@some_worlds
@given(SEEDS, st.floats(-50, 50))
def test_a_constant_changes_no_difference(option: str, seed: int, constant: float) -> None:
    """Such as another unit, on a logarithmic scale."""
    values, design, weights = world(seed)
    one = answers(values, design, weights, BLOCK, option)
    same(one, answers(values + constant, design, weights, BLOCK, option))


@each_option
@some_worlds
@given(SEEDS, st.floats(0.01, 100))
def test_another_unit_scales_estimates_and_keeps_tests(option: str, seed: int, unit: float) -> None:
    values, design, weights = world(seed)
    one = answers(values, design, weights, BLOCK, option)
    other = answers(values * unit, design, weights, BLOCK, option, SMALLEST * unit)
    same(one, other, estimate=unit, sigma=unit)


@each_option
@some_worlds
@given(SEEDS, st.integers(0, FEATURES - 1), st.integers(0, 13))
def test_a_gap_touches_no_other_feature_before_moderation(
    option: str, seed: int, feature: int, sample: int
) -> None:
    values, design, weights = world(seed)
    holed = values.copy()
    holed[sample, feature] = np.nan
    others = np.arange(FEATURES) != feature
    one = answers(values, design, weights, BLOCK, option)
    other = answers(holed, design, weights, BLOCK, option)
    for name in ("estimate", "sigma"):
        np.testing.assert_allclose(one[name][others], other[name][others], rtol=1e-9)


@some_worlds
@given(SEEDS)
def test_f_knows_no_basis_of_what_is_asked(seed: int) -> None:
    values, design, _ = world(seed)
    asked = np.eye(3)[:, 1:]
    mixed = asked @ np.array([[1.0, 2, 0.5], [-1, 1, 3]])
    fit = fit_linear(values, design)
    moderated = moderate(fit)
    one, other = (
        f_test(fit, fit_linear(values, design_without(design, contrasts)), moderated)
        for contrasts in (asked, mixed)
    )
    np.testing.assert_allclose(one.f, other.f, rtol=1e-6)
    np.testing.assert_array_equal(one.df, other.df)


@some_worlds
@given(SEEDS)
def test_a_wider_interval_is_harder_to_leave(seed: int) -> None:
    values, design, weights = world(seed)
    widths: list[float] = [0, 0.1, 0.5, 2]
    p = [answers(values, design, weights, BLOCK, "plain", w)["interval_p"] for w in widths]
    assert (np.diff(p, axis=0) >= -1e-12).all()
