"""Leiden communities: the number nearest to the one asked for, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats.communities import cluster_by_communities
from immunosep_omics.stats.leiden_extra import leiden_installed

pytestmark = pytest.mark.skipif(not leiden_installed(), reason="needs the leiden extra")


def test_planted_communities() -> None:
    generator = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], 40)
    points = generator.standard_normal((120, 3)) + 5.0 * np.eye(3)[truth]
    drawn = generator.random((4, 120)) < 0.8
    between, seeds = squareform(pdist(points)), generator.random(4)
    found = cluster_by_communities(between, drawn, [2, 3], seeds)
    np.testing.assert_array_equal(found[0] >= 0, drawn)
    for labels, inside in zip(found[1], drawn, strict=True):
        assert adjusted_rand_score(truth[inside], labels[inside]) == 1.0
    np.testing.assert_array_equal(found, cluster_by_communities(between, drawn, [2, 3], seeds))
