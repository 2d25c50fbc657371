"""Relative log expression: scaling factors against the geometric mean of the samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.order import quantiles


@dataclass(frozen=True)
class RleReference:
    """What a new sample needs to be scaled like those the reference was made from.

    ``geometric_means`` (features,): over the samples, 0 where any of them had no count; ``scale``
    is the geometric mean of the samples' raw factors.
    """

    geometric_means: Float
    scale: float


def rle_factors(counts: Float, library_sizes: Float) -> Float:
    """Scaling factors (samples,) with geometric mean 1, for counts (samples, features).

    NaN for all when no feature has counts in every sample.
    Source: Anders & Huber 2010, doi:10.1186/gb-2010-11-10-r106. Agrees with
    ``edgeR::calcNormFactors(method = "RLE")`` to 1e-10.
    """
    return apply_rle(fit_rle(counts, library_sizes), counts, library_sizes)


def fit_rle(counts: Float, library_sizes: Float) -> RleReference:
    """Learn the geometric means; the factors of these samples have geometric mean 1."""
    counts = np.asarray(counts, dtype=np.float64)
    means = geometric_means(counts)
    raw = _raw(counts, library_sizes, means)
    with np.errstate(divide="ignore"):
        return RleReference(means, float(np.exp(np.log(raw).mean())))


def apply_rle(reference: RleReference, counts: Float, library_sizes: Float) -> Float:
    """Factors (samples,) by a frozen reference: no sample's factor depends on another's.

    0 for a sample without counts in half of the reference's features.
    """
    raw = _raw(counts, library_sizes, reference.geometric_means)
    with np.errstate(divide="ignore", invalid="ignore"):
        return raw / reference.scale


def geometric_means(counts: Float) -> Float:
    """Of each feature (features,) over the samples, 0 where any sample has no count."""
    means = np.zeros(counts.shape[1])
    kept = np.flatnonzero(counts.min(axis=0) > 0)
    total = np.zeros(len(kept))
    for own in counts:
        total += np.log(own[kept])
    means[kept] = np.exp(total / len(counts))
    return means


def median_ratios(counts: Float, means: Float) -> Float:
    """Each sample's median ratio (samples,) to the geometric means, over those above 0.

    NaN when none is. Agrees with ``DESeq2::estimateSizeFactorsForMatrix`` to 1e-10.
    """
    kept = np.flatnonzero(means > 0)
    if not len(kept):
        return np.full(len(counts), np.nan)
    return quantiles(np.asarray(counts, dtype=np.float64)[:, kept] / means[kept], 0.5)


def _raw(counts: Float, library_sizes: Float, means: Float) -> Float:
    with np.errstate(divide="ignore", invalid="ignore"):
        raw: Float = median_ratios(counts, means) / library_sizes
    return raw
