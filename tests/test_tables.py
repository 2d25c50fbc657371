import numpy as np
import pandas as pd
import pytest

from immunosep_omics.tables import empty_table, read_table, replacing, write_table


def test_a_table_comes_back_as_it_was(tmp_path):
    table = pd.DataFrame(
        {"sample": ["007", "1e5"], "gene": ["MARCH1", "NAN"], "p": [1.5e-300, np.nan]}
    )
    write_table(table, tmp_path / "deep" / "t.tsv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "deep" / "t.tsv"), table)


def test_the_same_numbers_give_the_same_bytes(tmp_path):
    table = pd.DataFrame({"x": [0.1 + 0.2]})
    write_table(table, tmp_path / "a.tsv")
    write_table(table - 1e-14, tmp_path / "b.tsv")
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes() == b"x\n0.3\n"


def test_an_empty_table_keeps_its_header(tmp_path):
    write_table(empty_table(["a", "b"]), tmp_path / "e.tsv")
    assert (tmp_path / "e.tsv").read_text() == "a\tb\n"
    assert list(read_table(tmp_path / "e.tsv").columns) == ["a", "b"]


def test_a_failure_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.tsv"]
