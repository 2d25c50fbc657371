"""Similarity network fusion is that of snfpy; see make_snf.py."""

import numpy as np
import pytest

from immunosep_omics.stats.snf import affinity, fuse

CLOSE = {"rtol": 1e-12, "atol": 1e-15}


@pytest.fixture
def omics(rows):
    """The matrices (samples, samples) of a table, one per omic."""
    return lambda name: np.split(rows(name), 3)


@pytest.mark.parametrize("few, choices", [("", {}), ("_few", {"neighbours": 7, "width": 0.4})])
def test_affinities(omics, few, choices):
    expected = omics(f"snf_affinities{few}")
    for distance, one in zip(omics("snf_distances"), expected, strict=True):
        np.testing.assert_allclose(affinity(distance, **choices), one, **CLOSE)


@pytest.mark.parametrize(
    "fused, affinities, omics_fused, choices",
    [
        ("snf_fused", "snf_affinities", 3, {}),
        ("snf_fused_few", "snf_affinities_few", 3, {"neighbours": 7, "rounds": 9}),
        ("snf_fused_two", "snf_affinities", 2, {}),
    ],
)
def test_fused_networks(rows, omics, fused, affinities, omics_fused, choices):
    made = fuse(omics(affinities)[:omics_fused], **choices)
    np.testing.assert_allclose(made, rows(fused), **CLOSE)
