"""Consensus clustering against ConsensusClusterPlus on its resamples; see make_consensus.R."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform

from immunosep_omics.stats.consensus import Agreement, Resamples, agree, cluster_resamples

Matrix = NDArray[np.float64]
Read = Callable[[str], Matrix]
KS = range(2, 7)


def _clustered(points: Matrix, resamples: Resamples, linkage: str) -> Agreement:
    return cluster_resamples(
        points, resamples, np.random.default_rng(1), clusterer="hierarchical", linkage=linkage
    )


def _same_matrices(agreement: Agreement, expected: Matrix) -> None:
    samples = agreement.labels.shape[2]
    # R's upper triangle runs down the columns.
    above = np.tril_indices(samples, -1)
    for k, column in zip(KS, expected.T, strict=True):
        actual = agreement.matrix(k, np.float64)
        np.testing.assert_allclose(actual[above], column, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(actual, actual.T)


@pytest.mark.parametrize("linkage", ["average", "complete", "ward"])
def test_consensus_matrices(linkage: str, rows: Read, samples: Read) -> None:
    resamples = Resamples(rows("consensus_drawn") == 1)
    agreement = _clustered(samples("consensus_values"), resamples, linkage)
    _same_matrices(agreement, rows(f"consensus_{linkage}"))


def test_distances_that_are_given(rows: Read, samples: Read) -> None:
    between = squareform(pdist(samples("consensus_values")))
    agreement = cluster_resamples(
        between,
        Resamples(rows("consensus_drawn") == 1),
        np.random.default_rng(1),
        clusterer="hierarchical",
        distances=True,
    )
    _same_matrices(agreement, rows("consensus_average"))


def test_resamples_of_features_too(rows: Read, samples: Read) -> None:
    resamples = Resamples(
        rows("consensus_some_features_drawn") == 1, rows("consensus_some_features_kept") == 1
    )
    agreement = _clustered(samples("consensus_values"), resamples, "average")
    _same_matrices(agreement, rows("consensus_some_features"))


def test_classes_and_the_consensus_of_clusters_and_samples(
    rows: Read, samples: Read, columns: Callable[[str], dict[str, Matrix]]
) -> None:
    resamples = Resamples(rows("consensus_drawn") == 1)
    agreement = _clustered(samples("consensus_values"), resamples, "average")
    clusters, items = columns("consensus_of_clusters"), columns("consensus_of_samples")
    for found, classes in zip(agree(agreement), rows("consensus_classes").T, strict=True):
        pairs = np.unique(np.column_stack([found.labels, classes.astype(int)]), axis=0)
        assert len(pairs) == found.k
        for own, theirs in pairs:
            here = (clusters["k"] == found.k) & (clusters["cluster"] == theirs)
            np.testing.assert_allclose(
                found.of_clusters[own], clusters["clusterConsensus"][here][0], rtol=1e-6
            )
            here = (items["k"] == found.k) & (items["cluster"] == theirs)
            expected = np.full(len(classes), np.nan)
            expected[items["item"][here].astype(int) - 1] = items["itemConsensus"][here]
            np.testing.assert_allclose(found.of_samples[:, own], expected, rtol=1e-6, atol=1e-9)
