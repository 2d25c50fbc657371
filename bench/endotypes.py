"""Classes, an axis or neither: what endotyping says of clouds whose truth is known.

    python bench/endotypes.py [--runs 200] [--sizes 50 100 300] [--worlds ...]

Prints one TSV row per world and sample size: in which share of the runs it says classes (and how
many), an axis, or one even cloud. Class-free worlds should have classes in at most 3 % (nominal).
Worlds of omics draw three blocks of features and pass through ``block_svd``; the others draw
scores, which stand for the components too. What is asked is what the pipeline asks
(``find_by_consensus``), with fewer resamples, which only start the classes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immunosep_omics.endotype.consensus import find_by_consensus
from immunosep_omics.settings.analysis import Consensus
from immunosep_omics.stats.block_svd import components, fit_block_svd, place

Array = NDArray[np.float64]
FACTORS = 8
SHARES = (0.45, 0.35, 0.20)
METHOD = Consensus(resamples=20).model_dump()


@dataclass(frozen=True)
class Cloud:
    """What endotyping is given: samples in rows; `cohort` as far as it is told."""

    scores: Array
    components: Array
    pattern: NDArray[np.intp]
    reliability: Array
    cohort: NDArray[np.intp]


World = Callable[[np.random.Generator, int], Cloud]


def _plain(scores: Array, cohort: NDArray[np.intp] | None = None) -> Cloud:
    nobody = np.zeros(len(scores), dtype=np.intp)
    same = np.eye(scores.shape[1])[None]
    return Cloud(scores, scores, nobody, same, nobody if cohort is None else cohort)


def decide(cloud: Cloud, seed: int) -> tuple[int, bool]:
    """How many endotypes the pipeline finds, and whether it speaks of an axis."""
    keys = pd.Index([f"s{number}" for number in range(len(cloud.scores))])
    names = [f"factor_{number + 1}" for number in range(cloud.scores.shape[1])]
    cohort = [f"c{code}" for code in cloud.cohort]
    omics = [f"omics {code}" for code in cloud.pattern]
    scores = pd.DataFrame(cloud.scores, index=keys, columns=names)
    parts = pd.DataFrame(cloud.components, index=keys)
    reliability = pd.concat(
        pd.DataFrame(known, columns=names).assign(omics=f"omics {code}", factor=names)
        for code, known in enumerate(cloud.reliability)
    )
    found = find_by_consensus(
        scores.assign(sample=keys, cohort=cohort, part="discovery", omics=omics),
        parts.assign(sample=keys, cohort=cohort),
        reliability, METHOD, seed, "bench", 1, lambda _: None,
    )  # fmt: skip
    return int(found.labels.nunique()), found.gradient is not None


def correlated(generator: np.random.Generator, samples: int) -> Cloud:
    """Gaussian scores, neighbouring factors correlated 0.6, unequal variances."""
    lag = np.abs(np.subtract.outer(np.arange(FACTORS), np.arange(FACTORS)))
    sizes = np.linspace(2.0, 0.5, FACTORS)
    root = np.linalg.cholesky(0.6**lag * np.outer(sizes, sizes))
    return _plain(generator.standard_normal((samples, FACTORS)) @ root.T)


def heavy_tailed(generator: np.random.Generator, samples: int) -> Cloud:
    """Multivariate t with 3 degrees of freedom."""
    scale = np.sqrt(generator.chisquare(3, (samples, 1)) / 3)
    return _plain(generator.standard_normal((samples, FACTORS)) / scale)


def heavy_independent(generator: np.random.Generator, samples: int) -> Cloud:
    """Every factor t with 4 degrees of freedom, independent (not elliptical)."""
    return _plain(generator.standard_t(4, (samples, FACTORS)))


def two_batches(generator: np.random.Generator, samples: int) -> Cloud:
    """Two cohorts of different covariance, each centred; the cohort is not told."""
    return _plain(_batches(generator, samples, 0.0)[0])


def two_shifted_batches(generator: np.random.Generator, samples: int) -> Cloud:
    """Two cohorts of different covariance and 4 SD apart; the cohort is told."""
    scores, group = _batches(generator, samples, 4.0)
    return _plain(scores, group)


def gradient(generator: np.random.Generator, samples: int) -> Cloud:
    """One long flat axis, as in a continuum of severity."""
    scores = generator.standard_normal((samples, FACTORS))
    scores[:, 0] = 2.5 * np.sqrt(12) * (generator.random(samples) - 0.5)
    return _plain(scores)


def skewed(generator: np.random.Generator, samples: int) -> Cloud:
    """One long exponential axis."""
    scores = generator.standard_normal((samples, FACTORS))
    scores[:, 0] = 2.5 * (generator.exponential(size=samples) - 1)
    return _plain(scores)


def null_omics(generator: np.random.Generator, samples: int) -> Cloud:
    """Two Gaussian axes in three blocks."""
    return _through_blocks(generator, samples, 0.0, 0.0)


def null_lacking_omics(generator: np.random.Generator, samples: int) -> Cloud:
    """As before, each block absent in 30 % of the samples."""
    return _through_blocks(generator, samples, 0.0, 0.3)


def three_classes_4(generator: np.random.Generator, samples: int) -> Cloud:
    """Three unequal classes, centres 4 SD apart on two of the factors."""
    return _plain(_classes(generator, samples, 4.0, FACTORS))


def three_classes_5(generator: np.random.Generator, samples: int) -> Cloud:
    """Three unequal classes, centres 5 SD apart."""
    return _plain(_classes(generator, samples, 5.0, FACTORS))


def three_omics_5(generator: np.random.Generator, samples: int) -> Cloud:
    """Three unequal classes 5 SD apart on two axes seen by three blocks."""
    return _through_blocks(generator, samples, 5.0, 0.0)


def three_lacking_omics_5(generator: np.random.Generator, samples: int) -> Cloud:
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
) -> Cloud:
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
    nobody = np.zeros(samples, dtype=np.intp)
    parts = components(model, blocks)
    return Cloud(placed.scores, parts, placed.pattern, placed.reliability, nobody)


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
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 300])
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    options = parser.parse_args()
    print("\t".join(["world", "samples", "runs", "axis", *(f"k{k}" for k in range(1, 7))]))
    for world in options.worlds:
        for samples in options.sizes:
            drawn = (np.random.default_rng([samples, run]) for run in range(options.runs))
            found = [decide(WORLDS[world](generator, samples), 1) for generator in drawn]
            number = np.bincount([k for k, _ in found], minlength=7)
            shares = [sum(axis for _, axis in found), *number[1:7]]
            cells = [f"{count / options.runs:.3f}" for count in shares]
            print("\t".join([world, str(samples), str(options.runs), *cells]), flush=True)


if __name__ == "__main__":
    main()
