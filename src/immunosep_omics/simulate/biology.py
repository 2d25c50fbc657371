"""What is true of every cohort of a world: levels, effects and correlations of each feature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from immunosep_omics.simulate import catalogue
from immunosep_omics.simulate.world import World
from immunosep_omics.stats.streams import stream

CELLS = ("neutrophil", "lymphocyte", "monocyte")
LN2 = float(np.log(2.0))


@dataclass(frozen=True)
class Layer:
    """The features of one tissue (blood RNA or plasma) and all that acts on them, in log2 units.

    `effects` below are rows x features: axes (2), programme (endotypes), modules (modules).
    """

    tissue: Literal["blood", "plasma"]
    genes: np.ndarray
    """(features,) gene symbols"""
    level: np.ndarray
    """(features,) mean log2 level"""
    sd: np.ndarray
    """(features,) residual SD within a class"""
    axes: np.ndarray
    """(2, features) change per unit of the myeloid and lymphoid axis"""
    programme: np.ndarray
    """(endotypes, features) change in one endotype beyond the axes"""
    profile: np.ndarray
    """(3, features) log2 excess in neutrophils, lymphocytes, monocytes"""
    modules: np.ndarray
    """(modules, features) change per SD of each module"""
    shared: np.ndarray
    """(features,) index into the residuals shared by mRNA and protein; -1 where none"""

    @cached_property
    def position(self) -> pd.Series:
        """Where each gene stands."""
        return pd.Series(np.arange(self.genes.size), index=self.genes)

    def stretched(self, factor: np.ndarray | float) -> Layer:
        """The layer with every effect and residual multiplied, its levels kept.

        Composition is not multiplied: a profile is a property of the cells.
        """
        return replace(
            self, sd=self.sd * factor, axes=self.axes * factor,
            programme=self.programme * factor, modules=self.modules * factor,
        )  # fmt: skip

    def take(self, rows: np.ndarray) -> Layer:
        """The layer restricted to (or repeated at) some features."""
        return Layer(
            self.tissue, self.genes[rows], self.level[rows], self.sd[rows], self.axes[:, rows],
            self.programme[:, rows], self.profile[:, rows], self.modules[:, rows],
            self.shared[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class Biology:
    """Blood RNA and plasma, with the genes they share."""

    rna: Layer
    plasma: Layer

    @property
    def n_shared(self) -> int:
        """Number of genes that have both an mRNA and a protein."""
        return int((self.plasma.shared >= 0).sum())


def draw_biology(world: World, seed: int) -> Biology:
    """Draw the part of a world that all its cohorts share."""
    rna = _rna(world, stream(seed, world.name, "biology", "rna"))
    plasma = _plasma(world, rna, stream(seed, world.name, "biology", "plasma"))
    both = plasma.genes[plasma.shared >= 0]
    rna.shared[rna.position[both].to_numpy()] = np.arange(both.size)
    return Biology(rna, plasma)


def _rna(world: World, rng: np.random.Generator) -> Layer:
    settings = world.expression
    known = np.array(catalogue.RNA_SYMBOLS, dtype=object)
    n = settings.genes
    genes = np.concatenate([known, numbered("GENE", n - known.size)])
    named = np.arange(n) < known.size
    dispersion = rng.uniform(*settings.dispersion, n)
    sd = np.sqrt(dispersion) / LN2
    level = rng.normal(0.0, settings.level_sd, n)
    level[named] = rng.normal(1.0, 1.0, int(named.sum()))

    axes = _broad_axes(n, settings.axis_share, settings.axis_sd, ~named, rng)
    size = rng.uniform(*settings.axis_gene, n)
    for names, axis, direction in (
        (catalogue.MYELOID_UP, 0, 1), (catalogue.MYELOID_DOWN, 0, -1),
        (catalogue.LYMPHOID_DOWN, 1, -1),
    ):  # fmt: skip
        here = np.isin(genes, names)
        axes[axis, here] = direction * size[here]

    endotypes = len(world.endotypes)
    programme = _broad_programme(
        endotypes, n, settings.programme_share, settings.programme_sd, ~named, rng
    )
    size = rng.uniform(*settings.marker, n)
    for endotype, symbols in zip(range(endotypes), catalogue.MARKERS, strict=False):
        here = np.isin(genes, symbols)
        programme[endotype, here] = size[here]

    modules = _modules(world.modules.rna + 1, n, world, ~named, rng)
    hla = np.isin(genes, catalogue.HLA_CLASS_II)
    modules[:, hla] = 0.0
    modules[0] = np.where(hla, world.modules.hla, 0.0)
    return Layer(
        "blood", genes, level, sd, axes * sd, programme * sd, _profile(world, genes, named, rng),
        modules * sd, np.full(n, -1),
    )  # fmt: skip


def _profile(
    world: World, genes: np.ndarray, named: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    low, high = world.composition.fold
    n = genes.size
    specific = ~named & (rng.random(n) < world.composition.specific_share)
    cell = np.where(specific, rng.choice(3, n, p=[0.3, 0.4, 0.3]), -1)
    for kind, symbols in enumerate(
        (catalogue.IN_NEUTROPHILS, catalogue.IN_LYMPHOCYTES, catalogue.IN_MONOCYTES)
    ):
        cell[np.isin(genes, symbols)] = kind
    fold = rng.uniform(low, high, n)
    return np.where(cell == np.arange(3)[:, None], fold, 0.0)


def _plasma(world: World, rna: Layer, rng: np.random.Generator) -> Layer:
    settings = world.plasma
    known = dict.fromkeys((*catalogue.MASS_SPECTROMETRY, *catalogue.OLINK))
    invented = world.mass_spectrometry.groups - len(catalogue.MASS_SPECTROMETRY)
    genes = np.concatenate([np.array(list(known), dtype=object), numbered("GENE", invented)])
    n = genes.size
    sd = rng.lognormal(0.0, 0.25, n)
    where = rna.position.reindex(genes).fillna(-1).to_numpy(dtype=int)
    has_rna = where >= 0
    link = np.where(has_rna, settings.link, 0.0) / rna.sd[where]

    directions = np.zeros((2, n))
    for symbols, axis, direction in (
        (catalogue.PLASMA_MYELOID_UP, 0, 1), (catalogue.PLASMA_MYELOID_DOWN, 0, -1),
        (catalogue.PLASMA_LYMPHOID_UP, 1, 1), (catalogue.PLASMA_LYMPHOID_DOWN, 1, -1),
    ):  # fmt: skip
        directions[axis, np.isin(genes, symbols)] = direction
    free = ~directions.any(axis=0) & ~np.isin(genes, catalogue.HLA_CLASS_II)
    axes = directions * rng.uniform(*settings.axis_protein, n)
    axes += _broad_axes(n, settings.axis_share, settings.axis_sd, free, rng)
    axes += link * rna.axes[:, where]

    programme = _broad_programme(
        len(world.endotypes), n, settings.programme_share, settings.programme_sd, free, rng
    )
    programme += link * rna.programme[:, where]
    shared = np.full(n, -1)
    shared[has_rna] = np.arange(has_rna.sum())
    return Layer(
        "plasma", genes, rng.normal(0.0, 1.0, n), sd, axes * sd, programme * sd, np.zeros((3, n)),
        _modules(world.modules.plasma, n, world, np.ones(n, dtype=bool), rng) * sd, shared,
    )  # fmt: skip


def numbered(stem: str, n: int, width: int = 4) -> np.ndarray:
    """`n` names: GENE0001, GENE0002, ..."""
    return np.array([f"{stem}{i:0{width}d}" for i in range(1, n + 1)], dtype=object)


def _broad_axes(
    n: int, share: float, sd: float, eligible: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Half-normal loadings of random sign on one axis each, for a share of the features."""
    chosen = eligible & (rng.random(n) < share)
    axis = rng.integers(0, 2, n)
    size = rng.normal(0.0, 1.0, n) * sd
    return np.where((axis == np.arange(2)[:, None]) & chosen, size, 0.0)


def _broad_programme(
    endotypes: int, n: int, share: float, sd: float, eligible: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Effects in one endotype each, for a share of the features."""
    chosen = eligible & (rng.random(n) < share)
    where = rng.integers(0, max(endotypes, 1), n)
    size = rng.normal(0.0, 1.0, n) * sd
    return np.where((where == np.arange(endotypes)[:, None]) & chosen, size, 0.0)


def _modules(
    count: int, n: int, world: World, eligible: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    member = (rng.random((count, n)) < world.modules.share) & eligible
    return np.where(member, rng.normal(0.0, 1.0, (count, n)) * world.modules.sd, 0.0)
