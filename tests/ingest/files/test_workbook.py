"""Workbooks that are none, that hide things, or that would fill the memory."""

import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.files.workbook import is_workbook, read_sheet, sheet_names


def rewritten(path, **members):
    """The same workbook with the text of members changed by functions."""
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            change = members.get(name.rpartition("/")[2].removesuffix(".xml"))
            archive.writestr(name, change(text) if change else text)
    return path


def test_rows_are_of_one_length_and_end_with_the_last_filled_one(put_sheets):
    folder = put_sheets("o.xlsx", a=[["x", None, " "], [None], [1, 2], [None, ""], []])
    assert read_sheet(folder / "o.xlsx", None).rows == [["x", None], [None, None], [1, 2]]


def test_only_the_first_rows(put_sheets):
    folder = put_sheets("o.xlsx", a=[[n] for n in range(50)])
    assert read_sheet(folder / "o.xlsx", None, rows=3).rows == [[0], [1], [2]]


def test_first_visible_sheet(tmp_path):
    book = Workbook()
    book.active.append(["hidden"])
    book.create_sheet("shown").append(["seen"])
    book.create_chartsheet("chart", 0).add_chart(BarChart())
    book["Sheet"].sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "o.xlsx")
    assert sheet_names(tmp_path / "o.xlsx") == ["shown", "Sheet"]
    assert read_sheet(tmp_path / "o.xlsx", None).rows == [["seen"]]
    assert read_sheet(tmp_path / "o.xlsx", "Sheet").rows == [["hidden"]]


def test_empty_sheet(put_sheets):
    assert read_sheet(put_sheets("o.xlsx", a=[]) / "o.xlsx", "a").rows == []


def test_kept_values_of_formulas(put_sheets):
    path = put_sheets("o.xlsx", a=[["=1+1", "=A1", '=IF(1,"","")']]) / "o.xlsx"

    def keep(text):
        text = text.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
        text = text.replace(b'<c r="B1"><f>A1</f><v />', b'<c r="B1" t="e"><f>A1</f><v>#REF!</v>')
        return text.replace(b'<c r="C1">', b'<c r="C1" t="str">')

    rewritten(path, sheet1=keep)
    assert read_sheet(path, "a").rows == [[2, "#REF!"]]


def test_formulas_without_kept_values_are_named(put_sheets, refused):
    path = put_sheets("o.xlsx", a=[[1, "=A1"], ["=A1", 2]]) / "o.xlsx"
    refused(lambda: read_sheet(path, None), "2 formulas have no kept value: B1, A2", "save it")


@pytest.mark.parametrize("megabytes", [100, 3000])
def test_bombs_are_refused_before_they_unpack(put_sheets, refused, megabytes, monkeypatch):
    path = put_sheets("o.xlsx", a=[[1]]) / "o.xlsx"
    if megabytes > 1000:
        monkeypatch.setattr("immunosep_omics.ingest.files.workbook.MOST_UNPACKED", 50 << 20)
        monkeypatch.setattr("immunosep_omics.ingest.files.workbook.MOST_RATIO", 10**6)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/large.bin", bytes(100 << 20))
    refused(lambda: read_sheet(path, None), "o.xlsx: would unpack to 100 MB", "CSV")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), ("has a password",)),
        (OLE + bytes(600), ("Excel's old format", ".xlsx or CSV")),
        (b"<html><table></table></html>", ("is a web page, not a readable workbook",)),
        (b"\xef\xbb\xbfa;b\n1;2\n", ("is text, not a readable workbook", ".csv")),
        (b"\x89PNG\0\0", ("another kind of file",)),
        (b"", ("is empty",)),
        (b"PK\x03\x04 and then nothing", ("cut short or damaged",)),
    ],
)
@pytest.mark.parametrize("ending", ["xlsx", "xls"])
def test_files_that_are_no_workbook(put, refused, data, words, ending):
    path = put(f"o.{ending}", data) / f"o.{ending}"
    assert is_workbook(path)
    refused(lambda: read_sheet(path, None), path.name, *words)
    refused(lambda: sheet_names(path), *words)


def test_other_archives(tmp_path, refused):
    with zipfile.ZipFile(tmp_path / "o.ods", "w") as archive:
        archive.writestr("content.xml", "<x/>")
    refused(lambda: read_sheet(tmp_path / "o.ods", None), "is not an .xlsx workbook", "save it")


@pytest.mark.parametrize("member", ["workbook", "sheet1", "styles"])
@pytest.mark.parametrize("damage", [lambda text: text[:60], lambda text: b""])
def test_damaged_members(put_sheets, refused, member, damage):
    path = rewritten(put_sheets("o.xlsx", a=[[1]]) / "o.xlsx", **{member: damage})
    refused(lambda: read_sheet(path, None), "damaged", "save it again")


def test_no_such_file(tmp_path, refused):
    refused(lambda: read_sheet(tmp_path / "o.xlsx", None), "no such file", "`folder`")


@pytest.mark.parametrize("rows", [None, 3])
def test_merged_headers_are_told_of_the_first_rows_too(tmp_path, rows):
    book = Workbook()
    for row in (["title", None], ["name", "value"], *([n, n] for n in range(2000))):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    book.active.merge_cells("A50:A60")
    book.save(tmp_path / "o.xlsx")
    with pytest.raises(InputError) as error:
        read_sheet(tmp_path / "o.xlsx", None, header_rows=1, rows=rows)
    assert "[sheet Sheet]: header cells are merged: A1:B1 ->" in str(error.value)
    assert read_sheet(tmp_path / "o.xlsx", None, rows=rows).rows[1] == ["name", "value"]
