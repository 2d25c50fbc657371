"""What every integrator gives: common factors of several omics, and where any sample lies on them.

A fitted projection is frozen. It places new samples, also ones that lack omics or features, alone
as among others; samples it was learned from lie where they lay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from immunosep_omics.stats.block_svd import Placement
from immunosep_omics.transforms.block import Block

MINIMUM_VALUES = 3
"""A feature with fewer values among the samples of the fit is left out."""


class Projection(Protocol):
    """Factors learned from the samples of some cohorts."""

    @property
    def features(self) -> dict[str, pd.Index]:
        """The features of each omic that it needs."""
        ...

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        ...

    @property
    def above_noise(self) -> int:
        """Number of factors above noise; none may be, and there still is a first one."""
        ...

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Scores of `rows` (sample keys) from whatever omics they have."""
        ...

    def components(self, blocks: Mapping[str, Block], rows: pd.Index) -> pd.DataFrame:
        """What classes are fitted to: `assay:number`, missing where a sample lacks the omic.

        A method without components of single omics gives its scores, as `all:number`.
        """
        ...

    def loadings(self) -> pd.DataFrame:
        """One row per feature: `assay`, `gene`, and its loading on each factor."""
        ...

    def shares(self, samples: Mapping[str, int]) -> pd.DataFrame:
        """Share of each omic's variance that each factor explains; `samples` counts per omic."""
        ...


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


def scores_as_components(placement: Placement, rows: pd.Index) -> pd.DataFrame:
    """The scores, as components of all omics together."""
    names = [f"all:{number + 1}" for number in range(placement.scores.shape[1])]
    return pd.DataFrame(placement.scores, index=rows, columns=names)


def loadings_table(
    features: Mapping[str, pd.Index], loadings: Sequence[np.ndarray]
) -> pd.DataFrame:
    """One row per feature; `loadings` (features, factors) per omic."""
    names = factor_names(loadings[0].shape[1])
    tables = [
        pd.DataFrame(values, columns=names).assign(assay=assay, gene=own)
        for (assay, own), values in zip(features.items(), loadings, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)[["assay", "gene", *names]]


def shares_table(
    features: Mapping[str, pd.Index], loadings: Sequence[np.ndarray], samples: Mapping[str, int]
) -> pd.DataFrame:
    """One row per omic and factor: the mean squared loading of the omic's features."""
    rows = [
        (assay, name, len(own), samples[assay], share)
        for (assay, own), values in zip(features.items(), loadings, strict=True)
        for name, share in zip(
            factor_names(values.shape[1]), np.square(values).mean(axis=0), strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["assay", "factor", "features", "samples", "share"])


def omics_of(placement: Placement, assays: Sequence[str]) -> list[str]:
    """For each sample, which omics it has, such as `rna+olink`."""
    names = ["+".join(np.array(assays)[present]) for present in placement.present]
    return [names[pattern] for pattern in placement.pattern]
