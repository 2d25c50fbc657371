"""One singular value decomposition of all features together, whatever omic they are of.

The baseline that weighs an omic by how many features it has. A patient who lacks an omic is placed
by the features that it has; in the fit, gaps follow the components (iterative decomposition).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.block_svd import BlockSVD, Placement, fit_block_svd, place
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.projection import (
    factor_names,
    loadings_table,
    matrices,
    measured,
    scores_as_components,
    shares_table,
)


@dataclass(frozen=True)
class Concatenation:
    """See :class:`~immunosep_omics.transforms.projection.Projection`; the model has one block."""

    features: dict[str, pd.Index]
    model: BlockSVD

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        return factor_names(self.model.factors)

    @property
    def above_noise(self) -> int:
        """Number of factors above noise."""
        return self.model.above_noise

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Posterior means given the features at hand."""
        values = matrices(self.features, blocks, rows)
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

    def components(self, blocks: Mapping[str, Block], rows: pd.Index) -> pd.DataFrame:
        """The scores: the components are of all omics."""
        return scores_as_components(self.place(blocks, rows), rows)

    def loadings(self) -> pd.DataFrame:
        """Standardised features per unit of factor score."""
        return loadings_table(self.features, self._loadings())

    def shares(self, samples: Mapping[str, int]) -> pd.DataFrame:
        """Share of each omic's variance that each factor explains."""
        return shares_table(self.features, self._loadings(), samples)

    def _loadings(self) -> list[np.ndarray]:
        ends = np.cumsum([len(own) for own in self.features.values()])[:-1]
        return np.split(self.model.loadings[0], ends)


def fit_concatenation(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Concatenation:
    """Learn factors from the samples `rows`; features with fewer than three values are left out."""
    features = measured(blocks, rows)
    together = np.hstack(matrices(features, blocks, rows))
    return Concatenation(features, fit_block_svd([together], factors))
