"""Linear models for many features at once, and empirical Bayes moderated t-statistics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma, stdtr

from immunosep_omics.stats.arrays import Boolean, Float, Integer

# A column is a combination of earlier ones when less than this share of its length is left.
_DEPENDENT = 1e-7
# Rounding allowed when a contrast is checked against the columns that were left out.
_NOT_ESTIMABLE = 1e-6
# Numbers in one block of design rows (64 MB): bounds memory when every feature has its own gaps.
_BLOCK_SIZE = 2**23


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
class SqueezedVariances:
    """Variances (features,) after squeezing, with the prior they were squeezed towards."""

    posterior: Float
    variance_prior: float
    df_prior: float


@dataclass(frozen=True)
class ModeratedFit:
    """Moderated t-tests: ``t`` and two-sided ``p`` are (contrasts, features)."""

    t: Float
    p: Float
    df_total: Float
    variance_posterior: Float
    df_prior: float
    variance_prior: float


def fit_linear(
    values: Float,
    design: Float,
    weights: Float | None = None,
    contrasts: Float | None = None,
) -> LinearFit:
    """Fit one linear model to every feature, each on the samples in which it was measured.

    ``values``: (samples, features), NaN = missing. ``design``: (samples, coefficients).
    ``weights``: (samples,) or (samples, features); a sample without positive weight is left out.
    ``contrasts``: (coefficients, contrasts) or (coefficients,), combinations to estimate in place
    of the coefficients themselves; their standard errors use each feature's own covariance.

    Source: ordinary (weighted) least squares. Agrees with ``limma::lmFit`` (and, for features
    without gaps, ``contrasts.fit``) to 1e-8 relative, with one deliberate exception: where a
    feature's gaps make coefficients inseparable, limma drops the later one and reports the
    earlier as if nothing had happened; here both are NaN.
    """
    values = np.asarray(values, dtype=np.float64)
    design = np.asarray(design, dtype=np.float64)
    wanted = np.eye(design.shape[1]) if contrasts is None else np.asarray(contrasts, dtype=float)
    wanted = wanted.reshape(design.shape[1], -1)
    features = values.shape[1]
    coefficients = np.full((wanted.shape[1], features), np.nan)
    stdev_unscaled = np.full_like(coefficients, np.nan)
    sigma = np.full(features, np.nan)
    df_residual = np.zeros(features)
    for columns, scales, member in _feature_blocks(values, weights, design.shape[1]):
        basis, triangle = _orthogonalise(design.T[None] * scales[:, None])
        solution, estimable = _solve_contrasts(triangle, wanted)
        response = np.nan_to_num(values[:, columns].T) * scales[member]
        effects, residual = _project(response, basis, member)
        rank = np.count_nonzero(np.diagonal(triangle, axis1=1, axis2=2), axis=1)
        df = (np.count_nonzero(scales, axis=1) - rank).astype(np.float64)[member]
        estimate = np.einsum("fp,fpc->cf", effects, solution[member])
        stdev = np.sqrt(np.einsum("gpc,gpc->cg", solution, solution))[:, member]
        coefficients[:, columns] = np.where(estimable[member].T, estimate, np.nan)
        stdev_unscaled[:, columns] = np.where(estimable[member].T, stdev, np.nan)
        residual_variance = np.einsum("fn,fn->f", residual, residual) / np.where(df > 0, df, np.nan)
        sigma[columns] = np.sqrt(residual_variance)
        df_residual[columns] = df
    return LinearFit(coefficients, stdev_unscaled, sigma, df_residual)


def moderate(fit: LinearFit) -> ModeratedFit:
    """Moderated t-statistics from a linear fit.

    The degrees of freedom never exceed those of all features together.
    Source: Smyth 2004, doi:10.2202/1544-6115.1027. Agrees with ``limma::eBayes`` to 1e-8 relative.
    """
    squeezed = squeeze_variances(fit.sigma**2, fit.df_residual)
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


def squeeze_variances(variances: Float, df: Float) -> SqueezedVariances:
    """Squeeze each variance (features,) towards a common prior.

    A feature without degrees of freedom of its own takes the prior variance. A single usable
    variance teaches nothing about a prior (df_prior 0) and stays as it is.
    Source: Smyth 2004. Agrees with ``limma::squeezeVar`` to 1e-10 relative.
    """
    variance_prior, df_prior = fit_scaled_f(variances, df)
    own = np.where(df > 0, variances, 0.0)
    if np.isinf(df_prior):
        posterior = np.full_like(own, variance_prior)
    else:
        total = df + df_prior
        pooled = df * own + df_prior * variance_prior
        posterior = np.where(total > 0, pooled / np.where(total > 0, total, 1.0), variance_prior)
    return SqueezedVariances(posterior, variance_prior, df_prior)


def fit_scaled_f(variances: Float, df: Float) -> tuple[float, float]:
    """Scale and second degrees of freedom of the F-distribution the variances follow.

    ``variances`` and their ``df``: (features,); NaN variances and features with df 0 are left out.
    Variances of zero are lifted to 1e-5 of the median. Returns (scale, df_prior); df_prior is
    infinite when the variances differ no more than their own df explain, 0 when only one is
    usable, and the scale is NaN when none is.
    Source: Smyth 2004, section 6.2. Agrees with ``limma::fitFDist`` to 1e-10 relative.
    """
    usable = np.isfinite(variances) & np.isfinite(df) & (df > 1e-15)
    x, own_df = np.asarray(variances)[usable], np.asarray(df)[usable]
    if len(x) < 2:
        return (float(x[0]) if len(x) else np.nan), 0.0
    median = float(np.median(x))
    x = np.maximum(x, 1e-5 * (median if median > 0 else 1.0))
    log_variance = np.log(x) - digamma(own_df / 2) + np.log(own_df / 2)
    excess = float(log_variance.var(ddof=1) - polygamma(1, own_df / 2).mean())
    if excess <= 0:
        return float(x.mean()), np.inf
    half_df = _inverse_trigamma(excess)
    scale = np.exp(log_variance.mean() + digamma(half_df) - np.log(half_df))
    return float(scale), 2 * half_df


def _inverse_trigamma(value: float) -> float:
    """The y with trigamma(y) = value: Newton steps on 1 / trigamma, which is nearly straight."""
    if value > 1e7:
        return float(1 / np.sqrt(value))
    if value < 1e-6:
        return 1 / value
    y = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, y))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, y))
        y += step
        if abs(step) < 1e-13 * y:
            break
    return y


def _feature_blocks(
    values: Float, weights: Float | None, coefficients: int
) -> Iterator[tuple[Integer, Float, Integer]]:
    """Features that can be fitted together: their columns, row scales, and which scale is whose.

    Row scales (patterns, samples) are the square roots of the weights, 0 for a missing sample.
    """
    observed = ~np.isnan(values)
    if weights is not None:
        weights = np.asarray(weights, dtype=np.float64)
        observed &= (weights if weights.ndim == 2 else weights[:, None]) > 0
    own_weights = weights is not None and weights.ndim == 2
    complete: Boolean = np.logical_and.reduce(observed, axis=0) & (not own_weights)
    block = max(1, _BLOCK_SIZE // (len(values) * (coefficients + 2)))
    if complete.any():
        scale = np.ones((1, len(values))) if weights is None else np.sqrt(weights)[None]
        columns = np.flatnonzero(complete)
        for start in range(0, len(columns), block * coefficients):
            part = columns[start : start + block * coefficients]
            yield part, scale, np.zeros(len(part), dtype=np.intp)
    rest, pattern = _by_pattern(observed, ~complete, own_weights)
    for start in range(0, len(rest), block):
        part = rest[start : start + block]
        _, first, member = np.unique(
            pattern[start : start + block], return_index=True, return_inverse=True
        )
        scales = observed[:, part[first]].T.astype(np.float64)
        if weights is not None:
            own = weights[:, part[first]].T if own_weights else weights
            scales = np.sqrt(np.where(scales > 0, own, 0.0))
        yield part, scales, member


def _by_pattern(observed: Boolean, wanted: Boolean, each_its_own: bool) -> tuple[Integer, Integer]:
    """Wanted columns, ordered so that equal patterns of missingness stand together."""
    columns = np.flatnonzero(wanted)
    if each_its_own or not len(columns):
        return columns, np.arange(len(columns))
    packed = np.packbits(observed[:, columns].T, axis=1)
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    pattern = np.unique(keys, return_inverse=True)[1]
    order = np.argsort(pattern, kind="stable")
    return columns[order], pattern[order]


def _orthogonalise(rows: Float) -> tuple[Float, Float]:
    """QR of stacked designs (patterns, coefficients, samples), leaving out dependent columns.

    Gram-Schmidt, each column projected twice, which is as orthogonal as Householder
    (Giraud, Langou & Rozloznik 2005). A dependent column becomes zero, with a zero diagonal.
    """
    basis = rows.copy()
    count = basis.shape[1]
    triangle = np.zeros((len(basis), count, count))
    for j in range(count):
        column, earlier = basis[:, j], basis[:, :j]
        original = np.linalg.norm(column, axis=1)
        for _ in range(2):
            share = np.matmul(earlier, column[..., None])[..., 0]
            column -= np.matmul(share[:, None], earlier)[:, 0]
            triangle[:, :j, j] += share
        length = np.linalg.norm(column, axis=1)
        kept = length > _DEPENDENT * original
        column *= np.where(kept, 1 / np.where(kept, length, 1.0), 0.0)[:, None]
        triangle[:, j, j] = np.where(kept, length, 0.0)
    return basis, triangle


def _solve_contrasts(triangle: Float, contrasts: Float) -> tuple[Float, Boolean]:
    """Each contrast as weights of the orthogonal effects, and whether it can be estimated.

    A contrast can be estimated when it lies in the row space of the design, that is when the
    columns left out would have contributed exactly what the kept ones say.
    """
    count = triangle.shape[1]
    solution = np.zeros((len(triangle), count, contrasts.shape[1]))
    estimable = np.ones((len(triangle), contrasts.shape[1]), dtype=bool)
    for j in range(count):
        upper, earlier = triangle[:, None, :j, j], solution[:, :j]
        remainder = contrasts[j] - np.matmul(upper, earlier)[:, 0]
        size = np.abs(contrasts[j]) + np.matmul(np.abs(upper), np.abs(earlier))[:, 0]
        diagonal = triangle[:, j, j, None]
        kept = diagonal > 0
        solution[:, j] = np.where(kept, remainder / np.where(kept, diagonal, 1.0), 0.0)
        estimable &= kept | (np.abs(remainder) <= _NOT_ESTIMABLE * size)
    return solution, estimable


def _project(response: Float, basis: Float, member: Integer) -> tuple[Float, Float]:
    """Effects (features, coefficients) and residuals (features, samples)."""
    if len(basis) == 1:
        effects = response @ basis[0].T
        return effects, response - effects @ basis[0]
    own = basis[member]
    effects = np.matmul(own, response[..., None])[..., 0]
    return effects, response - np.matmul(effects[:, None], own)[:, 0]
