"""Intensities on a scale where the variance does not depend on the mean, samples made alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.stats.vsn import LEAST_FEATURES, VsnReference, apply_vsn, fit_vsn
from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class Vsn:
    """Means of the features that behave alike: a later sample depends on no other sample."""

    features: pd.Index
    reference: VsnReference

    def apply(self, block: Block) -> Block:
        """Values on a log2-like scale, each sample shifted and scaled to fit; NaN stays NaN.

        Raises :class:`InputError` for samples with too few of the features.
        """
        intensities = block.values[self.features]
        values = apply_vsn(self.reference, intensities.to_numpy(dtype=float))
        lost = np.isnan(values).all(axis=1) & intensities.notna().any(axis=1).to_numpy()
        if lost.any():
            raise _unlearnable(
                f"{lost.sum()} of {len(lost)} samples have fewer than {LEAST_FEATURES} features"
                " that others have too"
            )
        return block.with_values(
            pd.DataFrame(values, index=block.values.index, columns=self.features)
        )


def fit_vsn_step(block: Block) -> Vsn:
    """Learn the means (Huber et al. 2002); a sample without any value teaches nothing.

    Raises :class:`InputError` for intensities that cannot teach them.
    """
    measured = block.values.notna().any(axis=1)
    try:
        reference = fit_vsn(block.values[measured].to_numpy(dtype=float))
    except ValueError as error:
        raise _unlearnable(str(error)) from None
    return Vsn(block.values.columns, reference)


def _unlearnable(problem: str) -> InputError:
    remedy = "use `log2` and `median_centre` in the recipe, or leave such samples out"
    return InputError(Problem("recipe step `vsn`", problem, remedy))
