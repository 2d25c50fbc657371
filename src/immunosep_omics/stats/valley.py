"""How far the density drops between two clusters: are they clumps, or one cloud cut in two?

Members of both clusters are projected on the line through their centres; the valley is the
largest relative drop of the smoothed density below the lower of the two peaks it separates. 0 says
no valley, 1 says empty ground between the two. Any unimodal cloud, flat ones included, has a
valley of 0 but for sampling noise, which the null of ``cluster_number`` measures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.kmeans import Array, Partition

GRID = 33
BINS = 96


def shallowest_valley(points: Array, partition: Partition) -> Array:
    """(runs,) smallest valley over all pairs of clusters; 0 where a cluster is empty.

    Args:
        points: (sets, samples, factors) as they were clustered, one set per run or one for all.
        partition: the clusterings.
    """
    k = partition.centres.shape[1]
    shallowest = np.ones(len(partition.labels))
    for first in range(k):
        for second in range(first):
            shallowest = np.minimum(shallowest, _valley(points, partition, first, second))
    return shallowest


def _valley(points: Array, partition: Partition, first: int, second: int) -> Array:
    """(runs,) valley between two clusters."""
    line = partition.centres[:, first] - partition.centres[:, second]
    length = np.sqrt(np.square(line).sum(axis=1))
    position = (points @ (line / np.maximum(length, 1e-300)[:, None])[:, :, None])[:, :, 0]
    here, there = partition.labels == first, partition.labels == second
    high, high_spread = _moments(position, here)
    low, low_spread = _moments(position, there)
    counts = (here | there).sum(axis=1)
    spread = np.sqrt((high_spread + low_spread) / np.maximum(counts - 2, 1))
    bandwidth = 0.9 * spread * np.maximum(counts, 1) ** -0.2
    density = _smooth(position, here | there, low - spread, high + spread, bandwidth)
    left = np.maximum.accumulate(density, axis=1)
    right = np.maximum.accumulate(density[:, ::-1], axis=1)[:, ::-1]
    valley = (1.0 - density / np.maximum(np.minimum(left, right), 1e-300)).max(axis=1)
    exists = here.any(axis=1) & there.any(axis=1) & (spread > 0)
    return np.where(exists, valley, 0.0)


def _moments(position: Array, member: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Mean of the members' positions per run, and sum of squares around it."""
    count = np.maximum(member.sum(axis=1), 1)
    mean = np.where(member, position, 0.0).sum(axis=1) / count
    return mean, np.where(member, np.square(position - mean[:, None]), 0.0).sum(axis=1)


def _smooth(
    position: Array, member: NDArray[np.bool_], low: Array, high: Array, bandwidth: Array
) -> Array:
    """(runs, GRID) Gaussian kernel density from ``low`` to ``high``, from finely binned positions.

    Bins reach one grid length beyond either end; what lies further is out of the kernel's sight.
    """
    runs = len(position)
    width = np.maximum(high - low, 1e-300)
    unit = (position - low[:, None]) / width[:, None]
    bins = np.floor((unit + 1.0) * (BINS / 3)).astype(np.intp)
    kept = member & (bins >= 0) & (bins < BINS)
    rows = np.broadcast_to(np.arange(runs)[:, None], bins.shape)
    counts = np.bincount(rows[kept] * BINS + bins[kept], minlength=runs * BINS).reshape(runs, BINS)
    centres = (np.arange(BINS) + 0.5) * (3 / BINS) - 1.0
    gaps = np.linspace(0.0, 1.0, GRID)[:, None] - centres
    scale = np.maximum(bandwidth / width, 1e-6)[:, None, None]
    kernel = np.exp(-0.5 * np.square(gaps / scale))
    return (kernel @ counts[:, :, None].astype(np.float64))[:, :, 0]
