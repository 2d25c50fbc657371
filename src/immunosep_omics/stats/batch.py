"""ComBat: location and scale of each batch, estimated by empirical Bayes and removed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float, Integer
from immunosep_omics.stats.linear import fit_linear

_TOLERANCE = 1e-4
_MAX_ITERATIONS = 10_000


@dataclass(frozen=True)
class CombatParameters:
    """Everything learned from the training samples.

    ``grand_mean``, ``pooled_sd``, ``adjusted``: (features,). ``covariate_effects``: (covariates,
    features). ``location`` and ``scale`` (batches, features) are in units of ``pooled_sd``; row i
    belongs to code ``batches[i]``. Features that are not ``adjusted`` pass through unchanged.
    """

    batches: Integer
    grand_mean: Float
    covariate_effects: Float
    pooled_sd: Float
    location: Float
    scale: Float
    adjusted: Boolean


def fit_combat(values: Float, batch: Integer, covariates: Float | None = None) -> CombatParameters:
    """Learn batch effects from values (samples, features) and batch codes (samples,).

    ``covariates`` (samples, covariates), without intercept, are differences to preserve. With a
    single sample in any batch only locations are adjusted; with a single batch nothing is.
    A feature is not adjusted when it is constant within a batch or when, on the samples in which
    it was measured, batch and covariates cannot be told apart. Batches a feature was never
    measured in are left out for that feature.

    Raises ValueError when batch and covariates are confounded over all samples.
    Source: Johnson, Li & Rabinovic 2007, doi:10.1093/biostatistics/kxj037 (parametric). Agrees
    with ``sva::ComBat(par.prior = TRUE)`` to 1e-10 wherever sva gives a result, including its
    rule that the pooled variance divides by n - 1 instead of n once any value is missing.
    """
    values = np.asarray(values, dtype=np.float64)
    batch = np.asarray(batch)
    batches = np.unique(batch)
    extra = _without_constants(covariates, len(values))
    indicator = (batch[:, None] == batches).astype(np.float64)
    design = np.hstack([indicator, extra])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("batch and covariates are confounded")
    if len(batches) == 1:
        return _identity(batches, _covariate_count(covariates), values.shape[1])
    observed = ~np.isnan(values)
    counts = indicator.T @ observed
    effects = fit_linear(values, design).coefficients
    own, slopes = effects[: len(batches)], effects[len(batches) :]
    weight = np.where(counts > 0, indicator.sum(axis=0)[:, None], 0.0)
    with np.errstate(invalid="ignore"):
        grand_mean = np.where(counts > 0, weight * own, 0.0).sum(axis=0) / weight.sum(axis=0)
    residual = values - design @ np.where(np.isnan(effects), 0.0, effects)
    variance = _pooled_variance(residual, observed)
    adjusted = np.isfinite(grand_mean) & np.isfinite(slopes).all(axis=0) & (variance > 0)
    adjusted &= ~_constant_within_batch(values, indicator, counts)
    sd = np.sqrt(np.where(adjusted, variance, 1.0))
    standard = (values - grand_mean - extra @ slopes)[:, adjusted] / sd[adjusted]
    location = np.zeros((len(batches), values.shape[1]))
    scale = np.ones_like(location)
    mean_only = bool((indicator.sum(axis=0) == 1).any())
    for row in range(len(batches)):
        members = standard[indicator[:, row] > 0]
        location[row, adjusted], scale[row, adjusted] = _posterior(members, mean_only)
    return CombatParameters(
        batches=batches,
        grand_mean=np.where(adjusted, grand_mean, 0.0),
        covariate_effects=_restore_constants(covariates, np.where(adjusted, slopes, 0.0)),
        pooled_sd=sd,
        location=location,
        scale=scale,
        adjusted=adjusted,
    )


def extend_combat(parameters: CombatParameters, values: Float, code: int) -> CombatParameters:
    """Learn one more batch, ``code``, from its values (samples, features); no other changes.

    Its location and scale are measured against the frozen mean and pooled variance, so a batch
    that comes later is adjusted without touching what earlier ones were given.
    """
    kept = parameters.adjusted
    location = np.zeros((1, len(kept)))
    scale = np.ones_like(location)
    if kept.any():
        standard = np.asarray(values, dtype=np.float64)[:, kept] - parameters.grand_mean[kept]
        location[0, kept], scale[0, kept] = _posterior(
            standard / parameters.pooled_sd[kept], mean_only=len(values) < 2
        )
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
    row = np.searchsorted(parameters.batches, batch)
    kept = parameters.adjusted
    expected = np.broadcast_to(parameters.grand_mean[kept], (len(batch), int(kept.sum())))
    if covariates is not None:
        expected = expected + covariates @ parameters.covariate_effects[:, kept]
    sd = parameters.pooled_sd[kept]
    result = np.array(values, dtype=np.float64)
    standard = (result[:, kept] - expected) / sd
    shifted = standard - parameters.location[row][:, kept]
    result[:, kept] = shifted / np.sqrt(parameters.scale[row][:, kept]) * sd + expected
    return result


def _posterior(standard: Float, mean_only: bool) -> tuple[Float, Float]:
    """Posterior location and scale of one batch from its standardised values.

    Features never measured here, or (for the scale's prior) measured once, do not shape the
    priors; with no or one value of their own they lean on them.
    """
    n = np.count_nonzero(~np.isnan(standard), axis=0).astype(np.float64)
    total = np.nansum(standard, axis=0)
    mean = np.where(n > 0, total / np.maximum(n, 1), 0.0)
    square = np.nansum((standard - mean) ** 2, axis=0)
    prior_mean = float(mean[n > 0].mean()) if (n > 0).any() else 0.0
    prior_variance = float(mean[n > 0].var(ddof=1)) if (n > 0).sum() > 1 else 0.0
    if mean_only:
        # One observation's worth of evidence and unit variance, as in the reference implementation.
        flat = np.ones_like(mean)
        return _location(mean, np.minimum(n, 1), flat, prior_mean, prior_variance), flat
    own_variance = square[n > 1] / (n[n > 1] - 1)
    if len(own_variance) < 2 or not own_variance.var():
        # No spread between features to learn a prior of the scale from: keep each one's own.
        scale = np.where(n > 1, square / np.maximum(n - 1, 1), 1.0)
        return _location(mean, n, scale, prior_mean, prior_variance), scale
    centre, spread = float(own_variance.mean()), float(own_variance.var(ddof=1))
    shape = 2 + centre**2 / spread
    rate = centre + centre**3 / spread
    location = mean
    scale = np.where(n > 1, square / np.maximum(n - 1, 1), centre)
    for _ in range(_MAX_ITERATIONS):
        new_location = _location(mean, n, scale, prior_mean, prior_variance)
        new_square = square + n * (mean - new_location) ** 2
        new_scale = (0.5 * new_square + rate) / (n / 2 + shape - 1)
        # Divided by the signed old location, as in the reference implementation: another rule
        # would stop one step earlier or later and differ from it in the fifth digit.
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = np.abs(new_location - location) / location
        change = max(np.nanmax(moved), np.max(np.abs(new_scale - scale) / scale))
        location, scale = new_location, new_scale
        if change <= _TOLERANCE:
            break
    return location, scale


def _location(
    mean: Float, n: Float, scale: Float, prior_mean: float, prior_variance: float
) -> Float:
    precision = prior_variance * n
    bottom = precision + scale
    result: Float = (precision * mean + scale * prior_mean) / np.where(bottom > 0, bottom, 1.0)
    return result


def _pooled_variance(residual: Float, observed: Boolean) -> Float:
    if observed.all():
        complete: Float = np.mean(residual**2, axis=0)
        return complete
    n = np.count_nonzero(observed, axis=0)
    mean = np.nansum(residual, axis=0) / np.maximum(n, 1)
    result: Float = np.nansum((residual - mean) ** 2, axis=0) / np.maximum(n - 1, 1)
    return result


def _constant_within_batch(values: Float, indicator: Float, counts: Float) -> Boolean:
    """Features whose measured values (two or more) do not vary in some batch."""
    constant = np.zeros(values.shape[1], dtype=bool)
    for row in range(indicator.shape[1]):
        members = values[indicator[:, row] > 0]
        lowest = np.where(np.isnan(members), np.inf, members).min(axis=0)
        highest = np.where(np.isnan(members), -np.inf, members).max(axis=0)
        constant |= (counts[row] > 1) & (lowest == highest)
    return constant


def _covariate_count(covariates: Float | None) -> int:
    return 0 if covariates is None else covariates.shape[1]


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


def _identity(batches: Integer, covariates: int, features: int) -> CombatParameters:
    return CombatParameters(
        batches=batches,
        grand_mean=np.zeros(features),
        covariate_effects=np.zeros((covariates, features)),
        pooled_sd=np.ones(features),
        location=np.zeros((1, features)),
        scale=np.ones((1, features)),
        adjusted=np.zeros(features, dtype=bool),
    )
