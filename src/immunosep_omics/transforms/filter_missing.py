"""Drop features that are missing in too many samples."""

from __future__ import annotations

from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.filter_low import KeepFeatures


def fit_filter_missing(block: Block, max_missing: float = 0.7) -> KeepFeatures:
    """Keep features that are missing in at most a share `max_missing` of the samples."""
    missing = block.values.isna().mean(axis=0)
    return KeepFeatures(block.values.columns[(missing <= max_missing).to_numpy()])
