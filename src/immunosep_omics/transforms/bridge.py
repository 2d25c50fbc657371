"""Bring a project to the scale of another by samples that both measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.stats.olink import bridge_shift
from immunosep_omics.transforms.block import Block

MINIMUM_BRIDGES = 3
"""Fewer samples do not tell a shift from what happened to one of them."""


@dataclass(frozen=True)
class Bridge:
    """What to add to each feature of this project, on the scale of logarithms."""

    shift: pd.Series

    def apply(self, block: Block) -> Block:
        """The features that bridging samples have in both projects, shifted; NaN stays NaN."""
        return block.with_values(block.values.reindex(columns=self.shift.index) + self.shift)


def fit_bridge(
    block: Block,
    reference: pd.DataFrame,
    samples: Sequence[str] | None = None,
    paired: bool = True,
) -> Bridge:
    """Learn the shifts; features that no bridging sample has in both projects are dropped.

    `reference`: the other project's values, samples x features, named as the block's. `samples`
    names those that bridge; all that both have, if not stated. `paired`: the median of the
    samples' differences, or the difference of the medians. Raises :class:`InputError` for samples
    that either project lacks, and where too few bridge.
    """
    have = block.values.index.intersection(reference.index, sort=False)
    chosen = have if samples is None else pd.Index(samples)
    lacking = len(chosen.difference(have))
    if lacking:
        raise _refused(
            f"{lacking} of the {len(chosen)} bridging samples are not in both assays",
            "correct `samples` under the assay's `bridge`; a sample that is left out cannot bridge",
        )
    features = block.values.columns.intersection(reference.columns, sort=False)
    ours = block.values.loc[chosen, features].to_numpy(dtype=float)
    theirs = reference.loc[chosen, features].to_numpy(dtype=float)
    in_both = ~np.isnan(ours + theirs)
    bridging = int(in_both.any(axis=1).sum())
    if bridging < MINIMUM_BRIDGES:
        raise _refused(
            f"{bridging} samples were measured in both assays, and {MINIMUM_BRIDGES} are needed",
            "name the same samples alike in both, or leave the assay's `bridge` out",
        )
    known = in_both.any(axis=0)
    ours, theirs = (np.where(in_both, part, np.nan)[:, known] for part in (ours, theirs))
    return Bridge(pd.Series(bridge_shift(theirs, ours, paired), index=features[known]))


def _refused(problem: str, remedy: str) -> InputError:
    return InputError(Problem("recipe step `bridge`", problem, remedy))
