"""Drop features with too few counts to say anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.counts import filter_by_expression
from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class KeepFeatures:
    """Names of the features that stay."""

    features: pd.Index

    def apply(self, block: Block) -> Block:
        """The kept features; one that new samples lack is missing there."""
        return block.with_values(block.values.reindex(columns=self.features))


def fit_filter_low(
    block: Block, design: Sequence[str] = (), min_count: float = 10, min_total_count: float = 15
) -> KeepFeatures:
    """Keep features expressed in as many samples as the smallest group of interest has.

    `design` names columns of `block.samples` that questions will be asked about; a feature stays
    if the rule (edgeR's filterByExpr; Chen, Lun & Smyth 2016) keeps it for any of them. Without
    such columns all samples are one group.
    """
    counts = block.values.to_numpy(dtype=float)
    groups = [codes for column in design if (codes := _codes(block.samples, column)) is not None]
    kept = np.zeros(counts.shape[1], dtype=bool)
    everyone = np.zeros(len(counts), dtype=int)
    for group in groups or [everyone]:
        kept |= filter_by_expression(
            counts, group, min_count=min_count, min_total_count=min_total_count
        )
    return KeepFeatures(block.values.columns[kept])


def _codes(samples: pd.DataFrame, column: str) -> np.ndarray | None:
    """Group codes of a column with few levels; samples without a value form no group."""
    if column not in samples:
        return None
    codes, levels = pd.factorize(samples[column], sort=True)
    if not 2 <= len(levels) <= max(2, len(samples) // 3):
        return None
    largest = int(np.bincount(codes[codes >= 0]).argmax())
    return np.where(codes < 0, largest, codes)
