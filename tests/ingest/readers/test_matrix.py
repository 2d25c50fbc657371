"""Plain tables of values."""

import numpy as np
import pytest

from immunosep_omics.ingest.files import lines
from immunosep_omics.ingest.genes.features import to_genes
from immunosep_omics.ingest.readers.matrix import read
from immunosep_omics.settings.assays import Matrix

TEXT = "gene,s1,s2,s3\nTNF,1.5,2,NA\nIL6,-3,,1e2\n"


def matrix(folder, file="m.csv", rows=None, **more):
    return read(Matrix(**{"kind": "expression", "file": file, **more}), folder, rows)


@pytest.mark.parametrize("file", ["m.csv", "m.csv.gz"])
def test_features_in_rows(put, file):
    raw = matrix(put(file, TEXT), file)
    assert raw.values.index.tolist() == ["s1", "s2", "s3"]
    assert raw.values.columns.tolist() == ["TNF", "IL6"]
    np.testing.assert_array_equal(raw.values, [[1.5, -3], [2, np.nan], [np.nan, 100]])
    assert raw.features["gene"].isna().all()


NAMES = ["sp|P02741|CRP_HUMAN", "P05231-2", "P01375;P01374", "P01375, P01374", "TNF",
         "CON__P02768;P02768", "sp|P04114|APOB_HUMAN Apolipoprotein B-100, x GN=APOB PE=1",
         "CON__P00761", "REV__P02741", "rev_sp|P02741|CRP_HUMAN",
         "contam_sp|P02768|ALBU_HUMAN"]  # fmt: skip


def test_proteins_however_they_are_named(put):
    text = "protein\ts1\ts2\n" + "".join(f"{name}\t{n}\t0\n" for n, name in enumerate(NAMES, 1))
    folder = put("m.tsv", text)
    raw = matrix(folder, "m.tsv", kind="ms_proteins")
    assert raw.values.columns.tolist() == NAMES[:7]
    assert {note.step: note.amount for note in raw.notes} == {
        "decoys": 2, "contaminants": 2, "zeros": 7,
    }  # fmt: skip
    assert raw.values.loc["s1"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert raw.values.loc["s2"].isna().all()
    genes, *_, mapping = to_genes(raw, "p", Matrix(kind="ms_proteins", file="m.tsv"), folder)
    assert mapping["gene"].tolist() == ["CRP", "IL6", "TNF", "TNF", "TNF", "ALB", "APOB"]
    assert genes.loc["s1"].to_dict() == {"CRP": 1, "IL6": 2, "TNF": 5, "ALB": 6, "APOB": 7}
    logs = matrix(folder, "m.tsv", kind="ms_proteins", scale="log2")
    assert logs.values.loc["s2"].tolist() == [0] * 7


def test_samples_in_rows(put):
    text = "id\tward\tTNF\tIL6\ns1\ta\t1\t2\ns2\tb\t3\t4\n"
    raw = matrix(put("m.tsv", text), "m.tsv", samples_in="rows", not_features=["ward"])
    np.testing.assert_array_equal(raw.values.loc["s2"], [3, 4])


def test_names_in_another_column(put):
    text = "n,gene,s1\n1,TNF,5\n2,IL6,6\n"
    raw = matrix(put("m.csv", text), names="gene", not_features=["n"])
    assert raw.values.loc["s1"].to_dict() == {"TNF": 5, "IL6": 6}


def test_decimal_comma_and_other_missing_codes(put):
    text = "gene;s1;s2\nTNF;1,5;nd\n"
    raw = matrix(put("m.csv", text), delimiter=";", decimal=",", missing=["nd"])
    assert raw.values.loc["s1", "TNF"] == 1.5
    assert np.isnan(raw.values.loc["s2", "TNF"])


@pytest.mark.parametrize(
    "text",
    [
        "s1,s2,s3\nTNF,1.5,2,NA\nIL6,-3,,1e2\n",
        TEXT.replace("\n", "\r\n"), TEXT.replace("\n", "\r"), "\ufeff" + TEXT, TEXT + "\n\n",
        '"gene","s1","s2","s3"\n"TNF",1.5,2,NA\n"IL6",-3,,1e2\n',
        TEXT.replace("\n", ",\n").replace("s3,", "s3"),
        TEXT.replace("NA", " ").replace("1.5", " 1.5 "),
    ],
)  # fmt: skip
def test_ways_of_writing_the_same(put, text):
    np.testing.assert_array_equal(
        matrix(put("m.csv", text)).values, [[1.5, -3], [2, np.nan], [np.nan, 100]]
    )


def test_repeated_features_meet_again_as_genes(put):
    raw = matrix(put("m.csv", "gene,s1\nTNF,1\nTNF,2\nIL6,3\nTNF.2,4\n"))
    assert raw.values.columns.is_unique
    assert raw.features["identifier"].tolist() == ["TNF", "TNF", "IL6", "TNF.2"]
    assert raw.features["gene"].iloc[:2].tolist() == ["TNF", "TNF"]


def test_rows_without_a_name_are_counted(put):
    raw = matrix(put("m.csv", "gene,s1\nTNF,1\n,2\n"))
    assert raw.values.columns.tolist() == ["TNF"]
    assert raw.notes[0][:2] == ("rows without a name", 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT.replace("-3", "low"), ("m.csv:3, column 's1'", "text 'low'", "`missing`")),
        (TEXT.replace("-3", "1.234.5"), ("m.csv:3, column 's1'", "ambiguous", "decimal")),
        (TEXT.replace(",1.5,", ',"1,5",'), ("m.csv:2, column 's1'", "ambiguous", "decimal")),
        (TEXT.replace("-3", "-inf"), ("m.csv:3, column 's1'", "infinite", "`missing`")),
        (TEXT.replace("-3,,1e2", "-3"), ("m.csv:3", "2 fields, the header 4", "mend")),
        (TEXT.replace("1e2", "1,2"), ("m.csv:3", "5 fields, the header 4")),
        (TEXT.replace("s3", "s1"), ("m.csv", "sample names stand more than once: 's1'", "rename")),
        (TEXT.replace(",", ";"), ("m.csv", "only one column", "`delimiter`")),
        ("gene,s1\n", ("m.csv", "no rows")),
        ("gene\nTNF\n", ("no column of values", "`not_features`")),
        ("gene,s1,note\nTNF,1,good\nIL6,2,bad\n", ("column(s): 'note'", "`not_features`")),
    ],
)
def test_refusals(put, refused, text, words):
    refused(lambda: matrix(put("m.csv", text)), *words)


def test_unknown_columns_in_the_settings(put, refused):
    refused(lambda: matrix(put("m.csv", TEXT), names="Gene"), "(names)", "did you mean 'gene'?")
    refused(lambda: matrix(put("m.csv", TEXT), not_features=["s4"]), "(not_features)", "'s4'")


def test_line_numbers_after_blank_lines(put, refused):
    text = "gene,s1\n\nTNF,1\n\nIL6,x\n"
    refused(lambda: matrix(put("m.csv", text)), "m.csv:5, column 's1'")


def test_workbook(put_sheets, refused):
    rows = [["gene", "s1", "s2"], ["TNF", 1.5, "NA"], ["IL6", "2,5", 3]]
    folder = put_sheets("m.xlsx", a=rows)
    raw = matrix(folder, "m.xlsx", decimal=",")
    np.testing.assert_array_equal(raw.values, [[1.5, 2.5], [np.nan, 3]])
    refused(lambda: matrix(folder, "m.xlsx"), "m.xlsx [sheet a] row 3, column 's1'", "ambiguous")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#1.2\n1\t2\nNAME\tDescription\ts1\ts2\nTNF\tna\t1\t2\n", ("m.tsv:1", "GCT", "header: 3")),
        ("# by R\n# today\ngene\ts1\ts2\nTNF\t1\t2\n", ("m.tsv:1", "header: 3")),
        ("All patients\ngene\ts1\ts2\nTNF\t1\t2\n", ("m.tsv:1", "header: 2")),
        ("\n\ngene\ts1\ts2\nTNF\t1\t2\n", ("m.tsv:1", "header: 3")),
        ("gene s1 s2\nTNF 1 2\n", ("m.tsv:1", "divided by blanks", "tabs")),
        ("s1 s2\nTNF 1 2\n", ("m.tsv:1", "divided by blanks", "tabs")),
        ("gene,s1\nTNF x,1\n", ("only one column", "`delimiter`")),
        ("<!DOCTYPE html><html>\n", ("web page", "download")),
        ("Program\txPONENT\t\tMAGPIX\nBuild\t4.2\n", ("m.tsv:1", "xPONENT", "`Result`")),
        ("\t\tNormalized abundance\t\tRaw abundance\n\t\tA\tB\tA\tB\n",
         ("m.tsv:1", "Progenesis", "`Raw abundance`")),
        ("X\tX.1\tNormalised.abundance\tX.2\n\t\tA\tB\n", ("m.tsv:1", "Progenesis")),
    ],
)  # fmt: skip
def test_what_stands_above_a_header(put, refused, text, words):
    refused(lambda: matrix(put("m.tsv", text), "m.tsv"), *words)


@pytest.mark.parametrize("header", [1, 3])
def test_sums_of_coverage_are_no_counts(put, refused, header):
    """Whole numbers all the same: only the lines above the header tell."""
    above = "##annotation=G026\n##date.generated=2020-01-01\n"
    folder = put("m.tsv", above + "gene_id\ts1\ts2\nTNF\t100\t2000\n")
    refused(
        lambda: matrix(folder, "m.tsv", header=header),
        "m.tsv:1", "coverage in base pairs", "compute_read_counts",
    )  # fmt: skip


TITLED = [["Table S2. Counts"], [], ["gene", "note", "s1", "s2"], ["TNF", "a", 1, 2.5],
          ["IL6", "b", 3, "x"]]  # fmt: skip


@pytest.mark.parametrize("file", ["m.tsv", "m.xlsx"])
def test_a_header_below_titles(put, put_sheets, refused, file):
    def write(rows):
        if file == "m.xlsx":
            return put_sheets(file, a=rows)
        return put(file, "\n".join("\t".join(map(str, row)) for row in rows) + "\n")

    stated = {"header": 3, "not_features": ["note"]}
    refused(lambda: matrix(write(TITLED), file, **stated), "5, column 's2'", "'x'")
    folder = write([*TITLED[:4], ["IL6", "b", 3, 4]])
    for rows in (None, 2):
        raw = matrix(folder, file, rows=rows, **stated)
        assert raw.values.loc["s2"].tolist()[:1] == [2.5]
    assert matrix(folder, file, **stated).values.columns.tolist() == ["TNF", "IL6"]
    refused(lambda: matrix(folder, file, header=9), "(header)", "nothing in row 9")


@pytest.mark.parametrize("text", ["s1\nTNF\t1\n", "#gene\ts1\ts2\nTNF\t1\t2\n"])
def test_headers_that_look_like_none(put, text):
    raw = matrix(put("m.tsv", text), "m.tsv")
    assert raw.values.columns.tolist() == ["TNF"]
    assert raw.values.index[0] == "s1"


PARTS = [["id", "day", "TNF"], ["p1", 0, 1.5], ["p1", 4, 2.5], ["p2", None, 3.5]]


@pytest.mark.parametrize("file", ["m.csv", "m.xlsx"])
def test_samples_named_by_two_columns(put, put_sheets, refused, file):
    text = "\n".join(",".join("" if x is None else str(x) for x in row) for row in PARTS)
    folder = put(file, text) if file == "m.csv" else put_sheets(file, a=PARTS)
    found = matrix(folder, file, samples_in="rows", names="{id}_d{day}").values
    assert found["TNF"].to_dict() == {"p1_d0": 1.5, "p1_d4": 2.5}
    refused(lambda: matrix(folder, file, samples_in="rows", names="{id}_{dya}"),
            f"{file}", "(names): there is no column 'dya'", "did you mean 'day'?")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "samples_in", "column"),
    [
        ("id,age,TNF\ns1,40,1\n", "rows", "'age'"),
        ("id,Age (years),TNF\ns1,40,1\n", "rows", "'Age (years)'"),
        ("gene,Length,s1\nTNF,1000,1\n", "columns", "'Length'"),
        ("gene,s1,adj.P.Val\nTNF,1,0.5\n", "columns", "'adj.P.Val'"),
        (",gene,s1\n1,7124,1\n", "columns", "'gene'"),
    ],
)
def test_numbers_beside_the_values(put, refused, text, samples_in, column):
    folder = put("m.csv", text)
    refused(lambda: matrix(folder, samples_in=samples_in), column, "`not_features`")


def test_detection_beside_the_signals_of_bead_arrays(put, refused):
    text = (
        "TargetID\tA.AVG_Signal\tA.Detection Pval\tB.AVG_Signal\tB.Detection Pval\n"
        "ILMN_1\t100.5\t0.01\t90.1\t0.2\n"
    )
    folder = put("a.txt", text)
    facts = {"kind": "rna_array", "scale": "linear", "file": "a.txt"}
    refused(lambda: read(Matrix(**facts), folder), "2 columns are what a scanner tells",
            "A.Detection Pval", "`*`")  # fmt: skip
    raw = read(Matrix(**facts, not_features=["*Detection Pval*"]), folder)
    assert raw.values.index.tolist() == ["A.AVG_Signal", "B.AVG_Signal"]
    # GEO's tables repeat the header of the p-values.
    put("a.txt", text.replace("A.Det", "Det").replace("B.Det", "Det"))
    assert len(read(Matrix(**facts, not_features=["Detection Pval"]), folder).values) == 2


@pytest.mark.parametrize("first", [0, 1])
def test_numbers_of_rows_are_no_features(put, refused, first):
    rows = [f"{n + first},{n},{n * 7 % 40}" for n in range(30)]
    folder = put("m.csv", "\n".join([",GeneID,a", *rows]) + "\n")
    facts = {"kind": "rna_counts", "file": "m.csv", "not_features": ["GeneID"]}
    refused(lambda: read(Matrix(**facts), folder), "(names)", "only numbers the rows", "names:")
    facts = {"kind": "rna_counts", "file": "m.csv", "names": "GeneID"}
    assert read(Matrix(**facts), folder).values.columns[:2].tolist() == ["0", "1"]


@pytest.mark.parametrize("large", [False, True])
def test_a_file_that_may_be_cut_within_its_last_number_is_told(put, monkeypatch, large):
    if large:
        monkeypatch.setattr(lines, "LARGE", 0)
    text = "gene\ts1\nTNF\t125\nIL6\t250\n"
    assert matrix(put("m.tsv", text), "m.tsv").notes == []
    raw = matrix(put("m.tsv", text[:-2]), "m.tsv")
    assert raw.values.loc["s1", "IL6"] == 25
    assert [note[:2] for note in raw.notes] == [("last line without its end", 1)]
