"""Proteins of mzTab files."""

import numpy as np

from immunosep_omics.ingest.readers.protein_table import read
from immunosep_omics.settings.assays import ProteinTable

META = """MTD\tmzTab-version\t1.0.0
MTD\tms_run[1]-location\tfile:///data/a.mzML
MTD\tms_run[2]-location\tfile:///data/b.mzML
MTD\tassay[1]-ms_run_ref\tms_run[1]
MTD\tassay[2]-ms_run_ref\tms_run[2]
MTD\tstudy_variable[1]-description\tsepsis
"""
HEAD = ("PRH\taccession\tdescription\tambiguity_members\tprotein_abundance_assay[1]"
        "\tprotein_abundance_assay[2]\tprotein_abundance_study_variable[1]"
        "\topt_global_result_type\n")  # fmt: skip
ROWS = """PRT\tsp|P1|A_HUMAN\tTumour GN=TNF PE=1\tsp|P1|A_HUMAN,sp|P2|B_HUMAN\t5\tnull\t6\tgroup
PRT\tP1\tnull\tnull\tnull\tnull\tnull\tprotein_details
PRT\tDECOY_P3\tnull\tnull\t1\t1\t1\tsingle_protein
PRT\tP4\tnull\tnull\t0\t7.5\t8\tsingle_protein
PEH\tsequence
"""


def proteins(folder, **more):
    return read(ProteinTable(format="openms", file="x.mzTab", **more), folder)


def test_assays(put):
    raw = proteins(put("x.mzTab", META + HEAD + ROWS))
    assert raw.values.index.tolist() == ["a", "b"]
    assert raw.values.columns.tolist() == ["P1;P2", "P4"]
    np.testing.assert_array_equal(raw.values, [[5, np.nan], [np.nan, 7.5]])
    assert raw.features["gene"].iloc[0] == "TNF"


def test_a_decoy_that_is_named_and_marked_counts_once(put):
    marked = HEAD.replace("\n", "\topt_global_cv_MS:1002217_decoy_peptide\n")
    rows = ROWS.replace("single_protein", "single_protein\t1", 1).replace(
        "single_protein\n", "single_protein\t0\n"
    )
    rows = rows.replace("group\n", "group\t0\n").replace(
        "protein_details\n", "protein_details\t1\n"
    )
    raw = proteins(put("x.mzTab", META + marked + rows))
    assert raw.values.columns.tolist() == ["P1;P2", "P4"]
    assert [note.amount for note in raw.notes if note.step == "decoys"] == [1]


def test_study_variables_and_labels_of_one_run(put):
    folder = put("x.mzTab", META + HEAD + ROWS)
    raw = proteins(folder, values="study_variable")
    assert raw.values.loc["sepsis"].tolist() == [6, 8]
    labels = "".join(f"MTD\tassay[{n}]-quantification_reagent\t[PRIDE, X:{n}, TMT reagent 12{n},]\n"
                     for n in (1, 2))  # fmt: skip
    meta = META.replace("assay[2]-ms_run_ref\tms_run[2]", "assay[2]-ms_run_ref\tms_run[1]")
    raw = proteins(put("x.mzTab", meta + labels + HEAD + ROWS))
    assert raw.values.index.tolist() == ["a_121", "a_122"]


def test_refusals(put, refused):
    refused(lambda: proteins(put("x.mzTab", META)), "PRH", "MSstats")
    refused(lambda: proteins(put("x.mzTab", META + HEAD + "PRT\tP1\tx\n")), "x.mzTab:8", "2 fields")
    folder = put("x.mzTab", META + HEAD + ROWS.replace("7.5", "7,5"))
    refused(lambda: proteins(folder), "x.mzTab:11", "protein_abundance_assay[2]")
    refused(lambda: proteins(folder, values="assays"), "did you mean 'assay'?")
    facts = ProteinTable(format="diann", file="x.mzTab")
    refused(lambda: read(facts, folder), "state `format: openms`")


def test_infinite_abundances_are_named(put, refused):
    for text in ("INF", "-inf", "1_000"):
        folder = put("x.mzTab", META + HEAD + ROWS.replace("7.5", text))
        refused(
            lambda folder=folder: proteins(folder),
            "x.mzTab:11, column 'protein_abundance_assay[2]'",
        )


def test_first_rows_reach_the_proteins_behind_long_metadata(put, refused):
    more = "".join(f"MTD\tsoftware[{n}]\t[,,x,]\n" for n in range(300))
    members = "PRT\tP9\tnull\tnull\tnull\tnull\tnull\tprotein_details\n" * 300
    folder = put("x.mzTab", more + META + HEAD + members + ROWS)
    facts = ProteinTable(format="openms", file="x.mzTab")
    few, whole = read(facts, folder, rows=200), read(facts, folder)
    np.testing.assert_array_equal(few.values, whole.values)
    folder = put("x.mzTab", more + META)
    refused(lambda: read(facts, folder, rows=200), "PRH")


def test_mztab_under_another_name(put):
    folder = put("out.txt", META + HEAD + ROWS)
    raw = read(ProteinTable(format="openms", file="out.txt"), folder)
    assert raw.values.columns.tolist() == ["P1;P2", "P4"]


def test_remedies_name_no_key_that_is_not_there(put, refused):
    folder = put("x.mzTab", META + HEAD + ROWS.replace("7.5", "7,5"))
    assert "`" not in refused(lambda: proteins(folder), "write numbers without other marks")
