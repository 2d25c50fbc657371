"""Files of one sample each: which, how they are opened, and what is refused in all formats."""

import numpy as np
import pytest

from immunosep_omics.ingest.files.text_file import read_text_file
from immunosep_omics.ingest.rna.counts import (
    SampleTable,
    found_files,
    open_table,
    read_counts,
    stacked,
    table_of,
    whole_numbers,
)


def opened(put, text):
    file = read_text_file(put("a.tsv", text) / "a.tsv")
    data, line, comments = table_of(file)
    return open_table(data, "\t", "a.tsv", line), comments


def read(put, text, **options):
    table, _ = opened(put, text)
    return read_counts(table, [0], [1], **options)


def test_comments_and_blank_lines_above_a_table(put, refused):
    table, comments = opened(put, "# made by x\n\ngene\tcount\nA\t1\n")
    assert (table.header, table.first_line) == (["gene", "count"], 4)
    assert comments.startswith(b"# made by x\n")
    refused(lambda: opened(put, "# only\n# comments\n"), "no table")


def test_what_no_format_allows(put, refused):
    head = "gene\tcount\nA\t1\n"
    refused(lambda: read(put, head + "B\t\n"), "row 'B'", "count is missing")
    refused(lambda: read(put, head + "\t4\n"), "1 rows have no name")
    refused(lambda: read(put, head + "A\t4\n"), "more than once", "A")
    assert len(read(put, head + "A\t4\n", unique=False)[1]) == 2


@pytest.mark.parametrize("cell", ["x", "inf", "1,5"])
def test_remedies_name_no_setting_that_the_format_lacks(put, refused, cell):
    message = refused(lambda: read(put, f"gene\tcount\nA\t{cell}\nB\t2\n"), "a.tsv:2", "'count'")
    assert "`" not in message


def test_folders_instead_of_files(tmp_path, refused):
    (tmp_path / "s1").mkdir()
    refused(lambda: found_files(tmp_path, "*", None), "inside the samples' folders")


def test_stacked_by_name():
    first = SampleTable("a", ["A", "B"], np.array([[1.0], [2.0]]), {}, [])
    second = SampleTable("b", ["B", "A"], np.array([[4.0], [3.0]]), {}, [])
    features, values = stacked({"a": first, "b": second}, True)
    assert features["identifier"].tolist() == ["A", "B"]
    np.testing.assert_array_equal(values[:, :, 0], [[1, 2], [3, 4]])


def test_rounding_is_noted_where_it_changes_anything():
    values, notes = whole_numbers(np.array([[1.5, 2.5, 3.0]]), "why")
    np.testing.assert_array_equal(values, [[2, 2, 3]])
    assert notes == [("counts rounded", 2, "why")]
    assert whole_numbers(np.array([[1.0]]), "why")[1] == []


@pytest.mark.parametrize("pattern", ["*_L001_R1.fq", "*_L001.txt", "*_L001/quant.sf"])
def test_other_lanes_of_a_library_are_not_passed_over(tmp_path, refused, pattern):
    """Neither where the library has this lane too, nor where it is on another one only."""

    def put(name):
        path = tmp_path / pattern.replace("*_L001", name)
        path.parent.mkdir(exist_ok=True)
        path.touch()
        return path.relative_to(tmp_path).as_posix()

    put("a_L001"), put("b_L001")
    assert list(found_files(tmp_path, pattern, None)) == ["a", "b"]
    only = put("c_L002")
    refused(lambda: found_files(tmp_path, pattern, 5), "1 of other lanes", only, "join the lanes")
    also = put("a_L002")
    refused(lambda: found_files(tmp_path, pattern, 5), "2 of other lanes", only, also)
