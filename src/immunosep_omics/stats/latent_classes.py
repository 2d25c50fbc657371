"""Class probabilities from omics components, for samples that lack whole omics.

A mixture of Gaussians over the components of all omics: class means, one shared covariance, class
shares of each cohort, and a shift of each cohort. What a sample lacks is integrated out, so a
sample with fewer omics is less sure of its class, not drawn to another. The cohort's shift is
estimated together with its case-mix: standardising within a cohort alone would take a cohort
with more severe patients for one whose measurements are high.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from immunosep_omics.stats.arrays import Boolean, Float

MAXIMUM_ROUNDS = 200
SCREENING_ROUNDS = 20
TOLERANCE = 1e-4
HEAD_START = 0.9
"""Probability that a starting label is right."""
PSEUDO_SAMPLES = 2.0
"""Weight of a cohort shift of zero, in samples."""


@dataclass(frozen=True)
class Layout:
    """Where class means may lie: ``design`` (classes, coefficients) says each as a combination.

    ``shares`` (classes,) where all cohorts have the same known ones. Without a layout all means
    and shares are free.
    """

    design: Float
    shares: Float


@dataclass(frozen=True)
class LatentClasses:
    """What was learned.

    ``means`` (classes, components), ``covariance`` (components, components), ``shares``
    (classes,) over all cohorts, ``shifts`` {cohort code: (components,)} and ``cohort_shares``
    {cohort code: (classes,)}; ``layout`` as it was stated.
    """

    means: Float
    covariance: Float
    shares: Float
    shifts: dict[int, Float]
    cohort_shares: dict[int, Float]
    layout: Layout | None = None


@dataclass(frozen=True)
class Membership:
    """Who belongs where, and how well.

    ``probability`` (samples, classes); ``typicality`` (samples,), the probability of lying at
    least as far from the class that fits best, if the sample belonged to it.
    """

    probability: Float
    typicality: Float


def fit_latent_classes(
    components: Float,
    starts: NDArray[np.intp],
    cohorts: NDArray[np.intp],
    layout: Layout | None = None,
) -> tuple[LatentClasses, Membership]:
    """Fit by expectation-maximisation (Dempster 1977), started from labels.

    ``components``: (samples, components), NaN where an omic is absent; ``starts``: labels 0 to
    k - 1, (samples,) or (starts, samples); ``cohorts``: (samples,) codes. The likelihood has
    several peaks: every start goes a few rounds, and the likeliest goes on. The covariance is
    shrunk to its diagonal by as many pseudo-samples as there are components. With a ``layout``
    class means and shares are only what it allows.
    """
    labels = np.atleast_2d(starts)
    data, k = _Patterns(components), int(labels.max()) + 1
    begun = [_begin(components, start, k, cohorts, layout) for start in labels]
    if len(begun) > 1:
        begun = [_iterate(data, model, cohorts, SCREENING_ROUNDS) for model in begun]
    likeliest = max(begun, key=lambda model: log_likelihood(model, components, cohorts))
    model = _iterate(data, likeliest, cohorts, MAXIMUM_ROUNDS)
    return model, _posterior(data, model, cohorts)


def _begin(
    components: Float,
    labels: NDArray[np.intp],
    k: int,
    cohorts: NDArray[np.intp],
    layout: Layout | None,
) -> LatentClasses:
    expected = np.full((len(components), k), (1 - HEAD_START) / k)
    expected[np.arange(len(components)), labels] += HEAD_START
    shares = expected.mean(axis=0)
    means = _laid_out(_starting_means(components, expected), shares, layout)
    seen = np.isfinite(components)
    centre = np.where(seen, components, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    squares = np.where(seen, (components - centre) ** 2, 0.0).sum(axis=0)
    variance = np.maximum(squares / np.maximum(seen.sum(axis=0), 1), 1e-12)
    parts = _cohort_parts(components, expected, means, cohorts, shares, layout)
    return LatentClasses(means, np.diag(variance), shares, *parts, layout)


def _iterate(
    data: _Patterns, model: LatentClasses, cohorts: NDArray[np.intp], rounds: int
) -> LatentClasses:
    expected = np.zeros((len(data.components), len(model.means)))
    for _ in range(rounds):
        probability = _posterior(data, model, cohorts).probability
        moved = np.abs(probability - expected).max()
        expected = probability
        model = _maximise(data, model, expected, cohorts)
        if moved < TOLERANCE:
            break
    return model


def classify(model: LatentClasses, components: Float, cohorts: NDArray[np.intp]) -> Membership:
    """Place samples; a cohort the model does not know gets its own shift and case-mix.

    They are learned from the new cohort's own samples while everything else stays as it is, so
    that placing a cohort never changes another's labels. With fewer than ``components`` samples
    of a new cohort the shift rests mostly at zero.
    """
    data = _Patterns(components)
    shifts, shares = dict(model.shifts), dict(model.cohort_shares)
    for code in sorted(set(cohorts.tolist()) - set(shifts)):
        shifts[code], shares[code] = np.zeros(components.shape[1]), model.shares
    placed = replace(model, shifts=shifts, cohort_shares=shares)
    new = ~np.isin(cohorts, list(model.shifts))
    for _ in range(MAXIMUM_ROUNDS if new.any() else 0):
        expected = _posterior(data, placed, cohorts).probability
        moved_shifts, moved_shares = _cohort_parts(
            components[new], expected[new], model.means, cohorts[new], model.shares, model.layout
        )
        change = max(np.abs(moved_shifts[c] - placed.shifts[c]).max() for c in moved_shifts)
        placed = replace(
            placed,
            shifts=placed.shifts | moved_shifts,
            cohort_shares=placed.cohort_shares | moved_shares,
        )
        if change < TOLERANCE:
            break
    return _posterior(data, placed, cohorts)


def log_likelihood(model: LatentClasses, components: Float, cohorts: NDArray[np.intp]) -> float:
    """Log-likelihood of the components that were measured."""
    data = _Patterns(components)
    distance, constant = _distances(data, model, cohorts)
    prior = np.array([model.cohort_shares[code] for code in cohorts.tolist()])
    score = np.log(prior) - (distance + constant[:, None]) / 2
    largest = score.max(axis=1)
    return float((largest + np.log(np.exp(score - largest[:, None]).sum(axis=1))).sum())


def bayesian_information(
    model: LatentClasses, components: Float, cohorts: NDArray[np.intp]
) -> float:
    """BIC, smaller is better; only what differs with the number of classes is counted.

    Sources: Schwarz 1978; Fraley & Raftery 2002, doi:10.1198/016214502760047131.
    """
    k, size = model.means.shape
    if model.layout is None:
        parameters = k * size + (k - 1) * len(model.cohort_shares)
    else:
        parameters = model.layout.design.shape[1] * size
    penalty = parameters * np.log(len(components))
    return float(penalty - 2 * log_likelihood(model, components, cohorts))


class _Patterns:
    """Samples grouped by which components they have."""

    def __init__(self, components: Float) -> None:
        self.components = components
        seen = np.isfinite(components)
        self.kinds, pattern = np.unique(seen, axis=0, return_inverse=True)
        self.rows = [np.flatnonzero(pattern == kind) for kind in range(len(self.kinds))]

    def __iter__(self) -> Iterator[tuple[Boolean, NDArray[np.intp]]]:
        return iter(zip(self.kinds, self.rows, strict=True))


def _starting_means(components: Float, expected: Float) -> Float:
    """Weighted means of what was measured; of everyone where a class was not measured."""
    seen = np.isfinite(components)
    weight = expected.T @ seen
    total: Float = expected.T @ np.where(seen, components, 0.0)
    return total / np.maximum(weight, 1e-12)


def _shift_of(model: LatentClasses, cohorts: NDArray[np.intp]) -> Float:
    return np.array([model.shifts[code] for code in cohorts.tolist()])


def _distances(
    data: _Patterns, model: LatentClasses, cohorts: NDArray[np.intp]
) -> tuple[Float, Float]:
    """Squared Mahalanobis distance to each class, and each sample's log-density constant."""
    centred = data.components - _shift_of(model, cohorts)
    distance = np.zeros((len(centred), len(model.means)))
    constant = np.zeros(len(centred))
    for has, rows in data:
        inner = model.covariance[np.ix_(has, has)]
        gap = centred[rows][:, None, has] - model.means[None][:, :, has]
        distance[rows] = np.einsum("nkd,de,nke->nk", gap, np.linalg.inv(inner), gap)
        constant[rows] = np.linalg.slogdet(2 * np.pi * inner)[1]
    return distance, constant


def _posterior(data: _Patterns, model: LatentClasses, cohorts: NDArray[np.intp]) -> Membership:
    distance, _ = _distances(data, model, cohorts)
    prior = np.array([model.cohort_shares[code] for code in cohorts.tolist()])
    score = np.log(prior) - distance / 2
    weight = np.exp(score - score.max(axis=1, keepdims=True))
    probability = weight / weight.sum(axis=1, keepdims=True)
    nearest = distance[np.arange(len(distance)), probability.argmax(axis=1)]
    size = np.isfinite(data.components).sum(axis=1)
    return Membership(probability, gammaincc(np.maximum(size, 1) / 2, nearest / 2))


def _maximise(
    data: _Patterns, model: LatentClasses, expected: Float, cohorts: NDArray[np.intp]
) -> LatentClasses:
    centred = data.components - _shift_of(model, cohorts)
    samples, size = centred.shape
    k = len(model.means)
    filled = np.empty((k, samples, size))
    unknown = np.zeros((size, size))
    for has, rows in data:
        gain, rest = _regression(model.covariance, has)
        for label in range(k):
            gap = centred[rows][:, has] - model.means[label, has]
            guess = model.means[label] + gap @ gain
            guess[:, has] = centred[rows][:, has]
            filled[label, rows] = guess
        unknown += len(rows) * rest
    weight = expected.sum(axis=0)
    means = np.einsum("nk,knd->kd", expected, filled) / np.maximum(weight, 1e-12)[:, None]
    means = _laid_out(means, weight, model.layout)
    scatter = unknown
    for label in range(k):
        gap = filled[label] - means[label]
        scatter = scatter + (expected[:, label, None] * gap).T @ gap
    covariance = np.where(np.eye(size) > 0, scatter / samples, scatter / (samples + size))
    shares = weight / samples
    parts = _cohort_parts(data.components, expected, means, cohorts, shares, model.layout)
    return LatentClasses(means, covariance, shares, *parts, model.layout)


def _laid_out(means: Float, weight: Float, layout: Layout | None) -> Float:
    """The nearest means that the layout allows, each class counting by its weight."""
    if layout is None:
        return means
    weighed = layout.design.T * weight
    fitted: Float = layout.design @ np.linalg.solve(weighed @ layout.design, weighed @ means)
    return fitted


def _regression(covariance: Float, has: Boolean) -> tuple[Float, Float]:
    """How absent components follow from present ones, and what stays unknown of them."""
    inner = covariance[np.ix_(has, has)]
    gain = np.asarray(np.linalg.solve(inner, covariance[has]), dtype=np.float64)
    return gain, covariance - gain.T @ inner @ gain


def _cohort_parts(
    components: Float,
    expected: Float,
    means: Float,
    cohorts: NDArray[np.intp],
    shares: Float,
    layout: Layout | None,
) -> tuple[dict[int, Float], dict[int, Float]]:
    """Shift and class shares of each cohort, drawn to zero and to the common shares."""
    k = len(shares)
    shifts, cohort_shares = {}, {}
    for code in np.unique(cohorts).tolist():
        mine = cohorts == code
        residual = components[mine] - expected[mine] @ means
        seen = np.isfinite(residual)
        total = np.where(seen, residual, 0.0).sum(axis=0)
        shifts[code] = total / (seen.sum(axis=0) + PSEUDO_SAMPLES)
        counts = expected[mine].sum(axis=0)
        free = (counts + k * shares) / (counts.sum() + k)
        cohort_shares[code] = free if layout is None else layout.shares
    return shifts, cohort_shares
