"""Each omic of all cohorts, before and after harmonisation: what all of this stage starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.harmonise import described, harmoniser
from immunosep_omics.transforms.join import by_assay, join_cohorts

if TYPE_CHECKING:
    from anndata import AnnData


@dataclass(frozen=True)
class Joined:
    """One omic of several cohorts, harmonised by what its discovery samples taught."""

    before: Block
    training: pd.Index
    harmonise: Mapping[str, Any]

    def among(self, rows: pd.Index) -> Joined:
        """The same with some of the samples."""
        kept = self.before.values.index.intersection(rows, sort=False)
        training = self.training.intersection(rows, sort=False)
        return Joined(self.before.rows(kept), training, self.harmonise)

    @property
    def after(self) -> Block:
        """The block after harmonisation."""
        return harmoniser(self.harmonise)(self.before.rows(self.training)).apply(self.before)


def join(
    assays: Sequence[AnnData], clinical: pd.DataFrame, discover_in: Sequence[str],
    harmonise: Mapping[str, Any],
) -> dict[str, Joined]:  # fmt: skip
    """Each omic's cohorts side by side; `clinical` is keyed and names the samples that count."""
    found = {}
    for name, group in by_assay(assays).items():
        block = join_cohorts(group, discover_in)
        block = block.rows(block.values.index.intersection(clinical.index, sort=False))
        training = block.values.index[block.samples["cohort"].isin(discover_in)]
        block = Block(block.values, described(block.samples, clinical, harmonise))
        found[name] = Joined(block, training, harmonise)
    return found


def protected_gaps(
    joined: Mapping[str, Joined], harmonise: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """A status row for each omic with samples of which a protected column is not known."""
    found = []
    for assay, omic in joined.items():
        for column in harmonise.get("protect", ()):
            unknown = int(omic.before.samples[column].isna().sum())
            if unknown:
                reason = f"{unknown} of {len(omic.before.samples)} samples count as average ones"
                found.append((f"harmonisation: {assay}, {column} protected", "partly", reason))
    return found
