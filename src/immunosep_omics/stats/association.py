"""How strongly two labellings of the same samples go together, from their cross-table."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float


def cramers_v(table: Float) -> float:
    """Cramér's V of counts (rows, columns) without empty rows or columns, from 0 to 1.

    Corrected for its bias with few samples per cell (Bergsma 2013,
    doi:10.1016/j.jkss.2012.10.002). With two rows its square is the share of the rows' variance
    that lies between columns.
    """
    n = table.sum()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / n
    phi = ((table - expected) ** 2 / expected).sum() / n
    rows, columns = table.shape
    corrected = max(0.0, phi - (rows - 1) * (columns - 1) / max(n - 1, 1))
    fewer = min(
        rows - (rows - 1) ** 2 / max(n - 1, 1), columns - (columns - 1) ** 2 / max(n - 1, 1)
    )
    return float(np.sqrt(min(1.0, corrected / (fewer - 1)))) if fewer > 1 else 0.0


def is_linked(table: Float) -> bool:
    """Whether all rows can be compared within columns, directly or by way of other rows.

    ``table``: counts (rows, columns) without empty rows or columns. Where rows fall into sets that
    share no column, no additive model tells these sets' difference from that of the columns
    (a connected design: Searle 1971, Linear Models, section 7.4).
    """
    together = (table @ table.T) > 0
    reached = together[0]
    for _ in range(len(table)):
        reached = together[reached].any(axis=0)
    return bool(reached.all())
