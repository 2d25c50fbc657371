"""GEO's SOFT families and data sets."""

import csv
import gzip

import numpy as np
import pytest

from immunosep_omics.ingest.readers.geo_soft import read
from immunosep_omics.ingest.scale import check_scale
from immunosep_omics.settings.assays import GeoSoft

FAMILY = """\
^DATABASE = GeoMiame
!Database_name = Gene Expression Omnibus (GEO)
^SERIES = GSE1
!Series_title = Sepsis = early
!Series_sample_id = GSM1
!Series_sample_id = GSM2
^PLATFORM = GPL9
#ID = probe
!platform_table_begin
ID\tDescription\tGene Symbol
p1\ta 5" end\tNA1
p2\tb\tA2M /// TP53
p3\tc
!platform_table_end
^SAMPLE = GSM1
!Sample_title = one
!Sample_platform_id = GPL9
#VALUE = log2
!sample_table_begin
ID_REF\tVALUE\tDETECTION
p1\t8.5\tP
p2\tnull\tA
p3\t3\tP
!sample_table_end
^SAMPLE = GSM2
!Sample_title = two
!Sample_platform_id = GPL9
!sample_table_begin
ID_REF\tVALUE\tDETECTION
p1\t7.25\tP
p2\t4\tA
p3\t
!sample_table_end
"""

SET = """\
^DATASET = GDS1
!dataset_title = x
!dataset_table_begin
ID_REF\tIDENTIFIER\tGSM1\tGSM2\tGene title
p1\tTP53\t1\t2\tx
p2\tp2\tnull\t4\ty
!dataset_table_end
"""


def soft(folder, file="f.soft", rows=None, **more):
    return read(GeoSoft(file=file, **more), folder, rows)


@pytest.mark.parametrize("file", ["f.soft", "f.soft.gz"])
def test_family(put, file):
    raw = soft(put(file, FAMILY), file)
    assert raw.values.index.tolist() == ["GSM1", "GSM2"]
    np.testing.assert_array_equal(raw.values, [[8.5, np.nan, 3], [7.25, 4, np.nan]])
    assert raw.features["gene"].tolist()[:2] == ["NA1", "A2M;TP53"]
    assert raw.features["gene"].isna().tolist() == [False, False, True]


def test_samples_with_different_rows_meet_by_identifier(put):
    text = FAMILY.replace("p1\t7.25\tP\n", "").replace("p3\t\n", "p9\t5\tP\n")
    raw = soft(put("f.soft", text))
    assert raw.values.columns.tolist() == ["p1", "p2", "p3", "p9"]
    np.testing.assert_array_equal(raw.values.loc["GSM2"], [np.nan, 4, np.nan, 5])
    assert [note.step for note in raw.notes] == ["samples that lack features of others"]


def test_the_samples_of_one_platform_of_a_family(put, refused):
    text = FAMILY.replace("id = GPL9", "id = GPL8", 1)
    for platform, sample in (("GPL9", "GSM2"), ("GPL8", "GSM1")):
        raw = soft(put("f.soft", text), platform=platform)
        assert raw.values.index.tolist() == [sample]
        assert [note[:2] for note in raw.notes] == [("samples of other platforms", 1)]
    refused(lambda: soft(put("f.soft", text), platform="GPL7"), "(platform)", "valid: GPL8, GPL9")


def test_data_set(put):
    raw = soft(put("f.soft", SET))
    np.testing.assert_array_equal(raw.values, [[1, np.nan], [2, 4]])
    assert raw.features["gene"].tolist()[0] == "TP53"
    assert raw.features["gene"].isna().tolist() == [False, True]


def test_genes_that_an_array_assigns_to_a_probe_set(put):
    cells = {
        "A2M /// TP53": "NM_1 // RefSeq // Homo sapiens tumor protein p53 (TP53), mRNA. // chr17",
        "\tNA1": "\tNM_2 // A2M // a macroglobulin // 12p13 // 2 /// U1 // A2M // x // y // 2",
    }
    text = FAMILY.replace("Gene Symbol", "gene_assignment")
    for old, new in cells.items():
        text = text.replace(old, new)
    raw = soft(put("f.soft", text))
    assert raw.features["gene"].tolist()[:2] == ["A2M", "TP53"]


def test_part_of_a_family(put):
    raw = soft(put("f.soft", FAMILY.rpartition("p3")[0]), rows=1)
    assert raw.values.columns.tolist() == ["p1"]


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("a\tb\n", {}, ("SOFT", "GSE..._family.soft.gz")),
        (FAMILY.rpartition("p3")[0], {}, ("f.soft:25", "GSM2", "cut short")),
        (FAMILY[: FAMILY.index("^SAMPLE = GSM2")], {}, ("1 of the series' 2 samples", "cut short")),
        (FAMILY, {"value": "SIGNAL"}, ("GSM1 has no column 'SIGNAL'", "valid: VALUE, DETECTION")),
        (FAMILY, {"gene": "Gene symbol"}, ("no column 'Gene symbol'", "'Gene Symbol'")),
        (
            FAMILY.replace("id = GPL9", "id = GPL8", 1),
            {},
            ("several platforms: GPL8, GPL9", "`platform: GPL8`"),
        ),
        (FAMILY.replace("3\tP", "high\tP"), {}, ("f.soft:23, column 'VALUE'", "'high'")),
        (SET, {"gene": "Gene"}, ("no column 'Gene'", "Gene title")),
        (SET.replace("GSM", "S"), {}, ("no column of the data set is a sample",)),
    ],
)
def test_refusals(put, refused, text, more, words):
    refused(lambda: soft(put("f.soft", text), **more), "f.soft", *words)


def test_rna_sequencing_has_no_tables(shared_data, refused):
    folder = shared_data / "formats/geo/gse185263_soft"
    refused(
        lambda: soft(folder, "GSE185263_family.soft.gz"), "no sample has a table",
        "GSE185263_raw_counts.csv.gz", "format: matrix",
    )  # fmt: skip


@pytest.fixture(scope="module")
def gds507(shared_data):
    return soft(shared_data / "formats/geo", "GDS507.soft.gz")


def test_real_data_set(gds507, shared_data):
    with gzip.open(shared_data / "formats/geo/GDS507.soft.gz", "rt") as file:
        lines = [line for line in file if line[0] not in "!^#"]
    rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert gds507.values.shape == (17, 22645) == (len(rows[0]) - 2, len(rows) - 1)
    assert gds507.values.index.tolist() == rows[0][2:]
    for row in (1, 5000, 22645):
        expected = [np.nan if text == "null" else float(text) for text in rows[row][2:]]
        np.testing.assert_array_equal(gds507.values[rows[row][0]], expected)
    assert gds507.features.loc["200000_s_at", "gene"] == "PRPF8"


def test_real_data_set_holds_intensities_whatever_it_calls_them(gds507, refused):
    values = gds507.values.to_numpy()
    refused(lambda: check_scale(values, "log2", "rna_array", "GDS507"), "log2", "linear")
    check_scale(values, "linear", "rna_array", "GDS507")
