"""False calls and power of the choice of k: prints one TSV row per world and sample size.

    python bench/cluster_number.py [--runs 100] [--sizes 50 100 300] [--worlds ...]

Null worlds should be called "clusters" in at most 3 % of the runs (nominal). Worlds that end in
``_omics`` draw three blocks of features and pass through ``block_svd``; the others draw scores.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.block_svd import fit_block_svd, place
from immunosep_omics.stats.cluster_number import ClusterNumber, choose_cluster_number

Array = NDArray[np.float64]
World = Callable[[np.random.Generator, int], ClusterNumber]
FACTORS = 8
SHARES = (0.45, 0.35, 0.20)
DRAWS = 99


def _choose(scores: Array, generator: np.random.Generator) -> ClusterNumber:
    return choose_cluster_number(scores, generator, draws=DRAWS)


def correlated(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Gaussian scores, neighbouring factors correlated 0.6, unequal variances."""
    lag = np.abs(np.subtract.outer(np.arange(FACTORS), np.arange(FACTORS)))
    sizes = np.linspace(2.0, 0.5, FACTORS)
    root = np.linalg.cholesky(0.6**lag * np.outer(sizes, sizes))
    return _choose(generator.standard_normal((samples, FACTORS)) @ root.T, generator)


def heavy_tailed(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Multivariate t with 3 degrees of freedom."""
    scale = np.sqrt(generator.chisquare(3, (samples, 1)) / 3)
    return _choose(generator.standard_normal((samples, FACTORS)) / scale, generator)


def heavy_independent(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Every factor t with 4 degrees of freedom, independent (not elliptical)."""
    return _choose(generator.standard_t(4, (samples, FACTORS)), generator)


def two_batches(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Two cohorts of different covariance, each centred; the cohort is not told."""
    return _choose(_batches(generator, samples, 0.0)[0], generator)


def two_shifted_batches(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Two cohorts of different covariance and 4 SD apart; the cohort is told."""
    scores, group = _batches(generator, samples, 4.0)
    return choose_cluster_number(scores, generator, group=group, draws=DRAWS)


def gradient(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """One long flat axis, as in a continuum of severity."""
    scores = generator.standard_normal((samples, FACTORS))
    scores[:, 0] = 2.5 * np.sqrt(12) * (generator.random(samples) - 0.5)
    return _choose(scores, generator)


def skewed(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """One long exponential axis."""
    scores = generator.standard_normal((samples, FACTORS))
    scores[:, 0] = 2.5 * (generator.exponential(size=samples) - 1)
    return _choose(scores, generator)


def null_omics(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Two Gaussian axes in three blocks."""
    return _through_blocks(generator, samples, 0.0, 0.0)


def null_lacking_omics(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """As before, each block absent in 30 % of the samples."""
    return _through_blocks(generator, samples, 0.0, 0.3)


def three_classes_4(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Three unequal classes, centres 4 SD apart on two of the factors."""
    return _choose(_classes(generator, samples, 4.0, FACTORS), generator)


def three_classes_5(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Three unequal classes, centres 5 SD apart."""
    return _choose(_classes(generator, samples, 5.0, FACTORS), generator)


def three_omics_5(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """Three unequal classes 5 SD apart on two axes seen by three blocks."""
    return _through_blocks(generator, samples, 5.0, 0.0)


def three_lacking_omics_5(generator: np.random.Generator, samples: int) -> ClusterNumber:
    """As before, each block absent in 30 % of the samples."""
    return _through_blocks(generator, samples, 5.0, 0.3)


def _batches(
    generator: np.random.Generator, samples: int, shift: float
) -> tuple[Array, NDArray[np.intp]]:
    group = (generator.random(samples) < 0.4).astype(np.intp)
    scores = generator.standard_normal((samples, FACTORS))
    mixing = np.eye(FACTORS) + 0.4 * generator.standard_normal((FACTORS, FACTORS))
    scores[group == 1] = scores[group == 1] @ mixing
    for one in (0, 1):
        scores[group == one] -= scores[group == one].mean(axis=0)
    scores[group == 1, 0] += shift
    return scores, group


def _classes(generator: np.random.Generator, samples: int, apart: float, factors: int) -> Array:
    centres = np.zeros((3, factors))
    centres[1, 0], centres[2, :2] = apart, (apart / 2, apart * np.sqrt(0.75))
    own = generator.choice(3, samples, p=SHARES)
    return generator.standard_normal((samples, factors)) + centres[own]


def _through_blocks(
    generator: np.random.Generator, samples: int, apart: float, lacking: float
) -> ClusterNumber:
    """Two axes and two private factors per block, 400, 150 and 60 features."""
    axes = _classes(generator, samples, apart, 2)
    absent = generator.random((samples, 3)) < lacking
    absent[absent.all(axis=1)] = False
    blocks = []
    for block, features in enumerate((400, 150, 60)):
        values = axes @ (generator.standard_normal((2, features)) * 0.3)
        private = generator.standard_normal((samples, 2))
        values += private @ (generator.standard_normal((2, features)) * 0.3)
        values += generator.standard_normal((samples, features))
        values[absent[:, block]] = np.nan
        blocks.append(values)
    model = fit_block_svd(blocks, 10)
    placed = place(model, blocks)
    return choose_cluster_number(
        placed.scores,
        generator,
        pattern=placed.pattern,
        reliability=placed.reliability,
        metric=model.metric,
        draws=DRAWS,
    )


WORLDS: dict[str, World] = {
    world.__name__: world
    for world in (
        correlated,
        heavy_tailed,
        heavy_independent,
        two_batches,
        two_shifted_batches,
        gradient,
        skewed,
        null_omics,
        null_lacking_omics,
        three_classes_4,
        three_classes_5,
        three_omics_5,
        three_lacking_omics_5,
    )
}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 300])
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    options = parser.parse_args()
    columns = ["world", "samples", "runs", "clusters", "gradient", *(f"k{k}" for k in range(2, 7))]
    print("\t".join(columns))
    for world in options.worlds:
        for samples in options.sizes:
            found = [
                WORLDS[world](np.random.default_rng([samples, run]), samples)
                for run in range(options.runs)
            ]
            verdicts = [one.verdict for one in found]
            chosen = np.bincount([one.chosen for one in found], minlength=7)
            shares = [verdicts.count("clusters"), verdicts.count("gradient"), *chosen[2:7]]
            cells = [f"{count / options.runs:.2f}" for count in shares]
            print("\t".join([world, str(samples), str(options.runs), *cells]))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
