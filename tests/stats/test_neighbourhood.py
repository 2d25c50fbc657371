"""Distances over what both samples have, and neighbours that are others."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from immunosep_omics.stats.neighbourhood import mean_of_nearest, squared_distances, strongest


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_distances_are_over_shared_features_scaled_to_all(missing):
    generator = np.random.default_rng(1)
    values, others = generator.normal(size=(9, 20)), generator.normal(size=(6, 20))
    values[generator.random(values.shape) < missing] = np.nan
    found = squared_distances(values, others)
    expected = 20 * np.nanmean(np.square(values[:, None] - others[None]), axis=2)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_without_a_shared_feature_no_distance_is_known():
    values = np.array([[1.0, np.nan], [np.nan, 2.0]])
    assert np.isnan(squared_distances(values, values)[0, 1])


def test_a_sample_is_not_its_own_neighbour():
    values = 1e4 + np.random.default_rng(2).normal(size=(12, 5))
    squares = squared_distances(values, values)
    assert (np.diag(squares) == 0).all()
    distance = cdist(values, values)
    expected = np.sort(distance, axis=1)[:, 1:4].mean(axis=1)
    np.testing.assert_allclose(mean_of_nearest(distance, 3), expected)
    np.testing.assert_allclose(mean_of_nearest(distance[:, 1:], 3)[0], expected[0])


def test_the_strongest_ties_are_kept():
    ties = np.array([[0.1, 0.4, 0.2, 0.3], [1.0, 2.0, 2.0, 2.0]])
    np.testing.assert_array_equal(strongest(ties, 2), [[0, 0.4, 0, 0.3], [0, 2, 2, 2]])
    np.testing.assert_array_equal(strongest(ties, 9), ties)
