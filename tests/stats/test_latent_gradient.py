"""Gradients, classes and plain clouds are told apart by what explains the data best."""

import numpy as np
import pytest

from immunosep_omics.stats.latent_classes import bayesian_information, fit_latent_classes
from immunosep_omics.stats.latent_gradient import fit_latent_gradient

SAMPLES = 200
ONE = np.zeros(SAMPLES, dtype=np.intp)


def cloud(seed=1, factors=6):
    return np.random.default_rng(seed).normal(size=(SAMPLES, factors))


def along(place, curve=0.0, seed=1):
    """Values whose first component follows a place, and whose second follows its square."""
    values = cloud(seed)
    values[:, 0] += 3 * place
    values[:, 1] += curve * (place**2 - 1)
    return values


def flat(seed=2):
    return np.sqrt(12) * (np.random.default_rng(seed).random(SAMPLES) - 0.5)


def bic_of_classes(values, labels):
    model, _ = fit_latent_classes(values, labels, ONE)
    return bayesian_information(model, values, ONE)


def in_parts(order, k):
    return order.argsort().argsort() * k // len(order)


@pytest.mark.parametrize("lacking", [0.0, 0.3])
def test_a_flat_gradient_is_no_set_of_classes(lacking):
    place = flat()
    values = along(place)
    values[np.random.default_rng(5).random(SAMPLES) < lacking, 3:] = np.nan
    found = fit_latent_gradient(values, values[:, :2], ONE)
    assert found.p < 0.01
    for k in (2, 3, 4):
        assert found.bic < bic_of_classes(values, in_parts(place, k))
    assert abs(np.corrcoef(found.position(values, ONE), place)[0, 1]) > 0.9


@pytest.mark.parametrize("side", [1, -1])
def test_a_skewed_gradient_is_found_on_either_side(side):
    place = side * (np.random.default_rng(3).exponential(size=SAMPLES) - 1)
    values = along(place)
    found = fit_latent_gradient(values, values[:, :2], ONE)
    assert found.skew > 1
    assert found.p < 0.01
    assert np.corrcoef(found.position(values, ONE), place)[0, 1] ** 2 > 0.7


def test_an_arc_is_a_gradient_too():
    place = flat()
    values = along(place, curve=2.5)
    found = fit_latent_gradient(values, values[:, :2], ONE)
    assert found.curved
    assert abs(np.corrcoef(found.position(values, ONE), place)[0, 1]) > 0.9
    assert found.bic < min(bic_of_classes(values, in_parts(place, k)) for k in (2, 3, 4))


def test_three_classes_are_no_gradient():
    truth = np.random.default_rng(4).integers(0, 3, SAMPLES)
    values = cloud() + 5 * np.eye(3, 6)[truth]
    found = fit_latent_gradient(values, values[:, :2] - values[:, :2].mean(axis=0), ONE)
    assert bic_of_classes(values, truth) < found.bic


def test_two_classes_are_no_gradient():
    truth = np.random.default_rng(4).integers(0, 2, SAMPLES)
    values = cloud() + 5 * np.eye(2, 6)[truth]
    found = fit_latent_gradient(values, values[:, :2], ONE)
    assert bic_of_classes(values, truth) < found.bic


def test_one_even_cloud_needs_no_gradient():
    values = cloud() * np.linspace(3, 1, 6)
    found = fit_latent_gradient(values, values[:, :2], ONE)
    assert found.p > 0.05
    assert bic_of_classes(values, ONE) < found.bic


def test_new_samples_have_a_place_and_change_nothing():
    place = flat()
    values = along(place)
    found = fit_latent_gradient(values, values[:, :2], ONE)
    alone = found.position(values[:5], ONE[:5])
    np.testing.assert_allclose(alone, found.position(values, ONE)[:5])
    assert found.places.mean() == pytest.approx(0)
    assert found.places.std() == pytest.approx(1)


def test_a_cohorts_own_level_is_no_part_of_the_gradient():
    place = flat()
    cohorts = np.random.default_rng(6).integers(0, 2, SAMPLES)
    values = along(place) + 4.0 * cohorts[:, None]
    centred = values - np.array([values[cohorts == c].mean(axis=0) for c in (0, 1)])[cohorts]
    found = fit_latent_gradient(values, centred[:, :2], cohorts)
    assert abs(np.corrcoef(found.position(values, cohorts), place)[0, 1]) > 0.9
