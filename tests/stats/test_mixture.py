"""Class probabilities: as good as the truth allows, modest when blocks are absent."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.mixture import classify, cross_classify, fit_mixture

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
CENTRES = np.array([[-0.9, -0.3, 0.0], [0.9, -0.3, 0.0], [0.1, 1.3, 0.0]])


def _draw(seed: int, samples: int, sd: float = 0.35) -> tuple[Array, Integers]:
    generator = np.random.default_rng(seed)
    labels = generator.choice(3, samples, p=(0.45, 0.35, 0.20)).astype(np.intp)
    return CENTRES[labels] + sd * generator.standard_normal((samples, 3)), labels


def _complete(samples: int) -> tuple[Integers, Array]:
    return np.zeros(samples, dtype=np.intp), np.eye(3)[None]


def test_probabilities_agree_with_linear_discriminant_analysis() -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    scores, labels = _draw(0, 2000)
    found = classify(fit_mixture(scores, labels, *_complete(2000)), scores, *_complete(2000))
    peer = LinearDiscriminantAnalysis().fit(scores, labels).predict_proba(scores)
    np.testing.assert_allclose(np.exp(found.log_posterior), peer, atol=0.02)


def test_probabilities_are_calibrated_on_new_samples() -> None:
    scores, labels = _draw(1, 60, sd=0.6)
    fresh, truth = _draw(2, 4000, sd=0.6)
    found = classify(fit_mixture(scores, labels, *_complete(60)), fresh, *_complete(4000))
    right = (found.log_posterior.argmax(axis=1) == truth).mean()
    assert np.exp(found.log_posterior.max(axis=1)).mean() == pytest.approx(right, abs=0.05)


def test_typicality_is_uniform_for_members_and_tiny_for_strangers() -> None:
    scores, labels = _draw(3, 300)
    model = fit_mixture(scores, labels, *_complete(300))
    fresh, _ = _draw(4, 4000)
    typicality = classify(model, fresh, *_complete(4000)).typicality
    assert (typicality < 0.05).mean() == pytest.approx(0.05, abs=0.02)
    stranger = classify(model, np.array([[0.0, 0.0, 5.0]]), *_complete(1))
    assert stranger.typicality[0] < 1e-6


def test_absent_blocks_make_classes_less_certain_but_not_wrong() -> None:
    generator = np.random.default_rng(5)
    scores, labels = _draw(6, 600)
    scores /= scores.std(axis=0)
    reliability = np.array([np.eye(3), np.diag([0.6, 0.2, 0.5])])
    pattern = (generator.random(600) < 0.4).astype(np.intp)
    known = np.array([np.diag(matrix) for matrix in reliability])[pattern]
    noise = generator.standard_normal((600, 3)) * np.sqrt(known * (1 - known))
    placed = known * scores + noise
    model = fit_mixture(placed, labels, pattern, reliability)
    truth = np.array([scores[labels == one].mean(axis=0) for one in range(3)])
    np.testing.assert_allclose(model.means, truth, atol=0.25)
    found = classify(model, placed, pattern, reliability)
    sure = np.exp(found.log_posterior.max(axis=1))
    right = found.log_posterior.argmax(axis=1) == labels
    assert sure[pattern == 1].mean() < sure[pattern == 0].mean() - 0.1
    assert sure[pattern == 1].mean() == pytest.approx(right[pattern == 1].mean(), abs=0.06)


def test_a_sample_without_any_block_has_the_class_shares() -> None:
    scores, labels = _draw(7, 100)
    model = fit_mixture(scores, labels, *_complete(100))
    nothing = classify(model, np.zeros((1, 3)), np.array([0]), np.zeros((1, 3, 3)))
    np.testing.assert_allclose(np.exp(nothing.log_posterior[0]), np.bincount(labels) / 100)
    assert nothing.typicality[0] == 1.0


def test_cross_classification_is_not_more_confident_than_the_fit() -> None:
    scores, labels = _draw(8, 50, sd=0.7)
    rows = np.arange(50)
    inside = classify(fit_mixture(scores, labels, *_complete(50)), scores, *_complete(50))
    outside = cross_classify(scores, labels, *_complete(50))
    assert outside.log_posterior[rows, labels].mean() < inside.log_posterior[rows, labels].mean()


def test_relabelled_classes_give_the_same_probabilities() -> None:
    scores, labels = _draw(9, 90)
    turned = np.array([2, 0, 1])
    one = classify(fit_mixture(scores, labels, *_complete(90)), scores, *_complete(90))
    two = classify(fit_mixture(scores, turned[labels], *_complete(90)), scores, *_complete(90))
    np.testing.assert_allclose(two.log_posterior[:, turned], one.log_posterior, atol=1e-9)
