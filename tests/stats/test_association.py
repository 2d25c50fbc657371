import numpy as np
import pytest

from immunosep_omics.stats.association import cramers_v, is_linked


@pytest.mark.parametrize(
    ("table", "linked"),
    [
        ([[10, 0], [0, 10]], False),
        ([[10, 0], [5, 10]], True),
        ([[10, 0, 0], [0, 4, 6], [0, 3, 0]], False),
        ([[5, 0, 0], [5, 5, 0], [0, 5, 5]], True),  # the first meets the last by way of the second
    ],
)
def test_levels_are_compared_where_columns_link_them(table, linked):
    assert is_linked(np.array(table, dtype=float)) is linked


def test_v_is_one_for_the_same_and_nothing_for_unrelated_labels():
    assert cramers_v(np.diag([20.0, 20.0])) == pytest.approx(1.0)
    assert cramers_v(np.full((2, 3), 20.0)) == 0.0


def test_the_square_of_v_is_the_share_between_columns():
    table = np.array([[500.0, 0.0], [500.0, 1000.0]])
    label = np.repeat([1, 0, 0], [500, 500, 1000])
    means = np.where(np.arange(2000) < 1000, 0.5, 0.0)
    assert cramers_v(table) ** 2 == pytest.approx(means.var() / label.var(), abs=1e-3)
