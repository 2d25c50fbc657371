"""Olink NPX with one row per sample and assay."""

import csv
import gzip
import hashlib
import io
import zipfile

import numpy as np
import pandas as pd
import polars as pl
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


def long(folder, name="o.csv", rows=None, **more):
    return read(OlinkLong(file=name, **more), folder, rows)


def table(text=TEXT):
    return pl.read_csv(io.StringIO(text), separator=";", null_values=["NA"])


def same(raw, other):
    pd.testing.assert_frame_equal(raw.values, other.values)
    pd.testing.assert_frame_equal(raw.features, other.features)
    pd.testing.assert_frame_equal(raw.samples, other.samples)
    assert raw.notes == other.notes


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


@pytest.mark.parametrize("file", ["o.csv", "o.xlsx", "o.parquet"])
def test_concentrations_out_of_range_are_counted(put, put_sheets, tmp_path, file):
    rows = [["SampleID", "Assay", "OlinkID", "Unit", "Quantified_value"],
            ["s1", "IL6", "OID1", "pg/mL", "< LLOQ"], ["s2", "IL6", "OID1", "pg/mL", "2.5"],
            ["s1", "TNF", "OID2", "pg/mL", "> ULOQ"], ["s2", "TNF", "OID2", "pg/mL", "NA"],
            ]  # fmt: skip
    if file == "o.csv":
        put(file, "".join(",".join(row) + "\n" for row in rows))
    elif file == "o.xlsx":
        put_sheets(file, a=rows)
    else:
        pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(tmp_path / file)
    raw = long(tmp_path, file, kind="cytokines")
    np.testing.assert_array_equal(raw.values, [[np.nan, np.nan], [2.5, np.nan]])
    assert raw.features["below_lod"].tolist() == [0.5, 0]
    assert [note[:2] for note in raw.notes] == [
        ("values below detection", 1), ("values above the range", 1),
    ]  # fmt: skip


def checksums(data):
    return {"md5": hashlib.md5(data).hexdigest(), "sha256": hashlib.sha256(data).hexdigest()}


@pytest.mark.parametrize("kind", ["md5", "sha256"])
@pytest.mark.parametrize("form", ["{}", "{}\r\n", "{}  npx.csv\n", "{} *folder/npx.csv\n"])
def test_checksum_in_the_archive(tmp_path, refused, kind, form):
    digest = checksums(TEXT.encode())[kind]
    name = {"md5": "MD5_checksum.txt", "sha256": "checksum_sha256.txt"}[kind]
    for text, right in ((form.format(digest.upper()), True),
                        (form.format("not a digest"), True),
                        (form.format(digest[::-1]), False)):  # fmt: skip
        with zipfile.ZipFile(tmp_path / "o.zip", "w") as archive:
            archive.writestr("npx.csv", TEXT)
            archive.writestr(name, text)
        if right:
            assert long(tmp_path, "o.zip").values.shape == (2, 3)
        else:
            refused(lambda: long(tmp_path, "o.zip"), "[npx.csv]", name, "get it again")


def test_checksum_beside_the_file(put, refused):
    put("npx.csv", TEXT)
    wrong, right = "0" * 32, checksums(TEXT.encode())["md5"]
    folder = put("MD5_checksum.txt", right)
    assert long(folder, "npx.csv").values.shape == (2, 3)
    put("MD5_checksum.txt", wrong)
    refused(lambda: long(folder, "npx.csv"), "npx.csv", "MD5_checksum.txt")
    # Beside another table it may be the other's, unless it names this one.
    put("other.csv", "a,b")
    assert long(folder, "npx.csv").values.shape == (2, 3)
    put("MD5_checksum.txt", f"{right}  npx.csv\n{wrong}  other.csv\n")
    assert long(folder, "npx.csv").values.shape == (2, 3)
    put("npx.csv.md5", wrong)
    refused(lambda: long(folder, "npx.csv"), "npx.csv.md5")


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


@pytest.mark.parametrize("name", ["Control_12", "IPC_Madrid_3", "Healthy control 1"])
def test_healthy_controls_are_no_control_wells(put, name):
    text = TEXT.replace("s2;", f"{name};")
    assert name in long(put("o.csv", text)).values.index


@pytest.mark.parametrize(
    "name", ["IPC", "IPC_1", "IPC 2", "Neg Ctrl", "NEGATIVE_CONTROL_1", "Plate Control 3",
             "Interplate control", "CONTROL_SAMPLE_AS 2", "Pooled control"]
)  # fmt: skip
def test_control_wells_by_name(put, name):
    assert long(put("o.csv", TEXT.replace("s2;", f"{name};"))).values.index.tolist() == ["s1"]


def typed(first, second):
    """The table with a column of sample types: of s1, and of s2; the other well is a control."""
    types = {"s1": first, "s2": second, "CO": "PLATE_CONTROL", "Sa": "SampleType"}
    return "\n".join(f"{line};{types[line[:2]]}" for line in TEXT.splitlines())


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("SAMPLE", "NEGATIVE_CONTROL", ["s1"]),
        ("SAMPLE", "CONTROL", ["s1"]),
        ("Sample", "Sample Control", ["s1"]),
        ("sepsis", "control", ["s1", "s2"]),
        ("sepsis", "healthy control", ["s1", "s2"]),
        ("plasma", "SAMPLE_CONTROL", ["s1"]),
    ],
)
def test_sample_types_of_olink_and_of_a_study(put, first, second, left):
    assert long(put("o.csv", typed(first, second))).values.index.tolist() == left


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            TEXT.replace("s2;OID1", "s1;OID1"),
            ("1 samples have an assay more than once: s1", "bridg"),
        ),
        (TEXT.replace(";LOD;NPX", ";NPX;NPX"), ("1 columns stand more than once: NPX",)),
        (TEXT.replace(";NPX", ";value"), ("no column NPX", "format: matrix")),
        (TEXT.replace(";4.5", ";4,5"), ("o.csv:3, column 'NPX'", "ambiguous")),
        (TEXT.replace(";4.5", ";low"), ("o.csv:3, column 'NPX'", "text 'low'")),
        (f"{HEADER}\nIPC;OID1;P1;IL6;I;P1;Pass;1;9\n", ("only control rows",)),
    ],
)
def test_refusals(put, refused, text, words):
    refused(lambda: long(put("o.csv", text)), "o.csv", *words)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("o.parquet", lambda path: table().write_parquet(path)),
        ("o.parquet", lambda path: table().with_columns(
            pl.col("Panel", "SampleID").cast(pl.Categorical), pl.col("NPX").cast(pl.Float32)
        ).write_parquet(path)),
        ("o.csv", lambda path: table().write_csv(path, quote_style="always", null_value="NA")),
        ("o.csv", lambda path: path.write_bytes(TEXT.replace("\n", "\r\n").encode("utf-16"))),
        ("o.csv.gz", lambda path: path.write_bytes(gzip.compress(TEXT.encode("utf-8-sig")))),
        ("o.csv", lambda path: path.write_text(TEXT.replace(";0.5", "; 0.5") + "\n\n")),
        ("o.csv", lambda path: path.write_text(TEXT.replace("s1;", "s1 ;"))),
    ],
)  # fmt: skip
def test_containers(put, tmp_path, name, write):
    plain = long(put("plain.csv", TEXT), "plain.csv")
    write(tmp_path / name)
    same(long(tmp_path, name), plain)


def test_workbook(put, put_sheets, refused):
    plain = long(put("o.csv", TEXT))
    rows = [line.split(";") for line in TEXT.splitlines()]
    cells = [rows[0], *[[*row[:7], *map(number, row[7:])] for row in rows[1:]]]
    same(long(put_sheets("o.xlsx", info=[["x"]], data=cells), "o.xlsx"), plain)
    cells[2][8] = "1,5"
    folder = put_sheets("o.xlsx", a=cells, b=cells)
    refused(lambda: long(folder, "o.xlsx"), "2 sheets hold long NPX: a, b")
    refused(lambda: long(folder, "o.xlsx", sheet="b"), "[sheet b] row 3, column 'NPX'", "ambiguous")


def number(text):
    return None if text == "NA" else float(text)


def put_zip(folder, **members):
    with zipfile.ZipFile(folder / "o.zip", "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return folder


def test_zip_as_olink_delivers_it(put, tmp_path, refused):
    plain = long(put("o.csv", TEXT))
    same(long(put_zip(tmp_path, npx__csv=TEXT, MD5_checksum__txt="0"), "o.zip"), plain)
    parquet = io.BytesIO()
    table().write_parquet(parquet)
    same(long(put_zip(tmp_path, npx__parquet=parquet.getvalue()), "o.zip"), plain)
    put_zip(tmp_path, a__csv=TEXT, b__csv=TEXT)
    refused(lambda: long(tmp_path, "o.zip"), "o.zip: 2 tables are in the archive: a.csv, b.csv")
    put_zip(tmp_path, README__txt="x")
    refused(lambda: long(tmp_path, "o.zip"), "0 tables")
    (tmp_path / "o.zip").write_bytes((tmp_path / "o.zip").read_bytes()[:50])
    refused(lambda: long(tmp_path, "o.zip"), "cannot be unpacked")


def test_decimal_comma(put, refused):
    plain = long(put("plain.csv", TEXT), "plain.csv")
    folder = put("o.csv", TEXT.replace(".", ","))
    same(long(folder, decimal=","), plain)
    folder = put("o.csv", TEXT.replace(".", ",").replace(";4,5", ";4.500"))
    refused(lambda: long(folder, decimal=","), "o.csv:3, column 'NPX'", "ambiguous")


def test_warnings_of_samples_and_assays(put):
    text = TEXT.replace("QC_Warning", "SampleQC").replace("Warning;", "FAIL;")
    lines = text.replace(HEADER.replace("QC_Warning", "SampleQC"), "x").splitlines()
    header = HEADER.replace("QC_Warning", "SampleQC") + ";AssayQC"
    flags = ["WARN" if "OID3" in line else "PASS" for line in lines[1:]]
    rows = [f"{line};{flag}" for line, flag in zip(lines[1:], flags, strict=True)]
    raw = long(put("o.csv", "\n".join([header, *rows])))
    assert raw.samples["qc_warning"].tolist() == ["FAIL", "Pass"]
    assert raw.features["assay_warning"].tolist() == ["Pass", "Pass", "WARN"]
    assert raw.features["below_lod"].tolist() == [0.5, 0, 0]


def test_a_column_without_a_word_beside_an_odd_number(put):
    text = TEXT.replace(";Pass;", ";;").replace(";Warning;", ";;").replace(";4\n", "; 4\n")
    raw = long(put("o.csv", text))
    assert raw.samples["qc_warning"].tolist() == ["", ""]


def test_lod_of_plates(put):
    raw = long(put("o.csv", TEXT.replace(";LOD;", ";Plate LOD;").replace("UniProt", "Max LOD")))
    assert raw.samples["below_lod"].tolist() == [0.5, 0]


def test_first_rows_only(put):
    raw = long(put("o.csv", TEXT + "cut;sh"), rows=2)
    assert raw.values.shape == (1, 2)
    assert long(put("o.csv", f"{HEADER}\nIPC;OID1;P1;IL6;I;P1;Pass;1;9\n"), rows=1).values.empty


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT.replace(";NPX", ";Quantified_value"), ("quantified values", "no column NPX")),
        (TEXT.replace(";NPX", ";ExtNPX"), ("before normalisation",)),
        (TEXT.replace(";NPX", ";Count"), ("holds counts of reads, not NPX",)),
        (TEXT + "s3;OID1;P1", ("o.csv:10", "3 fields")),
        (TEXT + "s3;OID1;P1;IL6;I;P1;Pass;1;2;3\n", ("o.csv:10", "10 fields")),
        (TEXT + ";OID1;P1;IL6;I;P1;Pass;1;2\n", ("row 9 below the header", "no SampleID")),
        (TEXT.replace(";4.5", ";inf"), ("o.csv:3, column 'NPX'",)),
        (HEADER, ("o.csv",)),
    ],
)
def test_more_refusals(put, refused, text, words):
    refused(lambda: long(put("o.csv", text)), "o.csv", *words)


@pytest.mark.parametrize("data", [b"PAR1 and then nothing", b"PAR1"])
def test_damaged_parquet(put, refused, data):
    refused(lambda: long(put("o.parquet", data), "o.parquet"), "cannot be read as Parquet")


def test_real_parquet(shared_data):
    raw = long(shared_data / "formats" / "olink", "SYNTHETIC_npx_data_ext.parquet")
    assert raw.values.index.tolist() == ["Sample_1"]
    assert raw.features.loc["OID42741", ["gene", "uniprot"]].tolist() == ["MAPT", "P10636"]
    assert raw.samples["qc_warning"].tolist() == ["Pass"]


def test_every_value_of_a_real_file_by_another_route(shared_data):
    folder = shared_data / "formats" / "olink" / "gisby_2021_long"
    raw = long(folder, "serum_npx_level.csv.gz")
    with gzip.open(folder / "serum_npx_level.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    cells = raw.values.to_dict("index")
    for row in rows:
        found = cells[row["SampleID"]]
        names = [row["Assay"], f"{row['Panel']}:{row['Assay']}"]
        assert found[next(name for name in names if name in found)] == float(row["NPX"])
    assert int(raw.values.notna().sum().sum()) == len(rows)


def test_real_file(shared_data):
    folder = shared_data / "formats" / "olink" / "gisby_2021_long"
    raw = read(OlinkLong(file="serum_npx_level.csv.gz"), folder)
    table = pd.read_csv(folder / "serum_npx_level.csv.gz")
    assert raw.values.shape == (63, 436)
    last = table.iloc[-1]
    assert raw.values.loc[last["SampleID"], last["Assay"]] == last["NPX"]
    assert int(raw.values.notna().sum().sum()) == len(table)


@pytest.mark.parametrize(
    ("npx", "words"),
    [
        ([1.0, float("inf")], ("row 2, column 'NPX'", "infinite")),
        (["1.5", "1,5"], ("row 2, column 'NPX'", "ambiguous")),
        ([True, False], ("column 'NPX'", "Boolean")),
    ],
)
def test_parquet_without_plain_numbers(tmp_path, refused, npx, words):
    frame = pl.DataFrame({"SampleID": ["s1", "s2"], "Assay": ["IL6", "IL6"], "NPX": npx})
    frame.write_parquet(tmp_path / "o.parquet")
    refused(lambda: long(tmp_path, "o.parquet"), *words)


def test_parquet_with_numbers_as_text(tmp_path):
    frame = pl.DataFrame({"SampleID": ["s1", "s2"], "Assay": ["IL6", "IL6"], "NPX": ["1.5", "NA"]})
    frame.write_parquet(tmp_path / "o.parquet")
    np.testing.assert_array_equal(long(tmp_path, "o.parquet").values["IL6"], [1.5, np.nan])


@pytest.mark.parametrize("header", ["LOD", "Plate LOD", "Max LOD", "MaxLOD", "NCLOD", "FixedLOD"])
def test_headers_of_the_limit_of_detection(put, header):
    raw = long(put("o.csv", f"SampleID;OlinkID;Assay;NPX;{header}\ns1;O1;IL6;1;2\n"))
    assert raw.features["lod"].tolist() == [2]
    assert raw.samples["below_lod"].tolist() == [1]


def test_a_table_with_row_names_that_r_wrote(put):
    """`write.csv` puts row names first, under "" or (`write.table`) under no header at all."""
    plain = long(put("o.csv", TEXT))
    rows = [",".join(f'"{cell}"' for cell in line.split(";")) for line in TEXT.splitlines()]
    numbered = [f'"{place}",{row}' for place, row in enumerate(rows)]
    same(long(put("o.csv", "\n".join(['"",' + rows[0], *numbered[1:], ""]))), plain)
    same(long(put("o.csv", "\n".join([rows[0], *numbered[1:], ""]))), plain)


def test_row_names_never_move_counts_under_npx(put):
    raw = long(put("o.csv", "SampleID;Assay;Count;NPX\n1;s1;IL6;900;0.5\n2;s2;IL6;800;0.7\n"))
    assert raw.values["IL6"].to_dict() == {"s1": 0.5, "s2": 0.7}


def test_a_table_with_decimal_comma(put):
    comma = "".join(
        ";".join([*cells[:7], *(cell.replace(".", ",") for cell in cells[7:])]) + "\n"
        for cells in (line.split(";") for line in TEXT.splitlines())
    )
    same(long(put("o.csv", comma), decimal=","), long(put("p.csv", TEXT), "p.csv"))


VERSIONS = {
    "NPX Manager": "SampleID;Index;OlinkID;UniProt;Assay;MissingFreq;Panel;Panel_Version;PlateID;"
    "QC_Warning;LOD;NPX",
    "Explore 1.x": "SampleID;Index;OlinkID;UniProt;Assay;MissingFreq;Panel;Panel_Lot_Nr;PlateID;"
    "QC_Warning;LOD;NPX;Normalization;Assay_Warning",
    "Explore 3072": "SampleID;Sample_Type;Index;OlinkID;UniProt;Assay;MissingFreq;Panel;"
    "Panel_Lot_Nr;PlateID;QC_Warning;LOD;NPX;Normalization;Assay_Warning;ExploreVersion",
    "extended": "SampleID;Sample_Type;Index;OlinkID;UniProt;Assay;MissingFreq;Panel;Panel_Lot_Nr;"
    "PlateID;WellID;QC_Warning;LOD;NPX;Normalization;Assay_Warning;IntraCV;InterCV;"
    "Processing_StartDate;Processing_EndDate;AnalyzerID;INC_Warning;AMP_Warning;Count_Warning",
    "Explore HT": "SampleID;SampleType;WellID;PlateID;DataAnalysisRefID;OlinkID;UniProt;Assay;"
    "AssayType;Panel;Block;Count;ExtNPX;NPX;Normalization;PCNormalizedNPX;AssayQC;SampleQC;"
    "SoftwareVersion;SoftwareName;PanelDataArchiveVersion;PreProcessingVersion",
    "with olink_lod": "SampleID;SampleType;PlateID;OlinkID;UniProt;Assay;AssayType;Panel;Block;"
    "Count;ExtNPX;NPX;Normalization;PCNormalizedNPX;AssayQC;SampleQC;LOD;PCNormalizedLOD;NCLOD",
    "Signature 1.8": "SampleID;OlinkID;UniProt;Assay;Panel;PlateID;QC_Warning;Max_LOD;Plate_LOD;"
    "NPX;QC Deviation Inc Ctrl;QC Deviation Det Ctrl;Olink NPX Signature Version",
    "Signature 1.9": "SampleID;OlinkID;UniProt;Assay;Panel;PlateID;QC_Warning;MaxLOD;PlateLOD;"
    "NPX;Quantified_value;Unit;QC Deviation Inc Ctrl;QC Deviation Det Ctrl",
}
CELLS = {
    "OlinkID": "OID1", "UniProt": "P05231", "Assay": "IL6", "Panel": "Inflammation",
    "PlateID": "P1", "QC_Warning": "WARN", "SampleQC": "WARN", "AssayQC": "PASS",
    "Assay_Warning": "PASS", "NPX": "1.5", "LOD": "2", "Plate_LOD": "2", "PlateLOD": "2",
    "SampleType": "SAMPLE", "Sample_Type": "SAMPLE", "AssayType": "assay", "Count": "77",
    "ExtNPX": "9", "PCNormalizedNPX": "8", "PCNormalizedLOD": "7", "MaxLOD": "1", "Max_LOD": "1",
    "NCLOD": "-1", "Quantified_value": "310", "Unit": "pg/mL", "Index": "1", "MissingFreq": "0.1",
}  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_headers_of_each_version(put, version, delimiter):
    header = VERSIONS[version].split(";")
    lines = [header] + [
        [sample if name == "SampleID" else CELLS.get(name, "x") for name in header]
        for sample in ("s1", "s2")
    ]
    raw = long(put("o.csv", "\n".join(delimiter.join(line) for line in lines)))
    assert raw.values["OID1"].tolist() == [1.5, 1.5]
    assert raw.features.loc["OID1", ["gene", "uniprot"]].tolist() == ["IL6", "P05231"]
    assert raw.samples["plate"].tolist() == ["P1", "P1"]
    assert raw.samples["qc_warning"].tolist() == ["WARN", "WARN"]
    assert raw.features.get("lod", pd.Series([2])).tolist() == [2]


def test_concentrations_of_target_48(put, refused):
    text = TEXT.replace(";LOD;NPX", ";Unit;Quantified_value").replace(";1.0;", ";pg/mL;")
    raw = long(put("o.csv", text.replace(";2.0;", ";pg/mL;")), kind="cytokines")
    np.testing.assert_array_equal(raw.values, [[0.5, 4.5, np.nan], [3.5, 4, 5]])
    assert raw.features["unit"].tolist() == ["pg/mL"] * 3
    refused(lambda: long(put("o.csv", TEXT), kind="cytokines"), "no column Quantified_value")
    both = "SampleID;Assay;NPX;Quantified_value\ns1;IL6;1.5;310\n"
    assert long(put("o.csv", both)).values.loc["s1", "IL6"] == 1.5
    assert long(put("o.csv", both), kind="cytokines").values.loc["s1", "IL6"] == 310


HT = "SampleID,SampleType,OlinkID,UniProt,Assay,AssayType,Panel,Block,Count,ExtNPX,NPX,AssayQC"


def test_explore_ht_measures_some_assays_in_every_block(put):
    rows = [
        "s1,SAMPLE,OID1,P29460_P29459,IL12A_IL12B,assay,HT,1,9,0.1,2.5,PASS",
        "s1,SAMPLE,OID2,P32455,GBP1,assay,HT,1,9,0.1,2.6,PASS",
        "s1,SAMPLE,OID2,P32455,GBP1,assay,HT,2,9,0.1,2.7,PASS",
        "s1,SAMPLE,OID3,,Extension control 1,ext_ctrl,HT,1,9,0.1,2.8,NA",
        "n1,NEGATIVE_CONTROL,OID1,P29460_P29459,IL12A_IL12B,assay,HT,1,9,0.1,0,PASS",
    ]
    raw = long(put("o.csv", "\n".join([HT, *rows])))
    assert raw.values.loc["s1"].to_dict() == {"OID1": 2.5, "1:OID2": 2.6, "2:OID2": 2.7}
    assert raw.features["uniprot"].tolist() == ["P29460;P29459", "P32455", "P32455"]


def test_a_block_that_is_not_always_told_parts_no_assay(put):
    rows = ["s1,OID1,IL6,1,2.5", "s2,OID1,IL6,,3.5"]
    raw = long(put("o.csv", "\n".join(["SampleID,OlinkID,Assay,Block,NPX", *rows])))
    assert raw.values["OID1"].tolist() == [2.5, 3.5]


def test_the_limit_of_npx_is_none_of_quantified_values_beside_them(put):
    text = "SampleID,Assay,LOD,NPX,Quantified_value\ns1,IL6,2,3,0.5\ns2,IL6,2,4,> ULOQ\n"
    folder = put("o.csv", text)
    raw = long(folder, kind="cytokines")
    np.testing.assert_array_equal(raw.values["IL6"], [0.5, np.nan])
    assert "lod" not in raw.features
    assert long(folder).values["IL6"].tolist() == [3, 4]


def test_semicolons_at_the_ends_of_rows(put, refused):
    ended = HEADER + "\n" + ROWS.replace("\n", ";\n")
    same(long(put("o.csv", ended)), long(put("t.csv", TEXT), "t.csv"))
    late = ended.replace("Pass;NA;9;", "Pass;NA;9;x")
    refused(lambda: long(put("o.csv", late)), "beyond the last header")
