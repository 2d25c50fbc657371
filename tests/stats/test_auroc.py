"""AUROC, its interval and its pooling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from immunosep_omics.stats.auroc import auroc, pool_auroc

SEEDS = st.integers(0, 2**32 - 1)
Sample = tuple[NDArray[np.bool_], NDArray[np.float64]]


def world(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    truth = np.arange(25) < rng.integers(2, 23)
    return truth, np.round(rng.normal(size=25) + truth, 1)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_definition_and_delong_by_pairs(seed: int) -> None:
    truth, score = world(seed)
    difference = score[truth][:, None] - score[~truth]
    wins = (difference > 0) + 0.5 * (difference == 0)
    result = auroc(truth, score)
    assert result.estimate == pytest.approx(wins.mean())
    variance = wins.mean(axis=1).var(ddof=1) / truth.sum()
    variance += wins.mean(axis=0).var(ddof=1) / (~truth).sum()
    assert result.variance == pytest.approx(variance, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_laws(seed: int) -> None:
    truth, score = world(seed)
    one = auroc(truth, score)
    order = np.random.default_rng(seed).permutation(25)
    assert auroc(truth[order], score[order]).ci_low == pytest.approx(one.ci_low)
    assert auroc(truth, np.exp(score) * 3).estimate == one.estimate
    turned = auroc(truth, -score)
    assert turned.estimate == pytest.approx(1 - one.estimate)
    assert turned.ci_high == pytest.approx(1 - one.ci_low)
    assert 0 <= one.ci_low <= one.estimate <= one.ci_high <= 1
    gaps = auroc(np.r_[truth, True, False], np.r_[score, np.nan, np.nan])
    assert gaps == one


def test_interval_is_on_the_logit_scale() -> None:
    truth, score = world(3)
    result = auroc(truth, score)
    error = np.sqrt(result.variance) / (result.estimate * (1 - result.estimate))
    assert result.ci_low == pytest.approx(expit(logit(result.estimate) - ndtri(0.975) * error))


@pytest.mark.parametrize("size", [5, 20, 100])
def test_perfect_separation_is_not_certainty(size: int) -> None:
    truth = np.repeat([False, True], size)
    best, worst = auroc(truth, truth.astype(float)), auroc(truth, 1.0 - truth)
    assert (best.estimate, best.ci_high, worst.estimate, worst.ci_low) == (1, 1, 0, 0)
    assert best.ci_low == pytest.approx(1 - worst.ci_high)
    assert 0.4 < best.ci_low < 1 - 1 / size
    assert np.isfinite([best.logit, best.logit_variance]).all()


def test_no_information_and_no_groups() -> None:
    truth = np.repeat([False, True], 10)
    flat = auroc(truth, np.zeros(20))
    assert flat.estimate == 0.5
    assert flat.ci_low < 0.4 < 0.6 < flat.ci_high
    assert np.isnan(auroc(np.ones(5, dtype=bool), np.arange(5.0)).estimate)
    alone = auroc(np.array([True, False, False]), np.array([2.0, 1, 3]))
    assert alone.ci_low < 0.2 < 0.8 < alone.ci_high


@pytest.mark.parametrize(
    ("shift", "cases", "controls"), [(0, 15, 30), (1.2, 15, 30), (2.5, 30, 30)]
)
def test_coverage(shift: float, cases: int, controls: int) -> None:
    from scipy.special import ndtr

    rng = np.random.default_rng(4)
    truth = np.arange(cases + controls) < cases
    true = ndtr(shift / np.sqrt(2))
    results = [auroc(truth, rng.normal(size=len(truth)) + shift * truth) for _ in range(1000)]
    covered = np.mean([result.ci_low <= true <= result.ci_high for result in results])
    assert 0.92 < covered <= 0.99


def test_pooling() -> None:
    results = [auroc(*world(seed)) for seed in range(6)]
    logits = np.array([result.logit for result in results])
    variances = np.array([result.logit_variance for result in results])
    pooled = pool_auroc(logits, variances)
    assert pooled.studies == 6
    assert logits.min() < logit(pooled.estimate) < logits.max()
    assert 0 < pooled.prediction_low <= pooled.ci_low < pooled.estimate
    assert pooled.estimate < pooled.ci_high <= pooled.prediction_high < 1
    two = pool_auroc(logits[:2], variances[:2])
    assert np.isnan([two.prediction_low, two.prediction_high]).all()
    assert two.ci_high > two.ci_low
    one = pool_auroc(logits[:1], variances[:1])
    assert one.ci_low == pytest.approx(results[0].ci_low)
