"""NPX Manager's workbook, in its several layouts."""

import numpy as np
import pandas as pd
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
        ([*STRIPPED, ["s3", "1_5", 2]], ("row 4, column 'IL8'", "followed by")),
        ([*STRIPPED, ["s3", "1,5", 2]], ("row 4, column 'IL8'", "ambiguous")),
        ([["Assay", "IL8"], ["LOD", 1]], ("no row of a sample",)),
    ],
)
def test_refusals(put_sheets, refused, rows, words):
    refused(lambda: wide(put_sheets("o.xlsx", a=rows)), "o.xlsx [sheet a]", *words)


def test_odd_cells_are_shown_up_to_a_few_and_counted(put_sheets, refused):
    rows = [*STRIPPED, *([f"s{n}", "high", "low"] for n in range(3, 7))]
    message = refused(lambda: wide(put_sheets("o.xlsx", a=rows)), "8 cells are no numbers")
    assert message.count("column 'IL8'") == 4
    assert message.count("column 'TNF'") == 1


def test_extrapolated_values_are_read_and_counted(put_sheets):
    raw = wide(put_sheets("o.xlsx", a=[*STRIPPED, ["s3", "3.2*", 2]]))
    assert raw.values.loc["s3", "IL8"] == 3.2
    assert [note[:2] for note in raw.notes] == [("extrapolated values", 1)]


STACKED = [
    ["Assay", "IL8", "TNF"], ["s1", 5, 0.5], ["s2", 1, 2], ["LOD", 2, 1], [None, None, None],
    ["Assay", "IL8", "TNF"], ["s3", 5, 3.5], ["LOD", 8, 3],
]  # fmt: skip


def test_stacked_blocks_of_the_same_assays_keep_their_limits(put_sheets):
    """By hand: IL8 is below 2 in s2 and below 8 in s3; the median limit is that of two of three."""
    raw = wide(put_sheets("o.xlsx", a=STACKED))
    assert raw.features["lod"].tolist() == [2, 1]
    np.testing.assert_allclose(raw.features["below_lod"], [2 / 3, 1 / 3])
    assert raw.samples["below_lod"].tolist() == [0.5, 0.5, 0.5]


def test_formula_without_a_kept_value(tmp_path, refused):
    book = Workbook()
    for row in [["Assay", "IL8"], ["s1", "=1+1"]]:
        book.active.append(row)
    book.save(tmp_path / "o.xlsx")
    refused(lambda: wide(tmp_path), "formulas have no kept value: B2", "save it")


PANELS = [
    ["Project", "x", None, None, None, None, None],
    [None],
    ["NPX data"],
    ["Panel", "Inf", None, "Cardio", None, "Inf", "Cardio", None],
    ["Assay", "IL8", "TNF", "IL8", "Inc Ctrl 1", "Plate ID", "Plate ID", "QC Warning"],
    ["s1", 5, 0.5, 2, 9, "P1", "Q1", "Pass"],
    ["s2", 4, 3, 1, 9, "P2", "Q1", "EXCLUDED"],
    ["Plate LOD", 4.5, 1, 3, None, "P1", "Q1"],
    ["Plate LOD", 1, 3.5, None, None, "P2"],
    ["Max LOD", 4.5, 3.5, 3],
    ["Lowest quantifiable level", 1, 1, 1],
    ["Assay warning", "Pass", "Pass", "Pass"],
    ["Normalization", "IPC", "IPC", "IPC"],
    ["* as agreed upon with the laboratory"],
]


def test_panels_side_by_side_with_merged_names_and_lod_of_plates(put_sheets):
    raw = wide(put_sheets("o.xlsx", a=PANELS))
    assert raw.values.columns.tolist() == ["Inf:IL8", "TNF", "Cardio:IL8"]
    assert raw.features["gene"].tolist() == ["IL8", "TNF", "IL8"]
    assert raw.features["panel"].tolist() == ["Inf", "Inf", "Cardio"]
    np.testing.assert_array_equal(raw.values, [[5, 0.5, 2], [4, 3, 1]])
    assert raw.features["below_lod"].tolist() == [0, 1, 1]
    assert raw.samples["below_lod"].tolist() == [2 / 3, 2 / 3]
    assert raw.samples["plate"].tolist() == ["P1;Q1", "P2;Q1"]
    assert raw.samples["qc_warning"].tolist() == ["Pass", "EXCLUDED"]


def test_labels_in_the_second_column(put_sheets):
    rows = [[None, *row] for row in FULL]
    np.testing.assert_array_equal(wide(put_sheets("o.xlsx", a=rows)).values.iloc[0], [5.5, 0.5])


def test_lod_above_the_samples_and_footnotes_below(put_sheets):
    rows = [*FULL[:7], FULL[11], *FULL[7:11], FULL[12], [None], ["Footnote: all is well"]]
    raw = wide(put_sheets("o.xlsx", a=rows))
    assert raw.values.index.tolist() == ["s1", "Control_3"]
    assert raw.features["lod"].tolist() == [1, 1]


def test_stacked_panels(put_sheets):
    second = [
        ["Panel", "Cardio", None], ["Assay", "REN", "QC Warning"], ["OlinkID", "OID9"],
        ["Control_3", 7, "Pass"], ["s1", 8, "Warning"],
    ]  # fmt: skip
    raw = wide(put_sheets("o.xlsx", a=[*FULL, [None], *second]))
    assert raw.values.columns.tolist() == ["OID1", "OID2", "OID9"]
    np.testing.assert_array_equal(raw.values, [[5.5, 0.5, 8], [4, np.nan, 7]])
    assert raw.features["panel"].tolist() == ["Inf", "Inf", "Cardio"]
    assert raw.samples["qc_warning"].tolist() == ["Warning", "Warning"]


def test_stacked_plates(put_sheets, refused):
    more = [["Assay", "IL8", "TNF"], ["OlinkID", "OID1", "OID2"], ["s9", 1, 2]]
    raw = wide(put_sheets("o.xlsx", a=[*FULL, [None], *more]))
    assert raw.values.loc["s9"].tolist() == [1, 2]
    more[-1][0] = "s1"
    refused(lambda: wide(put_sheets("o.xlsx", a=[*FULL, *more])), "more than once: 's1'")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("name", ["o.csv", "o.txt", "o.csv.gz"])
def test_text_exports(put, delimiter, name):
    rows = [["" if cell is None else str(cell) for cell in row] for row in FULL]
    folder = put(name, "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows))
    raw = read(OlinkWide(file=name), folder)
    np.testing.assert_array_equal(raw.values, [[5.5, 0.5], [4, np.nan]])
    assert raw.samples["plate"].tolist() == ["P1", "P2"]


def test_decimal_comma(put, refused):
    folder = put("o.csv", "Assay;IL8\ns1;5,220\n")
    assert read(OlinkWide(file="o.csv", decimal=","), folder).values.iloc[0, 0] == 5.22
    refused(lambda: read(OlinkWide(file="o.csv"), folder), "o.csv row 2, column 'IL8'", "ambiguous")


def test_the_only_sheet_that_fits_is_read(put_sheets, refused):
    notes = [["Assay", "LOD", "Missing Data freq."], ["IL8", 1, 0.2]]
    folder = put_sheets("o.xlsx", info=[["About this"]], notes=notes, npx=STRIPPED)
    assert wide(folder).source.endswith("[sheet npx]")
    refused(lambda: wide(folder, sheet="info"), "no row begins with 'Assay'", "hold NPX: npx")
    folder = put_sheets("o.xlsx", a=STRIPPED, b=STRIPPED, c=notes)
    assert wide(folder).source.endswith("[sheet a]")
    other = [*STRIPPED[:-1], [STRIPPED[-1][0], *(9.5 for _ in STRIPPED[-1][1:])]]
    folder = put_sheets("o.xlsx", a=STRIPPED, b=other, c=notes)
    refused(lambda: wide(folder), "2 sheets hold NPX: a, b, and they differ", "`sheet`")
    refused(lambda: wide(put_sheets("o.xlsx", a=notes, b=[["x"]])), "[sheet a]", "[sheet b]")


def test_of_sheets_that_say_the_same_the_fullest_is_read(put_sheets):
    stripped = [["Assay", *FULL[1][1:3]], *([row[0], *row[1:3]] for row in FULL[2:])]
    raw = wide(put_sheets("o.xlsx", a=stripped, b=FULL))
    assert raw.source.endswith("[sheet b]")
    assert raw.notes[-1][:2] == ("sheets of the same values", 1)


def test_first_rows_only(put_sheets):
    rows = [*STRIPPED, *[[f"t{n}", 1, 2] for n in range(200)], ["t1", "bad", "bad"]]
    raw = read(OlinkWide(file="o.xlsx"), put_sheets("o.xlsx", a=rows), rows=10)
    assert len(raw.values) < 100


QUANTIFIED = [
    ["Olink NPX Signature 1.8.0"],
    ["Quantified data"],
    ["Panel", "Olink Target 48", "Olink Target 48", "Olink Target 48", *["Olink Target 48"] * 4],
    ["Assay", "IL6", "CXCL8", "Inc Ctrl", "Plate ID", "QC Warning",
     "QC Deviation from median", "QC Deviation from median"],
    ["Uniprot ID", "P05231", "P10145", None, None, None, "Inc Ctrl", "Det Ctrl"],
    ["OlinkID", "OID1", "OID2"],
    ["Unit", "pg/mL", "ng/mL"],
    [None],
    ["s1", 310.5, "> ULOQ", 1, "P1", "Pass", 0.1, 0.2],
    ["s2", "< LLOQ", 8.25, 1, "P2", "Warning", 0.1, 0.2],
    ["s3", 0.5, "NaN", 1, "P2", "Pass", 0.1, 0.2],
    ["Sample Control 1", 9, 9, 1, "P2", "Pass", 0.1, 0.2],
    [None],
    ["Missing Data freq.", 0.1, 0.2],
    ["LLOQ", 0.7, 0.8], ["ULOQ", 900, 90],
    ["Assay warning", "Pass", "Pass", None, "P1"], ["Assay warning", "Warn", "Pass", None, "P2"],
    ["Lowest quantifiable level", 1, 1, None, "P1"], ["Plate LQL", 1, 1, None, "P2"],
    ["Plate LOD", 0.1, 0.1, None, "P1"], ["PlateLOD", 1.0, 0.1, None, "P2"],
    ["Normalization", "Plate control", "Plate control"],
]  # fmt: skip


def test_concentrations_of_target_48(put_sheets, refused):
    folder = put_sheets("o.xlsx", a=QUANTIFIED)
    raw = wide(folder, kind="cytokines")
    assert raw.values.index.tolist() == ["s1", "s2", "s3"]
    np.testing.assert_array_equal(raw.values, [[310.5, np.nan], [np.nan, 8.25], [0.5, np.nan]])
    assert raw.features["unit"].tolist() == ["pg/mL", "ng/mL"]
    assert raw.features["gene"].tolist() == ["IL6", "CXCL8"]
    assert raw.features["below_lod"].tolist() == [2 / 3, 0]
    assert raw.samples["below_lod"].tolist() == [0, 0.5, 1]
    assert [note[:2] for note in raw.notes] == [
        ("control samples", 1), ("values below detection", 1), ("values above the range", 1),
    ]  # fmt: skip
    refused(lambda: wide(folder), "quantified values (pg/mL)", "kind: cytokines")
    folder = put_sheets("o.xlsx", a=FULL)
    refused(lambda: wide(folder, kind="cytokines"), "unit of its values", "kind: olink_npx")


@pytest.mark.parametrize(
    "rows",
    [
        [["Quantified data"], ["Panel", "T48"], ["Assay", "IL8"], ["s1", 5]],
        [["Assay", "IL8"], ["Unit", "pg/mL"], ["s1", 5]],
    ],
)
def test_concentrations_are_refused(put_sheets, refused, rows):
    refused(lambda: wide(put_sheets("o.xlsx", a=rows)), "quantified values", "kind: cytokines")


def test_deviations_under_a_merged_title(put_sheets):
    rows = [list(row) for row in QUANTIFIED]
    rows[3][-1] = None
    np.testing.assert_array_equal(
        wide(put_sheets("o.xlsx", a=rows), kind="cytokines").values["OID1"], [310.5, np.nan, 0.5]
    )


def test_ct_values_are_refused(put_sheets, refused):
    rows = [["Olink NPX Signature 1.8.0"], ["Ct data"], *FULL[2:]]
    refused(lambda: wide(put_sheets("o.xlsx", a=rows)), "holds Ct values", "NPX export")


def version(title, *, plate_lod, unit=False, controls=False, bottom="after"):
    """An export of two panels and two plates as a version of NPX Manager or Signature lays it out.

    The values are 1, 2, ... by row and column, so that each is known; the LOD of IL8 lies between.
    """
    names = [("Inf", "IL8", "OID1"), ("Inf", "TNF", "OID2"), ("Cardio", "IL8", "OID3")]
    extra = [("Inf", "Inc Ctrl 1"), ("Inf", "Det Ctrl"), ("Cardio", "Ext Ctrl")] * controls
    quality = [(panel, word) for word in ("Plate ID", "QC Warning", "QC Deviation from median")
               for panel in ("Inf", "Cardio")]  # fmt: skip
    beside = [*extra, *quality]
    head = [
        ["Panel", *(f"Olink Target 96 {p}(v.3021)" for p, *_ in [*names, *beside])],
        ["Assay", *(name for _, name, _ in names), *(name for _, name in beside)],
        ["Uniprot ID", "P10145", "P01375", "P10145",
         *("Inc Ctrl 2" if "Dev" in name else None for _, name in beside)],
        ["OlinkID", *(oid for *_, oid in names)],
        *[["Unit", "NPX", "NPX", "NPX"]] * unit,
    ]  # fmt: skip
    told = {"Plate ID": ("pl1", "pl2"), "QC Warning": ("Pass", "Warning")}
    samples = [
        [f"s{row + 1}", *(10 * row + place for place in (1, 2, 3)), *[99] * len(extra),
         *(told.get(name, (0.01, -0.02))[row] for _, name in quality)]
        for row in (0, 1)
    ]  # fmt: skip
    plates = [None] * len(extra)
    lod = (
        [["Plate LOD", 5, 0, 0, *plates, "pl1", "pl1"], ["Plate LOD", 5, 0, 0, *plates, "pl2"]]
        if plate_lod
        else [["LOD", 5, 0, 0]]
    )
    below = [*lod, ["Missing Data freq.", "50%", 0, 0], ["Normalization", *["Intensity"] * 3]]
    if bottom == "before":
        below.reverse()
    return [[title, *[None] * 5], ["NPX data"], *head, [None], *samples, [None], *below]


@pytest.mark.parametrize(
    "rows",
    [
        version("Olink NPX Manager 0.0.85", plate_lod=False),
        version("Olink NPX Manager 2.2.1.305", plate_lod=False, bottom="before"),
        version("Olink NPX Manager 3.3.2.434", plate_lod=False, controls=True),
        version("Olink NPX Signature 1.8.2", plate_lod=True, controls=True),
        version("Olink NPX Signature 1.9.0", plate_lod=True, unit=True, bottom="before"),
    ],
)
def test_layouts_of_versions(put_sheets, rows):
    raw = wide(put_sheets("o.xlsx", a=rows))
    assert raw.values.columns.tolist() == ["OID1", "OID2", "OID3"]
    np.testing.assert_array_equal(raw.values, [[1, 2, 3], [11, 12, 13]])
    assert raw.features["below_lod"].tolist() == [0.5, 0, 0]
    assert raw.features["uniprot"].tolist() == ["P10145", "P01375", "P10145"]
    assert raw.samples["plate"].tolist() == ["pl1", "pl2"]
    assert raw.samples["qc_warning"].tolist() == ["Pass", "Warning"]


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


@pytest.mark.slow
def test_fitting_sheets_of_a_real_workbook_are_named(shared_data, refused):
    folder = shared_data / "olink_covid"
    refused(lambda: read(OlinkWide(file=PLATE_1), folder),
            "3 sheets hold NPX: MHH original, Radboud original, Radboud final")  # fmt: skip
    refused(lambda: read(OlinkWide(file=PLATE_1, sheet="Radboud adjusted"), folder),
            "column C has values but no assay name (and 61 more columns)",
            "sheets that hold NPX: MHH original, Radboud original, Radboud final")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "sheets"),
    [
        (f"olink_covid/{MHH}", ["OlinkAnalyze", "INF", "stripped"]),
        (f"olink_covid/{PLATE_1}", ["MHH original", "Radboud original", "Radboud final"]),
        (f"olink_covid/{PLATE_2}", ["MHH original", "Radboud original", "Radboud final"]),
        ("formats/olink/SYNTHETIC_npx_data1.xlsx", ["NPX Wide"]),
    ],
)
def test_every_value_of_real_workbooks_by_another_route(shared_data, file, sheets):
    """Cells as pandas has them: a value stands in the row of its sample and the column of its
    assay, of which there is one in each panel."""
    path = shared_data / file
    for name in sheets:
        raw = read(OlinkWide(file=path.name, sheet=name), path.parent)
        cells = pd.read_excel(path, sheet_name=name, header=None).to_numpy()
        label = 0 if "Assay" in cells[:, 0] else 1
        top = list(cells[:, label]).index("Assay")
        columns = {
            place: str(cell)
            for place, cell in enumerate(cells[top])
            if place > label and str(cell) in set(raw.features["gene"])
        }
        assert list(columns.values()) == raw.features["gene"].tolist()
        rows = {str(row[label]).strip(): row for row in cells[top + 1 :]}
        for sample, values in zip(raw.values.index, raw.values.to_numpy(), strict=True):
            wanted = pd.to_numeric(rows[sample][list(columns)], errors="coerce")
            np.testing.assert_array_equal(values, wanted)
