"""Gaussian mixtures of many resamples side by side: classes of unequal size, spread and shape.

Expectation-maximisation (Dempster 1977) of a mixture in which each class has a covariance of its
own, kept from collapsing by the prior of Fraley & Raftery (2007, doi:10.1007/s00357-007-0004-5).
Log densities are linear in a sample's coordinates and their products, so each step of all runs and
classes is one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.kmeans import cluster_from

MOST_COORDINATES = 50
MAXIMUM_ROUNDS = 100
TOLERANCE = 1e-3
"""Change of every membership probability below which a run is settled."""


@dataclass(frozen=True)
class Mixture:
    """Mixtures of ``runs``."""

    labels: NDArray[np.int8]
    """(runs, samples) likeliest class, 0 to k - 1; -1 for samples that are not drawn."""
    log_likelihood: Float
    """(runs,) of the drawn samples."""


def cluster_by_mixture(points: Float, drawn: Boolean, k: int, chances: Float) -> Mixture:
    """One mixture for each row of ``drawn``, started from k-means.

    Args:
        points: (samples, coordinates), at most 50 coordinates: with more, covariances are mostly
            prior.
        drawn: (runs, samples), at least k in each.
        k: number of classes.
        chances: (starts, k, runs) uniform from 0 to 1, which start k-means.

    Raises:
        ValueError: more than 50 coordinates.
    """
    size = points.shape[1]
    if size > MOST_COORDINATES:
        raise ValueError(f"a Gaussian mixture takes at most {MOST_COORDINATES} coordinates")
    products = _Products(points - points.mean(axis=0))
    weights = drawn.astype(np.float64)
    start = cluster_from(points[None], weights, chances).labels
    expected = (start[:, None, :] == np.arange(k)[:, None]) * weights[:, None, :]
    prior = _prior(products, weights, k)
    likelihood = np.empty(len(drawn))
    active = np.arange(len(drawn))
    for _ in range(MAXIMUM_ROUNDS):
        score = products.log_densities(*products.maximise(expected[active], prior[active]))
        largest = score.max(axis=1, keepdims=True)
        density = np.exp(score - largest)
        total = density.sum(axis=1, keepdims=True)
        inside = weights[active]
        likelihood[active] = ((largest + np.log(total))[:, 0] * inside).sum(axis=1)
        probability = density / total * inside[:, None, :]
        moved = np.abs(probability - expected[active]).max(axis=(1, 2)) > TOLERANCE
        expected[active] = probability
        active = active[moved]
        if not len(active):
            break
    labels = expected.argmax(axis=1).astype(np.int8)
    labels[~drawn] = -1
    return Mixture(labels, likelihood)


def _prior(products: _Products, weights: Float, k: int) -> Float:
    """(runs, size, size) scale of the prior: the covariance of the drawn over k^(2 / size)."""
    count, _, covariance = products.moments(weights[:, None, :])
    spread = covariance[:, 0] * (count / np.maximum(count - 1.0, 1.0))[:, :, None]
    size = spread.shape[-1]
    least = 1e-12 * np.maximum(np.trace(spread, axis1=1, axis2=2), 1e-280)
    scale: Float = spread / k ** (2.0 / size) + least[:, None, None] * np.eye(size)
    return scale


class _Products:
    """Each sample's 1, coordinates and products of two coordinates, side by side."""

    def __init__(self, points: Float) -> None:
        self.size = points.shape[1]
        self.rows, self.columns = np.triu_indices(self.size)
        self.table = np.column_stack(
            [np.ones(len(points)), points, points[:, self.rows] * points[:, self.columns]]
        )

    def moments(self, weights: Float) -> tuple[Float, Float, Float]:
        """Sums of ``weights`` (runs, k, samples), and the means and covariances by them."""
        runs, k, _ = weights.shape
        sums = (weights.reshape(runs * k, -1) @ self.table).reshape(runs, k, -1)
        count = sums[:, :, 0]
        sums = sums[:, :, 1:] / np.maximum(count, 1e-12)[:, :, None]
        means, square = sums[:, :, : self.size], np.empty((runs, k, self.size, self.size))
        square[:, :, self.rows, self.columns] = sums[:, :, self.size :]
        square[:, :, self.columns, self.rows] = sums[:, :, self.size :]
        return count, means, square - means[..., :, None] * means[..., None, :]

    def maximise(self, expected: Float, prior: Float) -> tuple[Float, Float, Float]:
        """Shares, means, covariances of the classes; the prior has size + 2 degrees of freedom."""
        count, means, covariance = self.moments(expected)
        scatter = covariance * count[:, :, None, None] + prior[:, None]
        shares = count / count.sum(axis=1, keepdims=True)
        degrees = count + 2 * self.size + 4
        return shares, means, scatter / degrees[:, :, None, None]

    def log_densities(self, shares: Float, means: Float, covariances: Float) -> Float:
        """(runs, k, samples) log share + log density."""
        precision = np.linalg.inv(covariances)
        pulled = np.einsum("rkij,rkj->rki", precision, means)
        constant = np.log(np.maximum(shares, 1e-300)) - 0.5 * (
            np.einsum("rki,rki->rk", pulled, means)
            + np.linalg.slogdet(covariances)[1]
            + self.size * np.log(2 * np.pi)
        )
        twice = np.where(self.rows == self.columns, 0.5, 1.0)
        factors = np.concatenate(
            [constant[:, :, None], pulled, -twice * precision[:, :, self.rows, self.columns]],
            axis=2,
        )
        runs, k = shares.shape
        return (factors.reshape(runs * k, -1) @ self.table.T).reshape(runs, k, -1)
