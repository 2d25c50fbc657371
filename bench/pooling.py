"""Meta-analysis of 20,000 genes over 12 cohorts against metafor: python bench/pooling.py.

Writes bench/results/pooling.tsv. metafor fits gene after gene, so it is given 200 of the genes, and
its time is multiplied. The limit is the time of one pass of weighing: 1 / (variance + tau2) and
the two sums that it is for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from harness import Answer, Array, collect, race

from immunosep_omics.stats.pooling import pool
from immunosep_omics.stats.streams import stream

COHORTS, GENES, GIVEN_TO_R = 12, 20_000, 200


def draw() -> tuple[Array, Array]:
    """Effects and their variances, (cohorts, genes)."""
    generator = stream(1, "bench", "pooling")
    variances = np.exp(generator.uniform(np.log(0.02), np.log(0.5), size=(COHORTS, GENES)))
    tau2 = generator.choice([0.0, 0.05, 0.5], size=GENES)
    return 0.3 + generator.normal(size=variances.shape) * np.sqrt(variances + tau2), variances


def agreement(result: Any, theirs: Answer) -> float:
    """Of effects, in their standard errors (metafor stops its search at 1e-5)."""
    own = result.effect[:GIVEN_TO_R]
    return float(np.max(np.abs(own - theirs["effect"][0]) / theirs["error"][0]))


def row() -> dict[str, Any]:
    """The row of the table."""
    effects, variances = draw()

    def once() -> Array:
        weights = 1 / (variances + 0.1)
        return (weights * effects).sum(axis=0) / weights.sum(axis=0)

    given = {"effects": effects[:, :GIVEN_TO_R], "variances": variances[:, :GIVEN_TO_R]}
    return race(
        "reml", [effects, variances], lambda: pool(effects, variances), "pooling.R", given,
        agreement, ("one weighing", once), {"seconds": 2}, GENES / GIVEN_TO_R,
    )  # fmt: skip


def main() -> None:
    """Run all rows."""
    collect("pooling", [row])


if __name__ == "__main__":
    main()
