"""How many classes the data support; one is a possible answer.

k-means lowers the within-class dispersion of any cloud. Here the fall is compared with that of
clouds that have the same mean, covariance and missing omics, and the same distance of every
sample from the centre, but no classes: directions are drawn at random, so that neither
correlation nor heavy tails nor patients who lack an omic pass for classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.kmeans import cluster

DRAWS = 199
STARTS = 5


@dataclass(frozen=True)
class ClassNumberTest:
    """Per number of classes tried (``ks``): ``dispersion`` log(W_1 / W_k) observed,
    ``null_mean``, ``null_sd``, ``z``; ``p`` of each k against the largest z of any k under the null.
    """

    ks: tuple[int, ...]
    dispersion: Float
    null_mean: Float
    null_sd: Float
    z: Float
    p: Float


def evidence_of_classes(
    scores: Float,
    draw: Callable[[np.random.Generator], Float],
    max_k: int,
    generator: np.random.Generator,
) -> ClassNumberTest:
    """Test k = 2..max_k against draws without classes (gap statistic; Tibshirani 2001).

    ``scores``: (samples, dimensions), complete; ``draw`` gives scores of the same samples
    without classes. The level holds over all k together: each z is compared with the largest of
    all k in the draws.
    """
    ks = tuple(range(2, max_k + 1))
    observed = _falls(scores[None], ks, generator)[0]
    null = _falls(np.array([draw(generator) for _ in range(DRAWS)]), ks, generator)
    mean, sd = null.mean(axis=0), null.std(axis=0, ddof=1)
    z = (observed - mean) / sd
    largest = ((null - mean) / sd).max(axis=1)
    p = (1 + (largest[:, None] >= z).sum(axis=0)) / (DRAWS + 1)
    return ClassNumberTest(ks, observed, mean, sd, z, p)


def _falls(sets: Float, ks: tuple[int, ...], generator: np.random.Generator) -> Float:
    """log(W_1 / W_k) of each data set (sets, samples, dimensions), as (sets, ks)."""
    centred = sets - sets.mean(axis=1, keepdims=True)
    whole = np.square(centred).sum(axis=(1, 2))
    weights = np.ones(sets.shape[:2])
    parts = [cluster(sets, weights, k, STARTS, generator).dispersion for k in ks]
    return np.log(whole[:, None] / np.array(parts).T)
