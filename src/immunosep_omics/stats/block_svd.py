"""Common factors of several blocks of features measured in overlapping sets of samples.

Multiple factor analysis (Escofier & Pages 1994) in its regularised form for missing blocks
(Husson & Josse 2013), in three steps that each have a closed form:

1. Each block alone: features standardised, probabilistic principal components (Tipping & Bishop
   1999), kept as far as they rise above the Marchenko-Pastur edge of pure noise, and divided by
   the block's first singular value so that no block wins by its size.
2. The components of all blocks together: a Gaussian with one full covariance, fitted by
   expectation-maximisation over samples with different sets of blocks. An absent block is
   predicted from the present ones exactly as far as the two are correlated, never filled by a
   constant. Pseudo-samples without correlation between blocks guard against chance correlation.
3. Principal axes of that covariance are the factors.

A sample's scores are posterior means, so a sample with fewer blocks lies nearer to the centre on
the axes its blocks say little about. How far is known: the *reliability* matrix of its pattern of
blocks, which clustering and classification use to weigh it (see ``kmeans`` and ``mixture``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST_GRAM = 1500
FILL_ROUNDS = 30
MAXIMUM_ROUNDS = 500
TOLERANCE = 1e-8
TRACY_WIDOM_95 = 0.9793


@dataclass(frozen=True)
class Block:
    """What was learnt about one block: ``features_b`` features, ``components_b`` components."""

    mean: Array
    """(features_b,)"""
    scale: Array
    """(features_b,) standard deviation; 1 for a feature that does not vary."""
    loadings: Array
    """(features_b, components_b): standardised features per unit of component (variance 1)."""
    noise: float
    """Variance of a standardised feature that the components leave."""
    weight: Array
    """(components_b,) component size relative to the first singular value; the first is 1."""
    edge: float
    """Variance up to which a component could be noise, the first component's being 1; above 1
    if even the first, which is always kept, could be."""


@dataclass(frozen=True)
class BlockSVD:
    """Blocks, the covariance of their weighted components, and the factors drawn from it."""

    blocks: tuple[Block, ...]
    mean: Array
    """(components,) mean of the weighted components of all blocks, had all samples all blocks."""
    covariance: Array
    """(components, components) of the weighted components of all blocks."""
    axes: Array
    """(components, factors) orthonormal, by descending variance."""
    variance: Array
    """(factors,) along the axes; 1 is the first component of one block alone."""
    above_noise: int
    """Number of factors above noise, 0 to factors."""
    share: Array
    """(blocks, factors) share of each block's variance that a factor explains."""
    loadings: tuple[Array, ...]
    """Per block (features_b, factors): correlation-like weights of standardised features."""

    @property
    def factors(self) -> int:
        """Number of factors."""
        return len(self.variance)

    @property
    def metric(self) -> Array:
        """(factors,) multipliers of scores before distances are taken in clustering.

        Halfway (geometric mean) between equal factors, which lets the weakest blur the classes,
        and those of multiple factor analysis, in which the first can drown the others.
        """
        return np.power(self.variance / self.variance[0], 0.25)


@dataclass(frozen=True)
class Placement:
    """Where samples lie in factor space, and how far their blocks can tell.

    Scores have mean 0 and variance 1 over samples with all blocks. ``reliability[p]`` is the
    covariance that scores of pattern ``p`` have over many samples: the identity for all blocks;
    1 - its diagonal is the variance of what the blocks at hand leave unknown.
    """

    scores: Array
    """(samples, factors) posterior means."""
    pattern: NDArray[np.intp]
    """(samples,) row of ``present`` and ``reliability`` that a sample belongs to."""
    present: NDArray[np.bool_]
    """(patterns, blocks) which blocks the samples of a pattern have."""
    reliability: Array
    """(patterns, factors, factors)"""


def fit_block_svd(blocks: Sequence[Array], factors: int) -> BlockSVD:
    """Fit at most ``factors`` common factors; fewer when fewer rise above noise, at least one.

    Args:
        blocks: (samples, features_b) each, NaN where not measured; a row of NaN in a block says
            that the sample lacks the block.
        factors: upper bound of factors, and of the components kept per block.

    Raises:
        ValueError: if a block was measured in fewer than three samples.
    """
    parts = [_fit_block(block, factors) for block in blocks]
    weighted = [_components(part, block) for part, block in zip(parts, blocks, strict=True)]
    mean, covariance, unshrunk = _gaussian(weighted)
    above_noise = _factors_above_noise(parts, unshrunk)
    variance, axes = np.linalg.eigh(covariance)
    variance, axes = variance[::-1], axes[:, ::-1]
    kept = min(max(above_noise, 1), factors)
    axes = _with_sign(parts, axes[:, :kept], variance[:kept])
    loadings = _factor_loadings(parts, axes, variance[:kept])
    share = np.array([np.square(part).mean(axis=0) for part in loadings])
    return BlockSVD(
        blocks=tuple(parts),
        mean=mean,
        covariance=covariance,
        axes=axes,
        variance=variance[:kept],
        above_noise=min(above_noise, kept),
        share=share,
        loadings=loadings,
    )


def place(model: BlockSVD, blocks: Sequence[Array]) -> Placement:
    """Place samples, new ones or those of the fit, by the posterior mean given what they have.

    Args:
        model: from :func:`fit_block_svd`.
        blocks: as in the fit, the same features in the same order; NaN and absent blocks welcome.
    """
    weighted = np.hstack(
        [_components(b, values) for b, values in zip(model.blocks, blocks, strict=True)]
    )
    present = np.column_stack([np.isfinite(values).any(axis=1) for values in blocks])
    kinds, pattern = np.unique(present, axis=0, return_inverse=True)
    widths = [len(block.weight) for block in model.blocks]
    whitened = model.axes / np.sqrt(model.variance)
    scores = np.zeros((len(weighted), model.factors))
    reliability = np.zeros((len(kinds), model.factors, model.factors))
    for kind, has in enumerate(kinds):
        seen = np.repeat(has, widths)
        rows = pattern == kind
        gain = (
            np.linalg.solve(model.covariance[np.ix_(seen, seen)], model.covariance[seen]) @ whitened
        )
        scores[rows] = (weighted[rows][:, seen] - model.mean[seen]) @ gain
        reliability[kind] = gain.T @ model.covariance[np.ix_(seen, seen)] @ gain
    return Placement(scores, pattern, kinds, reliability)


def components(model: BlockSVD, blocks: Sequence[Array]) -> Array:
    """(samples, components of all blocks) weighted; NaN for the components of absent blocks."""
    parts = [_components(b, values) for b, values in zip(model.blocks, blocks, strict=True)]
    return np.hstack(parts)


def project(model: BlockSVD, blocks: Sequence[Array]) -> Array:
    """Scores (samples, factors) of :func:`place` alone."""
    return place(model, blocks).scores


# --- step 1: one block ---------------------------------------------------------------------------


def _fit_block(values: Array, factors: int) -> Block:
    """Probabilistic principal components of one block, standardised by what was observed."""
    seen = np.isfinite(values)
    rows = seen.any(axis=1)
    samples, features = int(rows.sum()), values.shape[1]
    if samples < 3:
        raise ValueError("a block measured in fewer than three samples")
    seen, data = seen[rows], np.where(seen[rows], values[rows], 0.0)
    counts = np.maximum(seen.sum(axis=0), 1)
    mean = data.sum(axis=0) / counts
    data = np.where(seen, data - mean, 0.0)
    scale = np.sqrt(np.square(data).sum(axis=0) / counts)
    scale[scale <= 1e-12 * np.maximum(np.abs(mean), 1.0)] = 1.0
    data /= scale
    axes, variance = _right_singular(data, min(factors + 1, samples - 1, features))
    above, edge = _above_noise(data, axes, variance)
    kept = max(1, min(above, factors))
    axes, variance = _fill_holes(data, axes[:, :kept], variance[:kept], ~seen)
    left = np.square(data - data @ axes @ axes.T).sum()
    free = (1 - (kept + 1) / samples) * (1 - kept / features) * np.count_nonzero(seen)
    noise = min(float(left) / max(free, 1.0), 0.999 * float(variance[-1]))
    return Block(
        mean=mean,
        scale=scale,
        loadings=axes * np.sqrt(variance - noise),
        noise=float(max(noise, 1e-9)),
        weight=np.sqrt(variance / variance[0]),
        edge=edge / float(variance[0]),
    )


def _fill_holes(
    data: Array, axes: Array, variance: Array, holes: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Axes and variances once the holes in ``data`` are filled by their fit (in place)."""
    if not holes.any():
        return axes, variance
    for _ in range(FILL_ROUNDS):
        data[holes] = (data @ axes @ axes.T)[holes]
        basis = np.linalg.qr(data @ axes)[0]
        axes, values, _ = np.linalg.svd(data.T @ basis, full_matrices=False)
        variance = np.square(values) / len(data)
    data[holes] = (data @ axes @ axes.T)[holes]
    return axes, variance


def _right_singular(data: Array, count: int) -> tuple[Array, Array]:
    """Leading right singular vectors and variances, by the smaller Gram matrix or by Lanczos."""
    if min(data.shape) > LARGEST_GRAM:
        from scipy.sparse.linalg import svds

        small = min(data.shape)
        basis = min(4 * count + 20, small - 1)
        _, values, right = svds(data, k=count, ncv=basis, tol=1e-7, v0=np.ones(small))
        return right[::-1].T, np.square(values[::-1]) / len(data)
    from scipy.linalg import eigh

    wide = data.shape[0] < data.shape[1]
    gram = data @ data.T if wide else data.T @ data
    size = len(gram)
    squares, vectors = eigh(gram, subset_by_index=(size - count, size - 1))
    squares = np.maximum(squares[::-1], 1e-12 * max(float(squares[-1]), 1e-300))
    vectors = vectors[:, ::-1]
    axes = data.T @ vectors / np.sqrt(squares) if wide else vectors
    return axes, squares / len(data)


def _above_noise(data: Array, axes: Array, variance: Array) -> tuple[int, float]:
    """Number of components above noise, and the largest variance noise reaches (about 95 %).

    Noise is what the components found so far leave in each feature, as in deflated parallel
    analysis (Dobriban & Owen 2019); holes count as zeros, which lowers signal and noise alike.
    """
    samples, features = data.shape
    left = np.square(data).sum(axis=0) / samples
    found = 0
    while True:
        free = max((samples - 1 - found) * (features - found) / (samples * features), 1e-3)
        edge = _noise_edge(np.maximum(left, 0.0) / free, samples)
        if found == len(variance) or variance[found] <= edge:
            return found, edge
        left -= np.square(axes[:, found]) * variance[found]
        found += 1


def _noise_edge(noise: Array, samples: int) -> float:
    """Largest variance along any axis of uncorrelated features with variances ``noise``.

    The upper edge of the generalised Marchenko-Pastur law (Silverstein & Choi 1995): the least of
    1 / u + sum(noise / (1 - noise u)) / samples over 0 < u < 1 / max(noise). Beyond it, the
    largest eigenvalue fluctuates by Tracy-Widom's law (Johnstone 2001), of which the 95 % point.
    """
    low, high = 0.0, 1.0 / max(float(noise.max()), 1e-300)
    for _ in range(60):
        u = (low + high) / 2
        rising = np.square(noise * u / (1.0 - noise * u)).sum() > samples
        low, high = (low, u) if rising else (u, high)
    edge = 1.0 / low + float((noise / (1.0 - noise * low)).sum()) / samples
    root = np.sqrt(samples - 1) + np.sqrt(len(noise))
    spread = (1 / np.sqrt(samples - 1) + 1 / np.sqrt(len(noise))) ** (1 / 3)
    return edge * float(1.0 + TRACY_WIDOM_95 * spread / root)


def _components(block: Block, values: Array) -> Array:
    """Weighted components (samples, components_b), posterior means; NaN rows for absent samples."""
    seen = np.isfinite(values)
    standard = np.where(seen, (values - block.mean) / block.scale, 0.0)
    information = _information(seen, block.loadings) + block.noise * np.eye(len(block.weight))
    components = np.linalg.solve(information, (standard @ block.loadings)[:, :, None])[:, :, 0]
    components[~seen.any(axis=1)] = np.nan
    return components * block.weight


def _information(seen: NDArray[np.bool_], loadings: Array) -> Array:
    """(samples, components, components) sums of loading products over the features seen."""
    count = loadings.shape[1]
    information = np.empty((len(seen), count, count))
    complete = seen.all(axis=1)
    information[complete] = loadings.T @ loadings
    products = (loadings[:, :, None] * loadings[:, None, :]).reshape(len(loadings), -1)
    information[~complete] = (seen[~complete] @ products).reshape(-1, count, count)
    return information


# --- step 2: all blocks --------------------------------------------------------------------------


def _gaussian(weighted: list[Array]) -> tuple[Array, Array, Array]:
    """Mean and covariance of the weighted components by EM over patterns of absent blocks.

    As many pseudo-samples as there are components, uncorrelated between blocks (a conjugate
    prior), shrink covariances between blocks when few samples have both. The third matrix
    returned is without them.
    """
    together = np.hstack(weighted)
    seen = np.isfinite(together)
    block_of = np.repeat(np.arange(len(weighted)), [part.shape[1] for part in weighted])
    within = block_of[:, None] == block_of[None, :]
    together, seen = together[seen.any(axis=1)], seen[seen.any(axis=1)]
    kinds, pattern = np.unique(seen, axis=0, return_inverse=True)
    mean = np.nanmean(together, axis=0)
    covariance = np.diag(np.nanvar(together, axis=0))
    size, prior = len(together), together.shape[1]
    for _ in range(MAXIMUM_ROUNDS):
        expected = np.empty_like(together)
        unknown = np.zeros_like(covariance)
        for kind, has in enumerate(kinds):
            rows = pattern == kind
            inner = covariance[np.ix_(has, has)]
            gain = np.linalg.solve(inner, covariance[has])
            expected[rows] = mean + (together[rows][:, has] - mean[has]) @ gain
            unknown += rows.sum() * (covariance - gain.T @ inner @ gain)
        mean = expected.mean(axis=0)
        scatter = (expected - mean).T @ (expected - mean) + unknown
        updated = np.where(within, scatter / size, scatter / (size + prior))
        change = np.abs(updated - covariance).max() / np.abs(updated).max()
        covariance = updated
        if change < TOLERANCE:
            break
    return mean, covariance, scatter / size


def _factors_above_noise(parts: Sequence[Block], covariance: Array) -> int:
    """Leading axes with more variance than the noise edges of the components they are made of."""
    variance, axes = np.linalg.eigh(covariance)
    edges = np.concatenate([np.full(len(part.weight), part.edge) for part in parts])
    above = (variance > np.square(axes).T @ edges)[::-1]
    return int(np.argmin(np.append(above, False)))


# --- step 3: factors -----------------------------------------------------------------------------


def _factor_loadings(parts: Sequence[Block], axes: Array, variance: Array) -> tuple[Array, ...]:
    """Per block (features_b, factors): standardised features per unit of factor score."""
    loadings, start = [], 0
    for part in parts:
        stop = start + len(part.weight)
        loadings.append((part.loadings / part.weight) @ (axes[start:stop] * np.sqrt(variance)))
        start = stop
    return tuple(loadings)


def _with_sign(parts: Sequence[Block], axes: Array, variance: Array) -> Array:
    """Axes turned so that the sum of cubed loadings is positive."""
    cubes = sum(np.power(part, 3).sum(axis=0) for part in _factor_loadings(parts, axes, variance))
    return axes * np.where(cubes < 0, -1.0, 1.0)
