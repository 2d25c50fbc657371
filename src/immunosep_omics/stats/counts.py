"""Sequencing counts: which features to keep, and log counts per million.

Library sizes are total counts per sample; an effective library size is one times its factor.
"""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float, Integer


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
