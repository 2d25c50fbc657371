"""Mixed models: patients with several samples have an intercept of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from immunosep_omics.differential.linear import weigh
from immunosep_omics.differential.problem import (
    Estimates,
    Problem,
    mean_inverse,
    single_estimates,
)
from immunosep_omics.stats.mixed_model import fit_mixed


def estimate_mixed(problem: Problem, choices: Mapping[str, Any], beyond: float) -> Estimates:
    """Test a question of repeated samples, each feature with its own variance between patients.

    Variances are not moderated (`stats.mixed_model`). `choices` and `beyond` as of
    `linear.estimate_linear`. Raises ValueError with a reason where there is no answer.
    """
    if problem.patient is None:
        raise ValueError("no patient has several samples: there is nothing to mix")
    given = weigh(problem, choices)
    fit = fit_mixed(given.values, problem.design, problem.contrasts, problem.patient, given.weights)
    within = fit.variance_within * mean_inverse(given.weights, given.values)
    spread = np.sqrt(fit.variance_between + within)
    df = fit.df[0]
    measured = (~np.isnan(given.values)).any(axis=0)
    alike = int((fit.at_boundary & fit.converged & measured).sum())
    notes = (
        *given.notes,
        f"{len(problem.values)} samples of {len(np.unique(problem.patient))} patients, a mixed"
        f" model per feature: {int((fit.converged & measured).sum())} of {int(measured.sum())}"
        f" converged, in {alike} of them patients differ no more than samples do",
    )
    return single_estimates(fit.estimate[0], fit.standard_error[0], spread, df, beyond, notes)
