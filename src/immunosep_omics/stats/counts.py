"""Sequencing counts: which features to keep, scaling factors, log counts per million.

Library sizes are total counts per sample; an effective library size is one times its factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float, Integer

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


def filter_by_expression(
    counts: Float,
    design_or_group: Float | Integer | None = None,
    library_sizes: Float | None = None,
    min_count: float = 10,
    min_total_count: float = 15,
    large_n: float = 10,
    min_proportion: float = 0.7,
) -> Boolean:
    """Features (of counts (samples, features)) expressed in enough samples to be worth testing.

    Enough is the size of the smallest group (``design_or_group``: codes (samples,)), or for a
    design (samples, coefficients) the inverse of its largest leverage, or all samples; beyond
    ``large_n`` only ``min_proportion`` of the excess counts. Expressed is ``min_count`` at the
    median library size. Source: Chen, Lun & Smyth 2016, doi:10.12688/f1000research.8987.2.
    Agrees exactly with ``edgeR::filterByExpr``.
    """
    counts = np.asarray(counts, dtype=np.float64)
    sizes = counts.sum(axis=1) if library_sizes is None else np.asarray(library_sizes, dtype=float)
    needed = _smallest_group(design_or_group, len(counts))
    if needed > large_n:
        needed = large_n + (needed - large_n) * min_proportion
    # Products of whole numbers are exact, so a count right at the threshold is never lost.
    expressed = counts * np.median(sizes) >= min_count * sizes[:, None]
    enough = np.count_nonzero(expressed, axis=0) >= needed - 1e-14
    mask: Boolean = enough & (counts.sum(axis=0) >= min_total_count - 1e-14)
    return mask


def tmm_factors(counts: Float, library_sizes: Float) -> Float:
    """Scaling factors (samples,) with geometric mean 1, for counts (samples, features).

    Source: Robinson & Oshlack 2010, doi:10.1186/gb-2010-11-3-r25. Agrees with
    ``edgeR::calcNormFactors(method = "TMM")`` to 1e-10.
    """
    reference = fit_tmm(counts, library_sizes)
    return apply_tmm(reference, counts, library_sizes)


def fit_tmm(counts: Float, library_sizes: Float) -> TmmReference:
    """Choose the reference sample and fix the scale: factors of these samples have mean 1."""
    chosen = choose_tmm_reference(counts, library_sizes)
    profile, size = np.asarray(counts[chosen], dtype=np.float64), float(library_sizes[chosen])
    raw = tmm_factors_against(counts, library_sizes, profile, size)
    return TmmReference(profile, size, float(np.exp(np.log(raw).mean())))


def apply_tmm(reference: TmmReference, counts: Float, library_sizes: Float) -> Float:
    """Factors (samples,) by a frozen reference: no sample's factor depends on another's."""
    raw = tmm_factors_against(counts, library_sizes, reference.counts, reference.library_size)
    return raw / reference.scale


def choose_tmm_reference(counts: Float, library_sizes: Float) -> int:
    """Sample whose upper quartile (share of its library) is nearest the mean upper quartile."""
    counts = np.asarray(counts, dtype=np.float64)
    present = counts[:, (counts > 0).any(axis=0)]
    if not present.size:
        return 0
    upper = np.quantile(present, 0.75, axis=1) / library_sizes
    if np.median(upper) < 1e-20:  # mostly zeros: take the richest sample
        return int(np.argmax(np.sqrt(present).sum(axis=1)))
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
        ratio = np.log2(share / reference_share[common])
        if not len(ratio) or np.abs(ratio).max() < 1e-6:
            continue
        kept = _between_trims(ratio, _TRIM_RATIO)
        kept &= _between_trims(np.log2(share) + log_reference[common], _TRIM_ABUNDANCE)
        variance = (1 / observed - 1 / size + reference_variance[common])[kept]
        if len(variance):
            factors[sample] = 2 ** (np.sum(ratio[kept] / variance) / np.sum(1 / variance))
    return factors


def log_cpm(
    counts: Float,
    effective_library_sizes: Float,
    prior_count: float = 2.0,
    mean_library_size: float | None = None,
) -> Float:
    """log2 counts per million (samples, features), small counts damped by a prior count.

    The prior grows with the library, so that zeros of all samples are alike. Pass the training
    samples' ``mean_library_size`` to treat a new sample exactly as they were.
    Source: Law et al. 2014, doi:10.1186/gb-2014-15-2-r29. Agrees with
    ``edgeR::cpm(log = TRUE, prior.count)`` to 1e-10.
    """
    sizes = np.asarray(effective_library_sizes, dtype=np.float64)[:, None]
    mean = sizes.mean() if mean_library_size is None else mean_library_size
    prior = prior_count * sizes / mean
    result: Float = np.log2((counts + prior) / (sizes + 2 * prior) * 1e6)
    return result


def _smallest_group(design_or_group: Float | Integer | None, samples: int) -> float:
    if design_or_group is None:
        return float(samples)
    given = np.asarray(design_or_group)
    if given.ndim == 1:
        return float(np.unique(given, return_counts=True)[1].min())
    basis, singular, _ = np.linalg.svd(given.astype(np.float64), full_matrices=False)
    basis = basis[:, singular > singular[0] * 1e-10]
    return float(1 / (basis**2).sum(axis=1).max())


def _between_trims(values: Float, share: float) -> Boolean:
    """Which values remain after cutting a share from each end; ties stand at their mean rank."""
    total = len(values)
    low = int(total * share) + 1
    high = total + 1 - low
    parts = np.partition(values, (low - 1, high - 1))
    at_low, at_high = parts[low - 1], parts[high - 1]
    keep = (values > at_low) & (values < at_high)
    for edge in {float(at_low), float(at_high)}:
        tied = values == edge
        rank = np.count_nonzero(values < edge) + (np.count_nonzero(tied) + 1) / 2
        if low <= rank <= high:
            keep |= tied
    return keep
