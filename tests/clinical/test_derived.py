"""Columns computed from others."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.clinical.derived import DERIVATIONS, SOFA_ORGANS, sofa, sofa_change
from immunosep_omics.settings.load import DERIVED_FROM, with_derived


def test_sofa_change_is_negative_where_the_patient_recovers():
    found = sofa_change(pd.Series([9.0, 4.0, 5.0]), pd.Series([6.0, 8.0, float("nan")]))
    assert found.tolist()[:2] == [-3, 4]
    assert found.isna().tolist() == [False, False, True]


def test_each_derived_column_has_its_function():
    assert set(DERIVATIONS) == set(DERIVED_FROM)


def test_sofa_is_the_sum_of_six_organs_and_missing_where_one_is():
    points = pd.DataFrame([[4, 0, 1, 4, 2, 3], [1, 1, 1, None, 1, 1]], columns=SOFA_ORGANS)
    found = sofa(points.astype(float))
    assert found.iloc[0] == 14
    assert pd.isna(found.iloc[1])


def test_columns_that_can_be_computed():
    assert with_derived(["ferritin"]) == ["ferritin"]
    assert with_derived(["hla_dr", "ferritin"])[2:] == ["rule_class"]
    assert with_derived(SOFA_ORGANS)[6:] == ["sofa"]
    trial = ["age", "site_of_infection", "hours", "ferritin", "hla_dr"]
    assert with_derived(trial)[5:] == ["rule_class"]
    assert with_derived([*trial, "sofa"])[6:] == ["rule_class", "eligibility"]
    assert with_derived([*trial, *SOFA_ORGANS])[11:] == ["rule_class", "sofa", "eligibility"]
    assert with_derived(["rule_class", "ferritin", "hla_dr"]) == [
        "rule_class",
        "ferritin",
        "hla_dr",
    ]


@pytest.mark.parametrize(
    ("death", "follow_up", "died", "time"),
    [
        (1, 10, 1, 10), (1, 28, 1, 28), (1, 28.5, 0, 28), (0, 365, 0, 28), (0, 28, 0, 28),
        (0, 12, np.nan, 12), (np.nan, 40, 0, 28), (np.nan, 12, np.nan, 12),
        (1, np.nan, np.nan, np.nan), (0, np.nan, np.nan, np.nan),
    ],
)  # fmt: skip
def test_death_within_28_days_of_any_follow_up(death, follow_up, died, time):
    table = pd.DataFrame({"death": [float(death)], "follow_up": [float(follow_up)]})
    found = [DERIVATIONS[name](table).iloc[0] for name in ("death_28d", "time_28d")]
    np.testing.assert_array_equal(found, [died, time])
