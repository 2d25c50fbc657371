"""What is planted in the simulated worlds comes back, and nothing else does."""

import pytest
from worlds import summary

pytestmark = pytest.mark.slow


def test_three_separated_endotypes_come_back():
    found = summary("separated", 1)
    assert found["k"] == 3
    assert found["ari"] >= 0.95 * found["oracle"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_continuum_has_axes_and_no_classes(seed):
    found = summary("continuum", seed)
    assert found["k"] == 1
    assert found["axis_myeloid"] >= 0.9
    assert found["axis_lymphoid"] >= 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_found_where_nothing_is(seed):
    assert summary("null", seed)["k"] == 1
