"""Text as laboratories send it, and what is no text."""

import gzip

import pytest

from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.text_file import read_text_file

TEXT = "g\tµ\nx\t1\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        gzip.compress(TEXT.encode()),
        gzip.compress(TEXT.encode()[:4]) + gzip.compress(TEXT.encode()[4:]),
    ],
    ids=["plain", "mark", "utf-16", "crlf", "cr", "gzip", "gzip in two members"],
)
@pytest.mark.parametrize("rows", [None, 2])
def test_one_text_in_many_writings(put, data, rows):
    assert read_text_file(put("t.txt", data) / "t.txt", rows).data == TEXT.encode()


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a\tb: F1, 126, x\tb: F1, 127, y\nP1\t1.5\t2.5\n", "\t"),
        ("a;b: F1, 126, x;b: F1, 127, y\nP1;1,5;2,5\n", ";"),
        ("a;b\n1,5;2,5\n", ";"),
        ('a,"b, c",d\nx;y;z;z;z,1,2\n', ","),
        ("a,b,c\n", ","),
        ("a\n1\n", "\t"),
    ],
)
def test_the_mark_that_divides_header_and_rows(text, mark):
    assert text_file.dividing(text.encode()) == mark


HEADER = ["gene", "a", "flag"]


@pytest.mark.parametrize(
    ("rows", "quoted", "expected"),
    [
        ([["TNF", "1", "x"], ["IL6", "2", ""]], False, HEADER),
        ([["1", "TNF", "3", "x"], ["2", "IL6", "4", ""]], False, ["", *HEADER]),
        ([["r1", "TNF", "3", "x"]], False, ["", *HEADER]),
        ([["1", "TNF", "3", ""], ["2", "IL6", "4", ""]], True, ["", *HEADER]),
        ([["TNF", "1", "x", ""], ["IL6", "2", "", ""]], False, [*HEADER, ""]),
        ([["TNF", "1", "x", ""], ["IL6", "2", ""]], False, HEADER),
    ],
)
def test_the_column_without_a_header(rows, quoted, expected):
    assert text_file.with_unnamed(HEADER, rows, "t.txt", quoted=quoted) == expected


def test_row_names_and_delimiters_at_the_end_may_look_alike(refused):
    rows = [["1", "TNF", "3", ""], ["2", "IL6", "4", ""]]
    refused(lambda: text_file.with_unnamed(HEADER, rows, "t.txt"), "t.txt:1", "one field less",
            "col.names = NA")  # fmt: skip


def test_windows_1252_is_noted(put):
    file = read_text_file(put("t.txt", TEXT.encode("cp1252")) / "t.txt")
    assert file.data == TEXT.encode()
    assert [note.step for note in file.notes] == ["encoding"]


def test_only_the_first_lines(put):
    folder = put("t.tsv.gz", "a\n" * 5)
    assert read_text_file(folder / "t.tsv.gz", rows=2).data == b"a\na\n"


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", ["the file is empty"]),
        (b" \n \n", ["the file is empty"]),
        (b"PK\x03\x04rest", ["a workbook or a zip archive"]),
        (b"a\tb\x00\n", ["is not text", "zero bytes"]),
        (b"a\tb\x81\n", ["neither UTF-8 nor Windows-1252"]),
        (b"\xff\xfea", ["UTF-16"]),
        (gzip.compress(b"a" * 1000)[:-20], ["cannot be read"]),
        (b"\x1f\x8b\x08garbage", ["cannot be read"]),
        (gzip.compress(b"[CEL]\n"), ["RMA"]),
    ],
)
def test_what_is_no_text(put, refused, data, words):
    folder = put("t.txt", data)
    refused(lambda: read_text_file(folder / "t.txt"), "t.txt", *words)


def test_a_small_file_that_unpacks_to_a_huge_one(put, refused, monkeypatch):
    monkeypatch.setattr(text_file, "MOST_UNPACKED", 1000)
    folder = put("t.txt", gzip.compress(b"a" * 2000))
    refused(lambda: read_text_file(folder / "t.txt"), "unpacks to more than")


def test_no_file(tmp_path, refused):
    refused(lambda: read_text_file(tmp_path / "absent.txt"), "absent.txt", "no such file")


@pytest.mark.parametrize("name", ["*.CEL.gz", "GSM1.cel"])
def test_scans_that_are_not_there_are_scans_all_the_same(tmp_path, refused, name):
    refused(lambda: read_text_file(tmp_path / name), "CEL", "RMA")
