"""Samples whose two assays fit better when exchanged: names that were mixed up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from immunosep_omics.stats.ranks import average_ranks

FEWEST_SAMPLES = 15
FEWEST_GENES = 10
ODDS = 5.0
"""How much rarer than one in as many samples a mix-up is taken to be, before looking."""

MOST_LEFT_OUT = 300
"""Samples up to which a pair's own values are left out when its correlations are learned."""

LEAST_LOSS = 1e-3
"""Log-likelihood of a typical exchange below which the assays say nothing of each other."""

LEADING = 3
"""Directions of an assay in which many genes move as one. Where gene is compared with gene, each is
held down to the next one's spread, so that it counts as one observation and not as many; beside
that, those of the smaller assay are predicted from the larger."""

SHARES = np.linspace(0.0, 0.95, 20)
"""Of a direction's variance, tried for what the other assay explains."""


class Mixed(NamedTuple):
    """Samples, by row, each with the row whose second assay fits its first."""

    rows: tuple[int, ...]
    fits: tuple[int, ...]
    value: float
    threshold: float


def mixed_up(first: pd.DataFrame, second: pd.DataFrame) -> list[Mixed] | None:
    """Groups of samples (rows, the same in both tables) whose assays were exchanged.

    Columns are genes, on any monotone scale. For genes in both assays, the correlation r over
    samples is learned, shrunk towards the genes' mean; under a bivariate normal law, exchanging
    two samples changes the log-likelihood by - sum of r / (1 - r^2) * dx * dy over genes (dx, dy:
    their differences). With independent genes this has mean -m and variance 2 m, m being the sum of
    r^2 / (1 - r^2) * dx^2; as genes are not, the gains are scaled until they have. To these are
    added the gains of the smaller assay's leading directions, as the larger assay predicts them
    (:func:`_directions`). The assignment of greatest posterior odds is found, each moved
    sample costing log(5 n). None where the assays share too little to tell.
    """
    genes = first.columns.intersection(second.columns)
    if len(genes) < FEWEST_GENES or len(first) < FEWEST_SAMPLES:
        return None
    scores, others = _normal_scores(first.to_numpy()), _normal_scores(second.to_numpy())
    x = _own_levels(scores, first.columns.get_indexer(genes))
    y = _own_levels(others, second.columns.get_indexer(genes))
    larger, smaller = sorted((scores, others), key=lambda table: table.shape[1], reverse=True)
    fit = _tempered(_fit(x, y), _expected(x, y)) + _directions(larger, smaller)
    from scipy.optimize import linear_sum_assignment

    cost = np.log(ODDS * len(x))
    gain = fit - np.diag(fit)[:, None] - cost
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
        return np.asarray((x * _weight(_shrunk(whole / n, n))) @ y.T)
    fit = np.empty((n, n))
    for i in range(n):
        r = (whole - products[i] - products) / (n - 2)
        r[i] = (whole - products[i]) / (n - 1)
        fit[i] = (x[i] * _weight(_shrunk(r, n)) * y).sum(axis=1)
    return fit


def _shrunk(r: np.ndarray, n: int) -> np.ndarray:
    """Correlations (..., genes) moved towards their mean by as much as chance spreads them.

    The mean is of all genes, and not below 0: the proteins of more mRNA are more.
    """
    mean = np.maximum(r.mean(axis=-1, keepdims=True), 0.0)
    chance = (1 - mean**2) ** 2 / (n - 2)
    spread = np.maximum(r.var(axis=-1, keepdims=True) - chance, 0.0)
    return np.clip(mean + spread / (spread + chance) * (r - mean), -0.9, 0.9)


def _weight(r: np.ndarray) -> np.ndarray:
    return np.asarray(r / (1 - r**2))


def _expected(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(samples, samples) loss of log-likelihood to expect of an exchange, by its genes' dx."""
    r = _shrunk((x * y).mean(axis=0), len(x))
    scaled = x * np.sqrt(r * _weight(r))
    squares = (scaled**2).sum(axis=1)
    return np.maximum(squares[:, None] + squares[None, :] - 2 * scaled @ scaled.T, 1e-9)


def _tempered(fit: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The fit, scaled down so that exchanges of two samples have a spread that fits their mean.

    0 where the genes' levels say nothing of each other in the two assays.
    """
    own = np.diag(fit)
    i, j = np.triu_indices(len(fit), 1)
    gains, losses = fit[i, j] + fit[j, i] - own[i] - own[j], expected[i, j]
    share = -float(np.median(gains)) / float(np.median(losses))
    if share <= 0 or np.median(losses) < LEAST_LOSS:
        return np.zeros_like(fit)
    z = (gains + share * losses) / np.sqrt(2 * losses)
    spread = 1.4826 * float(np.median(np.abs(z - np.median(z))))
    return fit * (min(1.0, share / spread**2) if spread > 0 else 0.0)


def _directions(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(samples, samples) half the gain of log-likelihood by exchanging rows i and j of `y`.

    Only the leading directions of `y` count. Samples whose rows of `x` are alike are taken to have
    alike rows of `y` (the mixed model of genomic prediction): a direction has covariance
    s K + (1 - s) I over samples, K being the inner products of the rows of `x`; s is the likeliest.
    Sums over a longer cycle are nearly its gain.
    """
    n = len(x)
    vectors, spreads = _principal(x)
    values = spreads**2 * n / max(float((spreads**2).sum()), 1e-12)
    gain = np.zeros((n, n))
    for z in _principal(y)[0][:, :LEADING].T * np.sqrt(n):
        squares = (vectors.T @ z) ** 2
        spread = SHARES[:, None] * values + 1 - SHARES[:, None]
        variance = (squares / spread).mean(axis=1)
        best = int(np.argmin(np.log(spread).mean(axis=1) + np.log(variance)))
        if SHARES[best] == 0:
            continue
        precision = (vectors / (spread[best] * variance[best])) @ vectors.T
        own, weighted = np.diag(precision), precision @ z
        apart = z[None, :] - z[:, None]
        gain -= apart * (weighted[:, None] - weighted[None, :])
        gain -= apart**2 * (own[:, None] + own[None, :] - 2 * precision) / 2
    return gain / 2


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


def _own_levels(x: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """(samples, genes) normal scores of `shared` columns, the leading directions held down.

    These are learned from all genes of the assay, shared or not.
    """
    vectors, spreads = _principal(x)
    held = np.minimum(spreads, spreads[min(LEADING, len(spreads) - 1)])
    share = np.divide(held, spreads, out=np.zeros_like(held), where=spreads > 0)
    x = (vectors * share) @ (vectors.T @ x[:, shared])
    deviation = x.std(axis=0)
    return np.divide(x, deviation, out=np.zeros_like(x), where=deviation > 1e-6)


def _principal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Left singular vectors (in columns) and singular values of samples x genes, largest first.

    From the inner products of the samples, which are few.
    """
    squares, vectors = np.linalg.eigh(x @ x.T)
    return vectors[:, ::-1], np.sqrt(np.maximum(squares[::-1], 0.0))


def _normal_scores(x: np.ndarray) -> np.ndarray:
    """Normal scores of each feature's ranks, unit variance; 0 where missing or constant."""
    from scipy.special import ndtri

    ranks = average_ranks(x.T).T
    count = np.maximum(np.isfinite(x).sum(axis=0), 1)
    scores = ndtri(np.where(np.isfinite(ranks), (ranks - 0.5) / count, 0.5))
    deviation = scores.std(axis=0)
    return np.divide(scores, deviation, out=np.zeros_like(scores), where=deviation > 1e-6)
