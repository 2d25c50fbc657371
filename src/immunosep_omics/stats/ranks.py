"""Ranks."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float


def average_ranks(values: Float) -> Float:
    """Ranks along the last axis, from 1, ties sharing their mean; NaN stays NaN and has no rank.

    Agrees exactly with ``rank(values, na.last = "keep")``.
    """
    values = np.asarray(values, dtype=np.float64)
    ranks = np.full(values.shape, np.nan)
    if not values.size:
        return ranks
    length = values.shape[-1]
    for own, given in zip(ranks.reshape(-1, length), values.reshape(-1, length), strict=True):
        order = np.argsort(given)  # NaN last
        ordered = given[order]
        known = length - int(np.count_nonzero(np.isnan(ordered)))
        changes = np.flatnonzero(ordered[1:known] != ordered[: max(known - 1, 0)]) + 1
        if len(changes) == known - 1:
            own[order[:known]] = np.arange(1, known + 1)
            continue
        first = np.concatenate([[0], changes])
        after = np.concatenate([changes, [known]])
        own[order[:known]] = np.repeat((first + after + 1) / 2, after - first)
    return ranks
