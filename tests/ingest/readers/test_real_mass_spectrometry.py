"""Every report of a search engine in the shared data, against its own text."""

import csv
from collections import defaultdict

import numpy as np
import pytest

from immunosep_omics.ingest.readers.protein_table import read
from immunosep_omics.settings.assays import ProteinTable


@pytest.fixture
def formats(shared_data):
    return shared_data / "formats"


def proteins(folder, name, program, **more):
    return read(ProteinTable(format=program, file=name, **more), folder)


def rows_of(path, mark=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=mark))


def sums(rows, sample, protein, part, value):
    """Sum over parts of each part's highest value, by sample and protein: without the package."""
    best = defaultdict(dict)
    for row in rows:
        if row[value] not in ("", "NA", "#N/A", "0"):
            key = row[sample], row[protein]
            number = float(row[value])
            at = tuple(row[name] for name in part)
            best[key][at] = max(best[key].get(at, 0), number)
    return {key: sum(parts.values()) for key, parts in best.items()}


def same(values, expected, name=lambda text: text, run=lambda text: text):
    for (sample, protein), value in expected.items():
        found = values.loc[run(sample), name(protein)]
        assert found == pytest.approx(value, rel=1e-9), (sample, protein)
    assert int(values.notna().to_numpy().sum()) == len(expected)


def test_diann_report_agrees_with_its_matrix(formats):
    wide = proteins(formats / "diann", "PXD019909_diann_report.pg_matrix.tsv", "diann")
    long = proteins(formats / "diann", "PXD019909_diann_report.tsv", "diann")
    assert wide.values.shape == (43, 9417 - 110)
    run = "20180914_QE8_nLC0_BDA_SA_DIA_Keratinocytes_NN002"
    assert long.values.index.tolist() == [run]
    assert long.values.shape[1] == 718
    np.testing.assert_array_equal(long.values.loc[run], wide.values.loc[run, long.values.columns])
    row = rows_of(formats / "diann" / "PXD019909_diann_report.pg_matrix.tsv", "\t")[0]
    assert row["Protein.Group"] == wide.values.columns[0]
    assert float(row[f"{wide.values.index[0]}.mzML"]) == wide.values.iloc[0, 0]
    assert wide.features["gene"].iloc[0] == row["Genes"].split(";")[0]


def test_diann_matrix_whose_rows_are_cut(formats):
    raw = proteins(formats / "diann", "alphastats_report_final.pg_matrix.tsv", "diann")
    assert raw.values.shape == (20, 10)
    lines = (formats / "diann" / "alphastats_report_final.pg_matrix.tsv").read_text().splitlines()
    filled = sum(bool(cell) for line in lines[1:] for cell in line.split("\t")[5:])
    assert int(raw.values.notna().to_numpy().sum()) == filled
    assert raw.values.loc["S1", raw.values.columns[0]] == 380503


def test_alphadia(formats):
    raw = proteins(formats / "diann", "alphadia_1.10.4_pg_matrix.tsv", "alphadia")
    rows = rows_of(formats / "diann" / "alphadia_1.10.4_pg_matrix.tsv", "\t")
    zeros = sum(row[run] == "0.000000" for row in rows for run in raw.values.index)
    assert raw.values.shape == (6, len(rows))
    assert int(raw.values.isna().to_numpy().sum()) == zeros
    assert raw.values.loc[raw.values.index[0], "A0A024RBG1"] == 559781.647066


def test_diann_of_an_old_version(formats):
    folder = formats / "msstatsconvert_raw" / "DIANN"
    raw = proteins(folder, "diann_input.tsv", "diann", values="PG.Quantity")
    rows = [row for row in rows_of(folder / "diann_input.tsv")
            if all(float(row[name] or 0) <= 0.01
                   for name in ("Q.Value", "Global.Q.Value", "Global.PG.Q.Value", "Lib.Q.Value",
                                "LibPGQValue"))]  # fmt: skip
    same(raw.values, sums(rows, "Run", "Protein.Group", (), "PG.Quantity"))


def test_fragpipe(formats):
    folder = formats / "msstatsconvert_raw" / "FragPipe"
    raw = proteins(folder, "fragpipe_input.csv", "fragpipe", roll_up="sum")
    rows = [row for row in rows_of(folder / "fragpipe_input.csv")
            if not row["ProteinName"].startswith("contam_")]  # fmt: skip
    part = ("PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge")
    same(raw.values, sums(rows, "Run", "ProteinName", part, "Intensity"),
         lambda name: name.split("|")[1])  # fmt: skip


def test_openms(formats):
    folder = formats / "msstatsconvert_raw" / "OpenMS"
    raw = proteins(folder, "openms_input.csv", "openms", roll_up="sum")
    assert raw.values.shape == (12, 5)
    rows = [row for row in rows_of(folder / "openms_input.csv") if row["Run"] != "Run"]
    part = ("PeptideSequence", "PrecursorCharge")
    same(raw.values, sums(rows, "Run", "ProteinName", part, "Intensity"),
         lambda name: name.split("|")[1])  # fmt: skip


def test_openms_tmt(formats):
    folder = formats / "msstatsconvert_raw" / "OpenMSTMT"
    raw = proteins(folder, "openmstmt_input.csv", "openms", roll_up="sum")
    rows = rows_of(folder / "openmstmt_input.csv")
    for row in rows:
        row["sample"] = f"{row['Mixture']}_{row['Channel']}"
    assert raw.values.shape[0] == len({row["sample"] for row in rows}) == 30
    same(raw.values, sums(rows, "sample", "ProteinName", ("PeptideSequence", "Charge"),
                          "Intensity"), lambda name: name.split("|")[1])  # fmt: skip


def test_proteome_discoverer(formats):
    folder = formats / "msstatsconvert_raw" / "PD"
    raw = proteins(folder, "pd_input.csv", "proteome_discoverer", roll_up="sum")
    expected = sums(rows_of(folder / "pd_input.csv"), "Spectrum.File", "Protein.Group.Accessions",
                    ("Sequence", "Modifications", "Charge"), "Precursor.Area")  # fmt: skip
    same(raw.values, expected, run=lambda name: name.removesuffix(".raw"))


def test_proteome_discoverer_tmt(formats):
    folder = formats / "msstatsconvert_raw" / "PDTMT"
    raw = proteins(folder, "pdtmt_input.csv", "proteome_discoverer", roll_up="sum")
    rows = rows_of(folder / "pdtmt_input.csv")
    part = ("Annotated.Sequence", "Modifications", "Charge")
    expected = sums(rows, "Spectrum.File", "Master.Protein.Accessions", part, "Abundance..127C")
    assert raw.values.shape == (10 * len({row["Spectrum.File"] for row in rows}), 5)
    channel = raw.values[raw.values.index.str.endswith("_127C")]
    same(channel, expected, lambda name: name.replace("; ", ";"),
         lambda name: name.removesuffix(".raw") + "_127C")  # fmt: skip


def test_skyline(formats):
    folder = formats / "msstatsconvert_raw" / "Skyline"
    raw = proteins(folder, "skyline_input.csv", "skyline", roll_up="sum")
    expected = sums(rows_of(folder / "skyline_input.csv"), "File.Name", "Protein.Name",
                    ("Peptide.Modified.Sequence", "Precursor.Charge", "Fragment.Ion"),
                    "Area")  # fmt: skip
    same(raw.values, expected, run=lambda name: name.removesuffix(".raw"))


def test_spectronaut(formats):
    folder = formats / "msstatsconvert_raw" / "Spectronaut"
    raw = proteins(folder, "spectronaut_input.csv", "spectronaut")
    rows = rows_of(folder / "spectronaut_input.csv")
    same(raw.values, {(row["R.FileName"], "O75475"): float(row["PG.Quantity"]) for row in rows})
    areas = proteins(folder, "spectronaut_input.csv", "spectronaut", values="F.PeakArea",
                     roll_up="sum")  # fmt: skip
    kept = [row for row in rows if row["F.ExcludedFromQuantification"] == "FALSE"
            and float(row["EG.Qvalue"] or 0) <= 0.01]  # fmt: skip
    part = ("EG.PrecursorId", "F.FrgIon", "F.Charge", "F.FrgLossType")
    expected = sums(kept, "R.FileName", "PG.ProteinGroups", part, "F.PeakArea")
    same(areas.values, expected, lambda _: "O75475")


def test_spectromine(formats):
    folder = formats / "msstatsconvert_raw" / "SpectroMine"
    raw = proteins(folder, "spectromine_input.csv", "spectromine", roll_up="sum")
    rows = [row for row in rows_of(folder / "spectromine_input.csv")
            if row["PSM.IsUsedForQuantification"] == "True"
            and float(row["PG.QValue"]) <= 0.01 and float(row["PSM.Qvalue"]) <= 0.01]  # fmt: skip
    expected = sums(rows, "R.FileName", "PG.ProteinAccessions", ("P.MoleculeID", "PP.Charge"),
                    "PSM.TMT6_129..Raw.")  # fmt: skip
    assert raw.values.shape == (6 * len({row["R.FileName"] for row in rows}), 5)
    same(raw.values[raw.values.index.str.endswith("_129")], expected,
         lambda name: name.removeprefix("CONT_CYC_HUMAN;"),
         lambda name: name.removesuffix(".raw") + "_129")  # fmt: skip


def test_metamorpheus(formats):
    folder = formats / "msstatsconvert_raw" / "Metamorpheus"
    raw = proteins(folder, "AllQuantifiedPeaks.tsv", "metamorpheus", roll_up="sum")
    rows = rows_of(folder / "AllQuantifiedPeaks.tsv", "\t")
    same(raw.values, sums(rows, "File Name", "Protein Group", ("Full Sequence", "Precursor Charge"),
                          "Peak intensity"), lambda name: name.replace("|", ";"))  # fmt: skip


@pytest.mark.parametrize(
    ("file", "program"),
    [
        ("diann/PXD019909_diann_report.pg_matrix.tsv", "diann"),
        ("diann/PXD019909_diann_report.tsv", "diann"),
        ("diann/alphadia_1.10.4_pg_matrix.tsv", "alphadia"),
        ("msstatsconvert_raw/Spectronaut/spectronaut_input.csv", "spectronaut"),
    ],
)  # fmt: skip
def test_the_first_rows_tell_what_the_whole_file_does(formats, file, program):
    facts = ProteinTable(format=program, file=file)
    few, whole = read(facts, formats, rows=200), read(facts, formats)
    assert 0 < few.values.size < whole.values.size
    np.testing.assert_array_equal(
        few.values, whole.values.loc[few.values.index, few.values.columns]
    )


@pytest.mark.parametrize(
    ("file", "stated", "told"),
    [
        ("Spectronaut/spectronaut_input.csv", "openms", "format: spectronaut"),
        ("MaxQuant/mq_pg.csv", "fragpipe", "format: maxquant"),
        ("Skyline/skyline_input.csv", "diann", "format: skyline"),
        ("PDTMT/pdtmt_input.csv", "fragpipe", "format: proteome_discoverer"),
        ("SpectroMine/spectromine_input.csv", "spectronaut", "format: spectromine"),
        ("Progenesis/progenesis_input.csv", "proteome_discoverer", "format: matrix"),
        ("DIAUmpire/dia_prot.csv", "diann", "format: matrix"),
        ("ProteinProspector/Prospector_TotalTMT.txt", "openms", "format: matrix"),
    ],
)  # fmt: skip
def test_other_programs_are_named_or_refused(formats, refused, file, stated, told):
    refused(lambda: proteins(formats / "msstatsconvert_raw", file, stated), told)
