"""Multiple factor analysis of several omics: common factors, and where any sample lies on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.block_svd import (
    BlockSVD,
    Placement,
    components,
    fit_block_svd,
    place,
)
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.projection import Projection, matrices, measured


@dataclass(frozen=True)
class Mfa(Projection[BlockSVD]):
    """A projection by multiple factor analysis."""

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Posterior means given the omics at hand."""
        return place(self.model, self.matrices(blocks, rows))

    def components(self, blocks: Mapping[str, Block], rows: pd.Index) -> pd.DataFrame:
        """Each omic's own components."""
        names = [
            f"{assay}:{number + 1}"
            for assay, part in zip(self.features, self.model.blocks, strict=True)
            for number in range(len(part.weight))
        ]
        values = components(self.model, self.matrices(blocks, rows))
        return pd.DataFrame(values, index=rows, columns=names)

    def omic_loadings(self) -> Sequence[np.ndarray]:
        """Standardised features per unit of factor score."""
        return self.model.loadings


def fit_mfa(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Mfa:
    """Learn factors from the samples `rows`; features with fewer than three values are left out."""
    features = measured(blocks, rows)
    return Mfa(features, fit_block_svd(matrices(features, blocks, rows), factors))
