"""Surrogate variables against sva in the same run: python bench/surrogate_variables.py.

Writes bench/results/surrogate_variables.tsv. The limit is the time of the six products of samples
by samples that give the components.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from harness import Answer, Array, collect, race

from immunosep_omics.stats.surrogate_variables import surrogate_variables

SIZES = ((17_500, 60), (17_500, 500))
NUMBER = 2


def draw(features: int, samples: int) -> tuple[Array, Array]:
    """Values (samples, features) that two unknown variables move, and a design of group."""
    generator = np.random.default_rng(1)
    values = generator.normal(size=(samples, features))
    for _ in range(NUMBER):
        values += np.outer(generator.normal(size=samples), generator.normal(size=features))
    return values, np.column_stack([np.ones(samples), np.arange(samples) % 2.0])


def find(values: Array, design: Array) -> Array:
    """What is timed."""
    return surrogate_variables(values, design, design[:, :1], NUMBER)


def agreement(result: Array, theirs: Answer) -> float:
    """Largest difference of variables of length 1, whose signs mean nothing."""
    other = theirs["found"]
    return float(np.abs(result * np.sign((result * other).sum(axis=0)) - other).max())


def row(features: int, samples: int) -> dict[str, Any]:
    """One row of the table."""
    values, design = draw(features, samples)

    def products() -> None:
        for _ in range(6):
            values @ values.T

    given = {"values": values, "group": design[:, 1], "number": NUMBER}
    return race(
        "surrogate_variables", [values], partial(find, values, design), "surrogate_variables.R",
        given, agreement, ("products", products), {},
    )  # fmt: skip


def main() -> None:
    """Run all rows."""
    collect("surrogate_variables", [partial(row, *size) for size in SIZES])


if __name__ == "__main__":
    main()
