import numpy as np
import pytest
from scipy.stats import fisher_exact, nchypergeom_fisher

from immunosep_omics.stats.detection import count_detections, detection_test, together


def one(detected, level, strata=None):
    detected, level = np.array(detected, dtype=bool)[:, None], np.array(level, dtype=bool)
    strata = np.zeros(len(level), dtype=np.intp) if strata is None else np.array(strata)
    found = detection_test(count_detections(detected, level, strata))
    return {name: getattr(found, name)[0] for name in ("log2_odds", "low", "high", "p")}


def test_tea_that_was_tasted():
    found = one([1, 1, 1, 0, 0, 0, 0, 1], [1, 1, 1, 1, 0, 0, 0, 0])
    assert found["p"] == pytest.approx(fisher_exact([[3, 1], [1, 3]]).pvalue)
    assert 2 ** found["log2_odds"] == pytest.approx(6.408, abs=1e-3)
    assert 2 ** found["low"] == pytest.approx(0.2117, abs=1e-4)


def test_beyond_the_interval_the_tail_is_a_fortieth():
    detected, level = [1] * 9 + [0] * 5 + [1] * 4 + [0] * 12, [1] * 14 + [0] * 16
    found = one(detected, level)
    at = {end: nchypergeom_fisher(30, 13, 14, 2 ** found[end]) for end in ("low", "high")}
    assert at["low"].sf(8) == pytest.approx(0.025, abs=1e-9)
    assert at["high"].cdf(9) == pytest.approx(0.025, abs=1e-9)
    assert nchypergeom_fisher(30, 13, 14, 2 ** found["log2_odds"]).mean() == pytest.approx(9)


def test_what_no_outcome_could_show_has_no_p():
    assert np.isnan(one([1, 1, 0, 0], [1, 1, 0, 0])["p"])
    assert np.isnan(one([1] * 12, [1] * 6 + [0] * 6)["log2_odds"])


def test_strata_that_hold_one_group_tell_nothing():
    detected, level = [1, 0, 1, 1, 0, 1, 0, 0, 0, 1], [1] * 5 + [0] * 5
    alone = one([*detected, 1, 1, 1], [*level, 1, 1, 1], [0] * 10 + [1] * 3)
    assert alone == pytest.approx(one(detected, level))


def test_turning_the_groups_turns_the_odds():
    generator = np.random.default_rng(2)
    detected, level = generator.random((30, 50)) < 0.4, np.arange(30) < 12
    strata = generator.integers(0, 2, 30)
    there = detection_test(count_detections(detected, level, strata))
    back = detection_test(count_detections(detected, ~level, strata))
    np.testing.assert_allclose(there.log2_odds, -back.log2_odds, atol=1e-9)
    np.testing.assert_allclose(there.low, -back.high, atol=1e-9)
    np.testing.assert_allclose(there.p, back.p)


def test_cohorts_are_strata():
    generator = np.random.default_rng(3)
    detected, level = generator.random((40, 20)) < 0.5, generator.random(40) < 0.5
    strata = np.repeat([0, 1], 20)
    whole = detection_test(count_detections(detected, level, strata))
    halves = [
        count_detections(detected[own], level[own], strata[own])
        for own in (strata == 0, strata == 1)
    ]
    np.testing.assert_allclose(detection_test(together(halves)).p, whole.p)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5])
def test_false_alarms_stay_below_their_level(share):
    generator = np.random.default_rng(4)
    detected, level = generator.random((24, 4000)) < share, np.arange(24) < 9
    p = detection_test(count_detections(detected, level, np.zeros(24, dtype=np.intp))).p
    assert np.nanmean(p < 0.05) <= 0.05
