"""Type I error and power of the moderated random-effects test: python bench/meta.py [runs].

2,000 features, half of them without an effect; sampling variance v = 1 per cohort, true effects
that differ between cohorts with variance 0, v or 2v; independent features, or ten factors that
explain 60 % of the variance, with the number of independent features passed on or not.
"""

import sys

import numpy as np

from immunosep_omics.stats.independent_features import independent_number_of_features
from immunosep_omics.stats.meta import random_effects
from immunosep_omics.stats.streams import stream

FEATURES = 2000
EFFECT = 3.0
PATIENTS = 60


def draw(
    generator: np.random.Generator, cohorts: int, tau2: float, factors: int
) -> tuple[np.ndarray, float]:
    """Effects (cohorts, features), the first half with one, and the independent number."""
    loadings = generator.normal(size=(factors, FEATURES)) * np.sqrt(0.6 / max(factors, 1))
    rest = np.sqrt(0.4 if factors else 1.0)

    def noise(rows: int) -> np.ndarray:
        together = generator.normal(size=(rows, factors)) @ loadings
        return together + rest * generator.normal(size=(rows, FEATURES))

    truth = np.where(np.arange(FEATURES) < FEATURES // 2, EFFECT, 0.0)
    effects = truth + noise(cohorts) + np.sqrt(tau2) * noise(cohorts)
    return effects, independent_number_of_features(noise(PATIENTS), np.ones((PATIENTS, 1)))


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print("factors\tpassed_on\ttau2\tcohorts\ttype_1_at_.05\ttype_1_at_.001\tpower_at_.05")
    for factors, passed_on in ((0, False), (10, False), (10, True)):
        for tau2 in (0.0, 1.0, 2.0):
            for cohorts in (2, 3, 5):
                found = []
                for run in range(runs):
                    generator = stream(run, "bench", "meta", str(factors), str(tau2), str(cohorts))
                    effects, independent = draw(generator, cohorts, tau2, factors)
                    p = random_effects(
                        effects,
                        np.ones_like(effects),
                        independent_features=independent if passed_on else None,
                    ).p
                    null, real = p[FEATURES // 2 :], p[: FEATURES // 2]
                    found.append(
                        [(null < 0.05).mean(), (null < 0.001).mean(), (real < 0.05).mean()]
                    )
                mean = "\t".join(f"{value:.4f}" for value in np.mean(found, axis=0))
                print(f"{factors}\t{passed_on}\t{tau2:g}\t{cohorts}\t{mean}")
