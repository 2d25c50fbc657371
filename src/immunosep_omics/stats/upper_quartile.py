"""Upper-quartile scaling factors: the share of its library that a sample's upper quartile is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.order import quantiles


@dataclass(frozen=True)
class UpperQuartileReference:
    """What a new sample needs to be scaled like those the reference was made from.

    ``present`` (features,): seen in any of them; ``scale``: geometric mean of the raw factors.
    """

    present: Boolean
    scale: float


def upper_quartile_factors(counts: Float, library_sizes: Float) -> Float:
    """Scaling factors (samples,) with geometric mean 1, for counts (samples, features).

    Features without counts in every sample do not matter. Not finite for any when a sample's
    upper quartile is 0.
    Source: Bullard et al. 2010, doi:10.1186/1471-2105-11-94. Agrees with
    ``edgeR::calcNormFactors(method = "upperquartile")`` to 1e-10.
    """
    return apply_upper_quartile(fit_upper_quartile(counts, library_sizes), counts, library_sizes)


def fit_upper_quartile(counts: Float, library_sizes: Float) -> UpperQuartileReference:
    """Fix the features and the scale: the factors of these samples have geometric mean 1."""
    present: Boolean = np.asarray(counts).max(axis=0) > 0
    raw = _raw(counts, library_sizes, present)
    with np.errstate(divide="ignore"):
        return UpperQuartileReference(present, float(np.exp(np.log(raw).mean())))


def apply_upper_quartile(
    reference: UpperQuartileReference, counts: Float, library_sizes: Float
) -> Float:
    """Factors (samples,) by a frozen reference: no sample's factor depends on another's."""
    raw = _raw(counts, library_sizes, reference.present)
    with np.errstate(divide="ignore", invalid="ignore"):
        return raw / reference.scale


def _raw(counts: Float, library_sizes: Float, present: Boolean) -> Float:
    kept = np.flatnonzero(present)
    if not len(kept):
        return np.full(len(counts), np.nan)
    upper = quantiles(np.asarray(counts, dtype=np.float64)[:, kept], 0.75)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw: Float = upper / library_sizes
    return raw
