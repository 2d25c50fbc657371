import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.independent_features import independent_number_of_features

Matrix = NDArray[np.float64]


def ones(samples: int) -> Matrix:
    return np.ones((samples, 1))


def test_independent_features_count_as_many() -> None:
    values = np.random.default_rng(1).normal(size=(40, 2000))
    assert independent_number_of_features(values, ones(40)) > 1000


def test_ten_common_factors() -> None:
    """The mean squared correlation is 0.6^2 / 10."""
    rng = np.random.default_rng(10)
    loadings = rng.normal(size=(10, 2000))
    common = rng.normal(size=(60, 10)) @ loadings / np.linalg.norm(loadings, axis=0)
    values = np.sqrt(0.6) * common + np.sqrt(0.4) * rng.normal(size=(60, 2000))
    assert independent_number_of_features(values, ones(60)) == pytest.approx(28, abs=6)


def test_copies_of_one_feature_count_as_one() -> None:
    copies = np.repeat(np.random.default_rng(2).normal(size=(40, 1)), 50, axis=1)
    assert independent_number_of_features(copies, ones(40)) == pytest.approx(1)


def test_what_the_design_explains_is_no_common_factor() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat([0.0, 1.0], 20)
    values = rng.normal(size=(40, 300)) + 5 * group[:, None]
    assert independent_number_of_features(values, ones(40)) < 5
    assert independent_number_of_features(values, np.column_stack([ones(40), group])) > 200


def test_samples_without_weight_say_nothing() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(60, 300))
    values[40:] += 10 * rng.normal(size=(20, 1))
    weights = np.where(np.arange(60) < 40, 1.0, 0.0)
    assert independent_number_of_features(values, ones(60)) < 5
    assert independent_number_of_features(values, ones(60), weights) > 150


def test_gaps_are_refused() -> None:
    values = np.random.default_rng(5).normal(size=(40, 3))
    values[3, 1] = np.nan
    with pytest.raises(ValueError, match="without gaps"):
        independent_number_of_features(values, ones(40))


@pytest.mark.parametrize("samples, features", [(40, 1), (40, 0), (2, 30), (1, 5)])
def test_too_little_to_tell(samples: int, features: int) -> None:
    values = np.random.default_rng(6).normal(size=(samples, features))
    assert independent_number_of_features(values, ones(samples)) == 1
