"""Clouds without clusters that resemble given scores: the null of ``cluster_number``.

Every sample keeps what could be mistaken for clusters: the covariance that its pattern of missing
blocks and its group (cohort) give it, its group's mean and, where tails are heavy, its own
Mahalanobis radius. Only its direction is drawn afresh, so the cloud is elliptical: SigClust's
Gaussian null (Liu et al. 2008) made to hold for missing blocks, several cohorts and heavy tails.
A *gradient* is the same cloud with one axis flat (uniform), the least favourable unimodal axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from immunosep_omics.stats.kmeans import Array

UNKNOWN = 0.02
"""A direction of which a pattern knows less than this share counts as not known at all."""
OUTER_SHARE = 0.05


@dataclass(frozen=True)
class Cloud:
    """Scores taken apart: ``scores = spread (centre + deviation)`` for each sample."""

    spread: Array
    """(samples, factors, factors) root of the reliability of the sample's pattern."""
    centre: Array
    """(samples, factors) mean of the sample's group."""
    deviation: Array
    """(samples, factors) from the group's mean; outlying samples pulled in."""
    shape: Array
    """(samples, factors, factors) root of the covariance of deviations in the sample's group."""
    radius: Array
    """(samples,) Mahalanobis length of the deviation, as if all factors were known."""
    heavy: bool
    """Whether radii vary more than a Gaussian's."""

    def scores(self, deviation: Array) -> Array:
        """(draws, samples, factors) scores for deviations of that shape."""
        return np.einsum("sfg,dsg->dsf", self.spread, self.centre + deviation)


def take_apart(
    scores: Array, pattern: NDArray[np.intp], reliability: Array, group: NDArray[np.intp]
) -> Cloud:
    """Estimate the cloud that scores would come from if there were no clusters.

    Args:
        scores: (samples, factors), more samples than factors + 1.
        pattern: (samples,) row of ``reliability``.
        reliability: (patterns, factors, factors) covariance that missing blocks leave.
        group: (samples,) 0, 1, ...: cohorts, whose means and covariances may differ.
    """
    values, vectors = np.linalg.eigh(reliability)
    roots = np.sqrt(np.where(values > UNKNOWN, values, 0.0))
    inverse = np.divide(1.0, roots, out=np.zeros_like(roots), where=roots > 0)
    turned = vectors.transpose(0, 2, 1)
    spread = (vectors * roots[:, None, :]) @ turned
    level = np.einsum("sfg,sg->sf", ((vectors * inverse[:, None, :]) @ turned)[pattern], scores)
    known = ((vectors * (roots > 0)[:, None, :]) @ turned)[pattern]
    centre = _group_means(level, known, group)
    deviation, radius, heavy = _pull_in(level - centre, known)
    moved = _group_means(deviation, known, group)
    centre, deviation = centre + moved, deviation - moved
    shape = _group_shapes(deviation, known, group)[group]
    return Cloud(spread[pattern], centre, deviation, shape, radius, heavy)


def rotate(cloud: Cloud, draws: int, generator: np.random.Generator) -> Array:
    """(draws, samples, factors) scores of elliptical clouds."""
    return cloud.scores(_shaped(cloud, _directions(cloud, draws, generator)))


def flatten(cloud: Cloud, draws: int, generator: np.random.Generator) -> Array:
    """(draws, samples, factors) scores of elliptical clouds with one flat axis."""
    white = _directions(cloud, draws, generator)
    white[:, :, 0] = np.sqrt(12.0) * (generator.random(white.shape[:2]) - 0.5)
    return cloud.scores(_shaped(cloud, white))


def _directions(cloud: Cloud, draws: int, generator: np.random.Generator) -> Array:
    """Whitened draws: new directions at the samples' own radii, or at a Gaussian's."""
    white = generator.standard_normal((draws, *cloud.deviation.shape))
    length = np.sqrt(np.square(white).sum(axis=2))
    wanted = cloud.radius if cloud.heavy else np.minimum(length, cloud.radius.max())
    return white * (wanted / length)[:, :, None]


def _shaped(cloud: Cloud, white: Array) -> Array:
    """Draws with exactly the observed mean and covariance, on which the test conditions."""
    white = white - white.mean(axis=1, keepdims=True)
    lower = np.linalg.cholesky(white.transpose(0, 2, 1) @ white / white.shape[1])
    exact = np.linalg.solve(lower, white.transpose(0, 2, 1)).transpose(0, 2, 1)
    return np.einsum("sfg,dsg->dsf", cloud.shape, exact)


def _group_means(level: Array, known: Array, group: NDArray[np.intp]) -> Array:
    """(samples, factors) mean of each sample's group, as far as the sample knows it."""
    means = []
    for one in range(int(group.max()) + 1):
        mine = group == one
        seen = known[mine].sum(axis=0) + 1e-9 * np.eye(level.shape[1])
        means.append(np.linalg.solve(seen, level[mine].sum(axis=0)))
    return np.einsum("sfg,sg->sf", known, np.array(means)[group])


def _pull_in(deviation: Array, known: Array) -> tuple[Array, Array, bool]:
    """Move samples outside the 95 % ellipsoid onto it (Huber 1981); radii; are tails heavy?

    An outlier then can neither make a cluster of its own nor turn the covariance towards itself.
    """
    factors = deviation.shape[1]
    wider = factors / np.maximum(np.einsum("sff->s", known), 1.0)
    inside = deviation
    for _ in range(10):
        covariance = _covariance(inside.T @ inside, known.sum(axis=0))
        squares = wider * (deviation.T * np.linalg.solve(covariance, deviation.T)).sum(axis=0)
        rim = np.median(squares) * chdtri(factors, OUTER_SHARE) / chdtri(factors, 0.5)
        shrink: Array = np.sqrt(np.minimum(1.0, rim / np.maximum(squares, 1e-300)))
        inside = deviation * shrink[:, None]
    kurtosis = float(np.square(squares).mean() / squares.mean() ** 2)
    radius = np.sqrt(np.minimum(squares, rim))
    return inside, radius, kurtosis > (factors + 2) / factors


def _group_shapes(deviation: Array, known: Array, group: NDArray[np.intp]) -> Array:
    """Lower roots of the groups' covariances, small groups drawn towards the common one."""
    weight = 2.0 * deviation.shape[1] / len(deviation)
    squares, seen = deviation.T @ deviation * weight, known.sum(axis=0) * weight
    shapes = []
    for one in range(int(group.max()) + 1):
        mine = deviation[group == one]
        covariance = _covariance(mine.T @ mine + squares, known[group == one].sum(axis=0) + seen)
        shapes.append(np.linalg.cholesky(covariance))
    return np.array(shapes)


def _covariance(squares: Array, seen: Array) -> Array:
    """Sum of squares over the number of samples that knew each direction (a matrix)."""
    values, vectors = np.linalg.eigh(seen)
    root = (vectors / np.sqrt(np.maximum(values, 1.0))) @ vectors.T
    return root @ squares @ root + 1e-12 * np.trace(squares) / len(seen) * np.eye(len(squares))
