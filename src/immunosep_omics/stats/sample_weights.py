"""How much each sample can be trusted: its precision relative to the others, from all features."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float, Integer
from immunosep_omics.stats.linear import weights_and_values
from immunosep_omics.stats.orthogonal import independent_columns
from immunosep_omics.stats.parts import column_parts
from immunosep_omics.stats.small_systems import cholesky, forward, solve
from immunosep_omics.stats.threads import one_blas_thread

_ROUNDS = 200
# The search ends when no logarithm of a weight changes by more.
_SETTLED = 1e-9
# Steps in which a logarithm changes by more are shortened to this.
_LONGEST_STEP = 1.0
_INDEPENDENT = 1e-10
# Variances that are rounding errors say nothing about samples.
_SMALLEST = 1e-15


def sample_weights(
    values: Float,
    design: Float,
    weights: Float | None = None,
    groups: Integer | None = None,
    prior_features: float = 10.0,
) -> Float:
    """Weights (samples,) with geometric mean 1, for ``fit_linear`` beside any other weights.

    ``values``: (samples, features), NaN = missing; ``weights``: (samples,) or (samples, features),
    such as those of ``voom``. ``groups``: (samples,) codes of samples that share one weight, such
    as batches. ``prior_features``: as many features of equal samples hold the weights together.
    By restricted maximum likelihood: a sample's squared residuals, over the variances of their
    features, are as large as its leverage lets expect.

    Raises ValueError when the samples are too few to tell their weights from the coefficients.
    Source: Ritchie et al. 2006, doi:10.1186/1471-2105-7-261; Liu et al. 2015,
    doi:10.1093/nar/gkv412. Agrees with ``limma::arrayWeights(method = "reml")`` to 1e-5.
    """
    values, design = np.asarray(values, dtype=np.float64), np.asarray(design, dtype=np.float64)
    basis = np.linalg.qr(design[:, independent_columns(design)])[0]
    samples, coefficients = basis.shape
    if samples - coefficients < 2:
        raise ValueError(
            f"{samples} samples and {coefficients} coefficients leave too little to weigh samples"
        )
    contrasts = _equal_mean(np.arange(samples) if groups is None else groups)
    log_weights = np.zeros(samples)
    for _ in range(_ROUNDS):
        own = np.exp(log_weights)
        deviance, expected, features = _deviances(values, basis, weights, own)
        excess = deviance - expected + prior_features * (own - 1)
        slope = features * _curvature(basis, own) + prior_features * np.diag(own)
        step = np.linalg.solve(contrasts.T @ slope @ contrasts, contrasts.T @ excess)
        change = contrasts @ step
        longest = np.abs(change).max(initial=0.0)
        log_weights -= change * (_LONGEST_STEP / max(longest, _LONGEST_STEP))
        if longest < _SETTLED:
            break
    return np.exp(log_weights)


def _equal_mean(groups: Integer) -> Float:
    """Contrasts (samples, groups - 1) of groups whose logarithms of weights have mean 0."""
    code = np.unique(groups, return_inverse=True)[1]
    member = (code[:, None] == np.arange(code.max() + 1)).astype(np.float64)
    others = member[:, 1:]
    return others - others.mean(axis=0)


def _curvature(basis: Float, weights: Float) -> Float:
    """How the deviances (samples,) of one feature change with the logarithms of the weights."""
    own = np.linalg.qr(basis * np.sqrt(weights)[:, None])[0]
    rest = np.eye(len(own)) - own @ own.T
    left = np.diagonal(rest)
    return np.asarray(rest**2 - np.outer(left, left) / left.sum())


def _deviances(
    values: Float, basis: Float, weights: Float | None, own: Float
) -> tuple[Float, Float, int]:
    """Squared residuals (samples,) over variances, summed over features, and their expectation.

    And the number of features that have residuals.
    """
    deviance, expected, features = np.zeros(len(values)), np.zeros(len(values)), 0
    with one_blas_thread():
        for part in column_parts(np.arange(values.shape[1]), len(values)):
            cell, response = weights_and_values(values, weights, part)
            alike = bool((cell == cell[:, :1]).all())
            total = cell * own[:, None]
            # Features whose weights are all alike share one matrix.
            squares = _squares(basis, total[:, :1] if alike else total)
            kept = cholesky(squares, _INDEPENDENT)
            every = np.broadcast_to(squares, (*squares.shape[:2], total.shape[1]))
            effects = solve(every, basis.T @ (total * response))
            residual = response - basis @ effects
            squared = total * residual * residual
            df = np.count_nonzero(total, axis=0) - np.count_nonzero(kept, axis=0)
            variance = squared.sum(axis=0) / np.maximum(df, 1)
            usable = (df > 0) & (variance > _SMALLEST)
            deviance += (squared[:, usable] / variance[usable]).sum(axis=1)
            if alike:
                leverage = _leverage(basis, squares, total[:, :1])[:, 0]
                seen = total[:, 0] > 0
                expected += np.count_nonzero(usable) * np.where(seen, 1 - leverage, 0.0)
            else:
                leverage = _leverage(basis, squares, total)
                expected += np.where(total > 0, 1 - leverage, 0.0)[:, usable].sum(axis=1)
            features += int(np.count_nonzero(usable))
    return deviance, expected, features


def _squares(basis: Float, weights: Float) -> Float:
    """Weighted products of columns of the basis: (coefficients, coefficients, features)."""
    first, second = np.tril_indices(basis.shape[1])
    squares = np.empty((basis.shape[1], basis.shape[1], weights.shape[1]))
    squares[first, second] = (basis[:, first] * basis[:, second]).T @ weights
    return squares


def _leverage(basis: Float, root: Float, weights: Float) -> Float:
    """Share of each weighted value (samples, features) that its own fit takes."""
    rows = np.repeat(basis.T[:, :, None], weights.shape[1], axis=2)
    forward(root, rows)
    return weights * np.einsum("pnf,pnf->nf", rows, rows)
