"""How many samples an answer needs: analyses ask for them, the check before a run foretells it."""

PER_SIDE = 3
"""Fewer samples on one side say nothing about a difference."""

TRAINING_EVENTS = 8
"""Fewer events, or samples without one, teach a panel nothing."""

HELD_OUT_EVENTS = 5
"""Fewer of either in a held-out cohort do not make an AUROC worth printing."""
