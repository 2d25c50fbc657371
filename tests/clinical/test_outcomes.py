"""Outcomes that contradict each other."""

import pandas as pd

from immunosep_omics.clinical.outcomes import contradictions

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


def test_nothing_is_asked_of_columns_that_are_not_there():
    assert told(death_28d=[1.0]) == told(time_28d=[NAN]) == told(age=[3.0]) == []
