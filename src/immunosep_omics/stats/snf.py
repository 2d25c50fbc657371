"""Similarity network fusion: networks of patients that exchange what they know, omic by omic.

Wang et al. 2014, doi:10.1038/nmeth.2810. Every omic has a network of its patients; round by round
each network is carried along its own nearest neighbours over the mean of the others, until all
tell the same. Agrees with ``snf.compute.affinity_matrix`` and ``snf.snf`` of snfpy 0.2.2 to 1e-12,
where all patients have all omics. Where some lack an omic, each network is of the patients who
have its own, and is carried over another by the nearest neighbours among those who have both; of
fewer patients, proportionally fewer are neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.neighbourhood import Array, kernel, mean_of_nearest, strongest

Places = NDArray[np.intp]

NEIGHBOURS = 20
ROUNDS = 20
WIDTH = 0.5
STRIP = 100
"""Patients whose rows are carried at a time."""
ONESELF = 1.0
"""Added to a patient's tie with itself after every round."""


@dataclass(frozen=True)
class SnfTies:
    """What ties a patient to those that one omic's network was made of (``members``)."""

    near: Array
    """(members,) mean distance to the nearest neighbours."""
    strength: Array
    """(members,) sum of the affinities of each."""
    neighbours: int

    def between(self, squares: Array, through: Places) -> Array:
        """(samples, through) ties of any samples, of 1 in all, to the nearest of some members.

        ``squares``: (samples, members) squared distances. A member has the ties of the fit.
        """
        neighbours = _of_fewer(self.neighbours, len(through), len(self.near))
        return nearest_ties(self.network(squares)[:, through], neighbours)

    def network(self, squares: Array) -> Array:
        """(samples, members) affinities over the mean of what either side has in all."""
        distance = np.sqrt(squares)
        own = mean_of_nearest(distance, _at_most(self.neighbours, len(self.near)))
        ties = _affinity(distance, own, self.near, WIDTH)
        new = ~(squares == 0).any(axis=1)
        itself = np.where(new, kernel(np.zeros(len(own)), WIDTH * 2 * own / 3), 0.0)
        strength = ties.sum(axis=1) + itself
        return ties * (1.0 / strength[:, None] + 1.0 / self.strength) / 2.0


def fit_snf_ties(squares: Array, patients: int) -> SnfTies:
    """Learn an omic's ties.

    ``squares``: (members, members) squared distances; ``patients``: how many there are in all.
    """
    neighbours = _of_fewer(NEIGHBOURS, len(squares), patients)
    distance = np.sqrt(squares)
    near = mean_of_nearest(distance, _at_most(neighbours, len(squares)))
    return SnfTies(near, affinity(distance, neighbours).sum(axis=1), neighbours)


def affinity(distance: Array, neighbours: int = NEIGHBOURS, width: float = WIDTH) -> Array:
    """(samples, samples) scaled exponential similarity of distances (samples, samples)."""
    near = mean_of_nearest(distance, _at_most(neighbours, len(distance)))
    return _affinity(distance, near, near, width)


def fuse(affinities: Sequence[Array], neighbours: int = NEIGHBOURS, rounds: int = ROUNDS) -> Array:
    """The fused network (samples, samples) of affinities between the same samples."""
    networks = [_normalised(one) for one in affinities]
    everyone = [np.arange(len(networks[0]))] * len(networks)
    ways = _ways(networks, everyone, [neighbours] * len(networks))
    networks, _ = _exchange(networks, ways, rounds)
    fused = np.sum(networks, axis=0)
    fused /= fused.sum(axis=1, keepdims=True)
    found: Array = (fused + fused.T + np.eye(len(fused))) / 2.0
    return found


def reaches(
    networks: Sequence[Array], members: Sequence[Places], neighbours: Sequence[int]
) -> list[list[tuple[Places, Array, Array]]]:
    """Per omic and way into others: the members it goes through, ties to them, what they reach.

    The sum of ``ties @ reach``, (members, through) by (through, members), is the omic's network
    after the last round. ``networks`` are those of :class:`SnfTies` for the omic's members, whose
    places among all patients are ``members``; ``neighbours`` are theirs, too.
    """
    ways = _ways(networks, members, neighbours)
    _, told = _exchange(networks, ways, ROUNDS)
    return [
        [(way.through, way.ties, far @ way.ties.T) for way, far in zip(own, others, strict=True)]
        for own, others in zip(ways, told, strict=True)
    ]


def nearest_ties(network: Array, neighbours: int) -> Array:
    """(samples, members) ties to the strongest neighbours, of 1 in all."""
    kept = strongest(network, neighbours)
    found: Array = kept / kept.sum(axis=1, keepdims=True)
    return found


def _at_most(neighbours: int, members: int) -> int:
    return max(1, min(neighbours, members - 1))


def _of_fewer(neighbours: int, patients: int, everyone: int) -> int:
    return max(1, round(neighbours * patients / everyone))


def _affinity(distance: Array, own: Array, theirs: Array, width: float) -> Array:
    return kernel(distance, width * (own[:, None] + theirs + distance) / 3.0)


def _normalised(affinities: Array) -> Array:
    found = affinities / affinities.sum(axis=1, keepdims=True)
    return (found + found.T) / 2.0


@dataclass(frozen=True)
class _Way:
    """How an omic's patients reach into the networks of others, by those who have both."""

    through: Places
    """Places among the omic's members."""
    ties: Array
    """(members, through)"""
    others: list[tuple[int, Places]]
    """The other omics, and the places of ``through`` among their members."""
    share: float
    """Of the omics that there are ways into."""


def _ways(
    networks: Sequence[Array], members: Sequence[Places], neighbours: Sequence[int]
) -> list[list[_Way]]:
    """Per omic; others that share the same patients are one way, the own one where none is."""
    ways: list[list[_Way]] = []
    for place, (network, own) in enumerate(zip(networks, members, strict=True)):
        found: dict[bytes, list[tuple[int, Places]]] = {}
        for other, theirs in enumerate(members):
            _, mine, of_other = np.intersect1d(own, theirs, True, return_indices=True)
            if other != place and len(mine) > 1:
                found.setdefault(mine.tobytes(), []).append((other, of_other))
        if not found:
            everyone = np.arange(len(own))
            found[everyone.tobytes()] = [(place, everyone)]
        total = sum(len(others) for others in found.values())
        ways.append([])
        for key, others in found.items():
            through = np.frombuffer(key, dtype=np.intp)
            fewer = _of_fewer(neighbours[place], len(through), len(own))
            ties = nearest_ties(network[:, through], fewer)
            ways[-1].append(_Way(through, ties, others, len(others) / total))
    return ways


def _exchange(
    networks: Sequence[Array], ways: Sequence[Sequence[_Way]], rounds: int
) -> tuple[list[Array], list[list[Array]]]:
    """Each omic's network after the rounds, and what it was told on each way in the last one."""
    # The means over others and ways are taken by the ties, on both sides: fewer passes.
    share = [[way.share / len(way.others) for way in own] for own in ways]
    carriers = [
        [_Carrier(np.sqrt(part) * way.ties) for part, way in zip(parts, own, strict=True)]
        for parts, own in zip(share, ways, strict=True)
    ]
    current = list(networks)
    told: list[list[Array]] = []
    for _ in range(rounds):
        told = [[_sum(current, way.others) for way in own] for own in ways]
        current = [_carried(own, others) for own, others in zip(carriers, told, strict=True)]
    whole = [
        [part * far for part, far in zip(parts, others, strict=True)]
        for parts, others in zip(share, told, strict=True)
    ]
    return current, whole


def _sum(networks: Sequence[Array], some: Sequence[tuple[int, Places]]) -> Array:
    """Sum of some of the networks, each at some of its places."""
    parts = []
    for omic, places in some:
        network = networks[omic]
        whole = len(places) == len(network)
        parts.append(network if whole else network[np.ix_(places, places)])
    return reduce(np.add, parts)


class _Carrier:
    """Products of ties (members, through) with a symmetric matrix on both sides.

    By strips of patients, of which each needs but the rows from its own on: the product is
    symmetric, and what belongs to a strip stays in the processor's cache.
    """

    def __init__(self, ties: Array) -> None:
        from scipy.sparse import csr_array

        sparse, size = csr_array(ties), len(ties)
        self.size = size
        self.strips = [
            (start, min(start + STRIP, size), sparse[start : start + STRIP], sparse[start:])
            for start in range(0, size, STRIP)
        ]

    def carry(self, others: Array) -> Array:
        """``ties @ others @ ties.T``."""
        found = np.empty((self.size, self.size))
        for start, end, strip, onwards in self.strips:
            part = onwards @ np.ascontiguousarray((strip @ others).T)
            found[start:, start:end] = part
            found[start:end, start:] = part.T
        return found


def _carried(carriers: Sequence[_Carrier], others: Sequence[Array]) -> Array:
    """The network that ties make of what the others tell, each patient tied to itself once more."""
    found: Array = reduce(
        np.add, [own.carry(far) for own, far in zip(carriers, others, strict=True)]
    )
    np.fill_diagonal(found, found.diagonal() + ONESELF)
    return found
