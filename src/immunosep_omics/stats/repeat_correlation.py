"""How far repeated samples correlate, estimated from all features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize.elementwise import find_root
from scipy.sparse import csr_array

from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.linear import weights_and_values
from immunosep_omics.stats.minimum import repeats_tell
from immunosep_omics.stats.orthogonal import independent_columns
from immunosep_omics.stats.parts import column_parts
from immunosep_omics.stats.repeats import block_indicator
from immunosep_omics.stats.small_systems import cholesky, solve
from immunosep_omics.stats.threads import one_blas_thread

# Each feature's correlation is kept this far from the least possible one, and from 1.
_MARGIN = 0.01
# A coefficient of which others leave less than this share cannot be told by a feature's samples.
_INDEPENDENT = 1e-10
# Steps from independence to a bound in which the top of the likelihood is looked for.
_STEPS = 16


@dataclass(frozen=True)
class RepeatCorrelation:
    """One ``correlation`` for all features, and ``each`` (features,), NaN where unknown."""

    correlation: float
    each: Float


@dataclass(frozen=True)
class _Sums:
    """What the likelihood needs of the blocks, by how many of their samples were measured.

    Blocks of one size enter alike, so their sums suffice. Over blocks of each ``size`` (sizes,):
    ``blocks`` (sizes, features), how many there are; of their sums of samples, each sample times
    the root of its weight, ``design_square`` (sizes, coefficients, coefficients, features),
    ``design_residual`` (sizes, coefficients, features) and ``residual`` (sizes, features), with
    residuals of the fit that ignores blocks. ``squares`` (coefficients, coefficients, features)
    and ``residual_square`` (features,) are over all samples; ``df``: (features,).
    """

    size: Float
    blocks: Float
    design_square: Float
    design_residual: Float
    residual: Float
    squares: Float
    residual_square: Float
    df: Float


@dataclass(frozen=True)
class _Parts:
    """Independent parts of the residuals, alike for all features.

    A part varies by the error plus ``share`` times the variance between blocks. ``share`` and
    ``df``: (parts,); ``squares``: (parts, features), sums of squared residuals.
    """

    share: Float
    df: Float
    squares: Float


def repeat_correlation(
    values: Float,
    design: Float,
    block: Integer,
    weights: Float | None = None,
    trim: float = 0.15,
) -> RepeatCorrelation:
    """Correlation of samples (rows of ``values``) that share a block, such as a patient.

    ``values``: (samples, features), NaN = missing; ``design``: (samples, coefficients);
    ``block``: (samples,) codes; ``weights``: (samples,) or (samples, features).
    Every feature's correlation is its restricted maximum likelihood estimate; the one for all is
    their mean on the scale of Fisher's z without the share ``trim`` at each end. A feature is left
    out where too few of its samples, or none, repeat each other.
    NaN when that is every feature. Source: Smyth, Michaud & Scott 2005,
    doi:10.1093/bioinformatics/bti270. Agrees to 1e-5 with ``limma::duplicateCorrelation`` when its
    search is let run until nothing changes; as it is, limma stops after 20 rounds, before the top
    for some features, which moves the consensus by some thousandths of itself.
    """
    values, design = np.asarray(values, dtype=np.float64), np.asarray(design, dtype=np.float64)
    basis = np.linalg.qr(design[:, independent_columns(design)])[0]
    indicator = block_indicator(block)
    largest = int(indicator.sum(axis=1).max())
    if largest < 2:
        return RepeatCorrelation(np.nan, np.full(values.shape[1], np.nan))
    low, high = -1 / (largest - 1) + _MARGIN, 1 - _MARGIN
    each = np.full(values.shape[1], np.nan)
    with one_blas_thread():
        alike = _alike(values, weights)
        enough_alike = repeats_tell(len(values), indicator.shape[0], basis.shape[1])
        if enough_alike and alike.any():
            axes, shares = _independent_axes(basis, weights, indicator)
            for part in column_parts(np.flatnonzero(alike), len(values)):
                parts = _sum_parts(values[:, part], axes, shares)
                count = parts.squares.shape[1]
                each[part] = _most_likely(partial(_score_parts, parts=parts), count, low, high)
        for part in column_parts(np.flatnonzero(~alike), len(values)):
            own_weights, response = weights_and_values(values, weights, part)
            sums, enough = _sum_blocks(own_weights, response, basis, indicator)
            top = _most_likely(partial(_score, sums=sums), len(enough), low, high)
            each[part] = np.where(enough, top, np.nan)
    known = np.sort(np.arctanh(each[~np.isnan(each)]))
    cut = int(len(known) * trim)
    kept = known[cut : len(known) - cut]
    return RepeatCorrelation(float(np.tanh(kept.mean())) if len(kept) else np.nan, each)


def _sum_blocks(
    weights: Float, response: Float, basis: Float, indicator: csr_array
) -> tuple[_Sums, Boolean]:
    """What the likelihood needs of weighted values (samples, features), and who has enough."""
    coefficients, features = basis.shape[1], weights.shape[1]
    weighted = weights[None] * basis.T[:, :, None]
    squares = np.empty((coefficients, coefficients, features))
    for j in range(coefficients):
        squares[:, j] = basis.T @ weighted[j]
    root = squares.copy()
    kept = cholesky(root, _INDEPENDENT)
    residual = response
    for _ in range(2):  # the second time for accuracy
        residual = residual - basis @ solve(root, basis.T @ (weights * residual))
    root_weights = np.sqrt(weights)
    of_block = indicator @ (weights > 0).astype(np.float64)
    seen, occupied = of_block.sum(axis=0), np.count_nonzero(of_block, axis=0)
    enough = np.asarray(repeats_tell(seen, occupied, coefficients))
    sizes = np.unique(of_block[of_block > 0])
    design = np.stack([indicator @ (root_weights * column[:, None]) for column in basis.T])
    together = indicator @ (root_weights * residual)
    design_square = np.empty((len(sizes), coefficients, coefficients, features))
    design_residual = np.empty((len(sizes), coefficients, features))
    blocks, residual_square = np.empty((2, len(sizes), features))
    for place, size in enumerate(sizes):
        chosen = of_block == size
        blocks[place] = np.count_nonzero(chosen, axis=0)
        own = together * chosen
        residual_square[place] = np.einsum("bf,bf->f", own, own)
        for j in range(coefficients):
            column = design[j] * chosen
            design_residual[place, j] = np.einsum("bf,bf->f", column, together)
            for k in range(j + 1):
                design_square[place, j, k] = np.einsum("bf,bf->f", column, design[k])
                design_square[place, k, j] = design_square[place, j, k]
    sums = _Sums(
        size=sizes[:, None],
        blocks=blocks,
        design_square=design_square,
        design_residual=design_residual,
        residual=residual_square,
        squares=squares,
        residual_square=np.einsum("nf,nf,nf->f", weights, residual, residual),
        df=np.maximum(seen - np.count_nonzero(kept, axis=0), 1),
    )
    return sums, enough


def _most_likely(
    score: Callable[[Float, Integer], Float], features: int, low: float, high: float
) -> Float:
    """Correlation (features,) at the top of the likelihood that is nearest to independence.

    ``score``: slope of the likelihood at a correlation of each of some features.
    The likelihood of a few blocks can rise a second time, without end, where a block's variance
    vanishes; so the search goes uphill from 0 in small steps to the first top, or to a bound.
    """
    every = np.arange(features)
    start = np.zeros(len(every))
    rising = score(start, every) > 0
    bound = np.where(rising, high, low)
    climbing, stop = every, bound.copy()
    for step in range(1, _STEPS + 1):
        tried = bound[climbing] * (step / _STEPS)
        past = (score(tried, climbing) > 0) != rising[climbing]
        stop[climbing[past]] = tried[past]
        climbing = climbing[~past]
        start[climbing] = tried[~past]
    correlation = bound.copy()
    inside = np.setdiff1d(every, climbing)
    if len(inside):
        found = find_root(score, (start[inside], stop[inside]), args=(inside,))
        correlation[inside] = found.x
    return correlation


def _score(correlation: Float, feature: Integer, sums: _Sums) -> Float:
    """Slope, up to a positive factor, of the restricted log-likelihood over the correlation.

    With the error variance at its best. V = I + ratio Z Z' is inverted block by block.
    """
    feature = feature.astype(np.intp)
    ratio = correlation / (1 - correlation)
    inverse = 1 / (1 + ratio * sums.size)
    design = sums.design_square[..., feature]
    mixed = sums.design_residual[..., feature]
    residual = sums.residual[:, feature]
    shrunk = ratio * inverse
    squares = sums.squares[..., feature] - np.einsum("sf,spqf->pqf", shrunk, design)
    cholesky(squares, _INDEPENDENT)
    slope = -np.einsum("sf,spf->pf", shrunk, mixed)
    effects = solve(squares, slope.copy())
    deviance = sums.residual_square[feature] - np.einsum("pf,pf->f", effects, slope)
    deviance -= np.einsum("sf,sf->f", shrunk, residual)
    twice = inverse**2
    design = np.einsum("sf,spqf->pqf", twice, design)
    between = np.einsum("sf,sf->f", twice, residual)
    between -= 2 * np.einsum("pf,sf,spf->f", effects, twice, mixed)
    between += np.einsum("pf,pqf,qf->f", effects, design, effects)
    leverage = np.einsum("ppf->f", solve(squares, design))
    expected = (sums.size * inverse * sums.blocks[:, feature]).sum(axis=0) - leverage
    with np.errstate(divide="ignore", invalid="ignore"):
        score: Float = between * sums.df[feature] / deviance
    return score - expected


def _alike(values: Float, weights: Float | None) -> Boolean:
    """Features that were measured in every sample, with the weights of all features."""
    if weights is not None and (weights.ndim == 2 or not (weights > 0).all()):
        return np.zeros(values.shape[1], dtype=bool)
    return np.logical_not(np.isnan(values).any(axis=0))


def _independent_axes(
    basis: Float, weights: Float | None, indicator: csr_array
) -> tuple[Float, Float]:
    """Axes (residual df, samples) on which residuals are independent, and their shares.

    The share (residual df,), in rising order, is how much of the variance between blocks an axis
    carries.
    """
    scale = np.ones((len(basis), 1)) if weights is None else np.sqrt(weights)[:, None]
    outside = np.linalg.qr(basis * scale, mode="complete")[0][:, basis.shape[1] :]
    between = indicator @ outside
    shares, turn = np.linalg.eigh(between.T @ between)
    return np.ascontiguousarray(((outside @ turn) * scale).T), shares


def _sum_parts(values: Float, axes: Float, shares: Float) -> _Parts:
    """What the likelihood needs of features without gaps; equal shares make one part."""
    starts = np.flatnonzero(np.diff(shares, prepend=-np.inf) > 1e-9 * shares[-1])
    return _Parts(
        share=np.maximum(shares[starts], 0),
        df=np.diff(np.r_[starts, len(shares)]).astype(np.float64),
        squares=np.add.reduceat((axes @ values) ** 2, starts, axis=0),
    )


def _score_parts(correlation: Float, feature: Integer, parts: _Parts) -> Float:
    """As ``_score``, of features that are alike."""
    ratio = correlation / (1 - correlation)
    inverse = 1 / (1 + ratio * parts.share[:, None])
    scaled = parts.squares[:, feature.astype(np.intp)] * inverse
    slope = parts.share[:, None] * inverse
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance = scaled.sum(axis=0) / parts.df.sum()
        score: Float = np.einsum("kf,kf->f", scaled, slope) / deviance
    return score - parts.df @ slope
