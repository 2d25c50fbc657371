"""Multi-omics factor analysis (MOFA), fitted by its authors' library where that is installed.

Argelaguet et al. 2018, 2020. The library (mofapy2, LGPL) is an optional extra. It fits factors of
omics that may be absent; placing samples takes the fitted weights and precisions alone, so that a
projection needs the library no more.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.block_svd import Placement
from immunosep_omics.stats.linear_factors import (
    LinearFactors,
    LinearOmic,
    place_linear,
    posterior,
)
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.projection import Projection, matrices, measured

ROUNDS = 500
"""Rounds at most: the bound of its time, beside the mode of convergence (`fast`)."""
LEAST_SHARE = 0.01
"""Of an omic's variance, that a factor explains which is kept (the authors' suggestion)."""


@dataclass(frozen=True)
class Mofa(Projection[LinearFactors]):
    """A projection by mofapy2's weights."""

    def place(self, blocks: Mapping[str, Block], rows: pd.Index) -> Placement:
        """Posterior means given the features at hand."""
        return place_linear(self.model, self.matrices(blocks, rows))

    def omic_loadings(self) -> Sequence[np.ndarray]:
        """Standardised features per unit of factor score."""
        return [omic.loadings * self.model.spread for omic in self.model.omics]


def fit_mofa(blocks: Mapping[str, Block], rows: pd.Index, factors: int) -> Mofa:
    """Learn factors from the samples `rows`; features with fewer than three values are left out.

    Raises ImportError without mofapy2.
    """
    features = measured(blocks, rows)
    values = matrices(features, blocks, rows)
    has = np.column_stack([np.isfinite(omic).any(axis=1) for omic in values]).any(axis=1)
    values = [omic[has] for omic in values]
    moments = [(np.nanmean(omic, axis=0), np.nanstd(omic, axis=0)) for omic in values]
    moments = [(mean, np.where(scale > 1e-12, scale, 1.0)) for mean, scale in moments]
    standard = [(omic - mean) / scale for omic, (mean, scale) in zip(values, moments, strict=True)]
    fitted = _by_mofapy2(standard, min(factors, has.sum() - 1))
    shares = np.array([np.square(loadings).mean(axis=0) for loadings, _ in fitted])
    above = int((shares.max(axis=0) > LEAST_SHARE).sum())
    kept = np.argsort(-shares.mean(axis=0), kind="stable")
    kept = kept[shares.max(axis=0)[kept] > LEAST_SHARE][:factors] if above else kept[:1]
    cubes = sum(np.power(loadings[:, kept], 3).sum(axis=0) for loadings, _ in fitted)
    sign = np.where(cubes < 0, -1.0, 1.0)
    omics = tuple(
        LinearOmic(mean, scale, loadings[:, kept] * sign, precision)
        for (mean, scale), (loadings, precision) in zip(moments, fitted, strict=True)
    )
    scores = posterior(omics, values)
    spread = np.maximum(scores.std(axis=0), 1e-9)
    return Mofa(features, LinearFactors(omics, scores.mean(axis=0), spread, above))


def _by_mofapy2(
    standard: Sequence[np.ndarray], factors: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights (features, factors) and precisions (features,) of each omic."""
    from mofapy2.run.entry_point import entry_point

    # The library greets on the terminal, and takes logarithms of zeros that it never uses.
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(divide="ignore", invalid="ignore"):
        fit = entry_point()
        fit.set_data_options(scale_views=False, center_groups=False)
        fit.set_data_matrix([[omic] for omic in standard], likelihoods=["gaussian"] * len(standard))
        fit.set_model_options(factors=factors, spikeslab_weights=False, ard_weights=True)
        fit.set_train_options(iter=ROUNDS, convergence_mode="fast", dropR2=None, seed=1, quiet=True)
        fit.build()
        fit.run()
        found = fit.model.getExpectations()
    return [
        (np.asarray(weights["E"], dtype=float), np.nanmean(np.asarray(tau["E"]), axis=0))
        for weights, tau in zip(found["W"], found["Tau"], strict=True)
    ]
