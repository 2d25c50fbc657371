"""Unknown covariates: surrogate variables beside those that a question is adjusted for."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from immunosep_omics.differential.problem import Problem
from immunosep_omics.stats.f_test import design_without
from immunosep_omics.stats.surrogate_variables import number_of_surrogates, surrogate_variables


def with_surrogates(
    problem: Problem, number: int | Literal["estimate"], generator: np.random.Generator
) -> tuple[Problem, list[str]]:
    """The problem with surrogate variables in its design, and a note of how many.

    `number`: how many, or `estimate`. Raises ValueError where the samples are too few.
    """
    if number == "estimate":
        number = number_of_surrogates(problem.values, problem.design, generator)
    elif number == 0:
        return problem, []
    without = design_without(problem.design, problem.contrasts)
    found = surrogate_variables(problem.values, problem.design, without, number)
    contrasts = np.vstack([problem.contrasts, np.zeros((number, problem.contrasts.shape[1]))])
    design = np.hstack([problem.design, found])
    plural = "" if number == 1 else "s"
    note = f"adjusted for {number} surrogate variable{plural}, estimated from the same values"
    return replace(problem, design=design, contrasts=contrasts), [note]
