"""Mixed models against lmerTest in the same run, and their level: python bench/mixed.py.

Writes bench/results/mixed.tsv and mixed_level.tsv. lmerTest fits feature after feature, so it is
given 200 of them, and its time is multiplied. It stops early: the agreement is the median over
features of the relative difference of p, and tests/golden holds lmerTest that goes on to the top.
The limit is the time of the two matrix products of bare least squares. The level is the share of p
below 0.05 of 20,000 features without an effect, within patients and between them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from harness import Answer, Array, bare_products, collect, race

from immunosep_omics.stats.mixed_model import MixedFit, fit_mixed

# Task, features, samples, share of gaps; two samples for every patient.
ROWS = (
    ("mixed", 20_000, 60, 0.0),
    ("mixed_gaps", 20_000, 60, 0.3),
    ("mixed_gaps", 5_000, 400, 0.3),
)
GIVEN_TO_R = 200
# Patients, and the ratio of the variance between them to that within them.
LEVELS = tuple((patients, ratio) for patients in (8, 12, 20, 50) for ratio in (0.0, 0.3, 1.0, 4.0))


def draw(features: int, samples: int, gaps: float, ratio: Array | float) -> tuple[Array, ...]:
    """Values (samples, features), a design of time, age and group, and patients."""
    rng = np.random.default_rng([features, samples])
    patient = np.repeat(np.arange(samples // 2), 2)
    age = rng.normal(60, 12, samples // 2).round()[patient]
    design = np.column_stack([np.ones(samples), np.arange(samples) % 2, age, patient % 2])
    values = rng.normal(size=(samples, features))
    values += np.sqrt(ratio) * rng.normal(size=(samples // 2, features))[patient]
    values[rng.random(values.shape) < gaps] = np.nan
    return values, design.astype(float), patient


def fit(values: Array, design: Array, patient: Array) -> MixedFit:
    """The effects of time and of group."""
    return fit_mixed(values, design, np.eye(4)[:, [1, 3]], patient)


def agreement(result: MixedFit, theirs: Answer) -> float:
    """Of p of the group, the median over features."""
    return float(np.median(np.abs(result.p[1, :GIVEN_TO_R] / theirs["p"][0] - 1)))


def row(task: str, features: int, samples: int, gaps: float) -> dict[str, Any]:
    """One row of the table."""
    ratios = np.random.default_rng(features).choice([0.1, 1.0, 4.0], features)
    values, design, patient = draw(features, samples, gaps, ratios)
    given = {"values": values[:, :GIVEN_TO_R], "design": design, "patient": patient}
    return race(
        task, [values], partial(fit, values, design, patient), "mixed.R", given, agreement,
        bare_products(values, design), {}, features / GIVEN_TO_R,
    )  # fmt: skip


def level(patients: int, ratio: float) -> dict[str, Any]:
    """The share of features without an effect below 0.05."""
    found = fit(*draw(20_000, 2 * patients, 0.0, ratio))
    within, between = np.nanmean(found.p < 0.05, axis=1)
    return {
        "patients": patients,
        "ratio": f"{ratio:g}",
        "level_within": f"{within:.4f}",
        "level_between": f"{between:.4f}",
        "at_boundary": f"{found.at_boundary.mean():.2f}",
        "converged": f"{found.converged.mean():.4f}",
    }


def main() -> None:
    """Run all rows."""
    collect("mixed", [partial(row, *parts) for parts in ROWS])


if __name__ == "__main__":
    main()
    collect("mixed_level", [partial(level, *parts) for parts in LEVELS])
