"""Factors of a network of patients that several omics tell of, and anybody's place on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.block_svd import Placement
from immunosep_omics.stats.graph_factors import GraphFactors, fit_graph_factors, place_in_graph
from immunosep_omics.stats.streams import stream
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.projection import Projection, matrices, measured


@dataclass(frozen=True)
class Graph(Projection[GraphFactors]):
    """A projection by a network of patients."""

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Scores by the ties to the patients of the fit."""
        return place_in_graph(self.model, self.matrices(blocks, rows))

    def omic_loadings(self) -> Sequence[np.ndarray]:
        """Correlation of each feature with each factor."""
        return [omic.loadings for omic in self.model.omics]


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
