"""Bring the median of every plate's samples to that of all samples, protein by protein."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.stats.olink import PlateShifts, intensity_shifts
from immunosep_omics.transforms.block import Block

PLATE = "plate"
"""Column of a block's samples: the plate that the file names."""

MINIMUM_ON_PLATE = 8
"""The median of fewer samples is that of these people, not of a plate."""


@dataclass(frozen=True)
class Intensity:
    """What to add to each feature of the plates seen at the fit."""

    by: str
    features: pd.Index
    plates: tuple[str, ...]
    shifts: PlateShifts

    def apply(self, block: Block) -> Block:
        """Values of known plates, shifted; NaN stays NaN.

        Raises :class:`InputError` for a plate that was not seen: who is on it cannot be told from
        what the plate did.
        """
        names = _plates(block, self.by)
        unseen = sorted(set(names) - set(self.plates))
        if unseen:
            raise _refused(
                f"{len(unseen)} plates were not among those it was learned from",
                "fit it again with their samples, or use `bridge`",
            )
        codes = pd.Index(self.plates).get_indexer(names)
        values = self.shifts.apply(block.values[self.features].to_numpy(dtype=float), codes)
        return block.with_values(
            pd.DataFrame(values, index=block.values.index, columns=self.features)
        )


def fit_intensity(block: Block, by: str = PLATE) -> Intensity:
    """Learn each plate's shifts (Olink's intensity normalisation); `by` names the samples' plates.

    Raises :class:`InputError` for samples without a plate, and for plates with few samples.
    """
    codes, plates = pd.factorize(_plates(block, by), sort=True)
    few = int((np.bincount(codes) < MINIMUM_ON_PLATE).sum())
    if few:
        raise _refused(
            f"{few} of {len(plates)} plates have fewer than {MINIMUM_ON_PLATE} samples",
            "leave it out of the recipe, or use `bridge`",
        )
    shifts = intensity_shifts(block.values.to_numpy(dtype=float), codes)
    return Intensity(by, block.values.columns, tuple(plates), shifts)


def _plates(block: Block, by: str) -> np.ndarray:
    known = block.samples[by] if by in block.samples else pd.Series(np.nan, block.values.index)
    without = int(known.isna().sum())
    if without:
        raise _refused(
            f"{without} of {len(known)} samples have no '{by}'",
            "let `by` name a clinical column that has it, or leave the step out of the recipe",
        )
    return known.astype(str).to_numpy(dtype=object)


def _refused(problem: str, remedy: str) -> InputError:
    return InputError(Problem("recipe step `intensity`", problem, remedy))
