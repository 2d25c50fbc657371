"""Neighbourhoods of patients in several omics, any of which a patient may lack.

Rappoport & Shamir 2019, doi:10.1093/bioinformatics/btz058. In every omic a patient is tied to its
nearest neighbours and to those whose neighbour it is, each time relative to all neighbours; the
tie of two patients is the mean over the omics that measured both. Nothing is imputed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.neighbourhood import Array, kernel, mean_of_nearest, strongest

ROUNDING = 1e-9
SHARE_OF_PATIENTS = 6
"""Neighbours are a sixth of the omic's patients."""


@dataclass(frozen=True)
class NemoTies:
    """What ties a patient to those that one omic was learned from (``members``)."""

    near: Array
    """(members,) mean squared distance to the nearest neighbours."""
    least: Array
    """(members,) similarity from which on another is a neighbour."""
    strength: Array
    """(members,) sum of the similarities to the neighbours."""

    @property
    def neighbours(self) -> int:
        """How many neighbours a patient has."""
        return _neighbours(len(self.near))

    def between(self, squares: Array, through: NDArray[np.intp]) -> Array:
        """(samples, through) ties of any samples to some members.

        ``squares``: (samples, members) squared distances. A member has the ties of the fit, none
        with itself.
        """
        own = mean_of_nearest(squares, self.neighbours)
        similar = _similarity(squares, own, self.near)
        mine = strongest(similar, self.neighbours)
        theirs = np.where(similar >= (1 - ROUNDING) * self.least, similar, 0.0)
        found: Array = mine / mine.sum(axis=1, keepdims=True) + theirs / self.strength
        return found[:, through]


def fit_nemo_ties(squares: Array) -> NemoTies:
    """Learn the ties of an omic from the squared distances (members, members) of its patients."""
    near = mean_of_nearest(squares, _neighbours(len(squares)))
    kept = strongest(_similarity(squares, near, near), _neighbours(len(squares)))
    least = np.where(kept > 0, kept, np.inf).min(axis=1)
    return NemoTies(near, least, kept.sum(axis=1))


def _neighbours(members: int) -> int:
    return max(1, min(members - 1, round(members / SHARE_OF_PATIENTS)))


def _similarity(squares: Array, own: Array, theirs: Array) -> Array:
    """Similarity of different patients; none where it is the same one."""
    width = np.sqrt((own[:, None] + theirs + squares) / 3.0)
    return np.where(squares == 0, 0.0, kernel(np.sqrt(squares), width))
