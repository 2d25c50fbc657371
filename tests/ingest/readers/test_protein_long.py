"""Search engines' reports with one row per run and protein, or part of a protein."""

import numpy as np
import polars as pl
import pytest

from immunosep_omics.ingest.readers.protein_table import read
from immunosep_omics.settings.assays import ProteinTable

NAN = np.nan


def text(header, *rows, mark="\t"):
    return "\n".join(mark.join(str(cell) for cell in row) for row in [header, *rows]) + "\n"


def proteins(folder, name, program, **more):
    return read(ProteinTable(format=program, file=name, **more), folder)


def counted(raw):
    return {note.step: note.amount for note in raw.notes}


DIANN = ["Run", "Protein.Group", "Genes", "PG.MaxLFQ", "Precursor.Id", "Precursor.Normalised",
         "Q.Value", "PG.Q.Value", "Lib.PG.Q.Value", "Decoy"]  # fmt: skip
DIANN_ROWS = [
    ["a", "P1;P2", "TNF;LTA", 100.0, "AA2", 1.0, 0.001, 0.001, 0.001, 0],
    ["a", "P1;P2", "TNF;LTA", 100.0, "BB2", 16.0, 0.001, 0.001, 0.001, 0],
    ["b", "P1;P2", "TNF;LTA", 200.0, "AA2", 4.0, 0.001, 0.001, 0.001, 0],
    ["b", "P1;P2", "TNF;LTA", 200.0, "BB2", 64.0, 0.001, 0.001, 0.001, 0],
    ["a", "P3", "X", 5.0, "CC2", 3.0, 0.02, 0.001, 0.001, 0],
    ["b", "P3", "X", 6.0, "CC2", 3.0, 0.001, 0.001, 0.001, 0],
    ["a", "P4", "Y", 7.0, "DD2", 3.0, 0.001, 0.001, 0.5, 0],
    ["a", "P5", "Z", 7.0, "EE2", 3.0, 0.001, 0.001, 0.001, 1],
    ["a", "Cont_P6", "W", 7.0, "FF2", 3.0, 0.001, 0.001, 0.001, 0],
]


@pytest.mark.parametrize(
    ("quantity", "words"),
    [([1.0, np.inf], "an infinite number"), (["1", "high"], "text 'high'"),
     (["1", "1_000"], "followed by")],
)  # fmt: skip
def test_parquet_cells_that_are_no_numbers_are_named(tmp_path, refused, quantity, words):
    pl.DataFrame(
        {"Run": ["a", "b"], "Protein.Group": ["P1", "P1"], "Q.Value": [0.0, 0.0],
         "PG.MaxLFQ": quantity}
    ).write_parquet(tmp_path / "report.parquet")  # fmt: skip
    facts = ProteinTable(format="diann", file="report.parquet")
    refused(lambda: read(facts, tmp_path), "row 2, column 'PG.MaxLFQ'", words)


def test_diann_report_as_text_and_parquet(put):
    folder = put("report.tsv", text(DIANN, *DIANN_ROWS))
    pl.DataFrame(DIANN_ROWS, schema=DIANN, orient="row").write_parquet(folder / "report.parquet")
    for name in ("report.tsv", "report.parquet"):
        raw = proteins(folder, name, "diann")
        assert raw.values.columns.tolist() == ["P1;P2", "P3"]
        np.testing.assert_array_equal(raw.values.loc[["a", "b"]], [[100, NAN], [200, 6]])
        assert raw.features["gene"].tolist() == ["TNF", "X"]
        assert counted(raw) == {
            "rows of decoys": 1, "rows above the q-value": 2, "rows of no protein": 1,
        }  # fmt: skip
        raw = proteins(folder, name, "diann", max_q_value=0.05)
        assert raw.values.loc["a", "P3"] == 5


def test_zeros_are_counted_among_the_rows_that_stay(put):
    zero = [["b", "P1;P2", "TNF", 0.0, "CC2", 0.0, q, 0.001, 0.001, decoy]
            for q, decoy in ((0.001, 0), (0.5, 0), (0.001, 1))]  # fmt: skip
    raw = proteins(put("report.tsv", text(DIANN, *DIANN_ROWS[:2], *zero)), "report.tsv", "diann")
    assert counted(raw) == {"rows of decoys": 1, "rows above the q-value": 1, "zeros": 1}


def test_truth_values_that_pandas_made_numbers(put):
    rows = [[*row[:-1], f"{row[-1]:.1f}"] for row in DIANN_ROWS]
    raw = proteins(put("report.tsv", text(DIANN, *rows)), "report.tsv", "diann")
    assert counted(raw)["rows of decoys"] == 1


def test_diann_precursors_instead(put):
    folder = put("report.tsv", text(DIANN, *DIANN_ROWS))
    raw = proteins(folder, "report.tsv", "diann", values="Precursor.Normalised")
    np.testing.assert_allclose(raw.values["P1;P2"], [4, 16])
    raw = proteins(folder, "report.tsv", "diann", values="Precursor.Normalised", roll_up="sum")
    np.testing.assert_allclose(raw.values["P1;P2"], [17, 68])


def test_a_run_without_any_row_left_stays(put):
    rows = [DIANN_ROWS[0], ["c", "P1;P2", "TNF", 1.0, "AA2", 1.0, 0.5, 0.001, 0.001, 0]]
    raw = proteins(put("report.tsv", text(DIANN, *rows)), "report.tsv", "diann")
    assert raw.values.index.tolist() == ["a", "c"]
    assert np.isnan(raw.values.loc["c", "P1;P2"])


SPECTRONAUT = ["R.FileName", "PG.ProteinGroups", "PG.Genes", "PG.Quantity", "PG.Qvalue",
               "EG.PrecursorId", "EG.Qvalue", "FG.Quantity", "F.FrgIon", "F.PeakArea",
               "F.ExcludedFromQuantification"]  # fmt: skip
SPECTRONAUT_ROWS = [
    ["a", "1/sp|P1|A_HUMAN", "TNF", 9.5, 0.001, "AA.2", 0.001, 1, "y4", 2, "False"],
    ["a", "1/sp|P1|A_HUMAN", "TNF", 9.5, 0.001, "AA.2", 0.001, 1, "y5", 4, "False"],
    ["a", "1/sp|P1|A_HUMAN", "TNF", 9.5, 0.001, "AA.2", "NaN", 1, "y6", 999, "True"],
    ["a", "1/sp|P1|A_HUMAN", "TNF", 9.5, 0.001, "BB.2", 0.001, 5, "y4", 8, "False"],
]


def test_spectronaut_report(put):
    folder = put("r.csv", text(SPECTRONAUT, *SPECTRONAUT_ROWS, mark=","))
    raw = proteins(folder, "r.csv", "spectronaut")
    assert raw.values.loc["a", "P1"] == 9.5
    assert raw.features["gene"].tolist() == ["TNF"]
    # Precursors, each once however many fragments its rows are of.
    raw = proteins(folder, "r.csv", "spectronaut", values="FG.Quantity", roll_up="sum")
    assert raw.values.loc["a", "P1"] == 6
    raw = proteins(folder, "r.csv", "spectronaut", values="F.PeakArea", roll_up="sum")
    assert raw.values.loc["a", "P1"] == 14


MSSTATS = ["ProteinName", "PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge",
           "IsotopeLabelType", "Condition", "BioReplicate", "Run", "Intensity"]  # fmt: skip


def test_the_msstats_table_of_openms_and_fragpipe(put):
    rows = [
        ["sp|P1|A", "AA", 2, "NA", 0, "L", "c", 1, "x.mzML", 3],
        ["sp|P1|A", "AA", 2, "NA", 0, "L", "c", 1, "x.mzML", 7],
        ["sp|P1|A", "AA", 2, "NA", 0, "H", "c", 1, "x.mzML", 100],
        ["sp|P1|A", "AA", 2, "NA", 0, "L", "c", 1, "y.mzML", 0],
        ["rev_sp|P2|A", "BB", 2, "NA", 0, "L", "c", 1, "y.mzML", 5],
    ]
    folder = put("MSstats.csv", text(MSSTATS, *rows, mark=","))
    for program in ("openms", "fragpipe"):
        raw = proteins(folder, "MSstats.csv", program)
        assert raw.values.index.tolist() == ["x", "y"]
        np.testing.assert_allclose(raw.values["P1"], [7, NAN])
        assert counted(raw)["rows of the heavy standard"] == 1
        assert counted(raw)["rows of the same run and part"] == 1


def test_numbered_runs_take_the_names_of_their_files(put):
    header = [*MSSTATS, "Reference"]
    rows = [["P1", "AA", 2, "NA", 0, "L", "c", 1, run, run, f"{name}.mzML"]
            for run, name in ((1, "x"), (2, "y"))]  # fmt: skip
    raw = proteins(put("m.csv", text(header, *rows, mark=",")), "m.csv", "openms")
    assert raw.values.index.tolist() == ["x", "y"]


TMT = ["ProteinName", "PeptideSequence", "Charge", "Channel", "Condition", "BioReplicate", "Run",
       "Mixture", "TechRepMixture", "Fraction", "Intensity", "Reference"]  # fmt: skip


def test_tmt_samples_are_mixture_and_channel(put):
    rows = [
        ["P1", "AA", 2, 1, "c", 1, "1_1_1", 1, "1_1", 1, 5, "f scan=1"],
        ["P1", "AA", 2, 2, "c", 1, "1_1_1", 1, "1_1", 1, 6, "f scan=1"],
        ["P1", "AA", 2, 2, "c", 1, "1_1_2", 1, "1_1", 2, 8, "g scan=1"],
    ]
    raw = proteins(put("t.csv", text(TMT, *rows, mark=",")), "t.csv", "openms")
    assert raw.values["P1"].round(9).to_dict() == {"1_1": 5, "1_2": 8}
    again = ["P1", "AA", 2, 1, "c", 1, "1_2_1", 1, "1_2", 1, 9, "h scan=1"]
    raw = proteins(put("t.csv", text(TMT, *rows, again, mark=",")), "t.csv", "openms")
    assert raw.values["P1"].round(9).to_dict() == {"1_1_1": 5, "1_1_2": 8, "1_2_1": 9}


SKYLINE = ["Protein", "Peptide Modified Sequence", "Precursor Charge", "Fragment Ion",
           "Product Charge", "Isotope Label Type", "Condition", "BioReplicate", "File Name", "Area",
           "Standard Type", "Truncated"]  # fmt: skip


def test_skyline(put):
    rows = [
        ["sp|P1|A", "AA", 2, "precursor", 2, "light", "c", 1, "x.raw", 1, "", "False"],
        ["sp|P1|A", "AA", 2, "precursor [M+1]", 2, "light", "c", 1, "x.raw", 2, "", "False"],
        ["sp|P1|A", "AA", 2, "precursor [M+2]", 2, "light", "c", 1, "x.raw", 4, "", "True"],
        ["sp|P1|A", "AA", 2, "precursor", 2, "heavy", "c", 1, "x.raw", 99, "", "False"],
        ["sp|P1|A", "AA", 2, "precursor", 2, "light", "c", 1, "y.raw", "#N/A", "", "#N/A"],
        ["iRT", "II", 2, "precursor", 2, "light", "c", 1, "x.raw", 9, "iRT", "False"],
    ]
    raw = proteins(put("s.csv", text(SKYLINE, *rows, mark=",")), "s.csv", "skyline")
    assert raw.values.columns.tolist() == ["P1"]
    np.testing.assert_allclose(raw.values["P1"], [3, NAN])


def test_refusals(put, refused):
    folder = put("report.tsv", text(DIANN, *DIANN_ROWS))
    put("text.tsv", text(DIANN, DIANN_ROWS[0], [*DIANN_ROWS[1][:3], "much", *DIANN_ROWS[1][4:]]))
    put("short.tsv", text(DIANN, DIANN_ROWS[0], DIANN_ROWS[1][:4]))
    (folder / "cut.parquet").write_bytes(b"PAR1 and no more")
    refused(lambda: proteins(folder, "report.tsv", "spectronaut"), "looks like DIA-NN")
    refused(lambda: proteins(folder, "report.tsv", "diann", values="PG.MaxLFQs"), "(values)",
            "did you mean 'PG.MaxLFQ'?")  # fmt: skip
    refused(lambda: proteins(folder, "text.tsv", "diann"), "text.tsv:3", "PG.MaxLFQ")
    refused(lambda: proteins(folder, "short.tsv", "diann"), "short.tsv:3", "4 fields")
    refused(lambda: proteins(folder, "cut.parquet", "diann"), "cut.parquet", "Parquet")
    refused(lambda: proteins(folder, "report.tsv", "diann", max_q_value=1e-9), "no protein is left")
