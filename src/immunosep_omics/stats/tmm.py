"""Trimmed mean of M-values: scaling factors against one sample's profile.

An effective library size is the total count of a sample times its factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.order import at_places, quantiles

# Share of features cut from each end: by log-ratio, and by mean abundance.
_TRIM_RATIO = 0.3
_TRIM_ABUNDANCE = 0.05


@dataclass(frozen=True)
class TmmReference:
    """What a new sample needs to be scaled like those the reference was made from.

    ``counts`` (features,) and ``library_size`` are one sample's; ``scale`` is the geometric mean
    of the samples' raw factors, by which every factor, then and later, is divided.
    """

    counts: Float
    library_size: float
    scale: float


def tmm_factors(counts: Float, library_sizes: Float) -> Float:
    """Scaling factors (samples,) with geometric mean 1, for counts (samples, features).

    Source: Robinson & Oshlack 2010, doi:10.1186/gb-2010-11-3-r25. Agrees with
    ``edgeR::calcNormFactors(method = "TMM")`` to 1e-10.
    """
    raw = _against_chosen(counts, library_sizes)[1]
    return raw / _geometric_mean(raw)


def fit_tmm(counts: Float, library_sizes: Float) -> TmmReference:
    """Choose the reference sample and fix the scale: factors of these samples have mean 1."""
    chosen, raw = _against_chosen(counts, library_sizes)
    profile = np.array(counts[chosen], dtype=np.float64)
    return TmmReference(profile, float(library_sizes[chosen]), _geometric_mean(raw))


def apply_tmm(reference: TmmReference, counts: Float, library_sizes: Float) -> Float:
    """Factors (samples,) by a frozen reference: no sample's factor depends on another's."""
    raw = tmm_factors_against(counts, library_sizes, reference.counts, reference.library_size)
    return raw / reference.scale


def choose_tmm_reference(counts: Float, library_sizes: Float) -> int:
    """Sample whose upper quartile (share of its library) is nearest the mean upper quartile."""
    counts = np.asarray(counts, dtype=np.float64)
    absent = int(np.count_nonzero(counts.max(axis=0, initial=0.0) <= 0))
    if absent == counts.shape[1]:
        return 0
    upper = quantiles(counts, 0.75, left_out_zeros=absent) / library_sizes
    if np.median(upper) < 1e-20:  # mostly zeros: take the richest sample
        return int(np.argmax([np.sqrt(own).sum() for own in counts]))
    return int(np.argmin(np.abs(upper - upper.mean())))


def tmm_factors_against(
    counts: Float, library_sizes: Float, reference_counts: Float, reference_library_size: float
) -> Float:
    """Raw factor of each sample (samples,) against one reference profile (features,).

    Trimmed weighted mean of log-ratios, weights from the binomial variance of each ratio. Features
    absent from either sample are left out; a sample without common features has factor 1.
    """
    in_reference = np.flatnonzero(reference_counts > 0)
    reference = np.asarray(reference_counts, dtype=np.float64)[in_reference]
    reference_share = reference / reference_library_size
    log_reference = np.log2(reference_share)
    reference_variance = 1 / reference - 1 / reference_library_size
    factors = np.ones(len(counts))
    for sample, size in enumerate(library_sizes):
        observed = np.asarray(counts[sample], dtype=np.float64)[in_reference]
        common = np.flatnonzero(observed > 0)
        observed = observed[common]
        share = observed / size
        # Of quotients, not a difference of logarithms: which features tie at a trim must not
        # depend on rounding that the reference implementation does not have.
        ratio = np.log2(share / reference_share[common])
        if not len(ratio) or max(ratio.max(), -ratio.min()) < 1e-6:
            continue
        inside = _between_trims(ratio, _TRIM_RATIO)
        inside &= _between_trims(np.log2(share) + log_reference[common], _TRIM_ABUNDANCE)
        kept = np.flatnonzero(inside)
        if len(kept):
            variance = 1 / observed[kept] - 1 / size + reference_variance[common[kept]]
            factors[sample] = 2 ** (np.sum(ratio[kept] / variance) / np.sum(1 / variance))
    return factors


def _against_chosen(counts: Float, library_sizes: Float) -> tuple[int, Float]:
    """The reference sample, and every sample's raw factor against it."""
    chosen = choose_tmm_reference(counts, library_sizes)
    size = float(library_sizes[chosen])
    return chosen, tmm_factors_against(counts, library_sizes, counts[chosen], size)


def _geometric_mean(factors: Float) -> float:
    return float(np.exp(np.log(factors).mean()))


def _between_trims(values: Float, share: float) -> Boolean:
    """Which values remain after cutting a share from each end; ties stand at their mean rank."""
    total = len(values)
    low = int(total * share) + 1
    high = total + 1 - low
    at_low, at_high = at_places(values, low - 1, high - 1)
    keep: Boolean = (values >= at_low) & (values <= at_high)
    for edge in {at_low, at_high}:
        tied = values == edge
        count = np.count_nonzero(tied)
        if count > 1:
            rank = np.count_nonzero(values < edge) + (count + 1) / 2
            if not low <= rank <= high:
                keep &= ~tied
    return keep
