"""Normalisation and ComBat against R in the same run: python bench/normalisation.py.

Writes bench/results/normalisation.tsv. The limit is the time of copying the values once, which no
method that reads and writes them can beat.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from harness import Answer, Array, collect, race, relative, to_size

from immunosep_omics.stats.batch import apply_combat, fit_combat
from immunosep_omics.stats.quantile import quantile_reference, to_quantile_reference
from immunosep_omics.stats.rle import rle_factors
from immunosep_omics.stats.tmm import tmm_factors
from immunosep_omics.stats.upper_quartile import upper_quartile_factors

BATCHES = 4
# Task, features, samples, the least ratio to R that is promised (0: none).
ROWS = (
    ("tmm", 17_500, 60, 8),
    ("tmm", 17_500, 500, 8),
    ("rle", 17_500, 60, 0),
    ("rle", 17_500, 500, 0),
    ("upper_quartile", 17_500, 500, 0),
    ("quantile", 17_500, 500, 0),
    ("combat", 17_500, 60, 10),
    ("combat", 17_500, 500, 10),
    ("combat_mean_only", 17_500, 500, 10),
    ("combat_non_parametric", 1_000, 60, 10),
)
COUNTED = {"tmm": tmm_factors, "rle": rle_factors, "upper_quartile": upper_quartile_factors}
OPTIONS = {
    "combat": {},
    "combat_mean_only": {"mean_only": True},
    "combat_non_parametric": {"parametric": False},
}


def work(task: str, values: Array, batch: Array) -> Callable[[], Array]:
    """What is timed."""
    if task in COUNTED:
        return lambda: COUNTED[task](values, values.sum(axis=1))
    if task == "quantile":
        return lambda: to_quantile_reference(values, quantile_reference(values))
    options = OPTIONS[task]
    return lambda: apply_combat(fit_combat(values, batch, **options), values, batch)


def draw(task: str, batch: Array, features: int) -> Array:
    """Counts, or values with batch effects: (samples, features)."""
    rng = np.random.default_rng([features, len(batch)])
    if task in COUNTED:
        mean = rng.exponential(size=features) ** 3 * 150 + 0.1
        depth = np.exp(rng.normal(0, 0.3, len(batch)))
        rate = rng.gamma(5, 1 / 5, (len(batch), features)) * mean * depth[:, None]
        return rng.poisson(rate).astype(float)
    shift = rng.normal(0, 0.7, (BATCHES, features))[batch]
    stretch = np.sqrt(1 / rng.gamma(4, 1 / 3, (BATCHES, features)))[batch]
    return rng.normal(8, 2, features) + shift + stretch * rng.normal(size=(len(batch), features))


def agreement(result: Array, theirs: Answer) -> float:
    """Of factors relative to each, of values relative to their mean size."""
    if result.ndim == 1:
        return relative(result, theirs["result"].ravel())
    return to_size(result, theirs["result"])


def row(task: str, features: int, samples: int, ratio: float) -> dict[str, Any]:
    """One row of the table."""
    batch = np.arange(samples) % BATCHES
    values = draw(task, batch, features)
    bars = {"ratio": ratio} if ratio else {}
    given = {"values": values, "batch": batch}
    run, copy = work(task, values, batch), ("copy", values.copy)
    return race(task, [values], run, "normalisation.R", given, agreement, copy, bars)


def main() -> None:
    """Run all rows."""
    collect("normalisation", [partial(row, *parts) for parts in ROWS])


if __name__ == "__main__":
    main()
