"""GEO's series matrix."""

import numpy as np
import pytest

from immunosep_omics.ingest.readers.geo_series_matrix import read
from immunosep_omics.settings.assays import GeoSeriesMatrix

TEXT = """\
!Series_title\t"Septic shock, ""early"" phase"
!Series_sample_id\t"GSM1 GSM2 "

!Sample_title\t"patient 1, day 0"\t"patient 2, day 0"
!Sample_geo_accession\t"GSM1"\t"GSM2"
!Sample_characteristics_ch1\t"age: 5"\t"age: 6"
!Sample_characteristics_ch1\t"sex: F"\t"sex: M"
!Sample_source_name_ch1\t"blood"\t"blood"
!series_matrix_table_begin
"ID_REF"\t"GSM1"\t"GSM2"
"1007_s_at"\t8.5\t7.25
"1053_at"\t\tnull
"117_at"\t3\t4
!series_matrix_table_end
"""


def series(folder, file="m.txt", **more):
    return read(GeoSeriesMatrix(file=file, **more), folder)


@pytest.mark.parametrize("file", ["m.txt", "m.txt.gz"])
def test_read(put, file):
    raw = series(put(file, TEXT), file)
    assert raw.values.index.tolist() == ["GSM1", "GSM2"]
    assert raw.values.columns.tolist() == ["1007_s_at", "1053_at", "117_at"]
    np.testing.assert_array_equal(raw.values, [[8.5, np.nan, 3], [7.25, np.nan, 4]])


@pytest.mark.parametrize("line", ["title", "!Sample_title"])
def test_other_names(put, line):
    raw = series(put("m.txt", TEXT), sample_names=line)
    assert raw.values.index.tolist() == ["patient 1, day 0", "patient 2, day 0"]


@pytest.mark.parametrize(
    ("text", "names", "words"),
    [
        (TEXT, "titel", ("no line !Sample_titel", "did you mean 'title'?")),
        (TEXT, "characteristics_ch1", ("no line !Sample_characteristics_ch1", "valid: title")),
        (TEXT, "source_name_ch1", ("stand more than once: 'blood'", "rename")),
        (
            TEXT.replace('\t"patient 2, day 0"', ""),
            "title",
            ("names 1 samples, the other lines 2",),
        ),
        (TEXT.replace("!series_matrix_table_end", ""), "title", ("cut short", "download")),
        (TEXT.replace("!series_matrix_table_begin", ""), "title", ("format: matrix",)),
        (
            TEXT[: TEXT.index('"1007')] + "!series_matrix_table_end\n",
            "title",
            ("no values", "suppl"),
        ),
        (TEXT.replace("7.25", "high"), "title", ("m.txt:11, column 'GSM2'", "text 'high'")),
        (TEXT.replace("\t7.25", ""), "title", ("m.txt:11", "2 fields, the header 3")),
    ],
)
def test_refusals(put, refused, text, names, words):
    refused(lambda: series(put("m.txt", text), sample_names=names), "m.txt", *words)


def test_quoted_values_and_tabs_in_quotes(put):
    text = TEXT.replace("\t8.5\t7.25", '\t"8.5"\t"7.25"').replace('"117_at"', '"117\t_at"')
    raw = series(put("m.txt", text))
    np.testing.assert_array_equal(raw.values.to_numpy()[:, 0], [8.5, 7.25])
    assert raw.values.columns[2] == "117\t_at"


def test_line_ends_of_windows(put):
    raw = series(put("m.txt", TEXT.replace("\n", "\r\n")))
    assert raw.values.shape == (2, 3)


def test_names_by_a_characteristic_follow_the_accessions(put):
    text = TEXT.replace('"ID_REF"\t"GSM1"\t"GSM2"', '"ID_REF"\t"GSM2"\t"GSM1"')
    raw = series(put("m.txt", text), sample_names="age")
    assert raw.values.index.tolist() == ["6", "5"]


def test_no_values_names_the_supplementary_files(put, refused):
    text = TEXT[: TEXT.index('"1007')] + "!series_matrix_table_end\n"
    line = '!Series_supplementary_file\t"ftp://x/suppl/GSE1_counts.txt.gz"\n'
    refused(lambda: series(put("m.txt", line + text)), "GSE1_counts.txt.gz", "format: matrix")


def test_first_rows_only(put):
    head = "".join(f'!Series_comment\t"{n}"\n' for n in range(500))
    text = head + TEXT.replace("!series_matrix_table_end\n", '"x"\t1\t2\n' * 2000)
    folder = put("m.txt.gz", text)
    raw = read(GeoSeriesMatrix(file="m.txt.gz"), folder, rows=5)
    assert raw.values.shape[0] == 2
    assert 5 <= raw.values.shape[1] < 2000


@pytest.mark.parametrize("cell", ["high", "7,25"])
def test_remedies_name_no_key_that_the_format_lacks(put, refused, cell):
    message = refused(lambda: series(put("m.txt", TEXT.replace("7.25", cell))), "m.txt:11")
    assert "`decimal`" not in message
    assert "`missing`" not in message
