"""Number texts: declared decimal mark, nothing ambiguous."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immunosep_omics.clinical.numbers import parse_numbers, quotable, remedy_for


def one(cell, decimal="."):
    values, faults = parse_numbers([cell], decimal)
    return faults.get(0, values[0])


@pytest.mark.parametrize(
    ("cell", "decimal", "expected"),
    [
        ("5120", ".", 5120), ("5120", ",", 5120), ("5.12", ".", 5.12), ("5,12", ",", 5.12),
        (" -3 ", ".", -3), ("1e3", ".", 1000), ("1,5e3", ",", 1500), (".5", ".", 0.5),
        (7, ",", 7), (5.12, ",", 5.12),
    ],
)  # fmt: skip
def test_numbers(cell, decimal, expected):
    assert one(cell, decimal) == expected


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("5,120", "."),
        ("5.120", ","),
        ("1.234,5", "."),
        ("1.234,5", ","),
        ("5 120", "."),
        ("5'120", "."),
    ],
)
def test_ambiguous(cell, decimal):
    kind = one(cell, decimal)
    assert "ambiguous" in kind
    assert "decimal" in remedy_for(kind)
    assert cell not in kind


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (">90", "< or >"), ("≤5", "< or >"), ("#DIV/0!", "spreadsheet error"),
        ("unknown", "text 'unknown'"), ("12 mg", "text that is not a number"),
        (True, "truth value"), ("inf", "text 'inf'"), (float("inf"), "infinite"),
    ],
)  # fmt: skip
def test_other_faults(cell, kind):
    assert kind in one(cell)


def test_missing():
    values, faults = parse_numbers([None, "", "  "], ".")
    assert np.isnan(values).all()
    assert not faults


def test_measurements_are_not_quoted():
    assert quotable("5.120") == ""
    assert quotable("not done, ask the ward") == "'not done, ask the wa'"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_round_trip(x):
    assert one(repr(x)) == x
    assert one(repr(x).replace(".", ","), ",") == x
