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
from immunosep_omics.stats.independent_features import independent_number_of_features
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.voom import voom
from immunosep_omics.stats.voom_quality import voom_with_sample_weights

# Independent features below which weights of samples are refused, and up to which readers are told
# that p-values are too small: bench/sample_weights.py.
_TOO_FEW, _ENOUGH = 35, 50


@dataclass(frozen=True)
class Weighed:
    """Values with their precision, and how repeated samples correlate."""

    values: Float
    weights: Float | None = None
    repeats: Repeats | None = None
    notes: tuple[str, ...] = ()


def estimate_linear(problem: Problem, choices: Mapping[str, Any], beyond: float) -> Estimates:
    """Moderated t-test of a question, or the F-test of several (limma's, see `stats.linear`).

    `choices`: as `settings.analysis.Differential` dumps them; `beyond`: the least difference that
    matters, tested against where it is above 0.
    Raises ValueError with a reason where the samples cannot carry the model.
    """
    given = _with_repeats(problem, choices)
    fit = fit_linear(given.values, problem.design, given.weights, problem.contrasts, given.repeats)
    level = _average(given.values) if choices["trend"] and not _voomed(problem, choices) else None
    moderated = moderate(fit, level, choices["robust"])
    if problem.joint:
        reduced = fit_linear(
            given.values, design_without(problem.design, problem.contrasts), given.weights,
            repeats=given.repeats,
        )  # fmt: skip
        found = f_test(fit, reduced, moderated)
        return joint_estimates(found.f, found.df, moderated.df_total, found.p, given.notes)
    spread = np.sqrt(moderated.variance_posterior * mean_inverse(given.weights, given.values))
    error = fit.stdev_unscaled[0] * np.sqrt(moderated.variance_posterior)
    df = moderated.df_total
    return single_estimates(fit.coefficients[0], error, spread, df, beyond, given.notes)


def _voomed(problem: Problem, choices: Mapping[str, Any]) -> bool:
    return problem.counts is not None and choices["counts"] == "voom"


def weigh(problem: Problem, choices: Mapping[str, Any], repeats: Repeats | None = None) -> Weighed:
    """Weigh values by voom where they were counted, and samples where that is chosen.

    Raises ValueError where features move together so much that weights of samples mislead.
    """
    by_sample = bool(choices["sample_weights"])
    if not by_sample and not _voomed(problem, choices):
        return Weighed(problem.values, None, repeats)
    if not _voomed(problem, choices) or problem.counts is None:
        own = sample_weights(problem.values, problem.design)
        notes = _judge(problem.values, problem.design, own)
        return Weighed(problem.values, own, repeats, notes)
    if not by_sample:
        found = voom(problem.counts, problem.design, problem.sizes, repeats=repeats)
        return Weighed(found.log_cpm, found.weights, repeats)
    found, own = voom_with_sample_weights(problem.counts, problem.design, problem.sizes)
    notes = _judge(found.log_cpm, problem.design, own)
    return Weighed(found.log_cpm, found.weights, repeats, notes)


def _judge(values: Float, design: Float, weights: Float) -> tuple[str, ...]:
    """What to say of weights of samples; they are estimated as if features were independent."""
    complete = values[:, ~np.isnan(values).any(axis=0)]
    independent = independent_number_of_features(complete, design, weights)
    said = (
        f"features without gaps, {complete.shape[1]}, say as much as {independent:.0f} independent"
        " ones,"
    )
    if independent < _TOO_FEW:
        raise ValueError(
            f"{said} and weights of samples need {_TOO_FEW} -> state 'sample_weights: false', or"
            " adjust for what moves features together by 'surrogate_variables'"
        )
    if independent < _ENOUGH:
        return (f"{said} so that with weights of samples up to 8 % of p are below 0.05 by chance",)
    return ()


def _with_repeats(problem: Problem, choices: Mapping[str, Any]) -> Weighed:
    """The correlation of a patient's samples; with voom, each is estimated twice with the other."""
    given = weigh(problem, choices)
    if problem.patient is None:
        return given
    for _ in range(2 if _voomed(problem, choices) else 1):
        found = repeat_correlation(given.values, problem.design, problem.patient, given.weights)
        if np.isnan(found.correlation):
            raise ValueError("too few patients have several samples to tell how these correlate")
        repeats = Repeats(problem.patient, found.correlation)
        again = _voomed(problem, choices) and not choices["sample_weights"]
        given = weigh(problem, choices, repeats) if again else replace(given, repeats=repeats)
    patients = len(np.unique(problem.patient))
    note = (
        f"{len(problem.values)} samples of {patients} patients, whose own samples correlate by"
        f" {found.correlation:.2f} (where features differ in it, false discoveries are more than"
        " their rate says)"
    )
    return replace(given, notes=(*given.notes, note))


def _average(values: Float) -> Float:
    present = ~np.isnan(values)
    count = present.sum(axis=0)
    mean: Float = np.where(present, values, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)
    return mean
