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


@dataclass(frozen=True)
class Mfa:
    """A frozen projection: places new samples, also ones that lack omics or features."""

    features: dict[str, pd.Index]
    model: BlockSVD

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        return [f"factor_{number + 1}" for number in range(self.model.factors)]

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Scores of `rows` (sample keys) from whatever omics they have."""
        return place(self.model, self._matrices(blocks, rows))

    def components(self, blocks: Mapping[str, Block], rows: pd.Index) -> pd.DataFrame:
        """Each omic's own components, as `assay:number`; missing where a sample lacks the omic."""
        names = [
            f"{assay}:{number + 1}"
            for assay, part in zip(self.features, self.model.blocks, strict=True)
            for number in range(len(part.weight))
        ]
        values = components(self.model, self._matrices(blocks, rows))
        return pd.DataFrame(values, index=rows, columns=names)

    def _matrices(self, blocks: Mapping[str, Block], rows: pd.Index) -> list[np.ndarray]:
        return [_values(blocks[assay], names, rows) for assay, names in self.features.items()]

    def loadings(self) -> pd.DataFrame:
        """One row per feature: `assay`, `gene`, and its loading on each factor."""
        tables = [
            pd.DataFrame(loadings, columns=self.names).assign(assay=assay, gene=features)
            for (assay, features), loadings in zip(
                self.features.items(), self.model.loadings, strict=True
            )
        ]
        return pd.concat(tables, ignore_index=True)[["assay", "gene", *self.names]]

    def shares(self, samples: Mapping[str, int]) -> pd.DataFrame:
        """Share of each omic's variance that each factor explains; `samples` counts per omic."""
        rows = [
            (assay, name, len(features), samples[assay], self.model.share[place, factor])
            for place, (assay, features) in enumerate(self.features.items())
            for factor, name in enumerate(self.names)
        ]
        return pd.DataFrame(rows, columns=["assay", "factor", "features", "samples", "share"])


def fit_mfa(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Mfa:
    """Learn factors from the samples `rows`; features with fewer than three values are left out."""
    features = {}
    for assay, block in blocks.items():
        measured = block.values.reindex(rows).notna().sum(axis=0) >= 3
        features[assay] = block.values.columns[measured.to_numpy()]
    matrices = [_values(blocks[assay], names, rows) for assay, names in features.items()]
    return Mfa(features, fit_block_svd(matrices, factors))


def omics_of(placement: Placement, assays: Sequence[str]) -> list[str]:
    """For each sample, which omics it has, such as `rna+olink`."""
    names = ["+".join(np.array(assays)[present]) for present in placement.present]
    return [names[pattern] for pattern in placement.pattern]


def _values(block: Block, features: pd.Index, rows: pd.Index) -> np.ndarray:
    return block.values.reindex(index=rows, columns=features).to_numpy(dtype=float)
