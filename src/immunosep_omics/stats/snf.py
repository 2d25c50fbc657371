"""Similarity network fusion: networks of patients that exchange what they know, omic by omic.

Wang et al. 2014, doi:10.1038/nmeth.2810. Every omic has a network of its patients; round by round
each network is carried along its own nearest neighbours over the mean of the others, until all
tell the same. Agrees with ``snf.affinity_matrix`` and ``snf.snf`` of snfpy 0.2.2 to 1e-12 where all
patients have all omics. Where some lack an omic, two patients are tied by the mean over the omics
that measured both, and networks of nobody else's pairs go on with their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.neighbourhood import Array, kernel, mean_of_nearest, strongest

NEIGHBOURS = 20
ROUNDS = 20
WIDTH = 0.5
ONESELF = 1.0
"""Added to a patient's tie with itself after every round."""


@dataclass(frozen=True)
class SnfTies:
    """What ties a patient to those that one omic's network was made of (``members``)."""

    near: Array
    """(members,) mean distance to the nearest neighbours."""
    strength: Array
    """(members,) sum of the affinities of each."""

    def between(self, squares: Array) -> Array:
        """(samples, members) ties of any samples, of 1 in all, to their nearest neighbours.

        ``squares``: (samples, members) squared distances. A member has the ties of the fit.
        """
        return nearest_ties(self.network(squares))

    def network(self, squares: Array) -> Array:
        """(samples, members) affinities over the mean of what either side has in all."""
        distance = np.sqrt(squares)
        own = mean_of_nearest(distance, _at_most(NEIGHBOURS, len(self.near)))
        ties = _affinity(distance, own, self.near, WIDTH)
        new = ~(squares == 0).any(axis=1)
        itself = np.where(new, kernel(np.zeros(len(own)), WIDTH * 2 * own / 3), 0.0)
        strength = ties.sum(axis=1) + itself
        return ties * (1.0 / strength[:, None] + 1.0 / self.strength) / 2.0


def fit_snf_ties(squares: Array) -> SnfTies:
    """Learn the ties of an omic from the squared distances (members, members) of its patients."""
    near = mean_of_nearest(np.sqrt(squares), _at_most(NEIGHBOURS, len(squares)))
    return SnfTies(near, affinity(np.sqrt(squares)).sum(axis=1))


def affinity(distance: Array, neighbours: int = NEIGHBOURS, width: float = WIDTH) -> Array:
    """(samples, samples) scaled exponential similarity of distances (samples, samples)."""
    near = mean_of_nearest(distance, _at_most(neighbours, len(distance)))
    return _affinity(distance, near, near, width)


def fuse(
    affinities: Sequence[Array], neighbours: int = NEIGHBOURS, rounds: int = ROUNDS
) -> Array:
    """The fused network (samples, samples) of affinities between the same samples."""
    networks = [_normalised(one) for one in affinities]
    ties = [nearest_ties(network, neighbours) for network in networks]
    everyone = np.arange(len(networks[0]))
    networks, _ = _exchange(networks, ties, [everyone] * len(networks), rounds)
    fused = np.sum(networks, axis=0)
    fused /= fused.sum(axis=1, keepdims=True)
    found: Array = (fused + fused.T + np.eye(len(fused))) / 2.0
    return found


def reaches(
    networks: Sequence[Array], ties: Sequence[Array], members: Sequence[NDArray[np.intp]]
) -> list[Array]:
    """Per omic (members, members): what a tie to a member reaches in the last round.

    ``ties @ reach`` is the omic's network after it. ``networks`` and ``ties`` are those of
    :class:`SnfTies` for the omic's members, whose places among all patients are ``members``.
    """
    _, others = _exchange(networks, ties, members, ROUNDS)
    return [other @ own.T for other, own in zip(others, ties, strict=True)]


def nearest_ties(network: Array, neighbours: int = NEIGHBOURS) -> Array:
    """(samples, members) ties to the strongest neighbours, of 1 in all."""
    kept = strongest(network, neighbours)
    found: Array = kept / kept.sum(axis=1, keepdims=True)
    return found


def _at_most(neighbours: int, members: int) -> int:
    return max(1, min(neighbours, members - 1))


def _affinity(distance: Array, own: Array, theirs: Array, width: float) -> Array:
    return kernel(distance, width * (own[:, None] + theirs + distance) / 3.0)


def _normalised(affinities: Array) -> Array:
    found = affinities / affinities.sum(axis=1, keepdims=True)
    return (found + found.T) / 2.0


def _exchange(
    networks: Sequence[Array],
    ties: Sequence[Array],
    members: Sequence[NDArray[np.intp]],
    rounds: int,
) -> tuple[list[Array], list[Array]]:
    """Each omic's network after the rounds, and what the others told it in the last one."""
    from scipy.sparse import csr_array

    sparse = [csr_array(own) for own in ties]
    size = 1 + max(int(own.max()) for own in members)
    places = [... if len(own) == size else np.ix_(own, own) for own in members]
    shared = np.zeros((size, size))
    for place in places:
        shared[place] += 1.0
    current, told = list(networks), list(networks)
    for _ in range(rounds):
        total = np.zeros((size, size))
        for place, network in zip(places, current, strict=True):
            total[place] += network
        for omic, place in enumerate(places):
            told[omic] = _mean_of_others(total[place], current[omic], shared[place])
        for omic, own in enumerate(sparse):
            current[omic] = own @ (own @ told[omic]).T
            np.fill_diagonal(current[omic], current[omic].diagonal() + ONESELF)
    return current, told


def _mean_of_others(total: Array, own: Array, omics: Array) -> Array:
    """Mean tie in the other omics that measured both patients; the own one where there is none."""
    others = omics - 1.0
    found = total - own
    np.divide(found, others, out=found, where=others > 0)
    return np.where(others > 0, found, own)
