"""Factors by which features follow linearly, each feature with noise of its own.

A sample's scores are the posterior mean given the features that it has (Bartholomew 1987): what is
absent is integrated out, nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.stats.block_svd import Placement

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LinearOmic:
    """What was learnt about one omic."""

    mean: Array
    """(features,)"""
    scale: Array
    """(features,) standard deviation; 1 for a feature that does not vary."""
    loadings: Array
    """(features, factors) of standardised features, per unit of factor (prior variance 1)."""
    precision: Array
    """(features,) one over the variance of the noise."""


@dataclass(frozen=True)
class LinearFactors:
    """Omics that share factors, in the form that places samples."""

    omics: tuple[LinearOmic, ...]
    centre: Array
    """(factors,) of the posterior means of the samples of the fit."""
    spread: Array
    """(factors,) their standard deviation."""
    above_noise: int
    """Number of factors above noise, 0 to factors."""

    @property
    def factors(self) -> int:
        """Number of factors."""
        return len(self.spread)


def posterior(omics: Sequence[LinearOmic], blocks: Sequence[Array]) -> Array:
    """(samples, factors) posterior means; ``blocks`` (samples, features_b), NaN where absent."""
    factors = omics[0].loadings.shape[1]
    right = np.zeros((len(blocks[0]), factors))
    information: Array = np.repeat(np.eye(factors)[None], len(right), axis=0)
    for omic, values in zip(omics, blocks, strict=True):
        seen = np.isfinite(values)
        standard = np.where(seen, (values - omic.mean) / omic.scale, 0.0)
        weighed: Array = omic.precision[:, None] * omic.loadings
        right += standard @ weighed
        products: Array = (omic.loadings[:, :, None] * weighed[:, None, :]).reshape(
            len(weighed), -1
        )
        told: Array = seen.astype(np.float64) @ products
        information += told.reshape(information.shape)
    found = np.linalg.solve(information, right[:, :, None])[:, :, 0]
    return np.asarray(found, dtype=np.float64)


def place_linear(model: LinearFactors, blocks: Sequence[Array]) -> Placement:
    """Place samples, new ones or those of the fit, from whatever features they have."""
    has = np.column_stack([np.isfinite(values).any(axis=1) for values in blocks])
    kinds, pattern = np.unique(has, axis=0, return_inverse=True)
    scores = (posterior(model.omics, blocks) - model.centre) / model.spread
    return Placement(scores, pattern, kinds, _reliability(model.omics, kinds))


def _reliability(omics: Sequence[LinearOmic], kinds: NDArray[np.bool_]) -> Array:
    """Covariance of scores with some of the omics, where that with all is the identity."""
    told = [omic.loadings.T @ (omic.precision[:, None] * omic.loadings) for omic in omics]
    identity = np.eye(len(told[0]))

    def known(has: NDArray[np.bool_]) -> Array:
        information = sum((one for one, own in zip(told, has, strict=True) if own), identity)
        return np.asarray(identity - np.linalg.inv(information), dtype=np.float64)

    values, vectors = np.linalg.eigh(known(np.ones(len(omics), dtype=bool)))
    root = (vectors / np.sqrt(np.maximum(values, 1e-12))) @ vectors.T
    return np.array([root @ known(has) @ root for has in kinds])
