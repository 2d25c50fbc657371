"""SomaLogic's ADAT, as delivered and as edited."""

import gzip
import io
import warnings

import numpy as np
import pytest

from immunosep_omics.ingest.readers.somascan import read
from immunosep_omics.settings.assays import SomaScan

COLUMNS = [
    ["SeqId", "10-1", "20-2_3", "30-3", "40-4"],
    ["Target", "A", 'B 5" end', "C", "D"],
    ["UniProt", "P1", "P2 P3", "", "P4"],
    ["EntrezGeneSymbol", "GA", "GB GC", "", "GD"],
    ["Organism", "Human", "Human", "Human", "Mouse"],
    ["Type", "Protein", "Protein", "Hybridization Control Elution", "Protein"],
    ["ColCheck", "PASS", "FLAG", "PASS", "PASS"],
]
SAMPLES = ["PlateId", "SampleId", "SampleType", "HybControlNormScale", "RowCheck"]
ROWS = [
    ["P1", "s1", "Sample", "1.1", "PASS", "", "100.5", "200", "3", "4"],
    ["P1", "cal", "Calibrator", "1", "PASS", "", "1", "1", "1", "1"],
    ["P2", "s2", "Sample", "0.3", "FLAG", "", "101", "", "3", "4"],
    ["P2", "", "Buffer", "1", "PASS", "", "1", "1", "1", "1"],
]


def adat(rows=ROWS, columns=COLUMNS, samples=SAMPLES):
    lines = [["^HEADER"], ["!Version", "1.2"], ["Two", "a", "b"], ["^COL_DATA"], ["^TABLE_BEGIN"]]
    lines += [[*[""] * len(SAMPLES), *column] for column in columns]
    lines += [[*samples, *[""] * 5], *rows, [""]]
    return "\n".join("\t".join(line) for line in lines)


def soma(folder, name="a.adat", rows=None, **more):
    return read(SomaScan(file=name, **more), folder, rows)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a.adat", lambda text: text),
        ("a.adat.gz", lambda text: text),
        ("a.adat", lambda text: text.replace("\n", "\r\n")),
        ("a.adat", lambda text: "\ufeff!Checksum\tx\n\n" + text),
        ("a.adat", lambda text: text.replace("\ts1\t", '\t"s1"\t').replace("^T", "\n^T")),
    ],
)
def test_read(put, name, change):
    raw = soma(put(name, change(adat())), name)
    assert raw.values.index.tolist() == ["s1", "s2"]
    assert raw.values.columns.tolist() == ["10-1", "20-2"]
    np.testing.assert_array_equal(raw.values, [[100.5, 200], [101, np.nan]])
    assert raw.features["gene"].tolist() == ["GA", "GB;GC"]
    assert raw.features["uniprot"].tolist() == ["P1", "P2;P3"]
    assert raw.features["col_check"].tolist() == ["PASS", "FLAG"]
    assert raw.samples["plate"].tolist() == ["P1", "P2"]
    assert raw.samples["qc_warning"].tolist() == ["Pass", "FLAG"]
    assert raw.samples["HybControlNormScale"].tolist() == [1.1, 0.3]
    assert [tuple(note) for note in raw.notes] == [
        ("control samples", 1, "wells of type Calibrator"),
        ("control samples", 1, "wells of type Buffer"),
        ("control analytes", 2, "no human protein"),
    ]


def test_how_it_was_normalised_is_noted(put):
    steps = "Raw RFU, Hyb Normalization, medNormInt (SampleId), anmlSMP"
    for line in (f"!ProcessSteps\t{steps}", f'"!ProcessSteps"\t"{steps}"\t'):
        raw = soma(put("a.adat", adat().replace("!Version\t1.2", line)))
        assert ("samples normalised by SomaLogic", 2, steps) in raw.notes


def test_last_value_missing_without_its_tab(put):
    rows = [ROWS[0], [*ROWS[2][:-1]]]
    columns = [[c if c != "Mouse" else "Human" for c in column] for column in COLUMNS]
    assert np.isnan(soma(put("a.adat", adat(rows, columns))).values.loc["s2", "40-4"])


def test_first_rows_only(put):
    rows = [ROWS[0], ROWS[2], ["P1", "s1", "cut"]]
    assert soma(put("a.adat", adat(rows)), rows=2).values.index.tolist() == ["s1", "s2"]
    assert soma(put("a.adat", adat(ROWS[1:2])), rows=1).values.shape == (0, 2)


def test_names_from_another_column(put):
    raw = soma(put("a.adat", adat(ROWS[:1])), sample_names="PlateId")
    assert raw.values.index.tolist() == ["P1"]


def row(place, text, base=0):
    return [*ROWS[:base], [*ROWS[base][:place], text, *ROWS[base][place + 1 :]]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", ("no line ^TABLE_BEGIN", "format: matrix")),
        (adat(columns=COLUMNS[1:]), ("no line SeqId",)),
        (adat(rows=[]), ("no row of a sample",)),
        (adat([*ROWS, ROWS[0]]), ("more than once: 's1'",)),
        (adat([ROWS[1]]), ("only control wells",)),
        (adat(row(6, "12,5")), ("a.adat:14, column '10-1'", "ambiguous")),
        (adat(row(7, "high")), ("a.adat:14, column '20-2_3'", "text 'high'")),
        (adat(row(7, "inf")), ("a.adat:14, column '20-2_3'", "infinite")),
        (adat(row(6, "1_000")), ("a.adat:14, column '10-1'", "followed by")),
        (adat(row(7, "-3.5")), ("a.adat:14, column '20-2_3'", "a negative number where")),
        (adat([*ROWS[:2], ROWS[2][:7]]), ("a.adat:16: the row has 7 fields, not 10", "cut short")),
        (adat(row(1, "")), ("a.adat:14, column 'SampleId'", "no name")),
        (adat(samples=["PlateId", "SampleID", *SAMPLES[2:]]), ("did you mean 'SampleID'?",)),
    ],
)
def test_refusals(put, refused, text, words):
    refused(lambda: soma(put("a.adat", text)), "a.adat", *words)


@pytest.mark.parametrize(
    "name",
    ["example_data10.adat", pytest.param("example_data.adat.gz", marks=pytest.mark.slow)],
)
def test_real_files_agree_with_somadata(shared_data, name):
    import somadata

    folder = shared_data / "formats" / "somascan"
    raw = soma(folder, name)
    data = (folder / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = somadata.read_adat(io.StringIO(text))
    peer = peer[peer.index.get_level_values("SampleType") == "Sample"]
    columns = peer.columns
    human = (columns.get_level_values("Type") == "Protein") & (
        columns.get_level_values("Organism") == "Human"
    )
    np.testing.assert_array_equal(raw.values.to_numpy(), peer.to_numpy()[:, human])
    assert raw.values.index.tolist() == peer.index.get_level_values("SampleId").tolist()
    assert raw.values.columns.tolist() == columns.get_level_values("SeqId")[human].tolist()
    flagged = peer.index.get_level_values("RowCheck") != "PASS"
    np.testing.assert_array_equal(raw.samples["qc_warning"] != "Pass", flagged)
    scale = peer.index.get_level_values("HybControlNormScale").astype(float)
    np.testing.assert_array_equal(raw.samples["HybControlNormScale"], scale)


def test_analytes_whose_gene_is_na_stay_apart(put):
    columns = [["NA" if c in ("GA", "GB GC") else c for c in column] for column in COLUMNS]
    assert soma(put("a.adat", adat(columns=columns))).features["gene"].isna().all()


def test_repeated_samples_and_the_columns_that_tell_them_apart(put, refused):
    rows = [["P1", "s1", "Sample", "1.1", "A1", *ROWS[0][5:]],
            ["P1", "s1", "Sample", "1.1", "A2", *ROWS[0][5:]]]  # fmt: skip
    text = adat(rows, samples=[*SAMPLES[:4], "ExtIdentifier"])
    message = refused(lambda: soma(put("a.adat", text)), "more than once: 's1'", "`sample_names`")
    assert message.endswith(": ExtIdentifier")
    raw = soma(put("a.adat", text), sample_names="ExtIdentifier")
    assert raw.values.index.tolist() == ["A1", "A2"]


TYPES = [
    ("Protein", "Human", True), ("Protein", "Mouse", False), ("Protein", "HIV-1", False),
    ("Rat Protein", "Rat", False), ("Hybridization Control Elution", "", False),
    ("Non-Human", "Human", False), ("Non-Biotin", "", False), ("Non-Cleavable", "", False),
    ("Spuriomer", "", False), ("Deprecated", "Human", False), ("", "Human", True),
    ("PROTEIN", "human", True),
]  # fmt: skip


def test_analytes_that_are_no_human_protein(put):
    columns = [
        ["SeqId", *(f"{n}-1" for n in range(len(TYPES)))],
        ["EntrezGeneSymbol", *(f"G{n}" for n in range(len(TYPES)))],
        ["Organism", *(organism for _, organism, _ in TYPES)],
        ["Type", *(kind for kind, _, _ in TYPES)],
    ]
    values = [str(n + 0.5) for n in range(len(TYPES))]
    raw = soma(put("a.adat", adat([[*ROWS[0][:6], *values]], columns)))
    kept = [n for n, (*_, human) in enumerate(TYPES) if human]
    assert raw.values.columns.tolist() == [f"{n}-1" for n in kept]
    assert raw.values.iloc[0].tolist() == [n + 0.5 for n in kept]
    assert raw.notes[-1].amount == len(TYPES) - len(kept)


@pytest.mark.parametrize(
    ("gene", "read_as"),
    [
        ("C4A C4B", "C4A;C4B"), ("C4A|C4B", "C4A;C4B"), ("C4A,C4B", "C4A;C4B"),
        ("C4A; C4B", "C4A;C4B"), ("C4A C4A", "C4A"), ("C4A", "C4A"),
    ],
)  # fmt: skip
def test_several_genes_of_an_aptamer(put, gene, read_as):
    columns = [[gene if cell == "GA" else cell for cell in column] for column in COLUMNS]
    assert soma(put("a.adat", adat(columns=columns))).features["gene"].iloc[0] == read_as


def test_several_aptamers_of_a_gene_are_features_of_their_own(put):
    columns = [["GA" if cell == "GB GC" else cell for cell in column] for column in COLUMNS]
    raw = soma(put("a.adat", adat(columns=columns)))
    assert raw.features["gene"].tolist() == ["GA", "GA"]
    assert raw.values.columns.tolist() == ["10-1", "20-2"]


@pytest.mark.parametrize("version", ["1.0", "1.0.1", "1.2", "1.3"])
def test_sections_and_scales_of_versions(put, version):
    """Older files have no RowCheck and one scale per dilution, named by the dilution."""
    scales = ["PlateId", "SampleId", "SampleType", "NormScale_0.005", "Med.Scale.20"]
    rows = [[*ROWS[0][:3], "0.9", "1.2", *ROWS[0][5:]]]
    text = adat(rows, samples=scales).replace("!Version\t1.2", f"!Version\t{version}")
    text = text.replace("^COL_DATA", "^COL_DATA\n!Name\tSeqId\n!Type\tString\n^ROW_DATA")
    raw = soma(put("a.adat", text))
    assert raw.samples.loc["s1", ["NormScale_0.005", "Med.Scale.20"]].tolist() == [0.9, 1.2]
    assert raw.values.loc["s1"].tolist() == [100.5, 200]
