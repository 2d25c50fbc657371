"""How well groups of samples are mixed, and how much else of their structure is left."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from immunosep_omics.stats.arrays import Float, Integer


def principal_components(values: Float, number: int) -> Float:
    """Scores (samples, at most ``number``) of values (samples, features) without gaps."""
    centred = values - values.mean(axis=0)
    squares, vectors = np.linalg.eigh(centred @ centred.T)
    last = np.flatnonzero(squares > 1e-9 * max(squares[-1], 1e-300))[::-1][:number]
    scores: Float = vectors[:, last] * np.sqrt(squares[last])
    return scores


def explained_share(scores: Float, design: Float, given: Float) -> float:
    """Share of the components' variance, left by ``given``, that ``design`` explains.

    ``scores``: (samples, components); both designs (samples, columns), ``design`` with all that
    ``given`` has, an intercept among it. Sum over the components of variance times R², over the
    sum of variances (principal component regression: Büttner et al. 2019,
    doi:10.1038/s41592-018-0254-1).
    """
    before, after = (_left_over(scores, d) for d in (given, design))
    return float(1 - after / before) if before > 0 else 0.0


def _left_over(scores: Float, design: Float) -> float:
    basis, lengths, _ = np.linalg.svd(design, full_matrices=False)
    basis = basis[:, lengths > 1e-9 * lengths[0]]
    return float(((scores - basis @ (basis.T @ scores)) ** 2).sum())


def distances(scores: Float) -> Float:
    """Euclidean distances (samples, samples) between rows of scores (samples, components)."""
    squares = (scores**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * scores @ scores.T, 0))
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart)


def silhouettes(apart: Float, member: Integer) -> Float:
    """Silhouette width (samples,), from -1 to 1, of groups ``member`` (samples,) of codes 0, 1 ...

    Source: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7. A group of one sample has width 0.
    """
    groups = np.eye(member.max() + 1)[member]
    size = groups.sum(axis=0)
    sums = apart @ groups
    own = np.arange(len(member)), member
    within = sums[own] / np.maximum(size[member] - 1, 1)
    between = sums / size
    between[own] = np.inf
    nearest = between.min(axis=1)
    width = (nearest - within) / np.maximum(np.maximum(nearest, within), 1e-300)
    return np.where(size[member] > 1, width, 0.0)


def neighbours(apart: Float, k: int) -> Integer:
    """The ``k`` nearest other samples (samples, k) of each, by distances (samples, samples)."""
    others = apart.copy()
    np.fill_diagonal(others, np.inf)
    return np.asarray(np.argsort(others, axis=1, kind="stable")[:, :k])


def accepted(near: Integer, member: Integer) -> Float:
    """1 for samples (samples,) whose neighbours' groups are mixed as all samples' are, else 0.

    By Pearson's chi-square at level 0.05: kBET (Büttner et al. 2019,
    doi:10.1038/s41592-018-0254-1), over all samples; groups mixed by chance are accepted in 95 %.
    """
    groups = np.eye(member.max() + 1)
    share, k = groups[member].mean(axis=0), near.shape[1]
    observed = groups[member[near]].sum(axis=1)
    square = ((observed - k * share) ** 2 / (k * share)).sum(axis=1)
    return np.asarray(chdtrc(len(share) - 1, square) >= 0.05, dtype=np.float64)


def effective_groups(near: Integer, member: Integer) -> Float:
    """How many groups each sample's neighbours come from: 0 for one, 1 for as many as there are.

    The inverse of Simpson's index of the neighbours' groups, on the scale from one group to the
    index of all samples (LISI: Korsunsky et al. 2019, doi:10.1038/s41592-019-0619-0, with equal
    weights of the neighbours).
    """
    groups = np.eye(member.max() + 1)
    whole = 1 / (groups[member].mean(axis=0) ** 2).sum()
    found = 1 / (groups[member[near]].mean(axis=1) ** 2).sum(axis=1)
    return np.asarray((found - 1) / (whole - 1))


def kept_neighbours(before: Float, after: Float, member: Integer, k: int) -> Float:
    """Share (samples,) of a sample's ``k`` nearest of its own group that are so afterwards too.

    ``before``, ``after``: distances (samples, samples). NaN in groups of ``k + 1`` or fewer.
    """
    shares = np.full(len(member), np.nan)
    for code in range(member.max() + 1):
        rows = np.flatnonzero(member == code)
        if len(rows) <= k + 1:
            continue
        sets = []
        for apart in (before, after):
            near = np.zeros((len(rows), len(rows)), dtype=bool)
            np.put_along_axis(near, neighbours(apart[np.ix_(rows, rows)], k), True, axis=1)
            sets.append(near)
        shares[rows] = (sets[0] & sets[1]).sum(axis=1) / k
    return shares


def kept_difference(within: Float, overall: Float) -> float:
    """Slope of differences over all samples on those within groups (features,): 1 if all is kept.

    0 where the differences went with the groups; beyond 1 where those of groups were added.
    """
    size = float(within @ within)
    return float(within @ overall) / size if size > 0 else np.nan


def difference_weights(level: Float, member: Integer, drawn: Float) -> tuple[Float, Float]:
    """Weights (samples,) whose sum with values is the difference of two levels.

    ``level``: 1 or 0 of each sample; ``drawn``: how often each counts. First over all samples,
    then within groups ``member``, each group by what it tells (least squares with the groups'
    means). NaN where a side is empty.
    """
    groups = np.eye(member.max() + 1)[member]
    found = []
    for design in (np.ones((len(level), 1)), groups):
        size = np.maximum(drawn @ design, 1e-300)
        centred = level - design @ ((drawn * level) @ design / size)
        weight = drawn * centred
        scale = float(weight @ level)
        found.append(weight / scale if scale > 1e-9 else np.full(len(level), np.nan))
    return found[0], found[1]
