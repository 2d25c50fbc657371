"""Leave the cohorts as they are."""

from __future__ import annotations

from dataclasses import dataclass

from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class NoHarmonisation:
    """Learns nothing and changes nothing."""

    def apply(self, block: Block) -> Block:
        """The block as it is."""
        return block


def fit_no_harmonisation(block: Block) -> NoHarmonisation:
    """For analyses of one cohort, or of cohorts that share platform and laboratory."""
    return NoHarmonisation()
