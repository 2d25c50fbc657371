"""Quantile normalisation against a reference that can be frozen."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.ranks import average_ranks


def quantile_reference(values: Float) -> Float:
    """Mean distribution of the samples: (features,) ascending, from values (samples, features).

    A sample with gaps is stretched to the full number of features; one with fewer than two
    measured features has no distribution and does not count. NaN if no sample counts.
    Source: Bolstad et al. 2003. Agrees with the reference inside ``limma::normalizeQuantiles``
    to 1e-10.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=1)  # NaN last
    measured = np.count_nonzero(~np.isnan(ordered), axis=1)
    features = ordered.shape[1]
    for sample in np.flatnonzero((measured < features) & (measured > 1)):
        known = measured[sample]
        ordered[sample] = np.interp(_grid(features), _grid(known), ordered[sample, :known])
    counted = ordered[measured > 1]
    return counted.mean(axis=0) if len(counted) else np.full(features, np.nan)


def to_quantile_reference(values: Float, reference: Float) -> Float:
    """Give each sample (samples, features) the reference distribution, by rank.

    Tied values share the value at their mean rank; NaN stays NaN and takes no rank. The number of
    features may differ from the reference's. A sample's only measured value becomes the median.
    Agrees with ``limma::normalizeQuantiles(ties = TRUE)`` to 1e-10.
    """
    values = np.asarray(values, dtype=np.float64)
    result = np.empty_like(values)
    last = len(reference) - 1
    # The step to the next reference value; after the last there is none.
    steps = np.append(np.diff(reference), 0.0)
    for sample, own in enumerate(values):
        ranks = average_ranks(own)
        known = ~np.isnan(ranks)
        measured = np.count_nonzero(known)
        share = (ranks[known] - 1) / (measured - 1) if measured > 1 else np.full(measured, 0.5)
        place = share * last
        low = place.astype(np.intp)
        result[sample, known] = reference[low] + (place - low) * steps[low]
        result[sample, ~known] = np.nan
    return result


def _grid(size: int) -> Float:
    """Positions of ordered values, from 0 to 1."""
    return np.linspace(0.0, 1.0, size)
