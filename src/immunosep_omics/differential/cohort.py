"""One question in one cohort: which samples can answer it, and the answer of the chosen method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from immunosep_omics.clinical.designs import Design
from immunosep_omics.clinical.methods import cannot_answer
from immunosep_omics.differential.detection import (
    DetectedFeatures,
    count_in_cohort,
    detection_columns,
)
from immunosep_omics.differential.linear import estimate_linear
from immunosep_omics.differential.mixed import estimate_mixed
from immunosep_omics.differential.problem import Estimates, Problem
from immunosep_omics.differential.questions import Question
from immunosep_omics.differential.surrogates import with_surrogates
from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.independent_features import independent_number_of_features
from immunosep_omics.stats.minimum import PER_SIDE
from immunosep_omics.stats.testing import benjamini_hochberg


@dataclass(frozen=True)
class Measured:
    """One cohort's assay, keyed: `values` samples x features on the log2 scale, NaN = missing.

    `patient` of each sample; `counts` and effective library `sizes` where features were counted.
    """

    values: pd.DataFrame
    patient: pd.Series
    counts: pd.DataFrame | None = None
    sizes: pd.Series | None = None


@dataclass(frozen=True)
class CohortAnswer:
    """A table with one row per feature, or the reason why there is none.

    `independent_share` says how many independent features would be as informative as these
    correlated ones, as a share of them; `detected` counts where features were detected.
    """

    table: pd.DataFrame | None
    reason: str = ""
    independent_share: float = 1.0
    detected: DetectedFeatures | None = None


def answer(
    measured: Measured,
    whole: Design,
    question: Question,
    choices: Mapping[str, Any],
    generator: np.random.Generator,
    composition: pd.DataFrame | None = None,
) -> CohortAnswer:
    """Answer one question in one cohort by the chosen method.

    `whole`: the question's design over all cohorts; `choices`: as
    `settings.analysis.Differential` dumps them. `composition`: keyed shares of
    cells; where the cohort has them, the same answer adjusted for them stands beside.
    Samples without a covariate are left out, covariates that a cohort lacks are left out of the
    model; both are said in `reason`.
    """
    rows = whole.columns.index.intersection(measured.values.index, sort=False)
    design, lacking = whole.of(rows)
    notes = [f"not adjusted for {name}, which this cohort lacks" for name in lacking]
    design, left_out = _known(design)
    notes += left_out
    reason = design.why_not()
    if reason:
        return CohortAnswer(None, reason)
    rows = design.columns.index
    absent = [name for name in question.features if name not in measured.values]
    if absent and len(absent) == len(question.features):
        return CohortAnswer(None, "none of its features was measured")
    notes += [f"not measured: {', '.join(absent)}"] if absent else []
    problem = _problem(measured, design, choices["control_genes"])
    try:
        found = _estimate(problem, choices, question.beyond, generator)
    except ValueError as error:
        return CohortAnswer(None, str(error))
    table = _table(measured.values.loc[rows], problem.values, design, found)
    twin, note = _twin(measured, design, composition, choices, question.beyond, generator)
    table, notes = table.join(twin), notes + note
    share = _independent_share(problem.values, problem.design)
    # Samples of one patient are not detected independently of each other.
    own = measured.values.loc[rows]
    detected = count_in_cohort(own, design) if problem.patient is None else None
    if question.features:
        table = table[table["gene"].isin(question.features)]
    table = table.join(detection_columns(detected, table["gene"]))
    table = table.assign(fdr=benjamini_hochberg(table["p"].to_numpy(dtype=float)))
    return CohortAnswer(
        table.reset_index(drop=True), "; ".join([*notes, *found.notes]), share, detected
    )


def _known(design: Design) -> tuple[Design, list[str]]:
    """The design of the samples whose every column is known, and how many that leaves out."""
    asked = design.columns[design.asked].notna().all(axis=1)
    known = design.columns.notna().all(axis=1)
    kept, _ = design.of(design.columns.index[known])
    lost = design.columns[asked & ~known]
    if lost.empty:
        return kept, []
    which = [n for n, own in design.optional.items() if lost[list(own)].isna().any(axis=None)]
    plural = "s" if len(lost) > 1 else ""
    return kept, [f"{len(lost)} sample{plural} without {' or '.join(which)} left out"]


def _problem(measured: Measured, design: Design, control_genes: Sequence[str]) -> Problem:
    rows = design.columns.index
    values = measured.values.loc[rows].to_numpy(dtype=float)
    if design.groups is not None:
        values = np.where(_enough(values, design.groups), values, np.nan)
    matrix, contrasts = _full_rank(design.columns.to_numpy(dtype=float), design.told())
    patient = np.unique(measured.patient[rows].astype(str), return_inverse=True)[1]
    repeated = len(np.unique(patient)) < len(patient)
    counts, sizes = measured.counts, measured.sizes
    return Problem(
        values=values,
        design=matrix,
        contrasts=contrasts,
        joint=design.joint,
        patient=patient if repeated else None,
        counts=None if counts is None else counts.loc[rows].to_numpy(dtype=float),
        sizes=None if sizes is None else sizes[rows].to_numpy(dtype=float),
        controls=measured.values.columns.isin(control_genes) if control_genes else None,
    )


def _full_rank(matrix: Float, contrasts: Float) -> tuple[Float, Float]:
    """The same model without coefficients that follow from others, as levels that no sample has."""
    rank = np.linalg.matrix_rank(matrix)
    if rank == matrix.shape[1]:
        return matrix, contrasts
    turn = np.linalg.svd(matrix, full_matrices=False)[2][:rank].T
    return matrix @ turn, turn.T @ contrasts


def _enough(values: Float, groups: pd.Series) -> Float:
    """Features (features,) with enough values on both sides."""
    present, level = ~np.isnan(values), (groups == "level").to_numpy()
    both = np.minimum(present[level].sum(axis=0), present[~level].sum(axis=0))
    return np.asarray(both >= PER_SIDE)


def _estimate(
    problem: Problem, choices: Mapping[str, Any], beyond: float, generator: np.random.Generator
) -> Estimates:
    """The chosen method's answer; raises ValueError with a reason where it has none."""
    reason = cannot_answer(
        choices,
        counted=problem.counts is not None,
        joint=problem.joint,
        samples=len(problem.design),
        patients=problem.patients,
        coefficients=problem.design.shape[1],
    )
    if reason:
        raise ValueError(reason)
    problem, hidden = with_surrogates(problem, choices["surrogate_variables"], generator)
    if problem.counts is not None and choices["counts"] == "negative_binomial":
        # Here, since the import takes two seconds, and few studies ask for it.
        from immunosep_omics.differential.negative_binomial import estimate_negative_binomial

        found = estimate_negative_binomial(problem, beyond)
    elif problem.patient is not None and choices["repeated"] == "mixed" and not problem.joint:
        found = estimate_mixed(problem, choices, beyond)
    else:
        found = estimate_linear(problem, choices, beyond)
    return replace(found, notes=(*hidden, *found.notes))


def _independent_share(values: Float, design: Float) -> float:
    """Of the features that every sample has; 1 when those are too few."""
    complete = values[:, ~np.isnan(values).any(axis=0)]
    if complete.shape[1] < 2:
        return 1.0
    return independent_number_of_features(complete, design) / complete.shape[1]


def _table(values: pd.DataFrame, used: Float, design: Design, found: Estimates) -> pd.DataFrame:
    present = values.notna().to_numpy()
    n = present.sum(axis=0)
    nobody = np.full(len(n), np.nan)
    level, versus = nobody, nobody
    if design.groups is not None:
        side = (design.groups == "level").to_numpy()
        level, versus = present[side].sum(axis=0), present[~side].sum(axis=0)
    reach = stdtrit(found.df, 0.975) * found.error
    seen = ~np.isnan(used)
    average = np.where(seen, used, 0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    return pd.DataFrame(
        {
            "gene": values.columns,
            "n": n,
            "n_level": level,
            "n_versus": versus,
            "missing": 1 - present.mean(axis=0),
            "average": average,
            "estimate": found.estimate,
            "effect": found.effect,
            "effect_variance": found.variance,
            "se": found.error,
            "ci_low": found.estimate - reach,
            "ci_high": found.estimate + reach,
            "t": found.t,
            "df": found.df,
            "f": found.f,
            "f_df": found.f_df,
            "p": found.p,
        }
    )


def _twin(
    measured: Measured, design: Design, composition: pd.DataFrame | None,
    choices: Mapping[str, Any], beyond: float, generator: np.random.Generator,
) -> tuple[pd.DataFrame, list[str]]:  # fmt: skip
    """The same question adjusted for the composition of cells too, where that is known."""
    columns = ["composition_effect", "composition_variance", "composition_p"]
    index = range(measured.values.shape[1])
    nothing = pd.DataFrame(np.nan, index=index, columns=columns)
    if composition is None:
        return nothing, []
    cells = composition.reindex(design.columns.index)
    cells = cells.loc[:, cells.notna().any()]
    if cells.empty:
        return nothing, ["the composition of cells is not known"]
    for name in cells:
        if name not in design.optional:
            design = design.adding(str(name), cells[name])
    design, _ = _known(design)
    reason = design.why_not()
    if not reason:
        try:
            found = _estimate(
                _problem(measured, design, choices["control_genes"]), choices, beyond, generator
            )
        except ValueError as error:
            reason = str(error)
    if reason:
        return nothing, [f"not adjusted for the composition of cells: {reason}"]
    twin = dict(zip(columns, (found.effect, found.variance, found.p), strict=True))
    return pd.DataFrame(twin, index=index), []
