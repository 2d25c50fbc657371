"""Peptides to proteins."""

import numpy as np
import pandas as pd

from immunosep_omics.ingest.proteins.roll_up import Parts, combined, parts_of, roll_up

NAN = np.nan


def codes(*numbers):
    return np.array(numbers, dtype=np.intp)


def test_the_highest_of_repeated_rows_stays_or_they_are_added_up():
    long = codes(0, 0, 1, 0), codes(0, 0, 0, 1), codes(0, 0, 0, 0), np.array([1.0, 4, NAN, 8])
    parts, again = parts_of(*long, runs=2, summed=False)
    np.testing.assert_array_equal(parts.values, [[4, NAN], [8, NAN]])
    assert parts.protein.tolist() == [0, 1]
    assert again == 1
    parts, again = parts_of(*long, runs=2, summed=True)
    np.testing.assert_array_equal(parts.values, [[5, NAN], [8, NAN]])


def test_one_peptide_of_two_proteins_is_two_parts():
    parts, again = parts_of(codes(0, 0), codes(0, 1), codes(3, 3), np.ones(2), runs=1,
                            summed=False)  # fmt: skip
    assert parts.values.shape == (2, 1)
    assert again == 0


def test_sum_is_missing_where_all_parts_are():
    parts = Parts(np.array([[1.0, NAN], [2.0, NAN], [NAN, 5.0]]), codes(1, 1, 0))
    values, note = roll_up(parts, 2, "sum", log2=False)
    np.testing.assert_array_equal(values, [[NAN, 3], [5, NAN]])
    assert note[:2] == ("rolled up to proteins", 2)
    parts = Parts(np.array([[1.0], [1.0]]), codes(0, 0))
    assert roll_up(parts, 1, "sum", log2=True)[0].item() == 2


def test_median_polish_is_on_the_log_scale_and_zeros_are_missing():
    parts = Parts(np.array([[1.0, 4.0], [16.0, 64.0], [0.0, 0.0]]), codes(0, 0, 1))
    values, _ = roll_up(parts, 2, "median_polish", log2=False)
    np.testing.assert_allclose(values, [[4, NAN], [16, NAN]])
    logged = Parts(np.array([[0.0, 2.0], [4.0, 6.0]]), codes(0, 0))
    np.testing.assert_allclose(roll_up(logged, 1, "median_polish", log2=True)[0], [[2], [4]])


def test_combinations_of_columns():
    first = pd.Series(["a", "a", "b", "a"], dtype="category")
    second = pd.Series(["1", "2", "1", "1"], dtype="category")
    assert combined([first, second], 4).tolist() == [0, 1, 2, 0]
    assert combined([], 3).tolist() == [0, 0, 0]
