"""Olink NPX with one row per sample and assay."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.readers.olink_long import read
from immunosep_omics.settings.assays import OlinkLong

HEADER = "SampleID;OlinkID;UniProt;Assay;Panel;PlateID;QC_Warning;LOD;NPX"
ROWS = """\
s1;OID1;P1;IL6;Inflammation;P1;Pass;1.0;0.5
s1;OID2;P2;TNF;Inflammation;P1;Warning;1.0;4.5
s1;OID3;P1;IL6;Cardio;P1;Pass;1.0;NA
s2;OID1;P1;IL6;Inflammation;P2;Pass;2.0;3.5
s2;OID2;P2;TNF;Inflammation;P2;Pass;1.0;4
s2;OID3;P1;IL6;Cardio;P2;Pass;1.0;5
CONTROL_SAMPLE_AS 1;OID1;P1;IL6;Inflammation;P1;Pass;1.0;9
s1;OID9;X;Incubation control 1;Inflammation;P1;Pass;NA;9
"""
TEXT = f"{HEADER}\n{ROWS}"


def long(folder, **more):
    return read(OlinkLong(file="o.csv", **more), folder)


@pytest.mark.parametrize("text", [TEXT, TEXT.replace(";", ","), TEXT.replace(";", "\t")])
def test_read(put, text):
    raw = long(put("o.csv", text))
    assert raw.values.index.tolist() == ["s1", "s2"]
    assert raw.values.columns.tolist() == ["OID1", "OID2", "OID3"]
    np.testing.assert_array_equal(raw.values, [[0.5, 4.5, np.nan], [3.5, 4, 5]])
    assert raw.features["gene"].tolist() == ["IL6", "TNF", "IL6"]
    assert raw.features["lod"].tolist() == [1.5, 1, 1]
    assert raw.samples["qc_warning"].tolist() == ["Warning", "Pass"]
    assert raw.samples["plate"].tolist() == ["P1", "P2"]
    assert raw.samples["below_lod"].tolist() == [0.5, 0]
    assert [note[:2] for note in raw.notes] == [("control samples", 1), ("control assays", 1)]


def test_without_olink_ids_the_panel_tells_assays_apart(put):
    text = "\n".join(
        ";".join(line.split(";")[:1] + line.split(";")[2:]) for line in TEXT.split("\n")
    )
    raw = long(put("o.csv", text.replace("SampleID", "Sample_ID")))
    assert raw.values.columns.tolist() == ["Inflammation:IL6", "TNF", "Cardio:IL6"]


def test_sample_types_of_explore(put):
    text = TEXT.replace(HEADER, HEADER + ";Sample_Type;AssayType")
    text = text.replace(";0.5\n", ";0.5;PLATE_CONTROL;assay\n").replace(
        ";4\n", ";4;SAMPLE;ext_ctrl\n"
    )
    lines = text.split("\n")
    text = "\n".join(x if x.count(";") == 10 or not x else x + ";SAMPLE;assay" for x in lines)
    raw = long(put("o.csv", text))
    assert np.isnan(raw.values.loc["s1", "OID1"])
    assert np.isnan(raw.values.loc["s2", "OID2"])


def test_healthy_controls_are_no_control_wells(put):
    text = TEXT.replace("s2;", "Control_12;")
    assert "Control_12" in long(put("o.csv", text)).values.index


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            TEXT.replace("s2;OID1", "s1;OID1"),
            ("1 samples have an assay more than once: s1", "bridg"),
        ),
        (TEXT.replace(";NPX", ";value"), ("no column NPX", "format: matrix")),
        (TEXT.replace(";4.5", ";4,5"), ("o.csv:3, column 'NPX'", "ambiguous")),
        (TEXT.replace(";4.5", ";low"), ("o.csv:3, column 'NPX'", "text 'low'")),
        (f"{HEADER}\nIPC;OID1;P1;IL6;I;P1;Pass;1;9\n", ("only control rows",)),
    ],
)
def test_refusals(put, refused, text, words):
    refused(lambda: long(put("o.csv", text)), "o.csv", *words)


def test_real_file(shared_data):
    folder = shared_data / "formats" / "olink" / "gisby_2021_long"
    raw = read(OlinkLong(file="serum_npx_level.csv.gz"), folder)
    table = pd.read_csv(folder / "serum_npx_level.csv.gz")
    assert raw.values.shape == (63, 436)
    last = table.iloc[-1]
    assert raw.values.loc[last["SampleID"], last["Assay"]] == last["NPX"]
    assert int(raw.values.notna().sum().sum()) == len(table)
