"""Dates of cells."""

from datetime import date, datetime

import pytest

from immunosep_omics.clinical.dates import one_way_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-31", datetime(2024, 3, 31)), ("2024-03-31T14:30", datetime(2024, 3, 31, 14, 30)),
        ("2024-03-31 14:30:05.2", datetime(2024, 3, 31, 14, 30, 5)),
        ("3.4.2024", datetime(2024, 4, 3)), ("03.04.2024 9:05", datetime(2024, 4, 3, 9, 5)),
        ("2024/03/31", datetime(2024, 3, 31)),
        ("2024-03-31T14:30:00Z", datetime(2024, 3, 31, 14, 30)),
        ("3-Apr-2024", datetime(2024, 4, 3)), ("03APR2024 9:05", datetime(2024, 4, 3, 9, 5)),
        ("3 Sept 2024 2:00 PM", datetime(2024, 9, 3, 14)), ("31 April 2024", None),
        ("3-Avr-2024", None), ("3-Apr-24", None), ("2024/3-31", None),
        ("03/04/2024", None), ("31.02.2024", None), ("24-03-31", None), ("45000", None),
    ],
)  # fmt: skip
def test_texts(text, expected):
    assert one_way_time(text, text) == expected


def test_cells_of_a_workbook():
    assert one_way_time(date(2024, 3, 1), "") == datetime(2024, 3, 1)
    assert one_way_time(datetime(2024, 3, 1, 4), "") == datetime(2024, 3, 1, 4)
