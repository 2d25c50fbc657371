"""Leiden communities of many resamples (Traag 2019), by the optional GPL library leidenalg."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.arrays import Boolean, Float

NEIGHBOURS = 15
RESOLUTIONS = tuple(np.geomspace(0.1, 3.0, 16).tolist())
ITERATIONS = 2


def cluster_by_communities(
    distances: Float, drawn: Boolean, ks: Sequence[int], chances: Float
) -> NDArray[np.int8]:
    """Labels (ks, runs, samples), -1 for samples that are not drawn.

    Communities have a resolution, not a number: of 16 resolutions, each k takes the partition whose
    number of communities is nearest to k, the coarser of two as near. It may have fewer than k, or
    more.

    Args:
        distances: (samples, samples).
        drawn: (runs, samples).
        ks: numbers of clusters.
        chances: (runs,) uniform from 0 to 1, the seeds of the library.

    Raises:
        ModuleNotFoundError: the ``leiden`` extra is not installed.
    """
    import igraph
    import leidenalg

    found = np.full((len(ks), *drawn.shape), -1, dtype=np.int8)
    for run, own in enumerate(drawn):
        samples = np.flatnonzero(own)
        edges = _nearest_pairs(distances[np.ix_(samples, samples)])
        graph = igraph.Graph(n=len(samples), edges=edges.tolist())
        partitions = [
            leidenalg.find_partition(
                graph,
                leidenalg.RBConfigurationVertexPartition,
                resolution_parameter=resolution,
                n_iterations=ITERATIONS,
                seed=int(chances[run] * 2**31),
            ).membership
            for resolution in RESOLUTIONS
        ]
        counts = np.array([max(partition) + 1 for partition in partitions])
        for place, k in enumerate(ks):
            best = int(np.abs(counts - k).argmin())
            found[place, run, samples] = np.minimum(partitions[best], 127)
    return found


def _nearest_pairs(distances: Float) -> NDArray[np.intp]:
    """(pairs, 2) of samples of which one is among the other's 15 nearest."""
    count = min(NEIGHBOURS, len(distances) - 1)
    apart = distances.copy()
    np.fill_diagonal(apart, np.inf)
    near = np.argpartition(apart, count - 1, axis=1)[:, :count]
    linked = np.zeros(distances.shape, dtype=bool)
    np.put_along_axis(linked, near, True, axis=1)
    return np.argwhere(np.triu(linked | linked.T))
