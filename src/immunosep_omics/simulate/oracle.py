"""What could be known at best: the classes' posterior when every parameter is known.

Given the generator's true parameters (loadings, programmes, cohort effects, plates, drift, class
shares of the cohort) and the omics that a patient has, the posterior of the endotype is computed
with the axes, leucocyte fractions, modules and each sample's offset integrated out. On the log2
scale the model is linear and Gaussian given the endotype, except for these approximations:

- counts: log2(count + 0.5) is taken as Gaussian with the exact mean and variance of a log gamma
  variable plus the Poisson part 1 / mean; genes with an expected count below 10 are left out;
- background, saturation and the mixture of cells are linearised at each endotype's mean;
- one probe per gene (the brightest) is used, as probes of a gene share their residual;
- that a protein is missing tells nothing (only observed values are used), and the residual that
  an mRNA shares with its protein is treated as independent.

Clinical values and outcome are not used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.simulate.assays import AssayData, composition
from immunosep_omics.simulate.biology import LN2
from immunosep_omics.simulate.patients import (
    axes_covariance,
    endotype_means,
    fractions,
    ratio_loadings,
    ratio_sd,
)
from immunosep_omics.simulate.study import SimulatedCohort, SimulatedStudy

LOWEST_COUNT = 10.0


@dataclass(frozen=True)
class _Slots:
    """Which latent variables stand where: axes, log ratios, modules, one offset per assay."""

    rna: slice
    plasma: slice
    offsets: dict[str, int]
    size: int
    prior: np.ndarray


@dataclass(frozen=True)
class _Linear:
    """One assay as a linear Gaussian model around one endotype's mean."""

    mean: np.ndarray
    loadings: np.ndarray
    variance: np.ndarray


def bayes_oracle(study: SimulatedStudy | Iterable[SimulatedCohort]) -> pd.DataFrame:
    """Posterior of the endotype and the axes of every patient, from the omics they have.

    Returns:
        A table with the columns `cohort`, `patient`, `sample`, `assays` (how many omics), one
        `probability_<endotype>` each and `endotype` (the most probable) where the world has
        endotypes, `axis_myeloid` and `axis_lymphoid` (posterior means) where it has axes. A
        patient without omics has the cohort's shares.
    """
    cohorts = study.cohorts.values() if isinstance(study, SimulatedStudy) else study
    return pd.concat([oracle_of_cohort(cohort) for cohort in cohorts], ignore_index=True)


def oracle_of_cohort(cohort: SimulatedCohort) -> pd.DataFrame:
    """:func:`bayes_oracle` for one cohort."""
    world, n = cohort.world, len(cohort.clinical)
    table = pd.DataFrame({"cohort": cohort.name, "patient": cohort.clinical.index})
    table["sample"] = cohort.clinical["sample"].to_numpy()
    table["assays"] = 0
    for data in cohort.assays.values():
        table.loc[data.rows, "assays"] += 1
    if not world.axes_exist:
        return table
    names = list(world.endotypes)
    means = endotype_means(world) if names else np.zeros((1, 2))
    means = means + cohort.latent.centre
    slots = _slots(cohort)
    evidence = np.zeros((n, len(means)))
    axes = np.zeros((n, len(means), 2))
    readings = {assay: _readings(data) for assay, data in cohort.assays.items()}
    for k, centre in enumerate(means):
        evidence[:, k], axes[:, k] = _one_class(cohort, readings, slots, centre, k)
    if names:
        evidence += np.log(np.maximum(cohort.latent.shares, 1e-300))
    weight = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    for k, name in enumerate(names):
        table[f"probability_{name}"] = weight[:, k]
    if names:
        table["endotype"] = np.array(names, dtype=object)[weight.argmax(axis=1)]
    table[["axis_myeloid", "axis_lymphoid"]] = np.einsum("nk,nka->na", weight, axes)
    return table


def _slots(cohort: SimulatedCohort) -> _Slots:
    n_rna = cohort.latent.rna_modules.shape[1]
    n_plasma = cohort.latent.plasma_modules.shape[1]
    first = 4 + n_rna + n_plasma
    offsets = {assay: first + i for i, assay in enumerate(cohort.assays)}
    size = first + len(offsets)
    prior = np.eye(size)
    prior[:2, :2] = axes_covariance(cohort.world)
    prior[[2, 3], [2, 3]] = ratio_sd(cohort.world) ** 2
    for assay, slot in offsets.items():
        prior[slot, slot] = cohort.assays[assay].law.offset_sd ** 2
    return _Slots(slice(4, 4 + n_rna), slice(4 + n_rna, first), offsets, size, prior)


def _readings(data: AssayData) -> tuple[np.ndarray, np.ndarray]:
    """(samples, features) values on the log2 scale without known shifts, and the features used."""
    law = data.law
    values = data.values.to_numpy()[:, : law.layer.genes.size]
    if law.counts:
        return np.log2(values + 0.5), np.flatnonzero(law.layer.level > np.log2(LOWEST_COUNT))
    if data.platform == "maxquant":
        values = np.log2(values)
    used = np.arange(law.layer.genes.size)
    if data.platform == "geo":
        brightest = pd.Series(law.layer.level).groupby(law.layer.genes).idxmax()
        used = np.sort(brightest.to_numpy())
    known = np.broadcast_to(law.known, values.shape)
    return values - known, used


def _one_class(
    cohort: SimulatedCohort,
    readings: dict[str, tuple[np.ndarray, np.ndarray]],
    slots: _Slots,
    centre: np.ndarray,
    k: int,
) -> tuple[np.ndarray, np.ndarray]:
    """(patients,) log evidence for one class and (patients, 2) posterior means of the axes."""
    n, size = len(cohort.clinical), slots.size
    constant = np.zeros(n)
    linear = np.zeros((n, size))
    precision = np.broadcast_to(np.linalg.inv(slots.prior), (n, size, size)).copy()
    for assay, data in cohort.assays.items():
        values, used = readings[assay]
        model = _linearise(cohort, data, slots, slots.offsets[assay], centre, k)
        loadings, variance = model.loadings[used], model.variance[used]
        residual = values[:, used] - model.mean[used]
        seen = ~np.isnan(residual)
        residual = np.where(seen, residual, 0.0)
        weight = seen / variance
        pairs = (loadings[:, :, None] * loadings[:, None, :]).reshape(len(used), -1)
        constant[data.rows] += (weight * residual**2).sum(axis=1) + seen @ np.log(variance)
        linear[data.rows] += (weight * residual) @ loadings
        precision[data.rows] += (weight @ pairs).reshape(-1, size, size)
    solved = np.linalg.solve(precision, linear[:, :, None])[:, :, 0]
    _, log_determinant = np.linalg.slogdet(precision)
    evidence = -0.5 * (constant - (linear * solved).sum(axis=1) + log_determinant)
    return evidence, centre + solved[:, :2]


def _linearise(
    cohort: SimulatedCohort,
    data: AssayData,
    slots: _Slots,
    offset: int,
    centre: np.ndarray,
    k: int,
) -> _Linear:
    from scipy.special import digamma, polygamma

    law, layer = data.law, data.law.layer
    by_axes = ratio_loadings(cohort.world)
    ratios = law.reference + centre @ by_axes
    level = layer.level + centre @ layer.axes
    if layer.programme.size:
        level = level + layer.programme[k]
    loadings = np.zeros((layer.genes.size, slots.size))
    loadings[:, :2] = layer.axes.T
    if layer.tissue == "blood":
        level = level + composition(layer, ratios, law.reference)
        slope = _composition_slope(layer.profile, ratios)
        loadings[:, :2] += slope @ by_axes.T
        loadings[:, 2:4] = slope
        loadings[:, slots.rna] = layer.modules.T
    else:
        loadings[:, slots.plasma] = layer.modules.T
    if law.counts:
        shape = 1.0 / (LN2 * law.residual_sd) ** 2
        bias = (digamma(shape) - np.log(shape)) / LN2
        variance = (polygamma(1, shape) + 2.0**-level) / LN2**2 + layer.sd**2 - law.residual_sd**2
        loadings[:, offset] = 1.0
        return _Linear(level + bias, loadings, variance)
    mean, slope_of_reading = law.respond(level)
    loadings *= slope_of_reading[:, None]
    loadings[:, offset] = 1.0
    return _Linear(mean, loadings, (slope_of_reading * layer.sd) ** 2 + law.noise**2)


def _composition_slope(profile: np.ndarray, ratios: np.ndarray) -> np.ndarray:
    """(features, 2) derivative of the log2 mixture with respect to the two log ratios."""
    parts = fractions(ratios)
    weights = parts[:, None] * 2.0**profile
    weights = weights / weights.sum(axis=0)
    return np.asarray((weights[1:].T - parts[1:]) / LN2)
