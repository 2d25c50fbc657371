"""Numbers that are rather codes for 'not known'."""

import numpy as np
import pytest

from immunosep_omics.clinical.missing_codes import look_like_codes

NAN = np.nan


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([80, 75, -9, 60], [2]), ([80, -99, -9, 60], [1, 2]), ([80, -9, -3, 60], []),
        ([80, 999, 60], [1]), ([80, 999, 400], []), ([8, 99, 6, 99], [1, 3]), ([8, 99, 6], []),
        ([30, 99, 45, 99], []), ([9999, 999, 20, NAN], [0, 1]), ([999, 999], []), ([NAN, NAN], []),
        ([-9, -9], []), ([0.5, -8], [1]), ([-7, 5], []),
    ],
)  # fmt: skip
def test_codes(values, places):
    assert look_like_codes(np.array(values, float), may_be_negative=False).tolist() == places


def test_a_column_that_may_be_negative_has_its_code_twice():
    assert not look_like_codes(np.array([3.0, -9, 20]), may_be_negative=True).size
    assert look_like_codes(np.array([3.0, -9, 20, -9]), may_be_negative=True).tolist() == [1, 3]
