"""ComBat: location and scale of each batch, estimated by empirical Bayes and removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from immunosep_omics.stats import combat_posterior
from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.linear import fit_linear

# Numbers in one block of features (0.5 MB): several passes over it stay in the cache.
_BLOCK_SIZE = 2**16


@dataclass(frozen=True)
class CombatParameters:
    """Everything learned from the training samples.

    ``grand_mean``, ``pooled_sd``, ``adjusted``: (features,). ``covariate_effects``: (covariates,
    features). ``location`` and ``scale`` (batches, features) are in units of ``pooled_sd``; row i
    belongs to code ``batches[i]``. Features that are not ``adjusted`` pass through unchanged.
    ``parametric`` and ``mean_only`` say how a later batch is learned.
    """

    batches: Integer
    grand_mean: Float
    covariate_effects: Float
    pooled_sd: Float
    location: Float
    scale: Float
    adjusted: Boolean
    parametric: bool
    mean_only: bool


def fit_combat(
    values: Float,
    batch: Integer,
    covariates: Float | None = None,
    *,
    parametric: bool = True,
    mean_only: bool = False,
    reference: int | None = None,
) -> CombatParameters:
    """Learn batch effects from values (samples, features) and batch codes (samples,).

    ``covariates`` (samples, covariates), without intercept, are differences to preserve.
    ``parametric``: a normal prior of locations and an inverse-gamma prior of scales, or else the
    features' own distribution. ``mean_only``: scales are left alone, as they are with a single
    sample in any batch. ``reference``: code of a batch that stays as it is and to which the others
    are brought. A single batch is such a reference, to which later
    ones are brought.
    A feature is not adjusted when it is constant within a batch or when, on the samples in which
    it was measured, batch and covariates cannot be told apart. Batches a feature was never
    measured in are left out for that feature.

    Raises ValueError when batch and covariates are confounded over all samples, and when the
    reference is not among the batches.
    Source: Johnson, Li & Rabinovic 2007, doi:10.1093/biostatistics/kxj037; reference batch: Zhang
    et al. 2018, doi:10.1186/s12859-018-2263-6. Agrees with ``sva::ComBat(mod, par.prior,
    mean.only, ref.batch)`` to 1e-10 wherever sva gives a result, including its rule that the
    pooled variance divides by n - 1 instead of n once any value is missing.
    """
    values = np.asarray(values, dtype=np.float64)
    batch = np.asarray(batch)
    batches, member = np.unique(batch, return_inverse=True)
    if reference is not None and reference not in batches:
        raise ValueError("the reference is not among the batches")
    indicator = np.eye(len(batches))[member]
    extra = _without_constants(covariates, len(values))
    if np.linalg.matrix_rank(np.hstack([indicator, extra])) < len(batches) + extra.shape[1]:
        raise ValueError("batch and covariates are confounded")
    if len(batches) == 1:
        reference = int(batches[0])
    size = indicator.sum(axis=0)
    mean_only |= bool((size == 1).any())
    slopes = _slopes(values, indicator, extra)
    known = slopes if np.isfinite(slopes).all() else np.nan_to_num(slopes)
    n, mean, square = _moments(values, member, size, extra, known)
    complete = bool((n == size[:, None]).all())
    chosen = np.ones(len(batches)) if reference is None else (batches == reference).astype(float)
    weight = chosen[:, None] * np.where(n > 0, size[:, None], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        grand_mean = (weight * mean).sum(axis=0) / weight.sum(axis=0)
        variance = chosen @ square / np.maximum(chosen @ n - (not complete), 1)
    adjusted = np.isfinite(grand_mean) & np.isfinite(slopes).all(axis=0) & (variance > 0)
    adjusted &= ~_constant_within_batch(values, member, n)
    sd = np.sqrt(np.where(adjusted, variance, 1.0))
    location = np.zeros_like(mean)
    scale = np.ones_like(mean)
    posterior = _posterior(parametric, mean_only)
    for row in np.flatnonzero(batches != reference):
        own = n[row, adjusted]
        standard = np.where(own > 0, (mean[row] - grand_mean)[adjusted] / sd[adjusted], 0.0)
        location[row, adjusted], scale[row, adjusted] = posterior(
            own, standard, square[row, adjusted] / variance[adjusted]
        )
    return CombatParameters(
        batches=batches,
        grand_mean=np.where(adjusted, grand_mean, 0.0),
        covariate_effects=_restore_constants(covariates, np.where(adjusted, slopes, 0.0)),
        pooled_sd=sd,
        location=location,
        scale=scale,
        adjusted=adjusted,
        parametric=parametric,
        mean_only=mean_only,
    )


def extend_combat(
    parameters: CombatParameters, values: Float, code: int, covariates: Float | None = None
) -> CombatParameters:
    """Learn one more batch, ``code``, from its values (samples, features); no other changes.

    Its location and scale are measured against the frozen mean and pooled variance, so a batch
    that comes later is adjusted without touching what earlier ones were given. ``covariates`` as
    in the fit: their frozen effects are taken off before.
    """
    kept = parameters.adjusted
    location = np.zeros((1, len(kept)))
    scale = np.ones_like(location)
    if kept.any():
        standard = np.asarray(values, dtype=np.float64)[:, kept] - parameters.grand_mean[kept]
        if covariates is not None:
            standard -= covariates @ parameters.covariate_effects[:, kept]
        standard /= parameters.pooled_sd[kept]
        everyone = np.zeros(len(values), dtype=np.intp)
        nothing = np.zeros((0, standard.shape[1]))
        n, mean, square = _moments(
            standard, everyone, np.array([float(len(values))]), np.zeros((len(values), 0)), nothing
        )
        posterior = _posterior(parameters.parametric, parameters.mean_only or len(values) < 2)
        location[0, kept], scale[0, kept] = posterior(n[0], mean[0], square[0])
    order = np.argsort([*parameters.batches, code])
    return replace(
        parameters,
        batches=np.append(parameters.batches, code)[order],
        location=np.vstack([parameters.location, location])[order],
        scale=np.vstack([parameters.scale, scale])[order],
    )


def apply_combat(
    parameters: CombatParameters,
    values: Float,
    batch: Integer,
    covariates: Float | None = None,
) -> Float:
    """Remove the learned effects from values (samples, features) of known batches.

    ``covariates`` as in the fit. Raises ValueError for a batch the parameters do not know.
    """
    batch = np.asarray(batch)
    if not np.isin(batch, parameters.batches).all():
        raise ValueError("a batch was not among those fitted")
    rows = np.searchsorted(parameters.batches, batch)
    shift = parameters.grand_mean + parameters.location * parameters.pooled_sd
    shrink = 1 / np.sqrt(parameters.scale)
    result = np.empty(np.shape(values))
    as_it_is = (parameters.location == 0).all(axis=1) & (parameters.scale == 1).all(axis=1)
    for sample, row in enumerate(rows):
        own = result[sample]
        if as_it_is[row]:
            own[:] = values[sample]
        elif covariates is None:
            np.subtract(values[sample], shift[row], out=own)
            own *= shrink[row]
            own += parameters.grand_mean
        else:
            explained = covariates[sample] @ parameters.covariate_effects
            np.subtract(values[sample], explained, out=own)
            own -= shift[row]
            own *= shrink[row]
            own += parameters.grand_mean
            own += explained
    untouched = np.flatnonzero(~parameters.adjusted)
    result[:, untouched] = np.asarray(values)[:, untouched]
    return result


def _posterior(
    parametric: bool, mean_only: bool
) -> Callable[[Float, Float, Float], tuple[Float, Float]]:
    if parametric and mean_only:
        return combat_posterior.parametric_mean_only
    if parametric:
        return combat_posterior.parametric
    if mean_only:
        return combat_posterior.non_parametric_mean_only
    return combat_posterior.non_parametric


def _slopes(values: Float, indicator: Float, extra: Float) -> Float:
    """Effects (covariates, features) beside those of the batches, NaN where inseparable.

    Each feature on the samples in which it was measured; complete features all at once.
    """
    slopes = np.zeros((extra.shape[1], values.shape[1]))
    if not extra.shape[1]:
        return slopes
    within = extra - indicator @ (indicator.T @ extra / indicator.sum(axis=0)[:, None])
    np.matmul(np.linalg.pinv(within), values, out=slopes)
    gaps = np.flatnonzero(np.isnan(slopes[0]))
    if len(gaps):
        design = np.hstack([indicator, extra])
        slopes[:, gaps] = fit_linear(values[:, gaps], design).coefficients[indicator.shape[1] :]
    return slopes


def _moments(
    values: Float, member: Integer, size: Float, extra: Float, slopes: Float
) -> tuple[Float, Float, Float]:
    """Of values less their covariates' part: n, mean and squares about it (batches, features).

    Without values the mean is 0. ``member``: each sample's row of batches; ``size``: (batches,).
    """
    belongs = np.eye(len(size))[:, member]
    features = values.shape[1]
    n = np.repeat(size[:, None], features, axis=1)
    mean, square = np.empty_like(n), np.empty_like(n)
    width = max(8, _BLOCK_SIZE // len(values))
    for start in range(0, features, width):
        own = slice(start, start + width)
        block = values[:, own] - extra @ slopes[:, own] if len(slopes) else values[:, own]
        mean[:, own] = belongs @ block / size[:, None]
        if np.isnan(mean[:, own]).any():
            measured = ~np.isnan(block)
            n[:, own] = belongs @ measured
            total = belongs @ np.where(measured, block, 0.0)
            mean[:, own] = total / np.maximum(n[:, own], 1)
            centred = np.where(measured, block - mean[:, own][member], 0.0)
        else:
            centred = block - mean[:, own][member]
        centred *= centred
        square[:, own] = belongs @ centred
    return n, mean, square


def _constant_within_batch(values: Float, member: Integer, n: Float) -> Boolean:
    """Features whose measured values (two or more) do not vary in some batch."""
    constant = np.zeros(values.shape[1], dtype=bool)
    for row in range(len(n)):
        suspects = np.flatnonzero(n[row] > 1)
        seen = np.full(len(suspects), np.nan)
        for sample in np.flatnonzero(member == row):
            own = values[sample, suspects]
            alike = np.isnan(own) | np.isnan(seen) | (own == seen)
            suspects, seen = suspects[alike], np.where(np.isnan(seen), own, seen)[alike]
        constant[suspects] = True
    return constant


def _varying(covariates: Float) -> Boolean:
    """Columns that are not constant: a constant one says the same as the batches together."""
    varying: Boolean = (covariates != covariates[:1]).any(axis=0)
    return varying


def _without_constants(covariates: Float | None, samples: int) -> Float:
    if covariates is None:
        return np.zeros((samples, 0))
    return np.asarray(covariates, dtype=np.float64)[:, _varying(covariates)]


def _restore_constants(covariates: Float | None, slopes: Float) -> Float:
    """Slopes with a row of zeros for each constant covariate, so that rows match the input."""
    if covariates is None:
        return slopes
    full = np.zeros((covariates.shape[1], slopes.shape[1]))
    full[_varying(covariates)] = slopes
    return full
