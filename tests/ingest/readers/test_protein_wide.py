"""Search engines' tables with one column per run."""

import numpy as np
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


PG = ["Protein.Group", "Protein.Ids", "Protein.Names", "Genes", "First.Protein.Description",
      "C:\\raw\\a.raw", "C:\\raw\\b.raw"]  # fmt: skip


def test_diann_pg_matrix(put):
    rows = [
        ["P01375;P01374", "x", "n", "TNF;LTA", "d", 10, ""],
        ["P02768", "x", "n", "", "d", 0, 3e6],
        ["Cont_P00761", "x", "n", "", "d", 1, 1],
    ]
    raw = proteins(put("r.pg_matrix.tsv", text(PG, *rows)), "r.pg_matrix.tsv", "diann")
    assert raw.values.index.tolist() == ["a", "b"]
    assert raw.values.columns.tolist() == ["P01375;P01374", "P02768"]
    np.testing.assert_array_equal(raw.values, [[10, NAN], [NAN, 3e6]])
    assert raw.features["gene"].iloc[0] == "TNF"
    assert raw.features["gene"].isna().tolist() == [False, True]
    assert raw.features["uniprot"].tolist() == ["P01375", "P02768"]
    assert counted(raw) == {"contaminants": 1, "zeros": 1}


def test_diann_2_columns_and_rows_whose_end_was_cut(put):
    header = [*PG[:5], "N.Sequences", "N.Proteotypic.Sequences", "a.mzML.dia", "b.mzML.dia"]
    content = text(header, ["P1", "P1", "n", "G", "d", 3, 2, 5, 6]) + "P2\tP2\tn\tH\td\t1\t1\t7\n"
    raw = proteins(put("p.tsv", content), "p.tsv", "diann")
    np.testing.assert_array_equal(raw.values.loc[["a", "b"]], [[5, 7], [6, NAN]])


def test_diann_genes(put):
    raw = proteins(put("g.tsv", text(["Genes", "a.raw", "b.raw"], ["TNF", 1, 2])), "g.tsv", "diann")
    assert raw.features["gene"].tolist() == ["TNF"]
    assert "uniprot" not in raw.features


def test_diann_precursors_are_rolled_up(put):
    header = [*PG[:5], "Proteotypic", "Stripped.Sequence", "Modified.Sequence", "Precursor.Charge",
              "Precursor.Id", "a", "b"]  # fmt: skip
    rows = [
        ["P1", "", "", "G", "", 1, "AA", "AA", 2, "AA2", 1, 4],
        ["P1", "", "", "G", "", 1, "BB", "BB", 2, "BB2", 16, 64],
        ["P2", "", "", "H", "", 1, "CC", "CC", 2, "CC2", "", 5],
    ]
    folder = put("pr.tsv", text(header, *rows))
    raw = proteins(folder, "pr.tsv", "diann")
    np.testing.assert_allclose(raw.values, [[4, NAN], [16, 5]])
    assert raw.features["gene"].tolist() == ["G", "H"]
    summed = proteins(folder, "pr.tsv", "diann", roll_up="sum")
    np.testing.assert_allclose(summed.values, [[17, NAN], [68, 5]])


def test_only_the_first_rows_for_a_preview(put):
    rows = [[f"P{n}", "x", "n", "G", "d", 1, 2] for n in range(50)]
    folder = put("p.tsv", text(PG, *rows))
    raw = read(ProteinTable(format="diann", file="p.tsv"), folder, rows=11)
    assert raw.values.shape == (2, 10)


def test_alphadia(put):
    raw = proteins(put("pg.tsv", text(["pg", "r1", "r2"], ["P1;P2", "0.000000", 2])), "pg.tsv",
                   "alphadia")  # fmt: skip
    np.testing.assert_array_equal(raw.values, [[NAN], [2]])
    assert raw.features["gene"].isna().all()


SPECTRONAUT = ["PG.ProteinGroups", "PG.Genes", "[1] a.raw.PG.Quantity", "[2] b.raw.PG.Quantity",
               "[1] a.raw.PG.IBAQ", "[2] b.raw.PG.IBAQ", "[1] a.raw.PG.IsSingleHit"]  # fmt: skip
PIVOT = text(SPECTRONAUT, ["P1;P2", "A;B", "Filtered", 12.5, 1, 2, "False"],
             ["P3", "C", "NaN", 4, 1, 2, "True"])  # fmt: skip


def test_spectronaut_pivot(put):
    folder = put("pivot.xls", PIVOT)
    raw = proteins(folder, "pivot.xls", "spectronaut")
    assert raw.values.index.tolist() == ["a", "b"]
    np.testing.assert_array_equal(raw.values, [[NAN, NAN], [12.5, 4]])
    assert proteins(folder, "pivot.xls", "spectronaut", values="PG.IBAQ").values.iloc[1, 0] == 2


def test_decimal_commas_are_stated(put, refused):
    folder = put("pivot.tsv", PIVOT.replace("12.5", "12,5"))
    refused(lambda: proteins(folder, "pivot.tsv", "spectronaut"), "pivot.tsv:2", "decimal")
    raw = proteins(folder, "pivot.tsv", "spectronaut", decimal=",")
    assert raw.values.iloc[1, 0] == 12.5


FRAGPIPE = ["Protein", "Protein ID", "Entry Name", "Gene", "Protein Length", "Organism",
            "Combined Total Peptides", "s1 Spectral Count", "s1 Intensity", "s2 Intensity",
            "s1 Razor Intensity", "s1 MaxLFQ Intensity", "s2 MaxLFQ Intensity",
            "s1 MaxLFQ Unique Intensity", "Indistinguishable Proteins"]  # fmt: skip
COMBINED = text(FRAGPIPE, ["sp|P1|A_HUMAN", "P1", "A", "GA", 9, "H", 3, 4, 10, 11, 12, 13, 0, 15,
                           ""])  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "expected"),
    [(None, [13, NAN]), ("Intensity", [10, 11]), ("Razor Intensity", [12]),
     ("MaxLFQ Unique Intensity", [15])],
)  # fmt: skip
def test_fragpipe(put, stated, expected):
    folder = put("combined_protein.tsv", COMBINED)
    raw = proteins(folder, "combined_protein.tsv", "fragpipe", values=stated)
    np.testing.assert_array_equal(raw.values.iloc[:, 0], expected)
    assert raw.values.index.tolist() == ["s1", "s2"][: len(expected)]
    assert raw.features["gene"].tolist() == ["GA"]


def test_fragpipe_tmt_is_log2(put, refused):
    content = text(["Index", "NumberPSM", "ProteinID", "MaxPepProb", "ReferenceIntensity", "s1"],
                   ["TNF", 4, "P01375", 1, 20.1, 0],
                   ["LTA", 4, "P01374", 1, 20.1, 21.5])  # fmt: skip
    folder = put("abundance_gene_MD.tsv", content)
    refused(lambda: proteins(folder, "abundance_gene_MD.tsv", "fragpipe"), "scale: log2")
    put("ratio_gene_MD.tsv", content)
    told = "holds ratios"
    refused(lambda: proteins(folder, "ratio_gene_MD.tsv", "fragpipe", scale="log2"), told)
    raw = proteins(folder, "abundance_gene_MD.tsv", "fragpipe", scale="log2")
    np.testing.assert_array_equal(raw.values, [[NAN, 21.5]])
    assert raw.features["gene"].tolist() == ["TNF", "LTA"]


PD = ["Checked", "Protein FDR Confidence: Combined", "Master", "Accession", "Description",
      "Contaminant", "Gene Symbol", "Abundance: F1: Sample, a", "Abundance: F2: Sample, b",
      "Abundances (Normalized): F1: Sample, a", "Abundances (Normalized): F2: Sample, b",
      "Abundances (Grouped): a", "Abundance Ratio: (a) / (b)"]  # fmt: skip
PD_ROWS = [
    [False, "High", "IsMasterProtein", "P1", "A", False, "TNF", 1, 2, 10, "", 3, 4],
    [False, "High", "IsMasterProteinCandidate", "P2", "A", False, "LTA", 1, 2, 10, 20, 3, 4],
    [False, "High", "IsMasterProtein", "P3", "A", True, "KRT1", 1, 2, 10, 20, 3, 4],
]


def test_proteome_discoverer(put, put_sheets):
    folder = put("p.txt", text(PD, *PD_ROWS))
    put_sheets("p.xlsx", Proteins=[PD, *PD_ROWS])
    for name in ("p.txt", "p.xlsx"):
        raw = proteins(folder, name, "proteome_discoverer")
        assert raw.values.index.tolist() == ["F1", "F2"]
        assert raw.values.columns.tolist() == ["P1"]
        np.testing.assert_array_equal(raw.values["P1"], [10, NAN])
        raw = proteins(folder, name, "proteome_discoverer", values="Abundance")
        np.testing.assert_array_equal(raw.values["P1"], [1, 2])


def test_proteome_discoverer_channels_and_headers_as_r_writes_them(put):
    header = ["Accession", "Description", "Abundance..F1..126..Sample", "Abundance..F1..127N..x"]
    raw = proteins(put("p.csv", text(header, ["P1", "A", 1, 2], mark=",")), "p.csv",
                   "proteome_discoverer")  # fmt: skip
    assert raw.values.index.tolist() == ["F1_126", "F1_127N"]


def test_refusals(put, refused):
    folder = put("pivot.tsv", PIVOT)
    put("maxquant.txt", text(["Protein IDs", "Majority protein IDs", "LFQ intensity a"],
                             ["P1", "P1", 4]))  # fmt: skip
    put("other.tsv", text(["gene", "a", "b"], ["TNF", 1, 2]))
    put("decoys.tsv", text(PG, ["rev_P1", "x", "n", "G", "d", 1, 2]))
    put("twice.tsv", text([*PG, "C:\\raw\\a.raw"], ["P1", "x", "n", "G", "d", 1, 2, 3]))
    refused(lambda: proteins(folder, "pivot.tsv", "diann"), "looks like Spectronaut",
            "state `format: spectronaut`")  # fmt: skip
    refused(lambda: proteins(folder, "maxquant.txt", "fragpipe"), "state `format: maxquant`")
    refused(lambda: proteins(folder, "other.tsv", "fragpipe"), "combined_protein.tsv",
            "MSstats.csv", "format: matrix")  # fmt: skip
    refused(lambda: proteins(folder, "pivot.tsv", "spectronaut", values="PG.iBAC"),
            "pivot.tsv (values)", "did you mean 'PG.IBAQ'?")  # fmt: skip
    refused(lambda: proteins(folder, "decoys.tsv", "diann"), "no protein is left")
    refused(lambda: proteins(folder, "twice.tsv", "diann"), "more than once")
    refused(lambda: proteins(folder, "absent.tsv", "diann"), "no such file")
