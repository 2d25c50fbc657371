"""The layouts that programs and their versions write: what is read of each, by hand."""

import numpy as np
import polars as pl
import pytest

from immunosep_omics.ingest.readers.protein_table import read
from immunosep_omics.settings.assays import ProteinTable

NAN = np.nan


def text(header, *rows, mark="\t"):
    return "\n".join(mark.join(str(cell) for cell in row) for row in [header, *rows]) + "\n"


def table(folder, program, rows=None, **more):
    return read(ProteinTable(format=program, file="t.tsv", **more), folder, rows)


def counted(raw):
    return {note.step: note.amount for note in raw.notes}


DIANN_2 = ["Protein.Group", "Protein.Names", "Genes", "First.Protein.Description", "N.Sequences",
           "N.Proteotypic.Sequences"]  # fmt: skip
DIANN_18 = ["Protein.Group", "Protein.Ids", "Protein.Names", "Genes", "First.Protein.Description"]
DIANN_PR = ["Proteotypic", "Stripped.Sequence", "Modified.Sequence", "Precursor.Charge",
            "Precursor.Id"]  # fmt: skip
PEPTIDE = ["Peptide Sequence", "Prev AA", "Next AA", "Start", "End", "Peptide Length", "Charges",
           "Protein", "Protein ID", "Entry Name", "Gene", "Protein Description", "Mapped Genes",
           "Mapped Proteins", "x_1 Spectral Count", "x_1 Intensity", "x_2 Intensity",
           "x_1 Match Type", "x_2 Match Type"]  # fmt: skip
ION = ["Peptide Sequence", "Modified Sequence", "Prev AA", "Next AA", "Start", "End",
       "Peptide Length", "M/Z", "Charge", "Assigned Modifications", "Protein", "Protein ID",
       "Entry Name", "Gene", "Protein Description", "Mapped Genes", "Mapped Proteins",
       "x_1 Spectral Count", "x_1 Intensity", "x_2 Intensity"]  # fmt: skip
COMBINED = ["Protein", "Protein ID", "Entry Name", "Gene", "Protein Length", "Organism",
            "Protein Existence", "Description", "Protein Probability", "Top Peptide Probability",
            "Combined Total Peptides", "Combined Spectral Count", "Combined Unique Spectral Count",
            "Combined Total Spectral Count"]  # fmt: skip
PIVOT = ["PG.ProteinGroups", "PG.Genes", "PEP.StrippedSequence", "EG.PrecursorId"]
META = ["Protein Accession", "Gene", "Organism", "Protein Full Name", "Number of Peptides"]

# Program, header, rows, what else is stated, and runs x proteins as they stand in the rows.
LAYOUTS = {
    "diann 1.9 and 2": (
        "diann", [*DIANN_2, "/d/a.raw.dia", "/d/b.raw.dia"],
        [["P1;P2", "n", "TNF;LTA", "d", 3, 2, 10, ""], ["P3", "n", "IL6", "d", 3, 2, 0, 5]],
        {}, {"P1;P2": [10, NAN], "P3": [NAN, 5]},
    ),
    "diann, written by R with row names": (
        "diann", ['""', *(f'"{name}"' for name in [*DIANN_18, "a.raw", "b.raw"])],
        [['"1"', '"P1;P2"', '"P1"', '"n"', '"TNF"', '"d, e"', 10, "NA"],
         ['"2"', '"P3"', '"P3"', '"n"', '"IL6"', '"d"', 4, 5]],
        {}, {"P1;P2": [10, NAN], "P3": [4, 5]},
    ),
    "diann, written by R and read again": (
        "diann", ["X", *DIANN_18, "a.raw", "b.raw"],
        [[1, "P1;P2", "P1", "n", "TNF", "d", 10, "NA"], [2, "P3", "P3", "n", "IL6", "d", 4, 5]],
        {}, {"P1;P2": [10, NAN], "P3": [4, 5]},
    ),
    "diann, precursors": (
        "diann", [*DIANN_18, *DIANN_PR, "a.raw", "b.raw"],
        [["P1", "P1", "n", "TNF", "d", 1, "AA", "AA", 2, "AA2", 10, ""],
         ["P1", "P1", "n", "TNF", "d", 1, "BB", "BB", 2, "BB2", 1, 7]],
        {"roll_up": "sum"}, {"P1": [11, 7]},
    ),
    "diann 2, genes": (
        "diann", ["Genes", "N.Sequences", "N.Proteotypic.Sequences", "a.raw", "b.raw"],
        [["TNF", 3, 2, 10, ""], ["IL6", 3, 2, 0, 5]], {}, {"TNF": [10, NAN], "IL6": [NAN, 5]},
    ),
    "skyline, one column per replicate": (
        "skyline", ["Protein", "Peptide", "Precursor Charge", "a Total Area",
                    "a Best Retention Time", "b Total Area", "b Best Retention Time"],
        [["sp|P1|A_HUMAN", "AA", 2, 5, 22.1, "#N/A", "#N/A"],
         ["sp|P1|A_HUMAN", "BB", 2, 2, 23.1, 4, 25]],
        {"roll_up": "sum"}, {"P1": [7, 4]},
    ),
    "alphadia 2": (
        "alphadia", ["pg.name", "a", "b"], [["P1;P2", 10, 0.0], ["P3", 3, 4]],
        {}, {"P1;P2": [10, NAN], "P3": [3, 4]},
    ),
    "spectronaut, log2": (
        "spectronaut", ["PG.ProteinGroups", "PG.Genes", "[1] a.raw.PG.Log2Quantity",
                        "[2] b.raw.PG.Log2Quantity"],
        [["P1;P2", "TNF;LTA", 14.5, "NaN"], ["P3", "IL6", "Filtered", 12]],
        {"scale": "log2"}, {"P1;P2": [14.5, NAN], "P3": [NAN, 12]},
    ),
    "spectronaut, one level of spectra": (
        "spectronaut", ["PG.ProteinGroups", "[1] a.raw.PG.MS2Quantity",
                        "[2] b.raw.PG.MS2Quantity", "[1] a.raw.PG.IBAQ", "[2] b.raw.PG.IBAQ"],
        [["P1", 1024, "Filtered", "1.5;2.5", "NaN"]], {}, {"P1": [1024, NAN]},
    ),
    "skyline, proteins in one column per replicate": (
        "skyline", ["Protein", "Protein Gene", "a Protein Abundance", "b Protein Abundance"],
        [["sp|P1|A_HUMAN", "TNF", 5.5, "#N/A"]], {}, {"P1": [5.5, NAN]},
    ),
    "spectronaut, both scales, log2 declared": (
        "spectronaut", ["PG.ProteinGroups", "a.PG.Quantity", "b.PG.Quantity", "a.PG.Log2Quantity",
                        "b.PG.Log2Quantity"],
        [["P1", 1024, 2048, 10, 11]],
        {"scale": "log2"}, {"P1": [10, 11]},
    ),
    "spectronaut, own quantities on rows of precursors": (
        "spectronaut", [*PIVOT, "[1] a.d.PG.Quantity", "[2] b.d.PG.Quantity"],
        [["P1", "TNF", "AA", "_AA_.2", 8, 9], ["P1", "TNF", "BB", "_BB_.2", 8, "Filtered"],
         ["P3", "IL6", "CC", "_CC_.2", 3, 4]],
        {}, {"P1": [8, 9], "P3": [3, 4]},
    ),
    "spectronaut, precursors": (
        "spectronaut", [*PIVOT, "[1] a.d.EG.TotalQuantity (Settings)",
                        "[2] b.d.EG.TotalQuantity (Settings)", "[1] a.d.EG.Qvalue"],
        [["P1", "TNF", "AA", "_AA_.2", 8, 9, 0.001], ["P1", "TNF", "BB", "_BB_.2", 2, "NaN", 0]],
        {"roll_up": "sum"}, {"P1": [10, 9]},
    ),
    "fragpipe, proteins": (
        "fragpipe", [*COMBINED, "a Spectral Count", "b Spectral Count", "a Intensity",
                     "b Intensity", "a MaxLFQ Intensity", "b MaxLFQ Intensity",
                     "Indistinguishable Proteins"],
        [["sp|P1|A_HUMAN", "P1", "A_HUMAN", "TNF", 9, "H", 1, "d", 1, 1, 3, 4, 4, 4, 2, 2, 50, 60,
          5, 6, ""],
         ["contam_sp|P2|B_BOVIN", "P2", "B_BOVIN", "ALB", 9, "B", 1, "d", 1, 1, 3, 4, 4, 4, 2, 2,
          50, 60, 5, 6, ""],
         ["rev_sp|P3|C_HUMAN", "P3", "C_HUMAN", "IL6", 9, "H", 1, "d", 1, 1, 3, 4, 4, 4, 2, 2, 50,
          60, 5, 6, ""]],
        {}, {"P1": [5, 6]},
    ),
    "fragpipe, proteins of an old version": (
        "fragpipe", ["Protein Group", "SubGroup", "Protein", "Protein ID", "Entry Name", "Genes",
                     "Length", "Summarized Total Intensity", "a Total Intensity",
                     "b Total Intensity"],
        [[1, "a", "sp|P1|A_HUMAN", "P1", "A_HUMAN", "TNF", 9, 100, 5, 6]],
        {}, {"P1": [5, 6]},
    ),
    "fragpipe, peptides": (
        "fragpipe", PEPTIDE,
        [["AAK", "K", "A", 1, 3, 3, "2, 3", "sp|P1|A_HUMAN", "P1", "A_HUMAN", "TNF", "d", "", "",
          1, 5, 0, "MS/MS", "unmatched"],
         ["CCK", "K", "A", 4, 6, 3, "2", "sp|P1|A_HUMAN", "P1", "A_HUMAN", "TNF", "d", "", "",
          1, 2, 9, "MS/MS", "MBR"]],
        {"roll_up": "sum"}, {"P1": [7, 9]},
    ),
    "fragpipe, ions": (
        "fragpipe", ION,
        [["AAK", "AAK", "K", "A", 1, 3, 3, 400.5, charge, "", "sp|P1|A_HUMAN", "P1", "A_HUMAN",
          "TNF", "d", "", "", 1, charge, 10 * charge] for charge in (2, 3)],
        {"roll_up": "sum"}, {"P1": [5, 50]},
    ),
    "fragpipe, genes of a TMT study": (
        "fragpipe", ["Index", "NumberPSM", "ProteinID", "MaxPepProb", "ReferenceIntensity", "a",
                     "b"],
        [["TNF", 4, "P1", 1, 20.5, 20.25, ""], ["IL6", 4, "P3", 1, 20.5, 18.5, 19]],
        {"scale": "log2"}, {"P1": [20.25, NAN], "P3": [18.5, 19]},
    ),
    "fragpipe, references of a TMT study's plexes": (
        "fragpipe", ["Index", "NumberPSM", "ProteinID", "MaxPepProb", "ReferenceIntensity", "a",
                     "RefInt_plex1", "b", "RefDInt_plex1_135ND"],
        [["TNF", 4, "P1", 1, 20.5, 20.25, 20.5, 19, 20.5]],
        {"scale": "log2"}, {"P1": [20.25, 19]},
    ),
    "fragpipe, proteins of a TMT study": (
        "fragpipe", ["Index", "NumberPSM", "Gene", "MaxPepProb", "Protein", "Protein ID",
                     "Entry Name", "Protein Description", "Organism",
                     "Indistinguishable Proteins", "ReferenceIntensity", "a", "b"],
        [["P1", 4, "TNF", 1, "sp|P1|A_HUMAN", "P1", "A", "d", "H", "", 20.5, 20.25, ""],
         ["P2", 4, "ALB", 1, "contam_sp|P2|B", "P2", "B", "d", "H", "", 20.5, 20.25, 20]],
        {"scale": "log2"}, {"P1": [20.25, NAN]},
    ),
    "proteome discoverer 1.4": (
        "proteome_discoverer", ["Accession", "Description", "ΣCoverage", "Σ# PSMs", "Area A2",
                                "Score A2", "Area A4", "Score A4", "# AAs"],
        [["P1", "d", 50, 3, 1e7, 2, "", 3, 99]],
        {}, {"P1": [1e7, NAN]},
    ),
    "proteome discoverer 3, headers for R": (
        "proteome_discoverer", ["Master", "Accession", "Description", "Exp q-value Combined",
                                "Abundances Grouped x", "Abundances Grouped CV in Percent x",
                                "Abundance F1 Sample x", "Abundance F2 Sample y"],
        [["IsMasterProtein", "P1", "d", 0.001, 1, 2, 5, 6],
         ["IsMasterProteinRejected", "P2", "d", 0.001, 1, 2, 5, 6],
         ["IsMasterProtein", "P3", "d", 0.04, 1, 2, 5, 6]],
        {}, {"P1": [5, 6]},
    ),
    "proteome discoverer, groups": (
        "proteome_discoverer", ["Accession", "Description", "Abundances (Grouped): a",
                                "Abundances (Grouped): b", "Abundances (Grouped) CV [%]: a",
                                "Abundances (Grouped) Standard Errors [%]: b"],
        [["P1", "d", 5.5, 6.5, 12, 13]], {}, {"P1": [5.5, 6.5]},
    ),
    "proteome discoverer, more commas than columns": (
        "proteome_discoverer", ["Accession", "Description", "Abundance: F1: 126, Sample, a",
                                "Abundance: F1: 127N, Control, b"],
        [["P1", "d", 5.5, 6.5], ["P3", "d", "", 7.5]],
        {}, {"P1": [5.5, 6.5], "P3": [NAN, 7.5]},
    ),
    "proteome discoverer, peptide groups": (
        "proteome_discoverer", ["Checked", "Confidence", "Annotated Sequence", "Modifications",
                                "Master Protein Accessions", "Abundance: F1: 126, Sample, x",
                                "Abundance: F1: 127N, Sample, y"],
        [[False, "High", "[K].AA.[R]", "", "P1", 1, 2],
         [False, "High", "[K].AA.[R]", "1xOxidation", "P1", 4, ""]],
        {"roll_up": "sum"}, {"P1": [5, 2]},
    ),
    "metamorpheus": (
        "metamorpheus", [*META, "Intensity_a", "Intensity_b", "Number of PSMs",
                         "Protein Decoy/Contaminant/Target", "Protein QValue"],
        [["P1|P2", "TNF|LTA", "H", "d", 3, 10, 0, 4, "T", 0],
         ["P3", "IL6", "H", "d", 3, 10, 7, 4, "T", 0.3],
         ["P4", "", "B", "d", 3, 10, 7, 4, "C", 0],
         ["DECOY_P5", "", "H", "d", 3, 10, 7, 4, "D", 0],
         ["P6", "CRP", "H", "d", 3, 1, 2, 4, "T", 0.002]],
        {}, {"P1;P2": [10, NAN], "P6": [1, 2]},
    ),
    "flashlfq": (
        "metamorpheus", ["Protein Groups", "Gene Name", "Organism", "Intensity_a", "Intensity_b"],
        [["P1|P2", "TNF|LTA", "H", 10, 0]], {}, {"P1;P2": [10, NAN]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ending", ["as text", "first rows", "parquet"])
def test_wide(put, layout, ending):
    program, header, rows, stated, expected = LAYOUTS[layout]
    folder = put("t.tsv", text(header, *rows))
    if ending == "parquet":
        # What text cannot tell, a data frame tells as a column of numbers with nulls.
        frame = pl.read_csv(folder / "t.tsv", separator="\t", infer_schema_length=None,
                            null_values=["", "NA", "NaN", "#N/A", "Filtered"])  # fmt: skip
        frame.write_parquet(folder / "t.tsv")
    raw = table(folder, program, rows=3 if ending == "first rows" else None, **stated)
    if ending == "first rows":
        expected = {name: expected[name] for name in raw.values}
    assert raw.values.columns.tolist() == list(expected)
    np.testing.assert_allclose(raw.values.T, list(expected.values()), rtol=1e-12)
    assert raw.values.shape[0] == 2
    assert set(raw.features["gene"].dropna()) <= {"TNF", "IL6", "CRP"}


def test_runs_are_named_without_what_the_header_adds(put):
    names = {
        layout: list(table(put("t.tsv", text(header, *rows)), program, **stated).values.index)
        for layout, (program, header, rows, stated, _) in LAYOUTS.items()
    }
    usual = {"fragpipe, peptides", "fragpipe, ions", "proteome discoverer 1.4"}
    usual |= {"proteome discoverer 3, headers for R"}
    assert names["fragpipe, ions"] == names["fragpipe, peptides"] == ["x_1", "x_2"]
    assert names["proteome discoverer 1.4"] == ["A2", "A4"]
    assert names["proteome discoverer 3, headers for R"] == ["F1", "F2"]
    channels = {"proteome discoverer, peptide groups",
                "proteome discoverer, more commas than columns"}  # fmt: skip
    assert all(names[layout] == ["F1_126", "F1_127N"] for layout in channels)
    assert all(found == ["a", "b"] for layout, found in names.items()
               if layout not in usual | channels)  # fmt: skip


SPECTROMINE = ["R.FileName", "PG.Genes", "PG.ProteinAccessions", "PG.QValue",
               "PEP.StrippedSequence", "PP.Charge", "P.MoleculeID", "PSM.TMT6_126 (Raw)",
               "PSM.TMT6_127 (Raw)", "PSM.IsUsedForQuantification", "PSM.Qvalue"]  # fmt: skip
PSMS = ["Spectrum File", "Annotated Sequence", "Modifications", "Charge", "Contaminant",
        "Master Protein Accessions"]  # fmt: skip
SKYLINE = ["Protein Name", "Peptide Modified Sequence", "Precursor Charge", "File Name",
           "Isotope Label Type"]  # fmt: skip
LONG = {
    "spectromine": (
        "spectromine", SPECTROMINE,
        [["a.raw", "TNF", "P1", 0, "AA", 2, "_AA_", 5, 6, "True", 0.001],
         ["a.raw", "TNF", "P1", 0, "AA", 2, "_AA_", 4, 7, "True", 0.001],
         ["a.raw", "TNF", "P1", 0, "BB", 2, "_BB_", 1, 1, "True", 0.001],
         ["a.raw", "TNF", "P1", 0, "CC", 2, "_CC_", 90, 90, "False", 0.001],
         ["a.raw", "TNF", "P1", 0, "DD", 2, "_DD_", 90, 90, "True", 0.5]],
        {"roll_up": "sum"}, {("a_126", "P1"): 6, ("a_127", "P1"): 8},
    ),
    "proteome discoverer, bare channels": (
        "proteome_discoverer", [*PSMS, "126", "127_N", "127/126"],
        [["a.raw", "[K].AA.[R]", "", 2, False, "P1", 5, 6, 1.2],
         ["a.raw", "[K].BB.[R]", "", 2, False, "P1", 1, "", ""],
         ["a.raw", "[K].CC.[R]", "", 2, True, "P2", 7, 8, ""]],
        {"roll_up": "sum"}, {("a_126", "P1"): 6, ("a_127N", "P1"): 6},
    ),
    "proteome discoverer, fractions": (
        "proteome_discoverer", [*PSMS, "File ID", "Abundance: 126", "Abundance: 127N"],
        [["a1.raw", "[K].AA.[R]", "", 2, False, "P1", "F1.1", 5, 6],
         ["a2.raw", "[K].AA.[R]", "", 2, False, "P1", "F1.2", 4, 7],
         ["a2.raw", "[K].BB.[R]", "", 2, False, "P1", "F1.2", 1, 1],
         ["b1.raw", "[K].BB.[R]", "", 2, False, "P1", "F2.1", 3, ""]],
        {"roll_up": "sum"}, {("F1_126", "P1"): 6, ("F1_127N", "P1"): 8, ("F2_126", "P1"): 3,
                             ("F2_127N", "P1"): NAN},
    ),
    "proteome discoverer, areas": (
        "proteome_discoverer", ["Spectrum File", "Sequence", "Modifications", "Charge",
                                "Protein Group Accessions", "Area", "Intensity"],
        [["a.raw", "AA", "", 2, "P1", 5, 999], ["b.raw", "AA", "", 2, "P1", "", 999]],
        {"roll_up": "sum"}, {("a", "P1"): 5, ("b", "P1"): NAN},
    ),
    "skyline, fragments of precursors": (
        "skyline", [*SKYLINE, "Total Area Fragment", "Total Area MS1"],
        [["sp|P1|A", "AA", 2, "a.raw", "light", 5, 99],
         ["sp|P1|A", "AA", 3, "a.raw", "light", 2, 9],
         ["sp|P1|A", "AA", 2, "b.raw", "light", "#N/A", 99],
         ["sp|P1|A", "AA", 2, "b.raw", "heavy", 9, 99]],
        {"roll_up": "sum"}, {("a", "P1"): 7, ("b", "P1"): NAN},
    ),
    "skyline, total areas without charges": (
        "skyline", ["Protein", "Peptide", "Replicate", "Total Area"],
        [["sp|P1|A", "AA", "a", 5], ["sp|P1|A", "BB", "a", 2], ["sp|P1|A", "BB", "b", 3]],
        {"roll_up": "sum"}, {("a", "P1"): 7, ("b", "P1"): 3},
    ),
    "skyline, normalised": (
        "skyline", ["ProteinName", "PeptideModifiedSequence", "PrecursorCharge", "ReplicateName",
                    "NormalizedArea"],
        [["sp|P1|A", "AA", 2, "a", 5.5], ["sp|P1|A", "AA", 2, "b", 3]],
        {}, {("a", "P1"): 5.5, ("b", "P1"): 3},
    ),
    "skyline, proteins": (
        "skyline", ["Protein", "Replicate", "Protein Abundance"],
        [["sp|P1|A", "a", 5.5], ["sp|P1|A", "b", "#N/A"]],
        {}, {("a", "P1"): 5.5, ("b", "P1"): NAN},
    ),
    "metamorpheus, peaks": (
        "metamorpheus", ["File Name", "Base Sequence", "Full Sequence", "Protein Group",
                         "Precursor Charge", "Peak intensity", "Peak Detection Type",
                         "PIP Q-Value", "Random RT", "Decoy Peptide"],
        [["a", "AA", "AA", "P1|P2", 2, 5, "MSMS", "", "", "False"],
         ["a", "BB", "BB", "P1|P2", 2, 2, "MBR", 0.001, "False", "False"],
         ["a", "CC", "CC", "P1|P2", 2, 90, "MBR", 0.4, "False", "False"],
         ["a", "DD", "DD", "P1|P2", 2, 90, "MBR", 0.001, "True", "False"],
         ["b", "BB", "BB", "P1|P2", 2, 0, "MSMS", "", "", "False"]],
        {"roll_up": "sum"}, {("a", "P1;P2"): 7, ("b", "P1;P2"): NAN},
    ),
    "alphadia 2, precursors": (
        "alphadia", ["raw.name", "precursor.mod_seq_charge_hash", "precursor.intensity",
                     "precursor.qval", "precursor.decoy", "pg.name", "pg.genes", "pg.qval",
                     "pg.intensity"],
        [["a", 11, 3, 0.001, 0, "P1;P2", "TNF;LTA", 0.001, 10],
         ["a", 12, 3, 0.001, 0, "P1;P2", "TNF;LTA", 0.001, 10],
         ["b", 11, 3, 0.001, 0, "P1;P2", "TNF;LTA", 0.2, 12],
         ["b", 13, 3, 0.001, 0, "P3", "IL6", 0.001, 4]],
        {}, {("a", "P1;P2"): 10, ("b", "P1;P2"): NAN, ("b", "P3"): 4},
    ),
    "spectronaut, imputed values": (
        "spectronaut", ["R.FileName", "PG.ProteinGroups", "EG.PrecursorId", "EG.IsImputed",
                        "PG.Quantity"],
        [["a", "P1", "_AA_.2", "False", 5], ["b", "P1", "_AA_.2", "True", 5]],
        {}, {("a", "P1"): 5, ("b", "P1"): NAN},
    ),
    "spectronaut, logarithms": (
        "spectronaut", ["R.FileName", "PG.ProteinGroups", "PG.Quantity", "PG.Log2Quantity"],
        [["a", "P1", 32, 5], ["b", "P1", 1, 0]],
        {"scale": "log2"}, {("a", "P1"): 5, ("b", "P1"): 0},
    ),
    "spectronaut, precursors only": (
        "spectronaut", ["R.Raw File Name", "PG.ProteinAccessions", "EG.PrecursorId",
                        "EG.TotalQuantity (Settings)"],
        [["a.raw", "P1", "_AA_.2", 5], ["a.raw", "P1", "_BB_.2", 2]],
        {"roll_up": "sum"}, {("a", "P1"): 7},
    ),
    "files of one name in two folders": (
        "diann", ["File.Name", "Run", "Protein.Group", "PG.MaxLFQ", "Q.Value"],
        [["x/a.raw", "a", "P1", 5, 0], ["y/a.raw", "a", "P1", 6, 0]],
        {}, {("x/a.raw", "P1"): 5, ("y/a.raw", "P1"): 6},
    ),
    "diann 2": (
        "diann", ["Run.Index", "Run", "Channel", "Precursor.Id", "Decoy", "Protein.Ids",
                  "Protein.Group", "Genes", "Precursor.Normalised", "PG.TopN", "PG.MaxLFQ",
                  "Q.Value", "Lib.Q.Value", "PG.Q.Value", "Lib.PG.Q.Value"],
        [[0, "a", "", "AA2", 0, "P1", "P1", "TNF", 3, 7, 5, 0, 0, 0, 0],
         [1, "b", "", "AA2", 0, "P1", "P1", "TNF", 3, 7, 6, 0, 0, 0.2, 0]],
        {}, {("a", "P1"): 5, ("b", "P1"): NAN},
    ),
    "msstats, written by R": (
        "openms", ["", "ProteinName", "PeptideSequence", "PrecursorCharge", "FragmentIon",
                   "ProductCharge", "IsotopeLabelType", "Condition", "BioReplicate", "Run",
                   "Fraction", "Intensity"],
        [[1, "sp|P1|A", "AA", 2, "NA", "NA", "L", "c", 1, "a.mzML", 1, 5],
         [2, "sp|P1|A", "BB", 2, "NA", "NA", "L", "c", 1, "a.mzML", 1, "NA"]],
        {"roll_up": "sum"}, {("a", "P1"): 5},
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LONG)
def test_long(put, layout):
    program, header, rows, stated, expected = LONG[layout]
    raw = table(put("t.tsv", text(header, *rows)), program, **stated)
    assert sorted(raw.values.index) == sorted({run for run, _ in expected})
    assert set(raw.values) == {protein for _, protein in expected}
    for (run, protein), value in expected.items():
        np.testing.assert_allclose(raw.values.loc[run, protein], value, rtol=1e-12)


def test_what_is_left_out_is_told(put):
    raw = table(put("t.tsv", text(*_of("metamorpheus"))), "metamorpheus")
    assert counted(raw) == {"zeros": 1, "decoys": 1, "contaminants": 1, "rows above the q-value": 1}
    raw = table(put("t.tsv", text(*_of("fragpipe, proteins"))), "fragpipe")
    assert counted(raw) == {"decoys": 1, "contaminants": 1}
    _, header, rows, *_ = LONG["spectronaut, imputed values"]
    raw = table(put("t.tsv", text(header, *rows)), "spectronaut")
    assert counted(raw) == {"imputed values": 1}


def _of(layout):
    _, header, rows, *_ = LAYOUTS[layout]
    return header, *rows


def test_values_of_one_protein_that_differ_are_told(put):
    header = [*PIVOT, "a.PG.Quantity", "b.PG.Quantity"]
    rows = [["P1", "TNF", "AA", "_AA_.2", 8, 9], ["P1", "TNF", "BB", "_BB_.2", 7, 9]]
    raw = table(put("t.tsv", text(header, *rows)), "spectronaut")
    assert raw.values["P1"].tolist() == [8, 9]
    assert counted(raw) == {"values that differ": 1}


def test_logarithms_are_declared(put, refused):
    header = ["PG.ProteinGroups", "a.PG.Log2Quantity", "b.PG.Log2Quantity"]
    folder = put("t.tsv", text(header, ["P1", 14, 15]))
    refused(lambda: table(folder, "spectronaut"), "PG.Log2Quantity", "state `scale: log2`")
    refused(lambda: table(folder, "spectronaut", scale="linear"), "state `scale: log2`")
    header = ["R.FileName", "PG.ProteinGroups", "PG.Log2Quantity"]
    refused(lambda: table(put("t.tsv", text(header, ["a", "P1", 14])), "spectronaut"),
            "state `scale: log2`")  # fmt: skip


def test_ratios_under_the_name_of_abundances(put, refused):
    _, header, rows, stated, _ = LAYOUTS["fragpipe, genes of a TMT study"]
    ratios = [[*row[:5], 0.25, -0.5] for row in rows]
    folder = put("t.tsv", text(header, *ratios))
    refused(lambda: table(folder, "fragpipe", **stated), "holds ratios", "abundance_*.tsv",
            "`format: matrix`")  # fmt: skip
    put("ratio_gene_MD.tsv", text(header, *rows))
    named = ProteinTable(format="fragpipe", file="ratio_gene_MD.tsv", **stated)
    refused(lambda: read(named, folder), "holds ratios", "give abundance_gene_MD.tsv")
    linear = [[*row[:4], 2.0 ** row[4], 2.0**20, 2.0**19] for row in rows]
    raw = table(put("t.tsv", text(header, *linear)), "fragpipe", scale="linear")
    assert raw.values.loc["a"].tolist() == [2.0**20] * 2
    refused(lambda: table(folder, "fragpipe"), "state `scale: log2`")


def test_a_file_cut_in_its_last_row_is_refused(put, refused):
    header = [*DIANN_2, "a", "b"]
    rows = text(header, ["P1", "n", "G", "d", 1, 1, 5, 2], ["P2", "n", "G", "d", 1, 1, 12345])
    assert table(put("t.tsv", rows), "diann").values.loc["a", "P2"] == 12345
    folder = put("t.tsv", rows.removesuffix("45\n"))
    refused(lambda: table(folder, "diann"), "t.tsv:3", "7 fields")


def test_areas_of_one_sample_without_its_name(put, refused):
    header = ["Accession", "Description", "Score", "Coverage", "# Peptides", "Area", "MW [kDa]"]
    folder = put("t.tsv", text(header, ["P1", "d", 9, 50, 3, 1e7, 20]))
    refused(lambda: table(folder, "proteome_discoverer"), "one sample", "'Area'", "multi-consensus")


def test_sites_of_a_tmt_study_are_told(put, refused):
    header = ["Index", "Gene", "ProteinID", "Peptide", "SequenceWindow", "Start", "End",
              "MaxPepProb", "ReferenceIntensity", "a"]  # fmt: skip
    folder = put("t.tsv", text(header, ["P1_S3", "TNF", "P1", "AAK", "AAK", 1, 9, 1, 20.5, 20]))
    refused(lambda: table(folder, "fragpipe", scale="log2"), "sites", "abundance_protein_*.tsv")


def test_only_what_a_program_alone_writes_is_called_its_own(put, refused):
    peaks = ["Protein Group", "Protein ID", "Accession", "Coverage (%)", "Area a"]
    folder = put("t.tsv", text(peaks, [1, 2, "P1|A_HUMAN", 9, 5.5]))
    assert "DIA-NN" not in refused(lambda: table(folder, "skyline"), "fits no layout of Skyline")
    folder = put("t.tsv", text(["Genes", "a", "b"], ["TNF", 1, 2]))
    assert "DIA-NN" not in refused(lambda: table(folder, "fragpipe"), "fits no layout of FragPipe")


FIRST = [["contam_sp|P2|B", "BB", 2, "NA", 0, "L", "c", 1, "a", 5] for _ in range(250)]


def test_first_rows_without_any_protein_are_no_alarm(put, refused):
    header = ["ProteinName", "PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge",
              "IsotopeLabelType", "Condition", "BioReplicate", "Run", "Intensity"]  # fmt: skip
    last = ["sp|P1|A", "AA", 2, "NA", 0, "L", "c", 1, "a", 3]
    folder = put("t.tsv", text(header, *FIRST, last))
    assert table(folder, "fragpipe", rows=200).values["P1"].tolist() == pytest.approx([3])
    refused(lambda: table(put("t.tsv", text(header, *FIRST)), "fragpipe", rows=200),
            "no protein is left")  # fmt: skip
    empty = [["sp|P1|A", "AA", 2, "NA", 0, "L", "c", 1, "a", "NA"]]
    refused(lambda: table(put("t.tsv", text(header, *empty)), "fragpipe"), "no value at all")


def test_remedies_name_only_what_can_be_stated(put, refused):
    header = [*DIANN_2, "a", "b"]
    folder = put("t.tsv", text(header, ["P1", "n", "G", "d", 1, 1, "not found", 2],
                               ["P2", "n", "G", "d", 1, 1, 1.5, 2]))  # fmt: skip
    message = refused(lambda: table(folder, "diann"), "t.tsv:2, column 'a'")
    assert "missing" not in message
    folder = put("t.tsv", text([*header, "comment"], ["P1", "n", "G", "d", 1, 1, 5, 2, "good"]))
    message = refused(lambda: table(folder, "diann"), "'comment'", "remove them from the file")
    assert "not_features" not in message
    folder = put("t.tsv", text(header, ["P1", "n", "G", "d", 1, 1, "1,5", 2]))
    message = refused(lambda: table(folder, "diann"), "state the file's `decimal`")
    assert "thousands" not in message
