"""How often the doubts about units are wrong, and how often a wrong unit is found.

Values are drawn from log-normal distributions of healthy people, patients with sepsis and the
sickest of them, as a cohort may hold them: patients alone, patients with controls, or all three.
A lie reads all values, or those of one site, in another unit of the vocabulary. The rule was tuned
on other seeds than the one that is reported.

    python bench/unit_doubts.py [--seed 2025] [--draws 200]
"""

import argparse

import numpy as np

from immunosep_omics.clinical.unit_doubts import unit_doubt
from immunosep_omics.clinical.units import Conversion, conversions
from immunosep_omics.clinical.vocabulary import vocabulary

GROUPS = {
    "ferritin": ((80, 0.8), (550, 1.2), (12_000, 0.9)),
    "hla_dr": ((25_000, 0.4), (8_000, 0.7), (3_500, 0.5)),
    "lactate": ((1.0, 0.3), (2.0, 0.55), (4.5, 0.6)),
    "crp": ((1.2, 1.1), (140, 0.8), (250, 0.5)),
    "procalcitonin": ((0.04, 0.5), (3, 1.9), (30, 1.2)),
    "il6": ((2, 0.7), (150, 1.8), (5_000, 1.8)),
    "creatinine": ((75, 0.2), (120, 0.6), (350, 0.5)),
    "bilirubin": ((9, 0.4), (15, 0.8), (90, 0.9)),
    "platelets": ((250, 0.22), (180, 0.55), (50, 0.6)),
    "leukocytes": ((6.5, 0.25), (13, 0.55), (4, 0.9)),
    "neutrophil_count": ((4, 0.35), (11, 0.65), (2, 1.0)),
    "lymphocytes": ((1.9, 0.3), (0.85, 0.65), (0.4, 0.7)),
    "monocyte_count": ((0.5, 0.3), (0.6, 0.8), (0.2, 0.9)),
    "haemoglobin": ((140, 0.09), (105, 0.2), (80, 0.15)),
    "fibrinogen": ((3, 0.2), (5.2, 0.4), (1.3, 0.5)),
    "d_dimer": ((0.3, 0.5), (2.5, 1.1), (9, 0.9)),
    "urea": ((5, 0.25), (11, 0.65), (25, 0.45)),
    "triglycerides": ((1.2, 0.45), (1.7, 0.5), (4, 0.5)),
    "ast": ((24, 0.3), (45, 1.0), (1_500, 1.0)),
    "pao2_fio2": ((450, 0.1), (210, 0.45), (95, 0.3)),
    "supar": ((2.3, 0.3), (8, 0.5), (14, 0.5)),
    "temperature": ((36.7, 0.008), (38.0, 0.025), (35.5, 0.03)),
}
"""Median and standard deviation of the logarithm: healthy, sepsis, the sickest; orders of size
from textbooks and cohorts, not fitted to any data."""

SIZES = (10, 30, 100, 300, 1000)
LEAST_FACTOR = 2.0
"""Units that differ by less cannot be told by anyone who sees the values only."""


def cohort(draw: np.random.Generator, name: str, size: int, groups: int) -> np.ndarray:
    """Values of one cohort in the project's unit, with the three digits that laboratories write."""
    shares = {1: (0.0, 1.0, 0.0), 2: None, 3: None}[groups]
    if shares is None:
        parts = draw.dirichlet(np.ones(groups) * 2)
        shares = (parts[0], parts[1], parts[2] if groups == 3 else 0.0)
    which = draw.choice(3, size, p=np.array(shares) / sum(shares))
    centre, spread = np.array(GROUPS[name]).T
    values = centre[which] * np.exp(draw.normal(0, 1, size) * spread[which])
    entry = vocabulary()[name]
    return three_digits(np.clip(values, entry.low, entry.high))


def three_digits(values: np.ndarray) -> np.ndarray:
    digits = 10.0 ** (np.floor(np.log10(np.maximum(values, 1e-9))) - 2)
    return np.round(values / digits) * digits


def doubted(name: str, values: np.ndarray) -> bool:
    return unit_doubt(values, vocabulary()[name], Conversion()) is not None


def other_units(name: str) -> dict[str, Conversion]:
    """One unit of each conversion that differs enough."""
    first: dict[Conversion, str] = {}
    for unit, found in conversions(vocabulary()[name]).items():
        first.setdefault(found, unit)
    return {
        unit: found for found, unit in first.items()
        if found.added or max(found.factor, 1 / found.factor) >= LEAST_FACTOR
    }  # fmt: skip


def false_alarms(seed: int, draws: int) -> dict[tuple[str, int], tuple[int, int]]:
    """Doubts about right columns, by name and size."""
    draw, found = np.random.default_rng(seed), {}
    for name in GROUPS:
        for size in SIZES:
            told = sum(
                doubted(name, cohort(draw, name, size, groups))
                for groups in (1, 2, 3) for _ in range(draws)
            )  # fmt: skip
            found[name, size] = (told, 3 * draws)
    return found


def detections(seed: int, draws: int) -> dict[tuple[str, str, str], list[int]]:
    """Lies that are found, by name, unit and kind (all values, or one site's)."""
    draw, found = np.random.default_rng(seed + 1), {}
    for name in GROUPS:
        for unit, other in other_units(name).items():
            for kind in ("all", "site"):
                hits = []
                for _ in range(draws):
                    size = int(draw.choice(SIZES))
                    values = cohort(draw, name, size, int(draw.integers(1, 4)))
                    share = 1.0 if kind == "all" else draw.uniform(0.1, 0.5)
                    lie = np.arange(size) < max(1, round(share * size))
                    hits.append(doubted(name, np.where(lie, other.undo(values), values)))
                found[name, unit, kind] = hits
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--draws", type=int, default=200)
    stated = parser.parse_args()
    alarms = false_alarms(stated.seed, stated.draws)
    print("false alarms\t" + "\t".join(f"n={size}" for size in SIZES))
    for name in GROUPS:
        print(name, *(f"{alarms[name, s][0] / alarms[name, s][1]:.2%}" for s in SIZES), sep="\t")
    told, all_ = (sum(column) for column in zip(*alarms.values(), strict=True))
    print(f"all\t{told} of {all_} ({told / all_:.3%})")
    found = detections(stated.seed, stated.draws)
    print("\nlies found\tread in\tall values\tone site")
    for name in GROUPS:
        for unit in other_units(name):
            shares = (f"{np.mean(found[name, unit, kind]):.0%}" for kind in ("all", "site"))
            print(name, unit, *shares, sep="\t")
    for kind in ("all", "site"):
        print(kind, f"{np.mean([np.mean(h) for (*_, k), h in found.items() if k == kind]):.1%}")
