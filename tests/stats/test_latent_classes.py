import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immunosep_omics.stats.latent_classes import (
    bayesian_information,
    classify,
    fit_latent_classes,
    log_likelihood,
)


def _mixture(samples=300, size=6, distance=4.0, lacking=0.0, shift=0.0, seed=1):
    """Three classes, two omics of three components, two cohorts that differ by a shift."""
    generator = np.random.default_rng(seed)
    truth = generator.choice(3, samples, p=[0.45, 0.35, 0.2])
    centres = distance * np.array([[0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0]])
    cohorts = generator.integers(0, 2, samples)
    values = centres[truth][:, :size] + generator.normal(size=(samples, size))
    values[cohorts == 1] += shift
    lacks = generator.random(samples)
    values[lacks < lacking, :3] = np.nan
    values[lacks > 1 - lacking, 3:] = np.nan
    return values, truth, cohorts


def _agreement(labels, truth):
    table = np.zeros((3, 3))
    np.add.at(table, (labels, truth), 1)
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-table)
    return table[rows, columns].sum() / len(truth)


@pytest.mark.parametrize("lacking", [0.0, 0.3])
def test_classes_come_back_from_half_wrong_labels(lacking):
    values, truth, cohorts = _mixture(lacking=lacking)
    generator = np.random.default_rng(2)
    start = np.where(
        generator.random(len(truth)) < 0.6, truth, generator.integers(0, 3, len(truth))
    )
    _, found = fit_latent_classes(values, start, cohorts)
    assert _agreement(found.probability.argmax(axis=1), truth) > 0.95


def test_one_class_of_complete_data_is_the_mean_and_covariance():
    values, _, _ = _mixture()
    model, _ = fit_latent_classes(values, np.zeros(300, dtype=int), np.zeros(300, dtype=int))
    centred = values - values.mean(axis=0)
    expected = centred.T @ centred / 300
    off = ~np.eye(6, dtype=bool)
    np.testing.assert_allclose(np.diag(model.covariance), np.diag(expected), rtol=1e-3)
    np.testing.assert_allclose(model.covariance[off], expected[off] * 300 / 306, rtol=1e-3)
    # The mean and the only cohort's shift share the level between them.
    np.testing.assert_allclose(model.means[0] + model.shifts[0], values.mean(axis=0), atol=1e-2)


def test_the_likelihood_is_that_of_scipy():
    from scipy.stats import multivariate_normal

    values, truth, _ = _mixture(samples=80)
    cohorts = np.zeros(80, dtype=int)
    model, _ = fit_latent_classes(values, truth, cohorts)
    centred = values - model.shifts[0]
    density = sum(
        share * multivariate_normal(mean, model.covariance).pdf(centred)
        for share, mean in zip(model.cohort_shares[0], model.means, strict=True)
    )
    assert log_likelihood(model, values, cohorts) == pytest.approx(np.log(density).sum())


def test_a_cohort_with_another_case_mix_and_a_shift_is_told_apart():
    """Standardising within the cohort would halve these differences."""
    values, truth, cohorts = _mixture(samples=600, shift=1.5, seed=3)
    keep = (cohorts == 0) | (truth != 0) | (np.arange(600) % 5 == 0)
    values, truth, cohorts = values[keep], truth[keep], cohorts[keep]
    _, found = fit_latent_classes(values, truth, cohorts)
    assert _agreement(found.probability.argmax(axis=1), truth) > 0.97


def test_placing_a_new_cohort_changes_nobody_else():
    values, truth, cohorts = _mixture(shift=1.0)
    old = cohorts == 0
    model, membership = fit_latent_classes(values[old], truth[old], cohorts[old])
    both = classify(model, values, cohorts)
    np.testing.assert_array_equal(both.probability[old], membership.probability)
    assert _agreement(both.probability[~old].argmax(axis=1), truth[~old]) > 0.9
    np.testing.assert_array_equal(classify(model, values, cohorts).probability, both.probability)


def test_a_sample_with_fewer_omics_is_less_sure():
    values, truth, cohorts = _mixture(distance=2.0)
    model, full = fit_latent_classes(values, truth, cohorts)
    less = values.copy()
    less[:, 3:] = np.nan
    half = classify(model, less, cohorts)
    assert half.probability.max(axis=1).mean() < full.probability.max(axis=1).mean() - 0.02


def test_probabilities_are_calibrated():
    values, truth, cohorts = _mixture(samples=4000, distance=1.6, lacking=0.2)
    _, found = fit_latent_classes(values, truth, cohorts)
    label, sure = found.probability.argmax(axis=1), found.probability.max(axis=1)
    right = label == truth
    for low, high in ((0.4, 0.6), (0.6, 0.8), (0.8, 0.95)):
        inside = (sure > low) & (sure <= high)
        assert right[inside].mean() == pytest.approx(sure[inside].mean(), abs=0.05)


def test_the_information_criterion_finds_three():
    values, truth, cohorts = _mixture(distance=3.5)
    criteria = []
    for k in range(1, 5):
        start = np.minimum(truth, k - 1) if k < 4 else np.where(values[:, 2] > 0, truth, 3)
        model, _ = fit_latent_classes(values, start, cohorts)
        criteria.append(bayesian_information(model, values, cohorts))
    assert int(np.argmin(criteria)) == 2


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_samples_does_not_matter(seed):
    values, truth, cohorts = _mixture(samples=60)
    order = np.random.default_rng(seed).permutation(60)
    _, one = fit_latent_classes(values, truth, cohorts)
    _, other = fit_latent_classes(values[order], truth[order], cohorts[order])
    np.testing.assert_allclose(other.probability, one.probability[order], atol=1e-6)
