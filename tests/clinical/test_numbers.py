"""Number texts: declared decimal mark, nothing ambiguous."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immunosep_omics.clinical.numbers import (
    may_be_thousands,
    parse_numbers,
    quotable,
    remedy_for,
)


def one(cell, decimal=".", thousands=None):
    values, faults = parse_numbers([cell], decimal, thousands)
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
        ("# 0.5", "text that is"),
        ("unknown", "text 'unknown'"), ("12 mg", "followed by a unit or a remark"),
        ("45 %", "percent sign"), ("5-10", "two numbers"), ("10 T", "followed by"),
        ("2024-03-31", "followed by"), ("N12", "text that is not a number"),
        (True, "truth value"), ("inf", "an infinite number"), (float("inf"), "infinite"),
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


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "expected"),
    [
        ("1.234,5", ",", ".", 1234.5), ("1,234.5", ".", ",", 1234.5), ("1 234", ",", " ", 1234),
        ("1\u202f234,5", ",", " ", 1234.5), ("1'234'567", ".", "'", 1234567),
        ("1\u2019234", ".", "'", 1234), ("5.120", ",", ".", 5120), ("-1.234", ",", ".", -1234),
        ("1234", ".", ",", 1234), ("0,12", ",", ".", 0.12), ("\u22123", ".", None, -3),
    ],
)  # fmt: skip
def test_declared_thousands(cell, decimal, thousands, expected):
    assert one(cell, decimal, thousands) == expected


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands"),
    [
        ("5.12", ",", "."), ("12.34.567", ",", "."), ("1234.567", ",", "."), ("0.120", ",", "."),
        ("1,23,456", ".", ","), ("1.234.", ",", "."), ("1  234", ".", " "),
    ],
)  # fmt: skip
def test_irregular_thousands(cell, decimal, thousands):
    kind = one(cell, decimal, thousands)
    assert "groups of three" in kind
    assert "`thousands`" in remedy_for(kind)


@pytest.mark.parametrize("word", ["NULL", "n/a", "not applicable", ".", "NaN"])
def test_words_for_missing_are_recognised_but_not_taken_for_it(word):
    kind = one(word)
    assert kind == f"text '{word}'"
    assert f'"{word}"' in remedy_for(kind)
    assert "`missing:" in remedy_for(kind)


@pytest.mark.parametrize(
    ("cells", "decimal", "places"),
    [
        (["5.120", "350", "1.204", "80"], ".", [0, 2]),  # a table with decimal commas
        (["5,120", "350", "1,204", "80"], ",", [0, 2]),
        (["5.123", "350", "1.204", "80"], ".", [0, 2]),  # far below the whole numbers
        (["5.123", "3", "1.204", "2"], ".", []),  # without zeros at the end, and alike
        (["5.120", "350", "0.204", "80"], ".", []),
        (["5.120", "350", "1.2", "80"], ".", []),
        (["5.120", "3500", "1.204", "80"], ".", []),
        (["5.120", "350.000", "1.204", "80.000"], ".", []),  # three digits everywhere
        (["5.120", "350"], ".", []),
        ([5.12, "350", "1.204", "80", "2.300"], ".", []),  # of a workbook
    ],
)
def test_marks_that_may_stand_between_thousands(cells, decimal, places):
    assert may_be_thousands(cells, decimal) == places
