from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.report.cells import MISSING, cell, download, grid


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123456, "0.123"), (12.0, "12"), (3, "3"), (1.5e-7, "1.50e-07"), (0.0, "0"),
     (True, "yes"), (np.bool_(False), "no"), (np.nan, MISSING), (None, MISSING), ("NA", "NA"),
     (-0.5, "-0.5")],
)  # fmt: skip
def test_cell(value: object, text: str):
    assert cell(value) == text


def test_grid_keeps_the_number_of_all_rows():
    shown = grid(pd.DataFrame({"gene_name": ["A", "B", "C"], "effect": [1.0, 2.0, np.nan]}), 2)
    assert shown.columns == ["gene name", "effect"]
    assert shown.numeric == [False, True]
    assert (len(shown.rows), shown.total) == (2, 3)


def test_long_tables_are_compressed_and_the_longest_left_out(tmp_path: Path):
    import base64

    long = tmp_path / "long.tsv"
    long.write_bytes(b"gene\teffect\n" * 30_000)
    made = download(long, tmp_path, "long.tsv")
    assert made.name == "long.tsv.gz"
    assert gzip.decompress(base64.b64decode(made.address.split(",")[1])) == long.read_bytes()
    longest = tmp_path / "longest.tsv"
    longest.write_bytes(np.random.default_rng(1).bytes(2_000_000))
    made = download(longest, tmp_path, "longest.tsv")
    assert (made.address, made.place) == ("", "longest.tsv")
