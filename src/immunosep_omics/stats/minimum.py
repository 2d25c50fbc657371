"""How many samples an answer needs: analyses ask for them, the check before a run foretells it."""

from __future__ import annotations

from immunosep_omics.stats.arrays import Boolean, Integer

PER_SIDE = 3
"""Fewer samples on one side say nothing about a difference."""

TRAINING_EVENTS = 8
"""Fewer events, or samples without one, teach a panel nothing."""

HELD_OUT_EVENTS = 5
"""Fewer of either in a held-out cohort do not make an AUROC worth printing."""

CONTROLS = 3
"""Fewer healthy controls of a cohort do not show its scale."""


def repeats_tell(
    samples: int | Integer, blocks: int | Integer, coefficients: int
) -> bool | Boolean:
    """Whether samples of some blocks, such as patients, tell how those of one block correlate.

    At least two must repeat others, and three be left beyond the coefficients.
    """
    return (samples > coefficients + 2) & (blocks > 1) & (blocks < samples - 1)
