from __future__ import annotations

import numpy as np
import pytest

from immunosep_omics.stats.contrasts import contrast_matrix

NAMES = ["healthy", "septic", "shock", "site[B]"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shock - septic", [0, -1, 1, 0]),
        ("(septic + shock) / 2 - healthy", [-1, 0.5, 0.5, 0]),
        ("-2*septic + .5 * `site[B]`", [0, -2, 0, 0.5]),
        ("septic * (1 - 3) - -shock", [0, -2, 1, 0]),
        ("healthy", [1, 0, 0, 0]),
    ],
)
def test_combinations(text: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(contrast_matrix({"wanted": text}, NAMES)[:, 0], expected)


def test_several_stand_side_by_side() -> None:
    matrix = contrast_matrix({"a": "septic - healthy", "b": "shock - healthy"}, NAMES)
    np.testing.assert_array_equal(matrix, [[-1, -1], [1, 0], [0, 1], [0, 0]])
    assert contrast_matrix({}, NAMES).shape == (4, 0)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("septic - sick", "'sick'"),
        ("septic * shock", "by numbers"),
        ("1 / septic", "by numbers"),
        ("septic + 1", "stands alone"),
        ("septic - septic", "zero"),
        ("(septic", "not closed"),
        ("septic shock", "'shock' is out of place"),
        ("septic -", "too early"),
        ("", "too early"),
        ("septic / 0", "divides by 0"),
        ("septic @ shock", "cannot read"),
    ],
)
def test_what_is_wrong_is_named(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=f"contrast 'wanted'.*{wrong}"):
        contrast_matrix({"wanted": text}, NAMES)
