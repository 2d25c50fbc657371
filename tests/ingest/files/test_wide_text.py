"""Large tables: the fast way and the strict way read the same, and tell the same mistakes."""

import numpy as np
import pytest

from immunosep_omics.ingest.files import lines, wide_text
from immunosep_omics.ingest.files.lines import lines_in_file
from immunosep_omics.ingest.files.wide_text import open_wide, read_columns
from immunosep_omics.ingest.readers import matrix
from immunosep_omics.settings.assays import Matrix


def read(text, numbers=(1, 2), decimal=".", missing=("", "NA"), **more):
    table = open_wide(text.encode(), "\t", "t.tsv")
    return read_columns(table, [0], list(numbers), decimal=decimal, missing=list(missing), **more)


@pytest.fixture(params=[1, 6, 1000])
def cells(request, monkeypatch):
    """Cells parsed at a time: every row alone, two rows, all rows."""
    monkeypatch.setattr(wide_text, "CELLS", request.param)


@pytest.mark.usefixtures("cells")
class TestPieces:
    def test_values_and_names(self):
        names, values = read("g\ta\tb\nx\t1\t2.5\ny\t-3\t4e2\nz\t+5\t.5\n")
        assert names[0].tolist() == ["x", "y", "z"]
        assert values.tolist() == [[1, 2.5], [-3, 400], [5, 0.5]]

    def test_missing_values_stand_in_any_piece(self):
        names, values = read("g\ta\tb\nx\t1\t2\ny\tNA\t3\nNA\t4\t\n")
        assert np.isnan(values[1, 0]) and np.isnan(values[2, 1]) and values[2, 0] == 4
        assert names[0].isna().tolist() == [False, False, True]

    def test_blank_lines_are_no_rows(self):
        names, values = read("g\ta\tb\n\nx\t1\t2\n   \n\ny\t3\t4\n\n\n")
        assert names[0].tolist() == ["x", "y"]
        assert values.tolist() == [[1, 2], [3, 4]]

    def test_line_of_a_fault_counts_blank_lines(self, refused):
        text = "g\ta\tb\nx\t1\t2\n\ny\t3\tlow\nz\t1\tlow\n"
        refused(lambda: read(text), "t.tsv:4, column 'b'", "text 'low'", "1 more")

    def test_row_names_without_a_header(self):
        names, values = read("a\tb\nx\t1\t\ny\t3\t4\n")
        assert names[0].tolist() == ["x", "y"]
        assert values[1].tolist() == [3, 4] and np.isnan(values[0, 1])

    def test_delimiters_at_the_ends_of_rows(self, refused):
        text = "g\ta\tb\n" + "".join(f"x{n}\t{n}\t2\t\n" for n in range(8))
        _, values = read(text)
        assert values[:, 0].tolist() == list(range(8))
        # What looked like the end of rows is the last column of a table with row names.
        late = text + "\nx8\t8\t2\t7\n"
        refused(lambda: read(late), "t.tsv:11", "beyond the last header", "col.names = NA")

    def test_blanks_beside_quotation_marks(self):
        names, values = read('g\ta\tb\n"x" \t"1" \t2\n "y"\t3\t "4"\n')
        assert names[0].tolist() == ["x", "y"]
        assert values.tolist() == [[1, 2], [3, 4]]

    def test_row_too_short(self, refused):
        refused(lambda: read("g\ta\tb\nx\t1\t2\ny\t3\nz\t1\t2\n"), "t.tsv:3", "2 fields", "3")

    def test_row_too_long(self, refused):
        refused(lambda: read("g\ta\tb\nx\t1\t2\ny\t3\t4\t5\n"), "t.tsv:3", "4 fields")

    def test_trimmed_rows_are_complete(self):
        _, values = read("g\ta\tb\nx\t1\t2\ny\t3\n", trimmed=True)
        assert values[1, 0] == 3 and np.isnan(values[1, 1])

    def test_infinite(self, refused):
        refused(lambda: read("g\ta\tb\nx\t1\t2\n\ny\tinf\t2\n"), "t.tsv:4, column 'a'", "infinite")

    def test_the_text_nan_is_missing_only_where_declared(self, refused):
        text = "g\ta\tb\nx\t1\t2\ny\tnan\t2\n"
        refused(lambda: read(text), "t.tsv:3, column 'a'", "text 'nan'")
        _, values = read(text, missing=("nan",))
        assert np.isnan(values[1, 0])

    def test_column_of_text(self, refused):
        text = "g\ta\tb\nx\tliver\t2\ny\tspleen\t2\n"
        refused(lambda: read(text), "text, not values, is in 1 column(s): 'a'", "not_features")

    def test_decimal_comma(self):
        _, values = read("g\ta\tb\nx\t1,5\t2\ny\t-0,25\t1e3\n", decimal=",")
        assert values.tolist() == [[1.5, 2], [-0.25, 1000]]

    @pytest.mark.parametrize("decimal, cell", [(",", "5.120"), (".", "5,120")])
    def test_the_other_mark_is_ambiguous(self, refused, decimal, cell):
        refused(lambda: read(f"g\ta\tb\nx\t1\t2\ny\t{cell}\t2\n", decimal=decimal),
                "t.tsv:3, column 'a'", "ambiguous")  # fmt: skip

    def test_quotes_enclose_fields(self):
        names, values = read('g\ta\tb\n"x\ty"\t"1"\t2\n"z"\t3\t"4"\n')
        assert names[0].tolist() == ["x\ty", "z"]
        assert values.tolist() == [[1, 2], [3, 4]]

    def test_a_lone_quote_is_a_letter(self):
        names, _ = read('g\ta\tb\n5"x\t1\t2\nz\t3\t4\n')
        assert names[0].tolist() == ['5"x', "z"]

    def test_chosen_columns_only(self):
        _, values = read("g\ta\tb\tc\nx\tliver\t2\t7\ny\tspleen\t4\t8\n", numbers=(3, 2))
        assert values.tolist() == [[7, 2], [8, 4]]


def test_whole_numbers_beyond_64_bits_are_numbers():
    _, values = read("g\ta\tb\nx\t99999999999999999999\t2\n")
    assert values[0, 0] == 1e20


def test_no_rows(refused):
    refused(lambda: read("g\ta\tb\n"), "the table has no rows")


def test_a_header_of_a_million_columns(refused):
    text = "g\t" + "\t".join("s" for _ in range(10**6)) + "\nx\t1\n"
    refused(lambda: read(text), "t.tsv:1", "1,000,001 columns", "exchanged")


def test_transpose_needs_no_copy():
    _, values = read("g\ta\tb\nx\t1\t2\ny\t3\t4\n")
    assert values.T.flags.c_contiguous


class TestLinesInFile:
    @pytest.fixture(autouse=True)
    def _small_is_large(self, monkeypatch):
        monkeypatch.setattr(lines, "LARGE", 0)
        monkeypatch.setattr(wide_text, "CELLS", 6)

    def read(self, folder):
        table = open_wide(lines_in_file(folder / "t.tsv"), "\t", "t.tsv")
        return read_columns(table, [0], [1, 2], decimal=".", missing=["NA"])

    @pytest.mark.parametrize("end", ["", "\n", "\n\n"])
    def test_reads_as_from_memory(self, put, end):
        text = "g\ta\tb\n" + "\n".join(f"x{n}\t{n}\tNA" for n in range(9)) + end
        names, values = self.read(put("t.tsv", text))
        assert names[0].tolist() == [f"x{n}" for n in range(9)]
        assert values[:, 0].tolist() == list(range(9)) and np.isnan(values[:, 1]).all()
        assert values.T.flags.c_contiguous or end == "\n\n"

    def test_faults_have_their_line(self, put, refused):
        folder = put("t.tsv", "g\ta\tb\nx\t1\t2\ny\t3\t4\nz\t5\tlow\n")
        refused(lambda: self.read(folder), "t.tsv:4, column 'b'")

    @pytest.mark.parametrize("content", [b"g\ta\r\nx\t1\r\n", "µ\ta\nx\t1\n".encode()])
    def test_what_is_not_plain_is_found_out(self, put, content):
        found = lines_in_file(put("t.tsv", content) / "t.tsv")
        with pytest.raises(lines.NotPlainTextError):
            found.count_from(0)

    @pytest.mark.parametrize("content", [b"\x1f\x8b\x08", b"PK\x03\x04", b"\xff\xfea\x00"])
    def test_packed_files_are_not_taken(self, put, content):
        assert lines_in_file(put("t.bin", content) / "t.bin") is None

    def test_small_files_are_read_whole(self, put, monkeypatch):
        monkeypatch.setattr(lines, "LARGE", 10)
        assert lines_in_file(put("t.tsv", "a\tb\n") / "t.tsv") is None

    @pytest.mark.parametrize(
        "text", ["g\ta\tb\nx\t1\t2\n", "g\ta\tb\r\nx\t1\t2\r\n", "g\ta\tb\nµ\t1\t2\n"]
    )
    def test_a_matrix_is_the_same_however_it_is_read(self, put, text):
        folder = put("m.tsv", text)
        raw = matrix.read(Matrix(kind="expression", file="m.tsv"), folder)
        assert raw.values.to_numpy().tolist() == [[1], [2]]
        assert list(raw.values.index) == ["a", "b"]
