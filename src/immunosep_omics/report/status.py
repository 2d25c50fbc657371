"""What was answered, what was not, and why: the status tables of all stages as one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from immunosep_omics.tables import empty_table, read_table

COLUMNS = ("analysis", "question", "answered", "reason")


def collect_status(tables: Iterable[Path | str]) -> pd.DataFrame:
    """Join `analyses/{analysis}/status/{stage}.tsv` tables in the order given."""
    parts = []
    for path in map(Path, tables):
        table = read_table(path)
        table.insert(0, "analysis", path.parent.parent.name)
        parts.append(table[list(COLUMNS)])
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else empty_table(COLUMNS)
