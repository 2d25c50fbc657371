"""Samples that repeat each other: what lies between them and independence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from immunosep_omics.stats.arrays import Boolean, Float, Integer


@dataclass(frozen=True)
class Repeats:
    """Samples of one ``block`` (samples,), such as a patient, correlate by ``correlation``.

    Raises ValueError for a correlation that samples cannot have: 1, or in a block of n samples
    -1 / (n - 1) or less.
    """

    block: Integer
    correlation: float

    def __post_init__(self) -> None:
        """Refuse a correlation matrix that is not positive definite."""
        largest = np.unique(self.block, return_counts=True)[1].max()
        lowest = -1 / max(largest - 1, 1)
        if not lowest < self.correlation < 1:
            raise ValueError(
                f"samples in blocks of {largest} cannot correlate by {self.correlation:g}: "
                f"give a number between {lowest:.3g} and 1"
            )

    def whiten(self, rows: Float, observed: Boolean | Float) -> Float:
        """Values (samples, columns) turned so that their errors are independent and equal.

        ``observed``: (samples, columns) or (samples, 1); ``rows`` must be 0 where it is False.
        Within a block the mean and the deviations from it are independent, so that the inverse
        root of the correlation only scales each of the two.
        """
        own, members = 1 - self.correlation, self._indicator @ np.asarray(observed, dtype=float)
        shrinkage = 1 - np.sqrt(own / (own + members * self.correlation))
        means = (self._indicator @ rows) * (shrinkage / np.maximum(members, 1))
        whitened: Float = (rows - (self._indicator.T @ means) * observed) / np.sqrt(own)
        return whitened

    @cached_property
    def _indicator(self) -> csr_array:
        """Which sample (column) is in which block (row)."""
        return block_indicator(self.block)


def block_indicator(block: Integer) -> csr_array:
    """Sparse 0 / 1 matrix (blocks, samples)."""
    code = np.unique(block, return_inverse=True)[1]
    samples = np.arange(len(code))
    return csr_array((np.ones(len(code)), (code, samples)))
