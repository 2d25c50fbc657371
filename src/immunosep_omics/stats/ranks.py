"""Ranks."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float


def average_ranks(values: Float) -> Float:
    """Ranks along the last axis, from 1, ties sharing their mean; NaN stays NaN and has no rank.

    Agrees exactly with ``rank(values, na.last = "keep")``.
    """
    values = np.asarray(values, dtype=np.float64)
    order = np.argsort(values, axis=-1)  # NaN last
    ordered = np.take_along_axis(values, order, axis=-1)
    position = np.broadcast_to(np.arange(values.shape[-1]), values.shape)
    new_value = np.ones(values.shape, dtype=bool)
    new_value[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(new_value, position, 0), axis=-1)
    last_value = np.ones(values.shape, dtype=bool)
    last_value[..., :-1] = new_value[..., 1:]
    end = np.where(last_value, position, values.shape[-1])
    last = np.minimum.accumulate(end[..., ::-1], axis=-1)[..., ::-1]
    shared = np.where(np.isnan(ordered), np.nan, (first + last) / 2 + 1)
    ranks = np.empty_like(values)
    np.put_along_axis(ranks, order, shared, axis=-1)
    return ranks
