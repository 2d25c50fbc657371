"""Against R's fisher.test and mantelhaen.test(exact = TRUE); see make_detection.R."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from immunosep_omics.stats.detection import count_detections, detection_test

Matrix = NDArray[np.float64]


@pytest.mark.parametrize("name", ["fisher", "mantelhaen"])
def test_odds_intervals_and_p(
    name: str, rows: Callable[[str], Matrix], columns: Callable[[str], dict[str, Matrix]]
) -> None:
    table = rows("detection")
    level, stratum = table[:, 0] == 1, table[:, 1].astype(np.intp)
    strata = np.zeros_like(stratum) if name == "fisher" else stratum
    found = detection_test(count_detections(table[:, 2:] == 1, level, strata))
    expected = columns(f"detection_{name}")
    told = np.isfinite(found.log2_odds) | np.isinf(found.log2_odds)
    assert told.sum() == len(told) - 1  # one feature is detected everywhere
    for column in ("log2_odds", "low", "high"):
        actual = getattr(found, column)[told]
        # R stops looking for a root at 1.2e-4; tests/stats holds the exact ends to 1e-9.
        np.testing.assert_allclose(actual, expected[column][told], rtol=1e-3, atol=1e-3)
    tested = ~np.isnan(found.p)
    assert tested.sum() >= 15
    np.testing.assert_allclose(found.p[tested], expected["p"][tested], rtol=1e-10)
