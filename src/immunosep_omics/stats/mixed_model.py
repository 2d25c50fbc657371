"""Linear mixed models of many features at once: a random intercept for every patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize.elementwise import find_root
from scipy.sparse import csr_array

from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.linear import two_sided_p, weights_and_values
from immunosep_omics.stats.parts import in_parts
from immunosep_omics.stats.repeats import block_indicator
from immunosep_omics.stats.small_systems import cholesky, solve
from immunosep_omics.stats.threads import one_blas_thread

# Correlations of a patient's samples at which the likelihood is looked at before its top is
# refined. Above the last, patients explain all and the likelihood may rise without end.
_GRID = np.r_[0, 0.01, 0.03, np.arange(0.1, 0.95, 0.1), 1 - np.array([3, 1]) * 1e-2]
_GRID = np.r_[_GRID, 1 - np.array([3e-3, 1e-3, 1e-4, 1e-5, 1e-6])]
# A coefficient of which others leave less than this share cannot be told by a feature's samples.
_INDEPENDENT = 1e-10
# Rounding allowed when a contrast is checked against what a feature's samples tell.
_NOT_ESTIMABLE = 1e-6
# Share of a feature's squares below which residuals are rounding.
_ROUNDING = 1e-26
# Spread between axes of the residuals, as a share, below which patients and error look alike.
_ALIKE = 1e-9


@dataclass(frozen=True)
class MixedFit:
    """Tests of contrasts in a model with a random intercept for every patient.

    ``estimate``, ``standard_error``, ``t``, ``df`` (Satterthwaite's) and two-sided ``p``:
    (contrasts, features), NaN where a feature's samples do not tell the contrast or it did not
    converge. ``variance_between`` patients and ``variance_within`` them: (features,), NaN where
    they cannot be told apart. ``converged``: (features,); ``at_boundary``: those whose patients
    differ by no more than their samples do, so that the variance between them is zero.
    """

    estimate: Float
    standard_error: Float
    t: Float
    df: Float
    p: Float
    variance_between: Float
    variance_within: Float
    converged: Boolean
    at_boundary: Boolean


def fit_mixed(
    values: Float,
    design: Float,
    contrasts: Float,
    block: Integer,
    weights: Float | None = None,
) -> MixedFit:
    """Fit every feature on the samples in which it was measured, patients' intercepts random.

    ``values``: (samples, features), NaN = missing; ``design``: (samples, coefficients), of full
    rank; ``contrasts``: (coefficients, contrasts); ``block``: (samples,) codes of patients;
    ``weights``: (samples,) or (samples, features), a sample's error variance being
    ``variance_within / weight``.

    Restricted maximum likelihood, the highest of its tops. A feature in which no sample repeats
    another has its least-squares fit; one with repeats that still do not tell patients from error
    is NaN.
    Sources: Laird & Ware 1982, doi:10.2307/2529876; degrees of freedom after Giesbrecht & Burns
    1985, doi:10.2307/2530872. Agrees with ``lmerTest::lmer(y ~ x + (1 | patient))`` and
    ``contest1D(ddf = "Satterthwaite")`` to 1e-5 relative, also where the variance between patients
    is zero; then the degrees of freedom are those of the residuals.
    """
    values, design = np.asarray(values, dtype=np.float64), np.asarray(design, dtype=np.float64)
    weights = None if weights is None else np.asarray(weights, dtype=np.float64)
    basis, triangle = np.linalg.qr(design)
    turned = solve_triangular(triangle, np.asarray(contrasts, dtype=np.float64), trans="T")
    indicator = block_indicator(block)

    def fit(part: slice) -> MixedFit:
        return _fit_part(*weights_and_values(values, weights, part), basis, indicator, turned)

    with one_blas_thread():
        return in_parts(fit, values.shape[1], len(values))


@dataclass(frozen=True)
class _Sums:
    """Weighted sums of features over samples, by block and over all.

    ``size``: (blocks, features) of weights; ``design``: (coefficients, blocks, features);
    ``residual``: (blocks, features) of residuals of the fit that ignores blocks.
    ``squares``: (coefficients, coefficients, features); ``residual_square``, ``df`` and
    ``repeated`` (does any sample repeat another?): (features,). A coefficient that a feature's
    samples do not tell from earlier ones has zeros throughout.
    ``effects``: (coefficients, features) of the fit that ignores blocks.
    """

    size: Float
    design: Float
    residual: Float
    squares: Float
    residual_square: Float
    df: Float
    repeated: Boolean
    effects: Float

    def of(self, feature: Integer | Boolean) -> _Sums:
        """The sums of some features."""
        return _Sums(*(getattr(self, field.name)[..., feature] for field in fields(self)))


@dataclass(frozen=True)
class _Profile:
    """The model at one ratio of the variance between patients to the error's.

    ``inverse``: (blocks, features), ``shrunk``: (coefficients, blocks, features) and ``root``:
    (coefficients, coefficients, features) say how the inverse covariance V acts: ``shrunk`` is
    X'V^-1 Z and ``root`` the Cholesky root of X'V^-1 X. ``correction``: (coefficients, features),
    effects less those that ignore blocks; ``between``: (blocks, features), Z'P y; ``deviance``:
    (features,), y'P y.
    """

    inverse: Float
    shrunk: Float
    root: Float
    correction: Float
    between: Float
    deviance: Float


def _fit_part(
    weights: Float, response: Float, basis: Float, indicator: csr_array, contrasts: Float
) -> MixedFit:
    """``fit_mixed`` of weighted values (samples, features), contrasts being those of the basis."""
    sums, varies, estimable = _sum_blocks(weights, response, basis, indicator, contrasts)
    told = _tell_patients(sums)
    candidates = np.flatnonzero(varies & told)
    ratio = np.zeros(len(varies))
    converged = varies & ~sums.repeated
    ratio[candidates], converged[candidates] = _most_likely(sums, candidates)
    estimate, error, df, within = _test(sums, ratio, contrasts)
    known = converged & estimable & (df > 0)
    estimate, error, df = (np.where(known, x, np.nan) for x in (estimate, error, df))
    within = np.where(told & converged, within, np.nan)
    return MixedFit(
        estimate=estimate,
        standard_error=error,
        t=estimate / error,
        df=df,
        p=two_sided_p(estimate / error, df),
        variance_between=ratio * within,
        variance_within=within,
        converged=converged,
        at_boundary=ratio * within == 0,
    )


def _sum_blocks(
    weights: Float, response: Float, basis: Float, indicator: csr_array, contrasts: Float
) -> tuple[_Sums, Boolean, Boolean]:
    """What the likelihood needs, which features vary, and which contrasts of which they tell."""
    coefficients, features = basis.shape[1], weights.shape[1]
    weighted = weights[None] * basis.T[:, :, None]
    squares = np.empty((coefficients, coefficients, features))
    for j in range(coefficients):
        squares[:, j] = basis.T @ weighted[j]
    root = squares.copy()
    kept = cholesky(root, _INDEPENDENT)
    estimable = _estimable(squares, root, contrasts)
    squares *= kept[:, None] & kept
    effects = np.zeros((coefficients, features))
    residual = response
    for _ in range(2):  # the second time for accuracy
        step = solve(root, basis.T @ (weights * residual))
        effects += step
        residual = residual - basis @ step
    seen = indicator @ (weights > 0).astype(np.float64)
    sums = _Sums(
        size=indicator @ weights,
        design=np.stack([indicator @ column for column in weighted]) * kept[:, None],
        residual=indicator @ (weights * residual),
        squares=squares,
        residual_square=np.einsum("nf,nf,nf->f", weights, residual, residual),
        df=seen.sum(axis=0) - np.count_nonzero(kept, axis=0),
        repeated=(seen > 1).any(axis=0),
        effects=effects,
    )
    whole = np.einsum("nf,nf,nf->f", weights, response, response)
    return sums, (sums.df > 0) & (sums.residual_square > _ROUNDING * whole), estimable


def _tell_patients(sums: _Sums) -> Boolean:
    """Features whose residuals vary more along some axes than others when patients differ.

    By the mean and the mean square of the eigenvalues of the patients' covariance among residuals.
    """
    profile = _profile(sums, np.zeros_like(sums.df))
    first, second = _traces(sums, profile)
    return sums.repeated & (sums.df > 1) & (sums.df * second > first**2 * (1 + _ALIKE))


def _most_likely(sums: _Sums, features: Integer) -> tuple[Float, Boolean]:
    """Ratio of variances (features,) at the top of the likelihood, and whether one was found."""
    own = sums.of(features)
    ratio, converged = np.zeros(len(features)), np.zeros(len(features), dtype=bool)
    if not len(features):
        return ratio, converged
    best, least = np.zeros(len(features), dtype=np.intp), np.full(len(features), np.inf)
    for step, correlation in enumerate(_GRID):
        lower = _minus_twice_log_likelihood(own, np.full(len(features), _ratio(correlation)))
        best, least = np.where(lower < least, step, best), np.minimum(lower, least)
    rising = _score(own)(_GRID[best], np.arange(len(features))) > 0
    converged[:] = np.isfinite(least) & ~(rising & (best == len(_GRID) - 1))
    inside = np.flatnonzero(converged & ((best > 0) | rising))
    low = _GRID[np.where(rising, best, best - 1)[inside]]
    high = _GRID[np.where(rising, best + 1, best)[inside]]
    if len(inside):
        found = find_root(_score(own), (low, high), args=(inside,))
        ratio[inside] = _ratio(found.x)
        converged[inside] = found.success
    return ratio, converged


def _ratio(correlation: Float | float) -> Float:
    """Variance between patients over that within them, of samples that correlate so."""
    result: Float = np.asarray(correlation / (1 - correlation))
    return result


def _profile(sums: _Sums, ratio: Float) -> _Profile:
    """V = I + ratio Z Z' is inverted block by block."""
    inverse = 1 / (1 + ratio * sums.size)
    shrunk = sums.design * inverse
    root = sums.squares - ratio * np.einsum("pbf,qbf->pqf", sums.design, shrunk)
    cholesky(root, 0.0)
    slope = -ratio * np.einsum("pbf,bf->pf", shrunk, sums.residual)
    correction = solve(root, slope.copy())
    between = inverse * sums.residual - np.einsum("pbf,pf->bf", shrunk, correction)
    deviance = sums.residual_square - np.einsum("pf,pf->f", correction, slope)
    deviance -= ratio * np.einsum("bf,bf,bf->f", inverse, sums.residual, sums.residual)
    return _Profile(inverse, shrunk, root, correction, between, deviance)


def _minus_twice_log_likelihood(sums: _Sums, ratio: Float) -> Float:
    """Restricted, with the error variance at its best, up to a constant of the feature."""
    profile = _profile(sums, ratio)
    pivots = np.einsum("ppf->pf", profile.root)
    determinant = 2 * np.log(np.where(np.isinf(pivots), 1.0, pivots)).sum(axis=0)
    determinant -= np.log(profile.inverse).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Float = sums.df * np.log(profile.deviance) + determinant
    return result


def _score(sums: _Sums) -> Callable[[Float, Integer], Float]:
    """Slope of the likelihood, up to a positive factor, at correlations of some features."""

    def score(correlation: Float, feature: Integer) -> Float:
        own = sums.of(feature.astype(np.intp))
        profile = _profile(own, _ratio(correlation))
        squares = np.einsum("bf,bf->f", profile.between, profile.between)
        expected: Float = squares * own.df / profile.deviance - _traces(own, profile)[0]
        return expected

    return score


def _traces(sums: _Sums, profile: _Profile) -> tuple[Float, Float]:
    """The traces of Z'P Z and of its square."""
    solved = solve(profile.root, profile.shrunk.copy())
    leverage = np.einsum("pbf,pbf->bf", profile.shrunk, solved)
    own = sums.size * profile.inverse
    cross = np.einsum("pbf,qbf->pqf", solved, profile.shrunk)
    square = np.einsum("bf,bf->f", own, own - 2 * leverage)
    return (own - leverage).sum(axis=0), square + np.einsum("pqf,qpf->f", cross, cross)


def _test(sums: _Sums, ratio: Float, contrasts: Float) -> tuple[Float, Float, Float, Float]:
    """Estimates, their standard errors and degrees of freedom, and the error variance (features,).

    The variance of an estimate is the error variance times ``own``, which grows with the ratio.
    How uncertain both are, by the curvature of the likelihood, gives the degrees of freedom. At a
    ratio of zero the likelihood has no top there, and only the error variance is uncertain.
    """
    profile = _profile(sums, ratio)
    wanted = np.repeat(contrasts[..., None], len(ratio), axis=2)
    weights = solve(profile.root, wanted)
    own = np.einsum("pc,pcf->cf", contrasts, weights)
    slope = np.einsum("pcf,pbf->cbf", weights, profile.shrunk)
    slope = np.einsum("cbf,cbf->cf", slope, slope)
    error = profile.deviance / np.maximum(sums.df, 1)

    squares = np.einsum("bf,bf->f", profile.between, profile.between)
    pull = np.einsum("pbf,bf->pf", profile.shrunk, profile.between)
    bend = np.einsum("bf,bf,bf->f", sums.size * profile.inverse, profile.between, profile.between)
    bend -= np.einsum("pf,pf->f", pull, solve(profile.root, pull.copy()))
    # Second derivatives of -2 log likelihood, times what makes the error variance 1.
    with np.errstate(invalid="ignore", divide="ignore"):
        of_error, of_both = sums.df, squares / error
        of_ratio = 2 * bend / error - _traces(sums, profile)[1]
        curvature = of_error * of_ratio - of_both**2
        spread = of_ratio * own**2 - 2 * of_both * own * slope + of_error * slope**2
        df = np.where(ratio > 0, own**2 * curvature / spread, sums.df)
    estimate = contrasts.T @ (sums.effects + profile.correction)
    return estimate, np.sqrt(error * own), df, error


def _estimable(squares: Float, root: Float, contrasts: Float) -> Boolean:
    """Which contrasts (contrasts, features) a feature's own samples tell."""
    wanted = np.repeat(contrasts[..., None], squares.shape[2], axis=2)
    told = np.einsum("pqf,qcf->pcf", squares, solve(root, wanted.copy()))
    size = np.linalg.norm(contrasts, axis=0)[:, None]
    estimable: Boolean = np.linalg.norm(told - wanted, axis=0) <= _NOT_ESTIMABLE * size
    return estimable
