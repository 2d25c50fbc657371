"""Class probabilities in factor space: a Gaussian per class, one covariance within classes.

A sample that lacks blocks has scores drawn to the centre: with reliability A of its pattern, true
mean m and covariance W within classes, its scores have mean A m and covariance A W A + A - A A.
So fewer blocks give less certain classes, by as much as the absent blocks could have told.
Because means and covariance are estimates, the predictive density is Student's (Geisser 1964),
which keeps probabilities from being over-confident when samples are few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, logsumexp

from immunosep_omics.stats.kmeans import Array

ROUNDS = 200
TOLERANCE = 1e-8
FOLDS = 10
UNKNOWN = 0.02
PRIOR_SAMPLES = 1.0


@dataclass(frozen=True)
class Mixture:
    """Gaussian classes in factor space."""

    means: Array
    """(classes, factors)"""
    covariance: Array
    """(factors, factors) within classes, pooled."""
    counts: Array
    """(classes,) samples that each class was learnt from."""


@dataclass(frozen=True)
class Membership:
    """How samples relate to classes."""

    log_posterior: Array
    """(samples, classes), normalised."""
    typicality: Array
    """(samples,) chance that a member of the nearest class lies at least as far out; near 0 says
    that the sample fits none."""


def fit_mixture(
    scores: Array,
    labels: NDArray[np.intp],
    pattern: NDArray[np.intp],
    reliability: Array,
) -> Mixture:
    """Means and pooled covariance of labelled samples, with missing blocks accounted for (EM).

    Args:
        scores: (samples, factors), where 1 is the variance over samples with all blocks.
        labels: (samples,) 0 to classes - 1, every class present.
        pattern: (samples,) row of ``reliability``.
        reliability: (patterns, factors, factors).
    """
    factors = scores.shape[1]
    member = np.eye(int(labels.max()) + 1)[labels]
    counts = member.sum(axis=0)
    means = member.T @ scores / counts[:, None]
    covariance = np.eye(factors)
    free = max(len(scores) - len(counts), 1)
    for _ in range(ROUNDS):
        expected, unknown = np.empty_like(scores), np.zeros((factors, factors))
        for kind in np.unique(pattern):
            rows = pattern == kind
            known, gain, spread = _known(reliability[kind], covariance)
            centre = means[labels[rows]]
            back = np.linalg.solve(spread, gain @ covariance)
            expected[rows] = centre + (scores[rows] @ known - centre @ gain.T) @ back
            unknown += rows.sum() * (covariance - covariance @ gain.T @ back)
        means = member.T @ expected / counts[:, None]
        apart = expected - means[labels]
        prior = PRIOR_SAMPLES * np.eye(factors)
        updated = (apart.T @ apart + unknown + prior) / (free + PRIOR_SAMPLES)
        change = np.abs(updated - covariance).max() / np.abs(updated).max()
        covariance = updated
        if change < TOLERANCE:
            break
    return Mixture(means, covariance, counts)


def classify(
    model: Mixture, scores: Array, pattern: NDArray[np.intp], reliability: Array
) -> Membership:
    """Class probabilities and typicality of samples, new or old; arguments as in the fit."""
    classes, total = len(model.counts), float(model.counts.sum())
    log_weights = np.log(model.counts / total)
    log_posterior = np.tile(log_weights, (len(scores), 1))
    typicality = np.ones(len(scores))
    for kind in np.unique(pattern):
        rows = pattern == kind
        known, gain, spread = _known(reliability[kind], model.covariance)
        size = len(spread)
        if size == 0:
            continue
        apart = (scores[rows] @ known)[:, None, :] - model.means @ gain.T
        squares = np.einsum("scd,de,sce->sc", apart, np.linalg.inv(spread), apart)
        squares /= 1.0 + 1.0 / model.counts
        freedom = max(total - classes - size + 1.0, 1.0)
        log_density = -0.5 * (freedom + size) * np.log1p(squares / (total - classes))
        log_density -= 0.5 * size * np.log1p(1.0 / model.counts)
        log_posterior[rows] = log_weights + log_density
        nearest = squares.min(axis=1)
        typicality[rows] = fdtrc(size, freedom, nearest * freedom / (size * (total - classes)))
    log_posterior -= logsumexp(log_posterior, axis=1, keepdims=True)
    return Membership(log_posterior, typicality)


def cross_classify(
    scores: Array, labels: NDArray[np.intp], pattern: NDArray[np.intp], reliability: Array
) -> Membership:
    """Membership of the samples of a fit, each by a model that did not see it.

    Ten folds; the members of a class are dealt out in turn, in their given order.
    """
    fold = np.empty(len(labels), dtype=np.intp)
    for one in np.unique(labels):
        mine = np.flatnonzero(labels == one)
        fold[mine] = np.arange(len(mine)) % FOLDS
    log_posterior = np.empty((len(scores), int(labels.max()) + 1))
    typicality = np.empty(len(scores))
    for one in np.unique(fold):
        out = fold == one
        model = fit_mixture(scores[~out], labels[~out], pattern[~out], reliability)
        found = classify(model, scores[out], pattern[out], reliability)
        log_posterior[out], typicality[out] = found.log_posterior, found.typicality
    return Membership(log_posterior, typicality)


def _known(reliability: Array, covariance: Array) -> tuple[Array, Array, Array]:
    """Directions that a pattern knows, the gain from true to scored means, and the covariance.

    Returns:
        (factors, known) directions, (known, factors) gain, (known, known) covariance of scores
        within a class, both along these directions.
    """
    values, vectors = np.linalg.eigh(reliability)
    kept = values > UNKNOWN
    values, vectors = values[kept], vectors[:, kept]
    gain = values[:, None] * vectors.T
    spread = gain @ covariance @ gain.T + np.diag(values * np.maximum(1.0 - values, 0.0))
    return vectors, gain, spread
