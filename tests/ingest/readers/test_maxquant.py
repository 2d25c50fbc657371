"""MaxQuant's proteinGroups.txt."""

import numpy as np
import pandas as pd

from immunosep_omics.ingest.readers.maxquant import read
from immunosep_omics.settings.assays import MaxQuant

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
    refused(lambda: proteins(folder, values="LFQ Intensity"), "p.txt (values)", "no column begins",
            "did you mean 'LFQ intensity'?")  # fmt: skip
    folder = put("p.txt", TEXT.replace("rotein IDs", "rotein"))
    refused(lambda: proteins(folder), "p.txt", "'Majority protein IDs'", "format: matrix")


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
