"""Factors of a network of patients that several omics tell of, and anybody's place on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from immunosep_omics.stats.block_svd import Placement
from immunosep_omics.stats.graph_factors import GraphFactors, fit_graph_factors, place_in_graph
from immunosep_omics.stats.streams import stream
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
class Graph:
    """See :class:`~immunosep_omics.transforms.projection.Projection`."""

    features: dict[str, pd.Index]
    model: GraphFactors

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        return factor_names(self.model.factors)

    @property
    def above_noise(self) -> int:
        """Number of factors above noise."""
        return self.model.above_noise

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Scores by the ties to the patients of the fit."""
        return place_in_graph(self.model, matrices(self.features, blocks, rows))

    def components(self, blocks: Mapping[str, Block], rows: pd.Index) -> pd.DataFrame:
        """The scores: a network has no components of single omics."""
        return scores_as_components(self.place(blocks, rows), rows)

    def loadings(self) -> pd.DataFrame:
        """Correlation of each feature with each factor."""
        return loadings_table(self.features, [omic.loadings for omic in self.model.omics])

    def shares(self, samples: Mapping[str, int]) -> pd.DataFrame:
        """Mean squared correlation of each omic's features with each factor."""
        return shares_table(self.features, [omic.loadings for omic in self.model.omics], samples)


def fit_snf(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Graph:
    """Factors of the fused network (``stats/snf.py``) of the samples `rows`."""
    return _fit(blocks, rows, factors, "snf")


def fit_nemo(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Graph:
    """Factors of the network of neighbourhoods (``stats/nemo.py``) of the samples `rows`."""
    return _fit(blocks, rows, factors, "nemo")


def _fit(blocks: Mapping[str, Block], rows: pd.Index, factors: int, kind: str) -> Graph:
    features = measured(blocks, rows)
    values = matrices(features, blocks, rows)
    return Graph(features, fit_graph_factors(values, factors, kind, stream(1, "noise", kind)))
