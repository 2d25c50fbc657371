"""k-means for many resamples of one wide data set, by transfers of single samples.

Where features are many, a sample pulls its own centre so near to itself that Lloyd's steps stall
at once. So a sample moves where the sum of squares falls *after* both centres have followed it,
the criterion of Hartigan & Wong (1979, doi:10.2307/2346830), whose resting places are those of R's
``kmeans``. Everything is told by the inner products of samples (the Gram matrix), which hold all
Euclidean distances: a transfer costs the same with 20 features as with 20,000.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.arrays import Boolean, Float

BLOCKS = 8
TOGETHER = 8
"""Sweeps in which a block's samples move at once; from then on the best of them alone."""
MAXIMUM_SWEEPS = 200
LEAST_GAIN = 1e-9
"""Of a sample's own share of the sum of squares: less is rounding."""


def cluster_by_transfer(gram: Float, drawn: Boolean, k: int, chances: Float) -> NDArray[np.int8]:
    """Labels (runs, samples) 0 to k - 1, -1 for samples that are not drawn.

    One start of k different samples, like R's ``kmeans(..., nstart = 1)``.

    Args:
        gram: (samples, samples) inner products; better conditioned of centred samples.
        drawn: (runs, samples), at least k in each.
        k: number of clusters.
        chances: (k, runs) uniform from 0 to 1, which draw the starting centres.
    """
    labels = _begin(gram, drawn, starting_samples(drawn, chances))
    state = _State(gram, labels, k)
    found = labels.copy()
    active = np.arange(len(drawn))
    blocks = np.array_split(np.arange(len(gram)), BLOCKS)
    for sweep in range(MAXIMUM_SWEEPS):
        moved = np.zeros(len(active), dtype=bool)
        for block in blocks:
            if len(block):
                moved |= state.transfer(block[0], block[-1] + 1, sweep >= TOGETHER)
        found[active] = state.labels
        if not moved.any():
            break
        if not moved.all():
            active = active[moved]
            state.keep(moved)
    return found


def starting_samples(drawn: Boolean, chances: Float) -> NDArray[np.intp]:
    """(k, runs) different samples of each run, all equally likely."""
    runs = np.arange(len(drawn))
    pool = np.argsort(~drawn, axis=1, kind="stable")
    size = drawn.sum(axis=1)
    for place, chance in enumerate(chances):
        other = place + np.floor(chance * (size - place)).astype(np.intp)
        pool[runs, place], pool[runs, other] = pool[runs, other], pool[runs, place]
    return pool[:, : len(chances)].T


def _begin(gram: Float, drawn: Boolean, centres: NDArray[np.intp]) -> NDArray[np.int8]:
    """Labels by the nearest of ``centres``."""
    own = gram.diagonal()
    best = gram[centres[0]] - 0.5 * own[centres[0], None]
    labels = np.zeros(drawn.shape, dtype=np.int8)
    for label, centre in enumerate(centres[1:], start=1):
        score = gram[centre] - 0.5 * own[centre, None]
        labels[score > best] = label
        np.maximum(best, score, out=best)
    labels[~drawn] = -1
    return labels


class _State:
    """Clusters of all active runs, and what their samples' distances to the centres need.

    ``sums`` (runs, k, samples): inner product of each sample with the sum of each cluster;
    ``squares`` (runs, k): squared length of that sum; ``sizes`` (runs, k).
    """

    def __init__(self, gram: Float, labels: NDArray[np.int8], k: int) -> None:
        self.gram, self.labels = gram, labels.copy()
        self.clusters = np.arange(k, dtype=np.int8)[:, None]
        member = (labels[:, None, :] == self.clusters).astype(np.float64)
        self.sizes = member.sum(axis=2)
        self.sums = (member.reshape(-1, len(gram)) @ gram).reshape(member.shape)
        self.squares = np.einsum("rkn,rkn->rk", member, self.sums)

    def keep(self, runs: Boolean) -> None:
        """Set the other runs aside."""
        self.labels, self.sums = self.labels[runs], self.sums[runs]
        self.squares, self.sizes = self.squares[runs], self.sizes[runs]

    def transfer(self, first: int, last: int, alone: bool) -> Boolean:
        """Move samples ``first`` to ``last`` - 1 where that helps; (runs,) whether any moved."""
        labels = self.labels[:, first:last]
        mine = labels[:, None, :] == self.clusters
        gain, target = self._gain(first, last, mine)
        go = gain > 0
        if alone:
            best = np.zeros_like(go)
            best[np.arange(len(go)), gain.argmax(axis=1)] = True
            go &= best
        moved: Boolean = np.any(go, axis=1)
        if moved.any():
            runs, columns = np.flatnonzero(moved), np.flatnonzero(go.any(axis=0))
            going = go[np.ix_(runs, columns)][:, None, :]
            coming = target[np.ix_(runs, columns)][:, None, :] == self.clusters
            leaving = mine[np.ix_(runs, self.clusters[:, 0], columns)]
            change = np.subtract(coming & going, leaving & going, dtype=np.float64)
            self._apply(runs, first + columns, change)
            labels[go] = target[go]
        return moved

    def _gain(self, first: int, last: int, mine: Boolean) -> tuple[Float, NDArray[np.int8]]:
        """(runs, block) fall of the sum of squares by the best move, 0 for none; and where to."""
        size = np.maximum(self.sizes, 1.0)
        cost = self.sums[:, :, first:last] * (-2.0 / size)[:, :, None]
        cost += (self.squares / size**2)[:, :, None]
        cost += self.gram.diagonal()[first:last]
        labels = self.labels[:, first:last]
        own = np.take_along_axis(self.sizes, np.maximum(labels, 0).astype(np.intp), axis=1)
        stay = (cost * mine).sum(axis=1) * (own / np.maximum(own - 1.0, 0.5))
        cost *= (self.sizes / (self.sizes + 1.0))[:, :, None]
        cost[mine] = np.inf
        best, target = cost[:, 0].copy(), np.zeros(labels.shape, dtype=np.int8)
        for label in range(1, cost.shape[1]):
            less = cost[:, label] < best
            np.copyto(best, cost[:, label], where=less)
            target[less] = label
        gain = np.where(stay - best > LEAST_GAIN * stay, stay - best, 0.0)
        return gain, target

    def _apply(self, runs: NDArray[np.intp], samples: NDArray[np.intp], change: Float) -> None:
        """``change`` (runs, k, samples): 1 where a sample comes to a cluster, -1 where it goes."""
        shape = (len(runs), len(self.clusters), len(self.gram))
        by = (change.reshape(-1, len(samples)) @ self.gram[samples]).reshape(shape)
        before = self.sums[runs]
        self.squares[runs] += (change * (2.0 * before[:, :, samples] + by[:, :, samples])).sum(
            axis=2
        )
        before += by
        self.sums[runs] = before
        self.sizes[runs] += change.sum(axis=2)
