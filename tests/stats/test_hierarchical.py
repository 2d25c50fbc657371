"""Trees of many resamples: cut like SciPy cuts them one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats.hierarchical import cluster_by_trees


@pytest.mark.parametrize("method", ["average", "complete", "ward"])
def test_every_cut_of_every_resample(method: str) -> None:
    generator = np.random.default_rng(1)
    points = generator.standard_normal((40, 3))
    # Resamples of different sizes, as they may come from elsewhere.
    drawn = generator.random((12, 40)) < generator.uniform(0.4, 0.9, size=(12, 1))
    ks = range(2, 8)
    found = cluster_by_trees(squareform(pdist(points)), drawn, ks, method)
    for labels, k in zip(found, ks, strict=True):
        np.testing.assert_array_equal(labels >= 0, drawn)
        for own, inside in zip(labels, drawn, strict=True):
            expected = fcluster(linkage(pdist(points[inside]), method), k, "maxclust")
            assert len(np.unique(own[inside])) == k
            assert own.max() == k - 1
            assert adjusted_rand_score(expected, own[inside]) == 1.0


def test_as_many_clusters_as_samples() -> None:
    points = np.random.default_rng(2).standard_normal((4, 2))
    found = cluster_by_trees(squareform(pdist(points)), np.ones((1, 4), dtype=bool), [4, 2])
    assert sorted(found[0, 0].tolist()) == [0, 1, 2, 3]
    assert sorted(np.unique(found[1, 0]).tolist()) == [0, 1]
