"""Samples whose two assays fit better when exchanged: names that were mixed up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from immunosep_omics.stats.ranks import average_ranks

FEWEST_SAMPLES = 15
FEWEST_GENES = 10
ODDS = 3.0
"""How much rarer than one in as many samples a mix-up is taken to be, before looking."""

MOST_LEFT_OUT = 300
"""Samples up to which a pair's own values are left out when its correlations are learned."""


class Mixed(NamedTuple):
    """Samples, by row, each with the row whose second assay fits its first."""

    rows: tuple[int, ...]
    fits: tuple[int, ...]
    value: float
    threshold: float


def mixed_up(first: pd.DataFrame, second: pd.DataFrame) -> list[Mixed] | None:
    """Groups of samples (rows, the same in both tables) whose assays were exchanged.

    Columns are genes, on any monotone scale. For genes in both assays, the correlation r over
    samples is learned and shrunk; under a bivariate normal law, exchanging two samples changes
    the log-likelihood by a sum of r / (1 - r^2) * x * y over genes. As genes are not independent,
    the gains of all exchanges are scaled so that their spread is what independent genes would
    give (variance twice the mean, as for any log-likelihood ratio). The assignment of greatest
    posterior odds is found, each moved sample costing log(3 n). None where the assays share
    too little to tell.
    """
    genes = first.columns.intersection(second.columns)
    if len(genes) < FEWEST_GENES or len(first) < FEWEST_SAMPLES:
        return None
    x, y = _normal_scores(first[genes].to_numpy()), _normal_scores(second[genes].to_numpy())
    fit = _fit(x, y)
    tempered = _tempered(fit)
    if tempered is None:
        return None
    from scipy.optimize import linear_sum_assignment

    cost = np.log(ODDS * len(x))
    gain = tempered - np.diag(tempered)[:, None] - cost
    np.fill_diagonal(gain, 0.0)
    _, assigned = linear_sum_assignment(gain, maximize=True)
    return [
        Mixed(
            cycle, tuple(int(assigned[row]) for row in cycle),
            float(sum(gain[row, assigned[row]] + cost for row in cycle)), float(cost * len(cycle)),
        )
        for cycle in _cycles(assigned)
    ]  # fmt: skip


def _fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(samples, samples) how well row i of `x` and row j of `y` go together.

    Correlations are learned without the samples i and j as they are named now: their own values
    would speak for the names they have. With many samples that makes no difference.
    """
    n = len(x)
    products = x * y
    whole = products.sum(axis=0)
    if n > MOST_LEFT_OUT:
        return np.asarray((x * _weights(whole / n, n)) @ y.T)
    fit = np.empty((n, n))
    for i in range(n):
        r = (whole - products[i] - products) / (n - 2)
        r[i] = (whole - products[i]) / (n - 1)
        fit[i] = (x[i] * _weights(r, n) * y).sum(axis=1)
    return fit


def _weights(r: np.ndarray, n: int) -> np.ndarray:
    """What a gene's product counts; correlations within their standard errors count nothing."""
    squared = np.maximum(r**2, 1e-12)
    r = np.clip(r * np.maximum(0.0, 1 - 2 * (1 - r**2) ** 2 / (n * squared)), -0.95, 0.95)
    return np.asarray(r / (1 - r**2))


def _tempered(fit: np.ndarray) -> np.ndarray | None:
    """The fit, scaled so that exchanges of two samples have a spread that fits their mean."""
    own = np.diag(fit)
    i, j = np.triu_indices(len(fit), 1)
    gains = fit[i, j] + fit[j, i] - own[i] - own[j]
    middle = float(np.median(gains))
    spread = 1.4826 * float(np.median(np.abs(gains - middle)))
    if middle >= 0 or spread == 0:
        return None
    return fit * min(1.0, 2 * -middle / spread**2)


def _cycles(assigned: np.ndarray) -> list[tuple[int, ...]]:
    seen: set[int] = set()
    cycles = []
    for start in range(len(assigned)):
        cycle, row = [], start
        while row not in seen:
            seen.add(row)
            cycle.append(row)
            row = int(assigned[row])
        if len(cycle) > 1:
            cycles.append(tuple(cycle))
    return cycles


def _normal_scores(x: np.ndarray) -> np.ndarray:
    """Normal scores of each feature's ranks, unit variance; 0 where missing or constant."""
    from scipy.special import ndtri

    ranks = average_ranks(x.T).T
    count = np.maximum(np.isfinite(x).sum(axis=0), 1)
    scores = ndtri(np.where(np.isfinite(ranks), (ranks - 0.5) / count, 0.5))
    deviation = scores.std(axis=0)
    return np.divide(scores, deviation, out=np.zeros_like(scores), where=deviation > 1e-6)
