"""Columns that contradict each other."""

import pandas as pd
import pytest

from immunosep_omics.clinical.contradictions import contradictions

NAN = float("nan")


def told(**columns):
    return [(one.columns, one.places.tolist()) for one in contradictions(pd.DataFrame(columns))]


def test_an_event_needs_its_time_and_a_survivor_does_not():
    assert told(death_28d=[1.0, 1, 0, NAN], time_28d=[3.0, NAN, NAN, NAN]) == [
        (("death_28d", "time_28d"), [1])
    ]


def test_who_died_within_28_days_died_within_90():
    assert told(death_28d=[1.0, 0, 1, 1], death_90d=[1.0, 1, 0, NAN]) == [
        (("death_28d", "death_90d"), [2])
    ]


@pytest.mark.parametrize(
    ("death_28d", "time_28d", "death_90d", "time_90d", "wrong"),
    [
        (1, 10, 1, 10, None), (1, 10, 1, 10.6, None), (0, 28, 1, 40, None), (0, 28, 0, 90, None),
        (0, 12, 0, 12, None), (NAN, NAN, 1, 10, None), (1, 10, NAN, NAN, None),
        (0, 28, 1, 28, None), (0, 28, 0, 20, ("time_28d", "time_90d")),
        (1, 10, 1, 25, ("time_28d", "time_90d")), (1, 20, 1, 3, ("time_28d", "time_90d")),
        (0, 12, 1, 12, ("death_28d", "time_90d")),
    ],
)  # fmt: skip
def test_two_horizons(death_28d, time_28d, death_90d, time_90d, wrong):
    found = told(death_28d=[death_28d], time_28d=[time_28d], death_90d=[death_90d],
                 time_90d=[time_90d])  # fmt: skip
    assert found == ([] if wrong is None else [(wrong, [0])])


def test_facts_that_exclude_each_other():
    assert told(pregnancy=[1.0, 1, 0], sex=["female", "male", "male"]) == [
        (("pregnancy", "sex"), [1])
    ]
    assert told(stage_iv_malignancy=[1.0, NAN], malignancy=[0.0, 0]) == [
        (("stage_iv_malignancy", "malignancy"), [0])
    ]


@pytest.mark.parametrize(
    ("total", "organs", "wrong"),
    [
        (9, [2, 1, 0, 4, 1, 1], False), (8, [2, 1, 0, 4, 1, 1], True),
        (10, [2, 1, 0, 4, 1, NAN], False), (12, [2, 1, 0, 4, 1, NAN], False),
        (13, [2, 1, 0, 4, 1, NAN], True), (7, [2, 1, 0, 4, 1, NAN], True),
        (NAN, [2, 1, 0, 4, 1, 1], False),
    ],
)  # fmt: skip
def test_sofa_is_the_sum_of_its_organs(total, organs, wrong):
    names = ("respiration", "coagulation", "liver", "cardiovascular", "nervous", "renal")
    columns = {f"sofa_{name}": [float(x)] for name, x in zip(names, organs, strict=True)}
    assert bool(told(sofa=[float(total)], **columns)) == wrong
    del columns["sofa_renal"]
    assert bool(told(sofa=[20.0], **columns)) == (sum(organs[:5]) + 4 < 20)


def test_a_given_change_of_sofa_has_the_sign_of_the_trial():
    found = told(sofa_day0=[9.0, 9, NAN], sofa_day9=[6.0, 6, 6], sofa_change=[-3.0, 3, 3])
    assert found == [(("sofa_change", "sofa_day0", "sofa_day9"), [1])]


def test_facts_of_one_patient():
    patients = ["a", "a", "b", "b", "c"]
    assert told(patient=patients, sex=["male", "female", "male", NAN, "female"]) == [
        (("patient", "sex"), [0, 1])
    ]
    assert told(patient=patients, age=[70.0, 71, 70, 17, 3]) == [(("patient", "age"), [2, 3])]


def test_nothing_is_asked_of_columns_that_are_not_there():
    assert told(death_28d=[1.0]) == told(time_28d=[NAN]) == told(age=[3.0]) == []
    assert told(sofa=[3.0]) == told(sofa_change=[3.0], sofa_day0=[4.0]) == []
