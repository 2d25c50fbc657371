from __future__ import annotations

from pathlib import Path

import pandas as pd

from immunosep_omics.report.status import COLUMNS, collect_status
from immunosep_omics.tables import empty_table, write_table


def test_tables_are_joined_in_order_with_their_analysis(tmp_path: Path):
    rows = pd.DataFrame({"question": ["death"], "answered": ["no"], "reason": [None]})
    paths = [
        tmp_path / "analyses" / "main" / "status" / "differential.rna.tsv",
        tmp_path / "analyses" / "null" / "status" / "panels.tsv",
    ]
    for path in paths:
        write_table(rows, path)
    table = collect_status(paths)
    assert tuple(table.columns) == COLUMNS
    assert table["analysis"].tolist() == ["main", "null"]
    assert table["question"].tolist() == ["death", "death"]


def test_nothing_asked(tmp_path: Path):
    path = tmp_path / "analyses" / "main" / "status" / "panels.tsv"
    write_table(empty_table(["question", "answered", "reason"]), path)
    assert collect_status([path]).empty
    assert tuple(collect_status([path]).columns) == COLUMNS
