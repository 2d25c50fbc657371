"""MaxQuant's proteinGroups.txt."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.readers import long_table
from immunosep_omics.ingest.readers.maxquant import read
from immunosep_omics.settings.assays import LongTable, MaxQuant

HEADER = [
    "Protein IDs", "Majority protein IDs", "Gene names", "Intensity", "Intensity s1",
    "Intensity s2",
    "LFQ intensity s1", "LFQ intensity s2", "iBAQ peptides", "iBAQ s1", "iBAQ s2",
    "Only identified by site", "Reverse", "Potential contaminant",
]  # fmt: skip
ROWS = [
    ["P1;P9", "P1", "TNF;TNFA", 9, 1, 2, 10, 20, 4, 5, 6, "", "", ""],
    ["P2", "P2;P3", "", 9, 1, 2, 0, 30, 4, 5, 6, "", "", ""],
    ["REV__P4", "REV__P4", "", 9, 1, 2, 1, 1, 4, 5, 6, "+", "+", ""],
    ["CON__P5", "CON__P5", "KRT1", 9, 1, 2, 1, 1, 4, 5, 6, "", "", "+"],
    ["P6", "P6", "X", 9, 1, 2, 1, 1, 4, 5, 6, "+", "", ""],
]
TEXT = "\n".join("\t".join(str(cell) for cell in row) for row in [HEADER, *ROWS]) + "\n"


def proteins(folder, **more):
    return read(MaxQuant(file="p.txt", **more), folder)


def test_read(put):
    raw = proteins(put("p.txt", TEXT))
    assert raw.values.index.tolist() == ["s1", "s2"]
    assert raw.values.columns.tolist() == ["P1", "P2;P3"]
    np.testing.assert_array_equal(raw.values, [[10, np.nan], [20, 30]])
    assert raw.features["gene"].iloc[0] == "TNF"
    assert raw.features["gene"].isna().tolist() == [False, True]
    assert raw.features["uniprot"].tolist() == ["P1", "P2"]
    counts = {note.step: note.amount for note in raw.notes}
    assert counts["decoys"] == 1
    assert counts["contaminants"] == 1
    assert counts["proteins only identified by a modification site"] == 1
    assert counts["zeros"] == 1


def test_other_quantities(put):
    folder = put("p.txt", TEXT)
    assert proteins(folder, values="Intensity").values.loc["s2", "P1"] == 2
    assert proteins(folder, values="iBAQ").values.index.tolist() == ["s1", "s2"]


def test_rows_whose_empty_end_was_cut_and_stray_quotation_marks(put):
    text = "\n".join(line.rstrip("\t") for line in TEXT.split("\n")).replace("TNF;", '5" TNF;')
    raw = proteins(put("p.txt", text))
    np.testing.assert_array_equal(raw.values, [[10, np.nan], [20, 30]])


def test_refusals(put, refused):
    folder = put("p.txt", TEXT)
    refused(lambda: proteins(folder, values="LFQ intensties"), "p.txt (values)", "no column begins",
            "did you mean 'LFQ intensity'?")  # fmt: skip
    folder = put("p.txt", TEXT.replace("rotein IDs", "rotein"))
    refused(lambda: proteins(folder), "p.txt", "'Majority protein IDs'", "format: matrix")


@pytest.mark.slow
def test_real_file(shared_data):
    folder = shared_data / "formats" / "maxquant"
    raw = read(MaxQuant(file="alphastats_example_proteinGroups.txt"), folder)
    table = pd.read_csv(folder / raw.source.rsplit("/", 1)[1], sep="\t", low_memory=False)
    flags = table[["Reverse", "Potential contaminant", "Only identified by site"]].eq("+")
    named = table["Protein IDs"].str.startswith(("REV__", "CON__"))
    kept = table[~flags.any(axis=1) & ~named]
    assert raw.values.shape == (48, len(kept))
    lfq = kept.filter(like="LFQ intensity")
    assert int(raw.values.notna().sum().sum()) == int((lfq > 0).sum().sum())
    assert raw.values.iloc[0].sum() == lfq["LFQ intensity 1_31_C6"].sum()


def test_genes_of_fasta_headers_and_other_spellings(put):
    header = ["Protein.IDs", "Majority.protein.IDs", "Fasta.headers", "Intensity.a", "Contaminant",
              "LFQ.intensity.a.1", "LFQ.intensity.b"]  # fmt: skip
    rows = [["sp|P1|X", "sp|P1|X", ">sp|P1|X Y GN=TNF PE=1;>sp|P2|Z GN=LTA", 5, "", 7, 8],
            ["P3", "P3", "", 5, "+", 7, 8]]  # fmt: skip
    text = "\n".join(",".join(str(cell) for cell in row) for row in [header, *rows]) + "\n"
    raw = proteins(put("p.txt", text))
    assert raw.values.index.tolist() == ["a.1", "b"]
    assert raw.values.columns.tolist() == ["P1"]
    assert raw.features["gene"].tolist() == ["TNF"]


def test_decimal_commas_are_stated(put, refused):
    folder = put("p.txt", "Protein IDs\tLFQ intensity a\tLFQ intensity b\nP1\t1,5\t20,25\n")
    message = refused(lambda: proteins(folder), "state the file's `decimal`")
    assert "`missing`" not in message
    assert proteins(folder, decimal=",").values["P1"].to_dict() == {"a": 1.5, "b": 20.25}


@pytest.mark.parametrize("change", [str.lower, lambda text: text.replace(" ", "_"), str.upper])
def test_headers_that_others_changed(put, change):
    header = change("Majority protein IDs\tReverse\tIntensity\tLFQ intensity 1\tLFQ intensity 2")
    raw = proteins(put("p.txt", header + "\nP1\t\t9\t1\t2\nP2\t+\t9\t1\t2\n"))
    assert raw.values.to_dict() == {"P1": {"1": 1, "2": 2}}


def test_zeros_are_missing_but_not_among_low_logarithms(put):
    folder = put("p.txt", "Protein IDs\tLFQ intensity a\tLFQ intensity b\nP1\t0\t4\n")
    np.testing.assert_array_equal(proteins(folder).values["P1"], [np.nan, 4])
    np.testing.assert_array_equal(proteins(folder, scale="log2").values["P1"], [0, 4])


def test_first_rows_of_contaminants_only_are_no_alarm(put):
    rows = "".join(f"CON__P{n}\t5\t6\n" for n in range(250))
    folder = put("p.txt", "Protein IDs\tLFQ intensity a\tLFQ intensity b\n" + rows + "P1\t1\t2\n")
    raw = read(MaxQuant(file="p.txt"), folder, rows=200)
    assert raw.values["P1"].to_dict() == {"a": 1, "b": 2}


def test_channels(put):
    header = ["Majority protein IDs", "Reporter intensity corrected 1",
              "Reporter intensity corrected 1 X", "Reporter intensity corrected 2 X",
              "Reporter intensity 1 X", "Reporter intensity count 1 X"]  # fmt: skip
    text = "\t".join(header) + "\nP1\t1\t2\t3\t4\t5\n"
    folder = put("p.txt", text)
    raw = proteins(folder, values="Reporter intensity corrected")
    assert raw.values["P1"].to_dict() == {"1 X": 2, "2 X": 3}
    raw = proteins(folder, values="Reporter intensity")
    assert raw.values["P1"].to_dict() == {"1 X": 4}
    folder = put("p.txt", text.replace(" X", ""))
    raw = proteins(folder, values="Reporter intensity")
    assert raw.values["P1"].to_dict() == {"1": 4}


def test_silac(put):
    header = ["Majority protein IDs", "Intensity", "Intensity L", "Intensity H", "Intensity s1",
              "Intensity L s1", "Intensity H s1"]  # fmt: skip
    folder = put("p.txt", "\t".join(header) + "\nP1\t1\t2\t3\t4\t5\t6\n")
    assert proteins(folder, values="Intensity").values["P1"].to_dict() == {"s1": 4}
    assert proteins(folder, values="Intensity H").values["P1"].to_dict() == {"s1": 6}
    folder = put("p.txt", "Majority protein IDs\tIntensity H\tIntensity L2\nP1\t1\t2\n")
    assert proteins(folder, values="Intensity").values["P1"].to_dict() == {"H": 1, "L2": 2}


def test_other_tables_are_named(put, refused):
    refused(lambda: proteins(put("p.txt", "Sequence\tRaw file\tIntensity\nA\tx\t1\n")),
            "peptides, scans or runs", "proteinGroups.txt")  # fmt: skip
    text = "Sequence\tModified sequence\tRaw file\tLeading razor protein\tCharge\tIntensity\n"
    rows = ["A\t_A_\tx\tP1\t2\t5\n", "B\t_B_\tx\tP1\t2\t3\n", "C\t_C_\tx\tCON__P2\t2\t3\n"]
    folder = put("p.txt", text + "".join(rows))
    refused(lambda: proteins(folder), "evidence.txt", "`format: long`", "`run: Raw file`")
    # What the message recommends works.
    stated = LongTable(file="p.txt", run="Raw file", feature="Leading razor protein",
                       part=["Modified sequence", "Charge"], value="Intensity",
                       roll_up="sum")  # fmt: skip
    assert long_table.read(stated, folder).values.loc["x"].to_dict() == {"P1": 8}
    text = "LFQ intensity a\tProtein IDs\n#!{Type}E\tT\n20.5\tP1\n"
    refused(lambda: proteins(put("p.txt", text)), "Perseus", "`format: matrix`")
    refused(lambda: proteins(put("p.txt", "Protein.Group\tGenes\ta\nP1\tG\t1\n")),
            "state `format: diann`")  # fmt: skip


@pytest.mark.parametrize(
    "values", ["LFQ intensity", "iBAQ", "Intensity"],
)  # fmt: skip
def test_real_file_of_a_version_without_gene_names(shared_data, values):
    folder = shared_data / "formats" / "maxquant"
    raw = proteins_of(folder, "alphastats_go_proteinGroups.txt", values)
    table = pd.read_csv(folder / "alphastats_go_proteinGroups.txt", sep="\t", low_memory=False)
    flags = table[["Reverse", "Potential contaminant", "Only identified by site"]].eq("+")
    kept = table[~flags.any(axis=1) & ~table["Majority protein IDs"].str.contains("^(?:REV|CON)__")]
    assert raw.values.shape == (10, len(kept))
    np.testing.assert_array_equal(
        raw.values.loc["AC384"].fillna(0), kept[f"{values} AC384"].to_numpy()
    )


def test_real_tables_as_r_writes_them(shared_data):
    folder = shared_data / "formats" / "msstatsconvert_raw"
    raw = proteins_of(folder / "MaxQuant", "mq_pg.csv", "Intensity")
    table = pd.read_csv(folder / "MaxQuant" / "mq_pg.csv")
    table = table[table["Only.identified.by.site"] != "+"]
    assert raw.values.shape == (15, 4)
    assert raw.values.loc["01_LysC_Try_1to10_Mixt_1_1", "P06959"] == 7368400000
    assert raw.features["gene"].tolist() == table["Gene.names"].tolist()
    raw = proteins_of(folder / "MaxQuantTMT", "mq_pg.csv", "Reporter intensity corrected")
    assert raw.values.shape == (150, 4)
    assert raw.features["gene"].tolist()[:2] == ["RPL8", "SH3GL1"]
    assert raw.values.loc["0 M1R1", "P62917"] == 13769
    assert raw.values.index.str.fullmatch(r"[0-9] M[1-5]R[1-3]").all()


def proteins_of(folder, name, values):
    return read(MaxQuant(file=name, values=values), folder)
