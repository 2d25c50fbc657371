"""Tables of moderate size: samples of GEO files, platforms, and what is refused."""

import csv
import gzip

import pytest

from immunosep_omics.ingest.files.table_file import read_table_file
from immunosep_omics.ingest.genes.feature_table import PLATFORM_COMMENTS
from immunosep_omics.settings.tables import TableFile

MATRIX = """\
!Series_title\t"x"
!Sample_title\t"one"\t"a ""b"" c"\t"three"
!Sample_geo_accession\t"GSM1"\t"GSM2"\t"GSM3"
!Sample_characteristics_ch1\t"age: 5"\t"Sex: F"\t"febrile at 12:30"
!Sample_characteristics_ch1\t"Sex: M"\t"age: 6"\t""
!Sample_characteristics_ch1\t"title: T1"\t""\t"sex: F"
!Sample_characteristics_ch2\t"age: 7"\t""\t""
!Sample_data_processing\t"RMA"\t"RMA"\t"RMA"
!Sample_data_processing\t"log2"\t""\t"log2"
!series_matrix_table_begin
"""

SOFT = """\
^SERIES = GSE1
!Series_title = x
^SAMPLE = GSM1
!Sample_title = one
!Sample_geo_accession = GSM1
!Sample_characteristics_ch1 = age: 5
!Sample_characteristics_ch1 = url: http://a.b/c
^SAMPLE = GSM2
!Sample_title = two = 2
!Sample_characteristics_ch1 = sex: F
"""

PLATFORM = """\
^Annotation
!Annotation_platform = GPL1
#ID = probe
!platform_table_begin
ID\tGene title\tGene symbol
p1\ta 5" end\tA
p2\tb
!platform_table_end
"""


def table(folder, file, rows=None, **more):
    return read_table_file(TableFile(file=file), folder, rows=rows, **more)


@pytest.mark.parametrize("file", ["m.txt", "m.txt.gz", "named.csv"])
def test_samples_of_a_series_matrix(put, file):
    found = table(put(file, MATRIX), file)
    assert found.header == [
        "title", "geo_accession", "data_processing", "characteristics_ch1",
        "age", "Sex", "characteristics_ch1: title", "age (ch2)",
    ]  # fmt: skip
    assert found.texts("title") == ["one", 'a "b" c', "three"]
    assert found.texts("age") == ["5", "6", ""]
    assert found.texts("Sex") == ["M", "F", "F"]
    assert found.texts("characteristics_ch1") == ["", "", "febrile at 12:30"]
    assert found.texts("characteristics_ch1: title") == ["T1", "", ""]
    assert found.texts("age (ch2)") == ["7", "", ""]
    assert found.texts("data_processing") == ["RMA; log2", "RMA", "RMA; log2"]
    assert [note.reason for note in found.notes] == ["read as 'Sex'"]


def test_samples_of_a_family(put):
    found = table(put("f.soft", SOFT), "f.soft")
    assert found.texts("geo_accession") == ["GSM1", "GSM2"]
    assert found.texts("title") == ["one", "two = 2"]
    assert found.texts("age") == ["5", ""]
    assert found.texts("url") == ["http://a.b/c", ""]
    assert found.numbers == [3, 8]


SUBSETS = """\
^DATASET = GDS1
!dataset_title = x
^SUBSET = GDS1_1
!subset_description = sepsis
!subset_sample_id = GSM1,GSM2
!subset_type = disease state
^SUBSET = GDS1_2
!subset_description = 24 h
!subset_sample_id = GSM2, GSM3
!subset_type = time
^DATASET = GDS1
!dataset_table_begin
ID_REF\tIDENTIFIER\tGSM1\tGSM2\tGSM3
!dataset_table_end
"""


def test_samples_of_a_data_set(put):
    found = table(put("g.soft", SUBSETS), "g.soft")
    assert found.header == ["geo_accession", "disease state", "time"]
    assert found.rows == [["GSM1", "sepsis", ""], ["GSM2", "sepsis", "24 h"], ["GSM3", "", "24 h"]]


def test_samples_of_a_real_data_set(shared_data):
    found = table(shared_data / "formats/geo", "GDS507.soft.gz")
    assert len(found.rows) == 17
    assert sorted(set(found.texts("disease state"))) == ["RCC", "normal"]


def test_real_family(shared_data):
    folder = shared_data / "formats/geo/gse185263_soft"
    with (folder / "samples.csv").open(newline="") as file:
        expected = list(csv.DictReader(file))
    found = table(folder, "GSE185263_family.soft.gz")
    assert found.texts("geo_accession") == [row[""] for row in expected]
    for name in expected[0]:
        if name:
            assert found.texts(name) == [row[name] for row in expected], name


def test_platform(put):
    found = table(put("g.annot.gz", PLATFORM), "g.annot.gz", skip=PLATFORM_COMMENTS)
    assert found.rows == [["p1", 'a 5" end', "A"], ["p2", "b", ""]]
    assert found.numbers == [6, 7]


def test_rows_of_a_platform_that_are_too_long_are_one_problem(put, refused):
    broken = PLATFORM.replace("!platform_table_end", "p\ta\tA\tx\n" * 9 + "!platform_table_end")
    folder = put("g.annot", broken)
    message = refused(lambda: table(folder, "g.annot", skip=PLATFORM_COMMENTS), "g.annot:8: 9 rows",
                      "lines 8, 9, 10, 11, 12 and 4 more")  # fmt: skip
    assert message.count(" -> ") == 1


def test_characteristics_without_a_key_are_a_column_each(put):
    lines = [
        '"septic shock"\t"control"\t"control"', '"male"\t""\t"female"', '"age: 5"\t"6 y"\t"age: 7"',
    ]  # fmt: skip
    text = '!Sample_title\t"a"\t"b"\t"c"\n' + "".join(
        f"!Sample_characteristics_ch1\t{line}\n" for line in lines
    )
    found = table(put("m.txt", text), "m.txt")
    key = "characteristics_ch1"
    assert found.header == ["title", key, f"{key}.1", f"{key}.2", "age"]
    assert found.texts(key) == ["septic shock", "control", "control"]
    assert found.texts(f"{key}.1") == ["male", "", "female"]
    assert found.texts(f"{key}.2") == ["", "6 y", ""]
    assert [note[:2] for note in found.notes] == [
        ("samples with other characteristics without a key", 1),
    ]  # fmt: skip


def test_a_key_may_be_of_any_script(put):
    text = '!Sample_title\t"a"\n!Sample_characteristics_ch1\t"ηλικία: 5"\n'
    assert table(put("m.txt", text), "m.txt").texts("ηλικία") == ["5"]


FULL_TABLE = '#ID = probe\n#Symbol = gene\nID\tTitle\tSymbol\np1\t5" end\tA\np2\n'


def test_a_platforms_full_table(put, refused):
    """As its page at GEO gives it: quotation marks are letters, empty cells at the end are cut."""
    found = table(put("GPL1-1.txt", FULL_TABLE), "GPL1-1.txt", skip=PLATFORM_COMMENTS)
    assert found.header == ["ID", "Title", "Symbol"]
    assert found.rows == [["p1", '5" end', "A"], ["p2", "", ""]]
    assert found.numbers == [4, 5]
    broken = FULL_TABLE + "p\ta\tA\tx\n" * 9
    folder = put("GPL1-1.txt", broken)
    message = refused(lambda: table(folder, "GPL1-1.txt", skip=PLATFORM_COMMENTS), ":6: 9 rows")
    assert message.count(" -> ") == 1


def test_real_platform(shared_data):
    folder = shared_data / "formats/geo"
    with gzip.open(folder / "GPL97.annot.gz", "rt") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line[0] not in "!^#"]
    found = table(folder, "GPL97.annot.gz", skip=PLATFORM_COMMENTS)
    assert len(found.rows) == len(lines) - 1
    place = lines[0].index("Gene symbol")
    assert found.texts("ID") == [row[0] for row in lines[1:]]
    assert found.texts("Gene symbol") == [row[place] for row in lines[1:]]


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("a.csv", "May report\n\nid,age,sex\n1,2,F\n", ("a.csv:1", "row 3 looks like the")),
        ("a.csv", "Report,,\nid,age,sex\n1,2,F\n", ("1 of 3 columns", "row 2 looks like")),
        ("a.csv", "id,age\n1,2\nid,age\n3,4\n", ("a.csv:3", "the header stands again")),
        ("a.csv", "id;age\n1;2\n", ("delimiter", '";"')),
        ("a.csv", "id,age,crp\n1,50,1,5\n", ("a.csv:2", "4 fields, the header 3", "decimal comma")),
        ("a.csv", "id,b,c\n" + "1,2\n" * 50, ("50 rows", "a.csv:6")),
        ("a.CEL", "[CEL]\nVersion=3\n", ("RMA",)),
        ("a.txt", '!Sample_title\t"a"\t"b"\n!Sample_x\t"a"\t"b"\n!Sample_y\t"1"\n', ("a.txt:3",)),
        ("a.txt", '!Series_title\t"a"\n', ("no sample is described",)),
    ],
)  # fmt: skip
def test_refusals(put, refused, file, text, words):
    refused(lambda: table(put(file, text), file), file, *words)


def test_title_above_the_header_of_a_sheet(put_sheets, refused):
    folder = put_sheets("a.xlsx", Sheet1=[["Report"], [], ["id", "age", "sex"], [1, 2, "F"]])
    refused(lambda: table(folder, "a.xlsx"), "row 3 looks like the header")


def test_row_names_without_a_header(put):
    found = table(put("a.tsv", "age\nr1\t5\nr2\t6\n"), "a.tsv")
    assert found.header == ["", "age"]


def test_first_rows_of_a_text_that_a_quoted_break_cuts(put):
    text = 'id,note\n1,a\n2,"b\nc"\n3,d\n'
    found = table(put("a.csv", text), "a.csv", rows=2)
    assert [row[0] for row in found.rows] == ["1", "2"]


def test_first_rows_of_a_sheet(put_sheets):
    folder = put_sheets("a.xlsx", Sheet1=[["id", "age"], *([n, n] for n in range(50))])
    assert len(table(folder, "a.xlsx", rows=3).rows) == 3


def test_row_names_and_delimiters_at_the_ends_of_rows(put, refused):
    def table(text):
        return read_table_file(TableFile(file="t.tsv"), put("t.tsv", text))

    assert table("age\tsex\np1\t50\tf\np2\t61\t\n").header == ["", "age", "sex"]
    ended = table("patient\tage\np1\t50\t\np2\t61\t\n")
    assert ended.texts("patient") == ["p1", "p2"] and ended.texts("age") == ["50", "61"]
    refused(lambda: table("patient\tage\n1\t50\t\n2\t61\t\n"), "t.tsv:1", "one field less")
