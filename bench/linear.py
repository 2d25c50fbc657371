"""Linear models against limma in the same run, to bench/results/linear.tsv: python bench/linear.py.

The limit is the time of the two matrix products of bare least squares, effects and fitted values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from harness import Answer, Array, bare_products, collect, race, relative

from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.tmm import tmm_factors
from immunosep_omics.stats.voom import voom

# Task, features, samples, bars.
ROWS: tuple[tuple[str, int, int, dict[str, float]], ...] = (
    ("voom", 17_500, 60, {}),
    ("voom", 17_500, 500, {"ratio": 8}),
    ("voom", 17_500, 2_000, {"ratio": 6}),
    ("chain", 17_500, 60, {"ratio": 8}),
    ("chain", 17_500, 500, {"ratio": 8}),
    ("fit", 20_000, 2_000, {"over_limit": 3}),
    ("repeats", 3_000, 100, {"ratio": 20}),
    ("repeats_gaps", 2_000, 100, {"ratio": 20}),
)


def voom_fit(values: Array, design: Array, sizes: Array | None = None) -> Any:
    """Voom, weighted fit, moderation."""
    seen = voom(values, design, sizes)
    return moderate(fit_linear(seen.log_cpm, design, seen.weights))


def chain(values: Array, design: Array) -> Any:
    """TMM before that."""
    sizes = values.sum(axis=1)
    return voom_fit(values, design, sizes * tmm_factors(values, sizes))


def plain_fit(values: Array, design: Array) -> Any:
    """Fit and moderation."""
    return moderate(fit_linear(values, design))


def correlate(values: Array, design: Array) -> Any:
    """Correlation of pairs."""
    return repeat_correlation(values, design, np.arange(len(values)) // 2)


TASKS: dict[str, Callable[[Array, Array], Any]] = {
    "voom": voom_fit,
    "chain": chain,
    "fit": plain_fit,
    "repeats": correlate,
    "repeats_gaps": correlate,
}


def draw(task: str, features: int, samples: int) -> tuple[Array, Array]:
    """Values (samples, features) and a design of group, age and site."""
    rng = np.random.default_rng([features, samples])
    age = rng.normal(60, 12, samples).round()
    design = np.column_stack(
        [np.ones(samples), np.arange(samples) % 2, age, np.arange(samples) >= samples // 2]
    ).astype(float)
    if task in {"voom", "chain"}:
        mean = rng.exponential(size=features) ** 3 * 150 + 0.1
        depth = np.exp(rng.normal(0, 0.3, samples))
        rate = rng.gamma(5, 1 / 5, (samples, features)) * mean * depth[:, None]
        return rng.poisson(rate).astype(float), design
    spread = np.sqrt(0.3 * 6 / rng.chisquare(6, features))
    values = rng.normal(7, 2, features) + rng.normal(size=(samples, features)) * spread
    if task.startswith("repeats"):
        values += np.repeat(rng.normal(size=(samples // 2, features)) * spread * 0.6, 2, axis=0)
    if task == "repeats_gaps":
        values[rng.random(values.shape) < 0.1] = np.nan
    return values, design


def agreement(result: Any, theirs: Answer) -> float:
    """Of t, or of the correlation."""
    if hasattr(result, "correlation"):
        return relative(result.correlation, theirs["correlation"])
    return relative(result.t, theirs["t"])


def row(task: str, features: int, samples: int, bars: dict[str, float]) -> dict[str, Any]:
    """One row of the table."""
    values, design = draw(task, features, samples)
    given = {"values": values, "design": design}
    run, limit = partial(TASKS[task], values, design), bare_products(values, design)
    return race(task, [values], run, "linear.R", given, agreement, limit, bars)


def main() -> None:
    """Run all rows."""
    collect("linear", [partial(row, *parts) for parts in ROWS])


if __name__ == "__main__":
    main()
