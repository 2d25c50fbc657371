"""Tables whose columns are declared."""

import csv

import numpy as np
import polars as pl
import pytest

from immunosep_omics.ingest.readers.long_table import read
from immunosep_omics.settings.assays import LongTable

NAN = np.nan
TEXT = """Rawfile,Prot,Pep,Charge,decoy,Area
/d/a.raw,sp|P1|X,AA,2,0,1
/d/a.raw,sp|P1|X,BB,2,0,16
/d/b.raw,sp|P1|X,AA,2,0,4
/d/b.raw,sp|P1|X,BB,2,0,64
/d/b.raw,P2;P3,CC,2,0,NA
/d/a.raw,P2;P3,CC,2,0,5
/d/a.raw,P2;P3,CC,2,1,500
/d/a.raw,CON__P4,CC,2,0,500
"""
COLUMNS = {"run": "Rawfile", "feature": "Prot", "value": "Area"}


def table(folder, **more):
    return read(LongTable(**{"file": "t.csv", **COLUMNS, **more}), folder)


def test_peptides_are_rolled_up(put):
    raw = table(put("t.csv", TEXT), part=["Pep", "Charge"], only={"decoy": 0})
    assert raw.values.index.tolist() == ["a", "b"]
    np.testing.assert_allclose(raw.values[["P1", "P2;P3"]], [[4, 5], [16, NAN]])
    assert {note.step: note.amount for note in raw.notes}["rows left out"] == 1
    raw = table(put("t.csv", TEXT), part=["Pep"], only={"decoy": 0}, roll_up="sum")
    assert raw.values.loc["b", "P1"] == 68


def test_values_of_proteins_on_the_log_scale(put):
    raw = table(put("t.csv", TEXT), part=["Pep", "Charge"], only={"decoy": "0"}, scale="log2")
    np.testing.assert_allclose(raw.values.loc["a", "P1"], 8.5)


def test_zeros_of_proteins_are_missing(put):
    text = "run,protein,value\na,P1,0\nb,P1,3\na,rev_P2,4\n"
    raw = table(put("t.csv", text), run="run", feature="protein", value="value")
    np.testing.assert_array_equal(raw.values["P1"], [NAN, 3])
    assert {note.step: note.amount for note in raw.notes} == {"zeros": 1, "rows of no protein": 1}
    raw = table(put("t.csv", text), run="run", feature="protein", value="value", scale="log2")
    np.testing.assert_array_equal(raw.values["P1"], [0, 3])


def test_cytokines_keep_their_names_and_zeros(put):
    text = "id;marker;pg_ml\ns1;IL-6, total;0\ns2;IL-6, total;1,5\ns1;CXCL8;7\n"
    raw = table(put("t.csv", text), run="id", feature="marker", value="pg_ml", kind="cytokines",
                decimal=",", delimiter=";")  # fmt: skip
    assert raw.values.columns.tolist() == ["IL-6, total", "CXCL8"]
    np.testing.assert_array_equal(raw.values, [[0, 7], [1.5, NAN]])


@pytest.mark.parametrize("file", ["t.csv", "t.xlsx"])
def test_a_header_below_titles(put, put_sheets, tmp_path, refused, file):
    rows = [["A plate"], [None], ["run", "protein", "value"], ["a", "P1", 3], ["b", "P1", "x"]]
    rows = [[str(cell or "") for cell in row] for row in rows]
    if file == "t.csv":
        put(file, "\n".join(",".join(row) for row in rows))
    else:
        put_sheets(file, info=[["none"]], data=rows)
    facts = {"file": file, "run": "run", "feature": "protein", "value": "value", "header": 3,
             "sheet": "data" if file == "t.xlsx" else None}  # fmt: skip
    raw = table(tmp_path, **facts, missing=["x"])
    np.testing.assert_array_equal(raw.values["P1"], [3, NAN])
    row = "t.csv:5" if file == "t.csv" else "row 5"
    refused(lambda: table(tmp_path, **facts), row, "'value'")
    refused(lambda: table(tmp_path, **{**facts, "header": 9}), "(header)", "row 9")


@pytest.mark.parametrize("file", ["t.csv", "t.xlsx", "t.parquet"])
def test_cytokines_out_of_range_and_extrapolated(put, put_sheets, tmp_path, file):
    rows = [["id", "marker", "pg"], ["s1", "IL6", "OOR <"], ["s2", "IL6", "2*"],
            ["s1", "TNF", "> 900"], ["s2", "TNF", "4.5"]]  # fmt: skip
    if file == "t.csv":
        put(file, "".join(",".join(row) + "\n" for row in rows))
    elif file == "t.xlsx":
        put_sheets(file, a=rows)
    else:
        pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(tmp_path / file)
    raw = table(tmp_path, file=file, run="id", feature="marker", value="pg", kind="cytokines")
    np.testing.assert_array_equal(raw.values, [[NAN, NAN], [2, 4.5]])
    assert raw.features["below_lod"].tolist() == [0.5, 0]
    assert [note[:2] for note in raw.notes] == [
        ("extrapolated values", 1), ("values below detection", 1), ("values above the range", 1),
    ]  # fmt: skip


def test_wells_of_one_sample_that_differ_are_refused(put, refused):
    facts = {"run": "id", "feature": "marker", "value": "pg", "kind": "cytokines"}
    rows = ["id,marker,pg,well", "s1,IL6,5,A1", "s1,IL6,5,A2", "s2,IL6,7,B1", "s2,IL6,,B2"]
    raw = table(put("t.csv", "\n".join([*rows, ""])), **facts)
    assert raw.values["IL6"].tolist() == [5, 7]
    assert [note[:2] for note in raw.notes] == [("rows of the same sample and feature", 1)]
    for cell in ("8", "OOR <"):
        folder = put("t.csv", "\n".join([*rows, f"s2,IL6,{cell},B3", "s1,TNF,1,A1"]))
        refused(
            lambda folder=folder: table(folder, **facts), "1 times", "(first: s2, IL6)", "`only`"
        )
        assert table(folder, **facts, only={"well": "A1"}).values.shape == (1, 2)


def test_refusals(put, refused):
    folder = put("t.csv", TEXT)
    refused(lambda: table(folder, run="RawFile", value="Are"), "did you mean 'Rawfile'?",
            "did you mean 'Area'?", "(run)", "(value)")  # fmt: skip
    refused(lambda: table(folder, only={"decoy": [0, 7]}), "(only)",
            "no row has '7' in column 'decoy'")  # fmt: skip
    refused(lambda: table(put("t.csv", TEXT.replace(",64", ",many"))), "t.csv:5", "'Area'")
    refused(lambda: table(put("t.csv", TEXT.replace("Pep", "Prot"))), "stands 2 times")


def rows_of(path, mark):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=mark))


def test_openswath(shared_data):
    folder = shared_data / "formats" / "msstatsconvert_raw" / "OpenSWATH"
    raw = table(folder, file="openswath_input.csv", run="filename", feature="ProteinName",
                part=["FullPeptideName", "Charge"], value="Intensity", only={"decoy": 0},
                roll_up="sum")  # fmt: skip
    rows = [row for row in rows_of(folder / "openswath_input.csv", ",") if row["decoy"] == "0"]
    assert sorted(raw.values.index) == [f"lgillet_I150211_{n:03}" for n in (8, 9, 10, 11, 12, 13)]
    assert raw.values.shape[1] == len({row["ProteinName"] for row in rows})
    assert "P0DJD0;Q7Z3J3;A6NKT7;P0DJD1;P49792" in raw.values
    assert raw.values.loc["lgillet_I150211_013", "P0DJD0;Q7Z3J3;A6NKT7;P0DJD1;P49792"] == 32077


def test_metamorpheus(shared_data):
    folder = shared_data / "formats" / "msstatsconvert_raw" / "Metamorpheus"
    raw = table(folder, file="AllQuantifiedPeaks.tsv", run="File Name", feature="Protein Group",
                part=["Full Sequence", "Precursor Charge"], value="Peak intensity",
                roll_up="sum")  # fmt: skip
    rows = rows_of(folder / "AllQuantifiedPeaks.tsv", "\t")
    assert set(raw.values.index) == {row["File Name"] for row in rows}
    best = {}
    for row in rows:
        if row["File Name"] == "NEG1-calib" and row["Protein Group"] == "P16050":
            part = row["Full Sequence"], row["Precursor Charge"]
            best[part] = max(best.get(part, 0), float(row["Peak intensity"] or 0))
    assert raw.values.loc["NEG1-calib", "P16050"] == pytest.approx(sum(best.values()), rel=1e-12)


def test_msstats_with_a_heavy_standard(shared_data):
    folder = shared_data / "formats" / "msstatsconvert_raw"
    raw = table(folder, file="unbalanced_data.csv", run="Run", feature="ProteinName",
                part=["PeptideSequence", "PrecursorCharge", "FragmentIon"], value="Intensity",
                only={"IsotopeLabelType": "L"}, roll_up="sum")  # fmt: skip
    rows = [row for row in rows_of(folder / "unbalanced_data.csv", ",")
            if row["IsotopeLabelType"] == "L"]  # fmt: skip
    assert set(raw.values.index) == {row["Run"] for row in rows}
    idhc = [float(row["Intensity"]) for row in rows
            if (row["Run"], row["ProteinName"]) == ("1", "IDHC")
            and row["Intensity"] != "NA"]  # fmt: skip
    assert raw.values.loc["1", "IDHC"] == pytest.approx(sum(idhc))
