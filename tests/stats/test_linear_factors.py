"""Posterior means of factors: those of the joint Gaussian, of whatever features there are."""

import numpy as np
import pytest

from immunosep_omics.stats.linear_factors import (
    LinearFactors,
    LinearOmic,
    place_linear,
    posterior,
)


def _drawn(seed=1, samples=400, sizes=(12, 6), factors=2):
    generator = np.random.default_rng(seed)
    truth = generator.normal(size=(samples, factors))
    omics, blocks = [], []
    for features in sizes:
        loadings = generator.normal(size=(features, factors))
        variance = generator.uniform(0.5, 2, features)
        mean, scale = generator.normal(size=features), generator.uniform(0.5, 3, features)
        noise = generator.normal(size=(samples, features)) * np.sqrt(variance)
        blocks.append(mean + scale * (truth @ loadings.T + noise))
        omics.append(LinearOmic(mean, scale, loadings, 1 / variance))
    return truth, omics, blocks


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_scores_are_the_conditional_means_of_a_gaussian(missing):
    _, omics, blocks = _drawn(samples=8)
    generator = np.random.default_rng(2)
    for values in blocks:
        values[generator.random(values.shape) < missing] = np.nan
    blocks[1][:3] = np.nan
    loadings = np.vstack([omic.loadings for omic in omics])
    noise = np.diag(np.concatenate([1 / omic.precision for omic in omics]))
    standard = np.hstack([(v - o.mean) / o.scale for v, o in zip(blocks, omics, strict=True)])
    for row, found in zip(standard, posterior(omics, blocks), strict=True):
        seen = np.isfinite(row)
        joint = (loadings @ loadings.T + noise)[np.ix_(seen, seen)]
        np.testing.assert_allclose(found, loadings[seen].T @ np.linalg.solve(joint, row[seen]))


def test_reliability_is_how_scores_vary_among_samples_with_the_same_omics():
    _, omics, blocks = _drawn(samples=20_000)
    scores = posterior(omics, blocks)
    model = LinearFactors(tuple(omics), scores.mean(axis=0), scores.std(axis=0), 2)
    blocks[0][:10_000] = np.nan
    placement = place_linear(model, blocks)
    (lacking,) = np.flatnonzero(~placement.present.all(axis=1))
    rows = placement.pattern == lacking
    found = np.linalg.eigvalsh(placement.reliability[lacking])
    np.testing.assert_allclose(
        np.linalg.eigvalsh(np.cov(placement.scores[rows].T)), found, atol=0.1
    )
    np.testing.assert_allclose(placement.reliability[1 - lacking], np.eye(2), atol=1e-9)
