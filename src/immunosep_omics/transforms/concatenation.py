"""One singular value decomposition of all features together, whatever omic they are of.

The baseline that weighs an omic by how many features it has. A patient who lacks an omic is placed
by the features that it has; in the fit, gaps follow the components (iterative decomposition).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.block_svd import BlockSVD, Placement, fit_block_svd, place
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.projection import Projection, matrices, measured


@dataclass(frozen=True)
class Concatenation(Projection[BlockSVD]):
    """A projection by one decomposition; the model has one block."""

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Posterior means given the features at hand."""
        values = self.matrices(blocks, rows)
        has = np.column_stack([np.isfinite(omic).any(axis=1) for omic in values])
        kinds, pattern = np.unique(has, axis=0, return_inverse=True)
        scores = place(self.model, [np.hstack(values)]).scores
        return Placement(scores, pattern, kinds, self._reliability(kinds))

    def _reliability(self, kinds: np.ndarray) -> np.ndarray:
        """Covariance of scores with some of the omics, where that with all is the identity."""
        (block,) = self.model.blocks
        omic = np.repeat(
            np.arange(len(self.features)), [len(own) for own in self.features.values()]
        )
        turned = block.weight[:, None] * self.model.axes / np.sqrt(self.model.variance)

        def known(has: np.ndarray) -> np.ndarray:
            seen = block.loadings[has[omic]]
            information = seen.T @ seen + block.noise * np.eye(seen.shape[1])
            told = np.eye(len(information)) - block.noise * np.linalg.inv(information)
            return np.asarray(turned.T @ told @ turned)

        values, vectors = np.linalg.eigh(known(np.ones(len(self.features), dtype=bool)))
        root = (vectors / np.sqrt(values)) @ vectors.T
        return np.array([root @ known(has) @ root for has in kinds])

    def omic_loadings(self) -> Sequence[np.ndarray]:
        """Standardised features per unit of factor score."""
        ends = np.cumsum([len(own) for own in self.features.values()])[:-1]
        return np.split(self.model.loadings[0], ends)


def fit_concatenation(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Concatenation:
    """Learn factors from the samples `rows`; features with fewer than three values are left out."""
    features = measured(blocks, rows)
    together = np.hstack(matrices(features, blocks, rows))
    return Concatenation(features, fit_block_svd([together], factors))
