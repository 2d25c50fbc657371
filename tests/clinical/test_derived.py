"""Columns computed from others."""

import pandas as pd

from immunosep_omics.clinical.derived import DERIVATIONS, sofa_change
from immunosep_omics.settings.load import DERIVED_FROM


def test_sofa_change_is_negative_where_the_patient_recovers():
    found = sofa_change(pd.Series([9.0, 4.0, 5.0]), pd.Series([6.0, 8.0, float("nan")]))
    assert found.tolist()[:2] == [-3, 4]
    assert found.isna().tolist() == [False, False, True]


def test_each_derived_column_has_its_function():
    assert set(DERIVATIONS) == set(DERIVED_FROM)
