"""Linear models for many features at once, and empirical Bayes moderated t-statistics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from immunosep_omics.stats.arrays import Float, Integer
from immunosep_omics.stats.orthogonal import orthogonalise, solve_contrasts
from immunosep_omics.stats.parts import column_parts
from immunosep_omics.stats.repeats import Repeats
from immunosep_omics.stats.small_systems import cholesky, forward, solve
from immunosep_omics.stats.squeeze import squeeze_variances
from immunosep_omics.stats.threads import one_blas_thread

# Share of a column's squared length that earlier columns must leave for squares to be accurate.
_INDEPENDENT = 1e-5


@dataclass(frozen=True)
class LinearFit:
    """Least-squares fit of every feature; one row per contrast (per coefficient by default).

    ``coefficients`` and ``stdev_unscaled``: (contrasts, features), NaN where the feature's own
    samples cannot tell the contrast. ``sigma`` and ``df_residual``: (features,).
    """

    coefficients: Float
    stdev_unscaled: Float
    sigma: Float
    df_residual: Float


@dataclass(frozen=True)
class ModeratedFit:
    """Moderated t-tests: ``t`` and two-sided ``p`` are (contrasts, features).

    ``df_prior`` and ``variance_prior``: one number, or (features,) with ``robust`` or a trend.
    """

    t: Float
    p: Float
    df_total: Float
    variance_posterior: Float
    df_prior: float | Float
    variance_prior: float | Float


def fit_linear(
    values: Float,
    design: Float,
    weights: Float | None = None,
    contrasts: Float | None = None,
    repeats: Repeats | None = None,
) -> LinearFit:
    """Fit one linear model to every feature, each on the samples in which it was measured.

    ``values``: (samples, features), NaN = missing. ``design``: (samples, coefficients).
    ``weights``: (samples,) or (samples, features); a sample without positive weight is left out.
    ``contrasts``: (coefficients, contrasts) or (coefficients,), combinations to estimate in place
    of the coefficients themselves; their standard errors use each feature's own covariance.
    ``repeats``: which samples repeat each other and how far they correlate.

    Source: ordinary, weighted or (``repeats``) generalised least squares. Agrees with
    ``limma::lmFit`` (and, for features without gaps or weights, ``contrasts.fit``) to 1e-8
    relative, with one deliberate exception: where a feature's gaps make coefficients inseparable,
    limma drops the later one and reports the earlier as if nothing had happened; here both are
    NaN.
    """
    values = np.asarray(values, dtype=np.float64)
    design = np.asarray(design, dtype=np.float64)
    weights = None if weights is None else np.asarray(weights, dtype=np.float64)
    wanted = np.eye(design.shape[1]) if contrasts is None else np.asarray(contrasts, dtype=float)
    wanted = wanted.reshape(design.shape[1], wanted.shape[1] if wanted.ndim == 2 else 1)
    features = values.shape[1]
    fit = LinearFit(
        np.full((wanted.shape[1], features), np.nan),
        np.full((wanted.shape[1], features), np.nan),
        np.full(features, np.nan),
        np.zeros(features),
    )
    problem = _Problem(values, design, weights, wanted, repeats)
    left = np.arange(features)
    with one_blas_thread():
        if weights is None or weights.ndim == 1:
            left = _fit_alike(problem, fit)
        if repeats is None:
            left = _fit_weighted(problem, fit, left)
        _fit_each(problem, fit, left)
    return fit


def moderate(fit: LinearFit, level: Float | None = None, robust: bool = False) -> ModeratedFit:
    """Moderated t-statistics from a linear fit.

    ``level``: (features,), the average of each feature, where variances depend on it (``trend``).
    ``robust``: features that vary much more than others keep their own variance.
    The degrees of freedom never exceed those of all features together.
    Source: Smyth 2004, doi:10.2202/1544-6115.1027; Phipson et al. 2016, doi:10.1214/16-AOAS920.
    Agrees with ``limma::eBayes(trend, robust)`` to 1e-8 relative.
    """
    squeezed = squeeze_variances(fit.sigma**2, fit.df_residual, level, robust)
    df_total = np.minimum(fit.df_residual + squeezed.df_prior, fit.df_residual.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        t = fit.coefficients / (fit.stdev_unscaled * np.sqrt(squeezed.posterior))
    return ModeratedFit(
        t=t,
        p=two_sided_p(t, df_total),
        df_total=df_total,
        variance_posterior=squeezed.posterior,
        df_prior=squeezed.df_prior,
        variance_prior=squeezed.variance_prior,
    )


def two_sided_p(t: Float, df: Float) -> Float:
    """Two-sided p of t-statistics, accurate far into the tail; infinite df means normal.

    NaN where the degrees of freedom are 0. Agrees with ``2 * pt(-abs(t), df)`` to 1e-10 relative.
    """
    p: Float = 2.0 * stdtr(np.where(np.asarray(df) > 0, df, np.nan), -np.abs(t))
    return p


@dataclass(frozen=True)
class _Problem:
    """What ``fit_linear`` was asked; ``contrasts`` is a matrix."""

    values: Float
    design: Float
    weights: Float | None
    contrasts: Float
    repeats: Repeats | None


def _fit_alike(problem: _Problem, fit: LinearFit) -> Integer:
    """Fit the features that every weighted sample has: one basis for all. Returns the others."""
    scale = np.ones((len(problem.values), 1))
    if problem.weights is not None:
        scale[:, 0] = _root(problem.weights)
    seen = scale > 0
    rows = problem.design * scale
    if problem.repeats is not None:
        rows = problem.repeats.whiten(rows, seen)
    stacked, triangle = orthogonalise(rows.T[None])
    basis = stacked[0]
    solution, estimable = solve_contrasts(triangle, problem.contrasts)
    contrast = np.where(estimable[0], solution[0], np.nan)
    stdev = np.sqrt(np.einsum("pc,pc->c", contrast, contrast))[:, None]
    df = float(np.count_nonzero(seen) - np.count_nonzero(np.diagonal(triangle[0])))
    with np.errstate(invalid="ignore"):  # a gap makes everything of its feature NaN
        for part in column_parts(np.arange(len(fit.sigma)), len(problem.values)):
            response = problem.values[:, part]
            if problem.weights is not None:
                response = response * scale
            if problem.repeats is not None:
                response = problem.repeats.whiten(response, seen)
            effects = basis @ response
            residual = response - basis.T @ effects
            residual_sum = np.einsum("nf,nf->f", residual, residual)
            fit.coefficients[:, part] = contrast.T @ effects
            fit.stdev_unscaled[:, part] = stdev
            fit.sigma[part] = np.sqrt(residual_sum / (df if df > 0 else np.nan))
            fit.df_residual[part] = np.where(np.isfinite(residual_sum), df, np.nan)
    return np.flatnonzero(np.isnan(fit.df_residual))


def _fit_weighted(problem: _Problem, fit: LinearFit, columns: Integer) -> Integer:
    """Fit features with weights or gaps of their own through normal equations in a common basis.

    The basis is orthogonal for equal weights, which leaves the equations nearly diagonal; one step
    of refinement makes the effects as accurate as those of an orthogonal basis of each feature's
    own. Returns the features whose own samples tell coefficients badly or not at all apart.
    """
    stacked, triangle = orthogonalise(problem.design.T[None].copy())
    solution, estimable = solve_contrasts(triangle, problem.contrasts)
    kept = np.flatnonzero(np.diagonal(triangle[0]))
    basis = stacked[0, kept]
    contrast = np.where(estimable[0], solution[0, kept], np.nan)
    first, second = np.tril_indices(len(kept))
    products = basis[first] * basis[second]
    left = []
    for part in column_parts(columns, len(problem.values)):
        weights, response = weights_and_values(problem.values, problem.weights, part)
        squares = np.empty((len(kept), len(kept), weights.shape[1]))
        squares[first, second] = products @ weights
        safe = cholesky(squares, _INDEPENDENT).all(axis=0)
        effects = solve(squares, basis @ (weights * response))
        residual = response - basis.T @ effects
        weighted = weights * residual
        effects += solve(squares, basis @ weighted)
        df = np.count_nonzero(weights, axis=0) - float(len(kept))
        residual_sum = np.einsum("nf,nf->f", residual, weighted)
        root = forward(squares, np.repeat(contrast[..., None], weights.shape[1], axis=2))
        fit.coefficients[:, part] = contrast.T @ effects
        fit.stdev_unscaled[:, part] = np.sqrt(np.einsum("pcf,pcf->cf", root, root))
        fit.sigma[part] = np.sqrt(residual_sum / np.where(df > 0, df, np.nan))
        fit.df_residual[part] = df
        left.append(np.arange(len(fit.sigma))[part][~safe])
    return np.concatenate(left) if left else columns


def _fit_each(problem: _Problem, fit: LinearFit, columns: Integer) -> None:
    """Fit features through an orthogonal basis for each pattern of gaps and weights."""
    for part, scales, member in _patterns(problem, columns):
        rows = problem.design.T[None] * scales[:, None]
        response = np.nan_to_num(problem.values[:, part].T) * scales[member]
        if problem.repeats is not None:
            seen = scales > 0
            for coefficient in range(rows.shape[1]):
                whitened = problem.repeats.whiten(rows[:, coefficient].T, seen.T)
                rows[:, coefficient] = whitened.T
            response = problem.repeats.whiten(response.T, seen[member].T).T
        basis, triangle = orthogonalise(rows)
        solution, estimable = solve_contrasts(triangle, problem.contrasts)
        effects, residual = _project(response, basis, member)
        rank = np.count_nonzero(np.diagonal(triangle, axis1=1, axis2=2), axis=1)
        df = (np.count_nonzero(scales, axis=1) - rank).astype(np.float64)[member]
        estimate = np.einsum("fp,fpc->cf", effects, solution[member])
        stdev = np.sqrt(np.einsum("gpc,gpc->cg", solution, solution))[:, member]
        residual_sum = np.einsum("fn,fn->f", residual, residual)
        fit.coefficients[:, part] = np.where(estimable[member].T, estimate, np.nan)
        fit.stdev_unscaled[:, part] = np.where(estimable[member].T, stdev, np.nan)
        fit.sigma[part] = np.sqrt(residual_sum / np.where(df > 0, df, np.nan))
        fit.df_residual[part] = df


def _root(weights: Float) -> Float:
    """Square roots; 0 for a weight that is not positive."""
    root: Float = np.sqrt(np.where(weights > 0, weights, 0.0))
    return root


def weights_and_values(
    values: Float, weights: Float | None, part: Integer | slice
) -> tuple[Float, Float]:
    """Weights (samples, part) and values, both 0 where missing or without positive weight."""
    response = values[:, part]
    seen = ~np.isnan(response)
    if weights is None:
        return seen.astype(np.float64), np.where(seen, response, 0.0)
    own = weights[:, part] if weights.ndim == 2 else weights[:, None]
    seen &= own > 0
    return np.where(seen, own, 0.0), np.where(seen, response, 0.0)


def _patterns(problem: _Problem, columns: Integer) -> Iterator[tuple[Integer, Float, Integer]]:
    """Features that can be fitted together: their columns, row scales, and which scale is whose.

    Row scales (patterns, samples) are the square roots of the weights, 0 for a missing sample.
    """
    values, weights = problem.values, problem.weights
    own_weights = weights is not None and weights.ndim == 2
    columns, pattern = _by_pattern(values, columns, own_weights)
    # Each feature of a part may need a design of its own.
    for own in column_parts(np.arange(len(columns)), len(values) * problem.design.shape[1]):
        part = columns[own]
        _, first, member = np.unique(pattern[own], return_index=True, return_inverse=True)
        scales = (~np.isnan(values[:, part[first]])).T.astype(np.float64)
        if weights is not None:
            scales *= _root(weights[:, part[first]].T if own_weights else weights)
        yield part, scales, member


def _by_pattern(values: Float, columns: Integer, each_its_own: bool) -> tuple[Integer, Integer]:
    """The columns, ordered so that equal patterns of missingness stand together."""
    if each_its_own or not len(columns):
        return columns, np.arange(len(columns))
    packed = np.packbits(~np.isnan(values[:, columns].T), axis=1)
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    pattern = np.unique(keys, return_inverse=True)[1]
    order = np.argsort(pattern, kind="stable")
    return columns[order], pattern[order]


def _project(response: Float, basis: Float, member: Integer) -> tuple[Float, Float]:
    """Effects (features, coefficients) and residuals (features, samples)."""
    if len(basis) == 1:
        effects = response @ basis[0].T
        return effects, response - effects @ basis[0]
    own = basis[member]
    effects = np.matmul(own, response[..., None])[..., 0]
    return effects, response - np.matmul(effects[:, None], own)[:, 0]
