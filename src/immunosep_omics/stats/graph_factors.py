"""Factors of a network of patients, and where a new patient lies on them.

A network that several omics tell of (``snf``, ``nemo``) is embedded by the leading eigenvectors
of its random walk (Laplacian eigenmaps, Belkin & Niyogi 2003; the embedding of spectral clustering,
von Luxburg 2007). How many: those with eigenvalues above the greatest of the same network of noise,
whose features are each permuted (parallel analysis, Horn 1965; Buja & Eyuboglu 1992).

Who lacks what must not become a factor. Networks of fewer patients have stronger ties, and those
who share no omic have none; therefore the ties between patients with these omics and patients with
those are taken relative to their mean, and count as average where no omic is shared. Where all have
all omics, this changes nothing.

A patient's row of the network follows from its ties to the patients of the fit, so that Nystroem's
formula (Bengio et al. 2004) gives its scores: the mean of the factors over those that its ties
reach, over the eigenvalue. For patients of the fit these are their scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.block_svd import Placement
from immunosep_omics.stats.neighbourhood import Array, squared_distances
from immunosep_omics.stats.nemo import NemoTies, fit_nemo_ties
from immunosep_omics.stats.snf import SnfTies, fit_snf_ties, reaches

Ties = SnfTies | NemoTies
Way = tuple[NDArray[np.intp], Array, Array]
"""Members that ties go through, the members' own ties to these, and what these reach."""


@dataclass(frozen=True)
class Reach:
    """What ties to some members of an omic reach."""

    through: NDArray[np.intp]
    """(through,) places among the members."""
    values: Array
    """(through, patterns, factors + 1) factors summed over the patients of each pattern that a
    tie reaches; last, the sum of these ties themselves."""


@dataclass(frozen=True)
class GraphOmic:
    """One omic of the patients of the fit that have it, its ``members``."""

    mean: Array
    """(features,)"""
    scale: Array
    """(features,) standard deviation; 1 for a feature that does not vary."""
    values: Array
    """(members, features) standardised, NaN where not measured."""
    ties: Ties
    reaches: tuple[Reach, ...]
    loadings: Array
    """(features, factors) correlation of features and factors."""


@dataclass(frozen=True)
class GraphFactors:
    """A network's factors, in the form that places samples."""

    omics: tuple[GraphOmic, ...]
    present: NDArray[np.bool_]
    """(patterns, omics) which omics the patients of the fit had."""
    level: Array
    """(patterns, patterns) mean tie between patients of two patterns; 0 where nothing ties them."""
    totals: Array
    """(patterns, factors + 1) factors summed over the patients of a pattern; last, their number."""
    eigenvalues: Array
    """(factors,) of the random walk, descending, without the first, which is 1."""
    above_noise: int
    """Number of factors above noise, 0 to factors."""
    mean: Array
    """(factors,) of the eigenvectors."""
    spread: Array
    """(factors,) standard deviation of the eigenvectors, with the sign of the factor."""

    @property
    def factors(self) -> int:
        """Number of factors."""
        return len(self.eigenvalues)


def fit_graph_factors(
    blocks: Sequence[Array], factors: int, kind: str, generator: np.random.Generator
) -> GraphFactors:
    """Fit at most ``factors`` factors of the network of samples.

    Args:
        blocks: (samples, features_b) each, NaN where not measured; a row of NaN in a block says
            that the sample lacks the block; samples without any teach nothing.
        factors: upper bound.
        kind: ``snf`` or ``nemo``.
        generator: of the permutations.

    Raises:
        ValueError: if a block was measured in fewer than three samples.
    """
    has = _has(blocks)
    blocks, has = [values[has.any(axis=1)] for values in blocks], has[has.any(axis=1)]
    members = [np.flatnonzero(own) for own in has.T]
    if min(len(own) for own in members) < 3:
        raise ValueError("a block measured in fewer than three samples")
    standard = [_standardised(v[own]) for v, own in zip(blocks, members, strict=True)]
    noise = [_permuted(values, generator) for values, _, _ in standard]
    edge = _leading(_levelled(_networks(noise, members, has, kind)[2], has)[0], 1)[0][0]
    ties, ways, between = _networks([values for values, _, _ in standard], members, has, kind)
    between, level = _levelled(between, has)
    eigenvalues, vectors = _leading(between, min(factors, len(has) - 1))
    above = int((eigenvalues > edge).sum())
    eigenvalues, vectors = eigenvalues[: max(above, 1)], vectors[:, : max(above, 1)]
    scores = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    loadings = [
        _correlations(values, scores[own])
        for (values, _, _), own in zip(standard, members, strict=True)
    ]
    cubes = sum(np.power(part, 3).sum(axis=0) for part in loadings)
    sign = np.where(cubes < 0, -1.0, 1.0)
    kinds, pattern = np.unique(has, axis=0, return_inverse=True)
    extended = np.column_stack([vectors, np.ones(len(vectors))])
    omics = [
        GraphOmic(
            mean,
            scale,
            values,
            tie,
            tuple(
                Reach(through, _by_pattern(far, pattern[own], len(kinds), extended[own]))
                for through, _, far in far_ways
            ),
            part * sign,
        )
        for (values, mean, scale), tie, far_ways, own, part in zip(
            standard, ties, ways, members, loadings, strict=True
        )
    ]
    return GraphFactors(
        omics=tuple(omics),
        present=kinds,
        level=level,
        totals=np.array([extended[pattern == one].sum(axis=0) for one in range(len(kinds))]),
        eigenvalues=eigenvalues,
        above_noise=above,
        mean=vectors.mean(axis=0),
        spread=vectors.std(axis=0) * sign,
    )


def network(blocks: Sequence[Array], kind: str) -> Array:
    """(samples, samples) the network itself, for spectral clustering; ``blocks`` as for the fit.

    Every sample has a block.
    """
    has = _has(blocks)
    members = [np.flatnonzero(own) for own in has.T]
    standard = [_standardised(v[own])[0] for v, own in zip(blocks, members, strict=True)]
    return _levelled(_networks(standard, members, has, kind)[2], has)[0]


def place_in_graph(model: GraphFactors, blocks: Sequence[Array]) -> Placement:
    """Place samples, new ones or those of the fit, by their ties to the samples of the fit.

    Args:
        model: from :func:`fit_graph_factors`.
        blocks: as in the fit, the same features in the same order; NaN and absent blocks welcome.

    Networks say nothing of what absent blocks leave unknown: every reliability is the identity.
    """
    has = _has(blocks)
    shared = has.astype(np.float64) @ model.present.T
    reached = np.zeros((len(has), *model.totals.shape))
    for place, (omic, values) in enumerate(zip(model.omics, blocks, strict=True)):
        rows = has[:, place]
        squares = squared_distances((values[rows] - omic.mean) / omic.scale, omic.values)
        # No feature in common: as far as the furthest.
        squares = np.where(np.isnan(squares), np.nanmax(squares, initial=0.0), squares)
        for reach in omic.reaches:
            ties = omic.ties.between(squares, reach.through)
            reached[rows] += np.tensordot(ties, reach.values, axes=1)
    reached /= np.maximum(shared, 1.0)[:, :, None]
    level = _level_of(model, has, reached[:, :, -1])[:, :, None]
    levelled = np.divide(reached, level, out=np.zeros_like(reached), where=level > 0)
    summed = np.where(level > 0, levelled, model.totals).sum(axis=1)
    scores = (summed[:, :-1] / summed[:, -1:] / model.eigenvalues - model.mean) / model.spread
    scores[~has.any(axis=1)] = 0.0
    kinds, pattern = np.unique(has, axis=0, return_inverse=True)
    reliability = np.repeat(np.eye(model.factors)[None], len(kinds), axis=0)
    return Placement(scores, pattern, kinds, reliability)


def _levelled(between: Array, has: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Ties relative to the mean between patients with the same sets of omics; and these means."""
    kinds, pattern = np.unique(has, axis=0, return_inverse=True)
    member = (pattern[:, None] == np.arange(len(kinds))).astype(np.float64)
    pairs = np.outer(member.sum(axis=0), member.sum(axis=0))
    level = member.T @ between @ member / pairs
    own = level[np.ix_(pattern, pattern)]
    return np.divide(between, own, out=np.ones_like(between), where=own > 0), level


def _level_of(model: GraphFactors, has: NDArray[np.bool_], reached: Array) -> Array:
    """(samples, patterns) mean tie of samples with these omics; of a new set of omics, the own."""
    found = reached / model.totals[:, -1]
    for omics, level in zip(model.present, model.level, strict=True):
        found[(has == omics).all(axis=1)] = level
    return found


def _has(blocks: Sequence[Array]) -> NDArray[np.bool_]:
    """(samples, blocks) whether anything of the block was measured."""
    return np.column_stack([np.isfinite(values).any(axis=1) for values in blocks])


def _snf(
    squares: Sequence[Array], members: Sequence[NDArray[np.intp]]
) -> tuple[list[Ties], list[list[Way]]]:
    patients = len(np.unique(np.concatenate(members)))
    ties = [fit_snf_ties(one, patients) for one in squares]
    networks = [tie.network(one) for tie, one in zip(ties, squares, strict=True)]
    return list(ties), reaches(networks, members, [tie.neighbours for tie in ties])


def _nemo(
    squares: Sequence[Array], _: Sequence[NDArray[np.intp]]
) -> tuple[list[Ties], list[list[Way]]]:
    ties = [fit_nemo_ties(one) for one in squares]
    ways = []
    for tie, one in zip(ties, squares, strict=True):
        everyone = np.arange(len(one))
        ways.append([(everyone, tie.between(one, everyone), np.eye(len(one)))])
    return list(ties), ways


KINDS: dict[str, Callable[..., tuple[list[Ties], list[list[Way]]]]] = {
    "snf": _snf,
    "nemo": _nemo,
}
"""How each kind of network is made: per omic its ties, and the ways by which they reach others."""


def _networks(
    values: Sequence[Array],
    members: Sequence[NDArray[np.intp]],
    has: NDArray[np.bool_],
    kind: str,
) -> tuple[list[Ties], list[list[Way]], Array]:
    """Ties, ways, and the mean network over the omics that measured both of two samples."""
    squares = [squared_distances(one, one) for one in values]
    ties, ways = KINDS[kind](squares, members)
    total = np.zeros((len(has), len(has)))
    for own, omic in zip(members, ways, strict=True):
        for _, tie, far in omic:
            total[np.ix_(own, own)] += tie @ far
    shared = has.astype(np.float64) @ has.T
    found = total / np.maximum(shared, 1.0)
    return ties, ways, (found + found.T) / 2.0


def _standardised(values: Array) -> tuple[Array, Array, Array]:
    mean, scale = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    scale[scale <= 1e-12 * np.maximum(np.abs(mean), 1.0)] = 1.0
    return (values - mean) / scale, mean, scale


def _permuted(values: Array, generator: np.random.Generator) -> Array:
    """Each feature's values given to other members; gaps stay where they are."""
    found = values.copy()
    for feature in found.T:
        seen = np.isfinite(feature)
        feature[seen] = generator.permutation(feature[seen])
    return found


def _leading(between: Array, factors: int) -> tuple[Array, Array]:
    """Eigenvalues (factors,) and right eigenvectors of a network's random walk, after the first."""
    from scipy.linalg import eigh

    root = np.sqrt(between.sum(axis=1))
    size = len(root)
    walk = between / np.outer(root, root)
    # The first, which is known, is taken out: where nothing links two parts, 1 comes twice.
    walk -= np.outer(root, root) / np.square(root).sum()
    eigenvalues, vectors = eigh(walk, subset_by_index=(size - factors, size - 1))
    return eigenvalues[::-1], vectors[:, ::-1] / root[:, None]


def _correlations(values: Array, scores: Array) -> Array:
    """(features, factors) correlations over the samples that have each feature."""
    seen = np.isfinite(values)
    filled, count = np.where(seen, values, 0.0), seen.sum(axis=0)[:, None]
    mean = (seen.T @ scores) / count
    spread = np.sqrt(np.maximum(seen.T @ np.square(scores) / count - np.square(mean), 0.0))
    size = np.sqrt(np.square(filled).sum(axis=0)[:, None] / count)
    # A factor that tells apart who has the omic may not vary among those who do.
    varying = (spread > 1e-6) & (size > 0)
    return np.divide(
        filled.T @ scores / count, spread * size, out=np.zeros_like(spread), where=varying
    )


def _by_pattern(reach: Array, pattern: NDArray[np.intp], patterns: int, extended: Array) -> Array:
    """(through, patterns, factors + 1) what ties to each member reach, by pattern of omics.

    ``reach`` (through, members); ``pattern`` and ``extended`` (factors, and 1) are the members'.
    """
    return np.stack(
        [reach[:, pattern == kind] @ extended[pattern == kind] for kind in range(patterns)], axis=1
    )
