"""Unknown covariates: surrogate variables beside those that a question is adjusted for."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from immunosep_omics.differential.problem import Problem
from immunosep_omics.stats.f_test import design_without
from immunosep_omics.stats.surrogate_variables import (
    control_gene_factors,
    number_of_surrogates,
    surrogate_variables,
)

FEWEST_FEATURES = 20
"""Fewer features do not tell what moves many of them."""


def with_surrogates(
    problem: Problem, number: int | Literal["estimate"], generator: np.random.Generator
) -> tuple[Problem, list[str]]:
    """The problem with unknown covariates in its design, and a note of how many.

    `number`: how many, or `estimate`. They are factors of the control features where the problem
    has these, and surrogate variables of all features elsewhere. Raises ValueError where the
    samples are too few, or the features that all of them have.
    """
    if number == 0:
        return problem, []
    complete = ~np.isnan(problem.values).any(axis=0)
    if complete.sum() < FEWEST_FEATURES:
        raise ValueError(
            f"surrogate variables need {FEWEST_FEATURES} features without missing values, and"
            f" there are {complete.sum()}"
        )
    if number == "estimate":
        number = number_of_surrogates(problem.values, problem.design, generator)
    if problem.controls is None:
        without = design_without(problem.design, problem.contrasts)
        found = surrogate_variables(problem.values, problem.design, without, number)
        what = "surrogate variable"
    else:
        found = control_gene_factors(problem.values, problem.controls, number)
        what = f"factor of {(complete & problem.controls).sum()} control genes"
    contrasts = np.vstack([problem.contrasts, np.zeros((number, problem.contrasts.shape[1]))])
    design = np.hstack([problem.design, found])
    if number != 1:
        what = what.replace("variable", "variables").replace("factor", "factors")
    note = f"adjusted for {number} {what}, estimated from the same values"
    return replace(problem, design=design, contrasts=contrasts), [note]
