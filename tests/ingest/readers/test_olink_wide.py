"""NPX Manager's workbook, in its several layouts."""

import numpy as np
import pytest
from openpyxl import Workbook

from immunosep_omics.ingest.readers.olink_wide import read
from immunosep_omics.settings.assays import OlinkWide

FULL = [
    ["Olink NPX Manager 2.1", None, None, None, None],
    ["NPX data", None, None, None, None],
    ["Panel", "Inf", "Inf", "Inf", "Inf"],
    ["Assay", "IL8", "TNF", "Plate ID", "QC Warning"],
    ["Uniprot ID", "P1", "P2", None, None],
    ["OlinkID", "OID1", "OID2", None, None],
    [None, None, None, None, None],
    ["s1   ", 5.5, 0.5, "P1", "Pass"],
    ["Control_3", 4, None, "P2", "Warning"],
    ["Neg Ctrl", 1, 1, "P2", "Pass"],
    [None, None, None, None, None],
    ["LOD", 1, 1, None, None],
    ["Missing Data freq.", 0, 0.5, None, None],
    ["Normalization", "IPC", "IPC", None, None],
]
STRIPPED = [["Assay", "IL8", "TNF"], ["s1", 5.5, 0.5], ["s2", "4", "NaN"]]


def wide(folder, **more):
    return read(OlinkWide(file="o.xlsx", **more), folder)


@pytest.mark.parametrize("above", [0, 5])
def test_full_export(put_sheets, above):
    summary = [["# Samples", 2, None, None, None]] * above
    raw = wide(put_sheets("o.xlsx", a=[*FULL[:2], *summary, *FULL[2:]]))
    assert raw.values.index.tolist() == ["s1", "Control_3"]
    assert raw.values.columns.tolist() == ["OID1", "OID2"]
    np.testing.assert_array_equal(raw.values, [[5.5, 0.5], [4, np.nan]])
    assert raw.features["gene"].tolist() == ["IL8", "TNF"]
    assert raw.features["uniprot"].tolist() == ["P1", "P2"]
    assert raw.features["lod"].tolist() == [1, 1]
    assert raw.samples["plate"].tolist() == ["P1", "P2"]
    assert raw.samples["qc_warning"].tolist() == ["Pass", "Warning"]
    assert raw.samples["below_lod"].tolist() == [0.5, 0]
    assert raw.notes[0][:2] == ("control samples", 1)


def test_stripped_to_names_and_values(put_sheets):
    raw = wide(put_sheets("o.xlsx", a=STRIPPED))
    assert raw.values.columns.tolist() == ["IL8", "TNF"]
    np.testing.assert_array_equal(raw.values, [[5.5, 0.5], [4, np.nan]])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["x", 1]], ("no row begins with 'Assay'", "`sheet`")),
        ([["Assay", "IL8", None], ["s1", 1, 2]], ("column C has values but no assay name",)),
        ([*STRIPPED, ["s1", 1, 2]], ("sample names stand more than once: 's1'", "rename")),
        ([*STRIPPED, [None, 1, 2]], ("row 4", "no sample name")),
        ([*STRIPPED, ["s3", "high", 2]], ("row 4, column 'IL8'", "text 'high'")),
        ([*STRIPPED, ["s3", "1,5", 2]], ("row 4, column 'IL8'", "ambiguous")),
        ([["Assay", "IL8"], ["LOD", 1]], ("no row of a sample",)),
    ],
)
def test_refusals(put_sheets, refused, rows, words):
    refused(lambda: wide(put_sheets("o.xlsx", a=rows)), "o.xlsx [sheet a]", *words)


def test_formula_without_a_kept_value(tmp_path, refused):
    book = Workbook()
    for row in [["Assay", "IL8"], ["s1", "=1+1"]]:
        book.active.append(row)
    book.save(tmp_path / "o.xlsx")
    refused(lambda: wide(tmp_path), "formulas have no kept value: B2", "save it")


MHH = "MHH_cohort_analysis_NPX_INF_v1.xlsx"
PLATE_1, PLATE_2 = (f"Radboud_integration_INF_pl{n}.xlsx" for n in (1, 2))


@pytest.mark.parametrize(
    ("file", "sheet", "samples", "assays", "first"),
    [
        (MHH, "OlinkAnalyze", 264, 92, 5.22113),
        (MHH, "INF", 264, 92, 5.22113),
        (MHH, "stripped", 264, 92, 5.22113),
        (PLATE_1, "Radboud original", 88, 92, 7.70011),
        (PLATE_1, "Radboud final", 86, 62, 7.29665),
        (PLATE_2, "Radboud original", 88, 92, 8.4957),
        (PLATE_2, "Radboud final", 84, 62, 8.24884),
    ],
)
def test_real_layouts(shared_data, file, sheet, samples, assays, first):
    raw = read(OlinkWide(file=file, sheet=sheet), shared_data / "olink_covid")
    assert raw.values.shape == (samples, assays)
    assert raw.values.iloc[0, 0] == pytest.approx(first)
    assert raw.features["gene"].iloc[0] == "IL8"
    assert not raw.values.index.str.endswith(" ").any()


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        ("Informatio", "no row begins with 'Assay'"),
        ("Bridging samples", "no row begins with 'Assay'"),
        ("Missing %", "text 'Remove'"),
        ("Radboud adjusted", "column C has values but no assay name"),
        ("Radboud", "no sheet 'Radboud'"),
    ],
)
def test_sheets_that_are_no_export(shared_data, refused, sheet, words):
    facts = OlinkWide(file=PLATE_1, sheet=sheet)
    refused(lambda: read(facts, shared_data / "olink_covid"), PLATE_1, words)


def test_two_panels(shared_data):
    folder = shared_data / "formats" / "olink"
    raw = read(OlinkWide(file="SYNTHETIC_npx_data1.xlsx"), folder)
    assert raw.values.shape == (156, 184)
    assert raw.features["panel"].nunique() == 2
    assert raw.notes[0].amount == 4
