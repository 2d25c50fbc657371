"""The trial's rule: thresholds, precedence, what cannot be known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immunosep_omics.clinical.rules import RULE_CLASSES, rule_class, thresholds

NAN = float("nan")


@pytest.mark.parametrize(
    ("ferritin", "hla_dr", "expected"),
    [
        (4420.0, 6000.0, "unclassified"),
        (4420.0, 4999.0, "immunoparalysis"),
        (4420.01, 6000.0, "MALS"),
        (4421.0, 100.0, "MALS"),
        (4421.0, NAN, "MALS"),
        (4420.0, NAN, "not_evaluable"),
        (300.0, 5000.0, "unclassified"),
        (300.0, 4999.99, "immunoparalysis"),
        (NAN, 100.0, "not_evaluable"),
        (NAN, 9000.0, "not_evaluable"),
        (NAN, NAN, "not_evaluable"),
    ],
)
def test_boundaries_and_precedence(ferritin, hla_dr, expected):
    assert rule_class(pd.Series([ferritin]), pd.Series([hla_dr])).tolist() == [expected]


def test_thresholds_are_those_of_the_trial():
    assert (thresholds().ferritin, thresholds().hla_dr) == (4420, 5000)


def test_index_is_kept():
    found = rule_class(
        pd.Series([5000.0, 10.0], index=["a", "b"]), pd.Series([1.0, 9e3], ["a", "b"])
    )
    assert found.to_dict() == {"a": "MALS", "b": "unclassified"}


values = st.floats(0, 20_000) | st.just(NAN)


@given(ferritin=values, hla_dr=values)
def test_high_ferritin_is_mals_whatever_hla_dr_is(ferritin, hla_dr):
    found = rule_class(pd.Series([ferritin]), pd.Series([hla_dr])).iloc[0]
    assert found in RULE_CLASSES
    assert (found == "MALS") == (ferritin > 4420)
    if found == "not_evaluable":
        assert np.isnan(ferritin) or np.isnan(hla_dr)
