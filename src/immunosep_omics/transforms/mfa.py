"""Multiple factor analysis of several omics: common factors, and where any sample lies on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from immunosep_omics.stats.block_svd import (
    BlockSVD,
    Placement,
    components,
    fit_block_svd,
    place,
)
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.projection import (
    factor_names,
    loadings_table,
    matrices,
    measured,
    shares_table,
)


@dataclass(frozen=True)
class Mfa:
    """See :class:`~immunosep_omics.transforms.projection.Projection`."""

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
        """Posterior means given the omics at hand."""
        return place(self.model, matrices(self.features, blocks, rows))

    def components(self, blocks: Mapping[str, Block], rows: pd.Index) -> pd.DataFrame:
        """Each omic's own components."""
        names = [
            f"{assay}:{number + 1}"
            for assay, part in zip(self.features, self.model.blocks, strict=True)
            for number in range(len(part.weight))
        ]
        values = components(self.model, matrices(self.features, blocks, rows))
        return pd.DataFrame(values, index=rows, columns=names)

    def loadings(self) -> pd.DataFrame:
        """Standardised features per unit of factor score."""
        return loadings_table(self.features, self.model.loadings)

    def shares(self, samples: Mapping[str, int]) -> pd.DataFrame:
        """Share of each omic's variance that each factor explains."""
        return shares_table(self.features, self.model.loadings, samples)


def fit_mfa(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Mfa:
    """Learn factors from the samples `rows`; features with fewer than three values are left out."""
    features = measured(blocks, rows)
    return Mfa(features, fit_block_svd(matrices(features, blocks, rows), factors))
