"""What every integrator gives: common factors of several omics, and where any sample lies on them.

A fitted projection is frozen. It places new samples, also ones that lack omics or features, alone
as among others; samples it was learned from lie where they lay.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
import pandas as pd

from immunosep_omics.stats.block_svd import Placement
from immunosep_omics.transforms.block import Block

MINIMUM_VALUES = 3
"""A feature with fewer values among the samples of the fit is left out."""


class Factors(Protocol):
    """What the arrays behind a projection say of themselves."""

    @property
    def factors(self) -> int:
        """Number of factors."""
        ...

    @property
    def above_noise(self) -> int:
        """Number of factors above noise; none may be, and there still is a first one."""
        ...


Model_co = TypeVar("Model_co", bound=Factors, covariant=True)


@dataclass(frozen=True)
class Projection(ABC, Generic[Model_co]):
    """Factors learned from the samples of some cohorts.

    ``features``: those of each omic that it needs.
    """

    features: dict[str, pd.Index]
    model: Model_co

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        return factor_names(self.model.factors)

    @property
    def above_noise(self) -> int:
        """Number of factors above noise; none may be, and there still is a first one."""
        return self.model.above_noise

    @abstractmethod
    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Scores of `rows` (sample keys) from whatever omics they have."""

    @abstractmethod
    def omic_loadings(self) -> Sequence[np.ndarray]:
        """Of each omic (features, factors): standardised features per unit of factor score."""

    def components(self, blocks: Mapping[str, Block], rows: pd.Index) -> pd.DataFrame:
        """What classes are fitted to: `assay:number`, missing where a sample lacks the omic.

        A method without components of single omics gives its scores, as `all:number`.
        """
        scores = self.place(blocks, rows).scores
        names = [f"all:{number + 1}" for number in range(scores.shape[1])]
        return pd.DataFrame(scores, index=rows, columns=names)

    def loadings(self) -> pd.DataFrame:
        """One row per feature: `assay`, `gene`, and its loading on each factor."""
        tables = [
            pd.DataFrame(values, columns=self.names).assign(assay=assay, gene=own)
            for (assay, own), values in self._by_omic()
        ]
        return pd.concat(tables, ignore_index=True)[["assay", "gene", *self.names]]

    def shares(self, samples: Mapping[str, int]) -> pd.DataFrame:
        """Share of each omic's variance that each factor explains: its mean squared loading.

        `samples` counts per omic.
        """
        rows = [
            (assay, name, len(own), samples[assay], share)
            for (assay, own), values in self._by_omic()
            for name, share in zip(self.names, np.square(values).mean(axis=0), strict=True)
        ]
        return pd.DataFrame(rows, columns=["assay", "factor", "features", "samples", "share"])

    def matrices(self, blocks: Mapping[str, Block], rows: pd.Index) -> list[np.ndarray]:
        """Each omic's values (samples, features), NaN for what was not measured."""
        return matrices(self.features, blocks, rows)

    def _by_omic(self) -> list[tuple[tuple[str, pd.Index], np.ndarray]]:
        return list(zip(self.features.items(), self.omic_loadings(), strict=True))


def measured(blocks: Mapping[str, Block], rows: pd.Index) -> dict[str, pd.Index]:
    """The features of each omic with enough values among the samples `rows`."""
    found = {}
    for assay, block in blocks.items():
        enough = block.values.reindex(rows).notna().sum(axis=0) >= MINIMUM_VALUES
        found[assay] = block.values.columns[enough.to_numpy()]
    return found


def matrices(
    features: Mapping[str, pd.Index], blocks: Mapping[str, Block], rows: pd.Index
) -> list[np.ndarray]:
    """Each omic's values (samples, features), NaN for what was not measured."""
    return [
        blocks[assay].values.reindex(index=rows, columns=names).to_numpy(dtype=float)
        for assay, names in features.items()
    ]


def factor_names(factors: int) -> list[str]:
    """`factor_1` and so on."""
    return [f"factor_{number + 1}" for number in range(factors)]


def omics_of(placement: Placement, assays: Sequence[str]) -> list[str]:
    """For each sample, which omics it has, such as `rna+olink`."""
    names = ["+".join(np.array(assays)[present]) for present in placement.present]
    return [names[pattern] for pattern in placement.pattern]
