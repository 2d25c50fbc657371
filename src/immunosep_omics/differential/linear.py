"""Linear models with moderated variances; counts enter with the precision of each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from immunosep_omics.differential.problem import (
    Estimates,
    Problem,
    joint_estimates,
    mean_inverse,
    single_estimates,
)
from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.f_test import design_without, f_test
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.voom import voom
from immunosep_omics.stats.voom_quality import voom_with_sample_weights


@dataclass(frozen=True)
class Weighed:
    """Values with their precision, and how repeated samples correlate."""

    values: Float
    weights: Float | None = None
    repeats: Repeats | None = None


def estimate_linear(problem: Problem, choices: Mapping[str, Any], beyond: float) -> Estimates:
    """Moderated t-test of a question, or the F-test of several (limma's, see `stats.linear`).

    `choices`: as `settings.analysis.Differential` dumps them; `beyond`: the least difference that
    matters, tested against where it is above 0.
    Raises ValueError with a reason where the samples cannot carry the model.
    """
    given, notes = _with_repeats(problem, choices)
    fit = fit_linear(given.values, problem.design, given.weights, problem.contrasts, given.repeats)
    level = _average(given.values) if choices["trend"] and not _voomed(problem, choices) else None
    moderated = moderate(fit, level, choices["robust"])
    if problem.joint:
        reduced = fit_linear(
            given.values, design_without(problem.design, problem.contrasts), given.weights,
            repeats=given.repeats,
        )  # fmt: skip
        found = f_test(fit, reduced, moderated)
        return joint_estimates(found.f, found.df, moderated.df_total, found.p, notes)
    spread = np.sqrt(moderated.variance_posterior * mean_inverse(given.weights, given.values))
    error = fit.stdev_unscaled[0] * np.sqrt(moderated.variance_posterior)
    df = moderated.df_total
    return single_estimates(fit.coefficients[0], error, spread, df, beyond, notes)


def _voomed(problem: Problem, choices: Mapping[str, Any]) -> bool:
    return problem.counts is not None and choices["counts"] == "voom"


def weigh(problem: Problem, choices: Mapping[str, Any], repeats: Repeats | None = None) -> Weighed:
    """Weigh values by voom where they were counted, and samples where that is chosen."""
    if not _voomed(problem, choices) or problem.counts is None:
        samples = sample_weights(problem.values, problem.design) if _by_sample(choices) else None
        return Weighed(problem.values, samples, repeats)
    if _by_sample(choices):
        found, _ = voom_with_sample_weights(problem.counts, problem.design, problem.sizes)
    else:
        found = voom(problem.counts, problem.design, problem.sizes, repeats=repeats)
    return Weighed(found.log_cpm, found.weights, repeats)


def _by_sample(choices: Mapping[str, Any]) -> bool:
    return bool(choices["sample_weights"])


def _with_repeats(problem: Problem, choices: Mapping[str, Any]) -> tuple[Weighed, tuple[str, ...]]:
    """The correlation of a patient's samples; with voom, each is estimated twice with the other."""
    given = weigh(problem, choices)
    if problem.patient is None:
        return given, ()
    for _ in range(2 if _voomed(problem, choices) else 1):
        found = repeat_correlation(given.values, problem.design, problem.patient, given.weights)
        if np.isnan(found.correlation):
            raise ValueError("too few patients have several samples to tell how these correlate")
        repeats = Repeats(problem.patient, found.correlation)
        again = _voomed(problem, choices) and not _by_sample(choices)
        given = weigh(problem, choices, repeats) if again else replace(given, repeats=repeats)
    patients = len(np.unique(problem.patient))
    return given, (
        f"{len(problem.values)} samples of {patients} patients, whose own samples correlate by"
        f" {found.correlation:.2f} (where features differ in it, false discoveries are more than"
        " their rate says)",
    )


def _average(values: Float) -> Float:
    present = ~np.isnan(values)
    count = present.sum(axis=0)
    mean: Float = np.where(present, values, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)
    return mean
