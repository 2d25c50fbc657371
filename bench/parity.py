"""Parity with R on the real data: python bench/parity.py FOLDER_OF_SHARED_DATA.

Writes the largest differences of every quantity to bench/results/parity.tsv: relative ones; of
normalised and adjusted values over their mean size; of a pooled effect over its error and of tau2
over the typical sampling variance. R's iterated searches run until nothing changes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from harness import Answer, Array, ask_r, relative, to_size, write_results
from real_sets import BLOOD, RealSet, blood_cohorts, real_sets

from immunosep_omics.stats.batch import apply_combat, fit_combat
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.pooling import pool
from immunosep_omics.stats.quantile import quantile_reference, to_quantile_reference
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.rle import rle_factors
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.testing import benjamini_hochberg
from immunosep_omics.stats.tmm import tmm_factors
from immunosep_omics.stats.upper_quartile import upper_quartile_factors
from immunosep_omics.stats.voom import voom
from immunosep_omics.stats.voom_quality import voom_with_sample_weights

LINEAR, FACTORS, ADJUSTED, ITERATED = 1e-8, 1e-10, 1e-10, 1e-5
FACTORS_BY = {"tmm": tmm_factors, "rle": rle_factors, "upper_quartile": upper_quartile_factors}
Compared = dict[str, float]


def linear(task: str, real: RealSet, correlation: float = 0.0) -> dict[str, Array]:
    """Estimates and tests, (coefficients, features)."""
    values, weights, repeats = real.values, None, None
    if task == "voom":
        sizes = values.sum(axis=1)
        seen = voom(values, real.design, sizes * tmm_factors(values, sizes))
        values, weights = seen.log_cpm, seen.weights
    if task == "repeats":
        repeats = Repeats(real.block, correlation)
    fit = fit_linear(values, real.design, weights, repeats=repeats)
    level = np.nanmean(values, axis=0) if task == "trend" else None
    tested = moderate(fit, level, robust=task == "robust")
    return {
        "coefficient": fit.coefficients,
        "t": tested.t,
        "p": tested.p,
        "fdr": benjamini_hochberg(tested.p),
        "df_prior": np.broadcast_to(tested.df_prior, values.shape[1]),
    }


def linear_differences(own: dict[str, Array], theirs: Answer) -> Compared:
    """Of every column."""
    found = {}
    for name, array in own.items():
        other = theirs[name].reshape(-1, theirs[name].shape[-1])
        found[name] = relative(array if other.size > 1 else np.ravel(array)[0], other)
    return found


def only(name: str, compare: Callable[[Any, Any], float]) -> Callable[[Any, Answer], Compared]:
    """Compares the one result."""

    def differences(own: Any, theirs: Answer) -> Compared:
        (other,) = theirs.arrays.values()
        return {name: compare(own, other.reshape(np.shape(own)))}

    return differences


def pooled_differences(own: Any, theirs: Answer) -> Compared:
    """In units of the error and of the typical sampling variance."""
    error = theirs["error"][0]
    return {
        "effect": float(np.max(np.abs(own.effect - theirs["effect"][0]) / error)),
        "error": relative(own.standard_error, error),
        "p": relative(own.p, theirs["p"][0]),
        "tau2": float(np.max(np.abs(own.tau2 - theirs["tau2"][0]) / error**2)),
    }


def adjust(values: Array, batch: Array, covariates: Array | None, parametric: bool) -> Array:
    """ComBat on the samples it is learned from."""
    fitted = fit_combat(values, batch, covariates, parametric=parametric)
    return apply_combat(fitted, values, batch, covariates)


def cases(data: Path) -> Iterator[tuple[Any, ...]]:
    """Data, task, bar, values, what R is given besides, own work, differences."""
    sets = real_sets(data)
    for name in ("TB_hiv counts", "TB_indian counts"):
        real = sets[name]
        given = {"design": real.design}
        yield name, "voom", LINEAR, real.values, given, partial(linear, "voom", real), None
        sizes = real.values.sum(axis=1)
        for task, factors in FACTORS_BY.items():
            work = partial(factors, real.values, sizes)
            yield name, task, FACTORS, real.values, {}, work, only("factor", relative)
        work, compare = partial(_voom_samples, real), only("sample weight", relative)
        yield name, "voom_sample_weights", ITERATED, real.values, given, work, compare
    for name, real in list(sets.items())[2:6]:
        for task in ("fit", "trend", "robust"):
            given = {"design": real.design}
            yield name, task, LINEAR, real.values, given, partial(linear, task, real), None
    # With gaps limma leaves out the feature, so there is nothing to compare.
    for name in ("GSE13015 array", "Overmyer proteins"):
        real = sets[name]
        work = partial(sample_weights, real.values, real.design)
        compare = only("sample weight", relative)
        given = {"design": real.design}
        yield name, "sample_weights", ITERATED, real.values, given, work, compare
    real = sets["GSE13015 array"]
    work = partial(_quantile, real.values)
    yield real.name, "quantile", ADJUSTED, real.values, {}, work, only("value", to_size)
    real = sets["Gisby repeated samples"]
    correlation = float(_correlation(real)[0])
    given = {"design": real.design, "block": real.block, "correlation": correlation}
    work, compare = partial(_correlation, real), only("correlation", relative)
    yield real.name, "correlation", ITERATED, real.values, given, work, compare
    work = partial(linear, "repeats", real, correlation)
    yield real.name, "repeats", LINEAR, real.values, given, work, None
    yield from blood_cases(data)


def blood_cases(data: Path) -> Iterator[tuple[Any, ...]]:
    """ComBat of four cohorts, and meta-analysis of survival or response in three of them."""
    cohorts, known = blood_cohorts(data)
    values = np.vstack([cohorts[name].to_numpy() for name in BLOOD])
    batch = np.repeat(np.arange(len(BLOOD)), [len(cohorts[name]) for name in BLOOD])
    labels = [label for name in BLOOD for label in cohorts[name].index]
    late = (known["time_window"].reindex(labels) != "T0").to_numpy(dtype=float)[:, None]
    design = np.column_stack([np.ones(len(late)), late])
    for task, covariates in (
        ("combat", None),
        ("combat_covariate", late),
        ("combat_non_parametric", None),
    ):
        work = partial(adjust, values, batch, covariates, task != "combat_non_parametric")
        given = {"batch": batch, "design": design}
        yield "four blood cohorts", task, ADJUSTED, values, given, work, only("value", to_size)
    effects, variances = [], []
    for name in ("GSE54514", "GSE95233", "GSE110487"):
        outcome = known["outcome"].reindex(cohorts[name].index)
        own = outcome.notna().to_numpy()
        bad = outcome[own].isin(["Non-survivor", "NR"]).to_numpy(dtype=float)
        fit = fit_linear(cohorts[name].to_numpy()[own], np.column_stack([np.ones(len(bad)), bad]))
        effects.append(fit.coefficients[1])
        variances.append((fit.stdev_unscaled[1] * fit.sigma) ** 2)
    y, v = np.array(effects), np.array(variances)
    work = partial(pool, y, v)
    yield "three blood cohorts", "reml", ITERATED, y, {"variances": v}, work, pooled_differences


def _quantile(values: Array) -> Array:
    return to_quantile_reference(values, quantile_reference(values))


def _voom_samples(real: RealSet) -> Array:
    return voom_with_sample_weights(real.values, real.design)[1]


def _correlation(real: RealSet) -> Array:
    return np.array([repeat_correlation(real.values, real.design, real.block).correlation])


def rows(data: Path) -> Iterator[dict[str, Any]]:
    """One per quantity of every case."""
    for name, task, bar, values, given, work, differences in cases(data):
        start = time.perf_counter()
        own = work()
        seconds = time.perf_counter() - start
        theirs = ask_r("parity.R", task, {"values": values, **given})
        for quantity, difference in (differences or linear_differences)(own, theirs).items():
            yield {
                "data": name,
                "task": task,
                "samples": values.shape[0],
                "features": values.shape[1],
                "quantity": quantity,
                "difference": f"{difference:.1e}",
                "bar": f"{bar:g}",
                "missed": "" if difference <= bar else "missed",
                "seconds": f"{seconds:.3f}",
                "r_seconds": f"{theirs.seconds:.3f}",
                "versions": ", ".join(theirs.versions),
            }


def main(data: Path) -> None:
    """Compare all cases."""
    made = []
    for row in rows(data):
        made.append(row)
        print("\t".join(str(cell) for cell in list(row.values())[:-1]), flush=True)
    write_results("parity", made)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
