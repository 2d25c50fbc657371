"""Samples of an assay under the clinical table's names."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.clinical.table import ClinicalTable
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table
from immunosep_omics.ingest.samples import with_clinical_names, with_values
from immunosep_omics.settings.assays import Matrix, assay_facts

CLINICAL = ["p1_d0", "p1_d2", "p2_d0", "p3_d0"]


def raw(*names):
    values = pd.DataFrame(
        np.arange(2.0 * len(names)).reshape(-1, 2), index=names, columns=["A", "B"]
    )
    extras = pd.DataFrame({"plate": [f"on {name}" for name in names]}, index=names)
    return RawAssay(values, feature_table(["A", "B"]), extras, "counts.txt")


@pytest.fixture
def named(tmp_path):
    def call(assay, own=None, **facts):
        table = pd.DataFrame(
            {"patient": "p", "cohort": "c"}, index=pd.Index(CLINICAL, name="sample")
        )
        names = (
            {} if own is None else {"rna": pd.Series(own, table.index, dtype=object, name="RNA")}
        )
        settings = assay_facts(
            {"kind": "expression", "format": "matrix", "file": "counts.txt", **facts}
        )
        return with_clinical_names(assay, "rna", settings, tmp_path, ClinicalTable(table, names))

    return call


def test_same_names(named):
    found = named(raw("p2_d0", "p1_d0"))
    assert found.values.index.tolist() == ["p2_d0", "p1_d0"]
    assert found.notes[-1][:2] == ("samples without this assay", 2)


def test_own_column(named):
    found = named(raw("R7", "R9"), own=[np.nan, "R9", "R7", np.nan])
    assert found.values.index.tolist() == ["p2_d0", "p1_d2"]
    assert found.values.loc["p1_d2"].tolist() == [2, 3]
    assert found.samples.loc["p1_d2", "plate"] == "on R9"


ALIGNED = ["p2_d0_Aligned.sortedByCoord.out", "/data/p1_d0.sorted.bam", "p1_d2"]


def test_names_of_alignments(named):
    found = named(raw(*ALIGNED))
    assert found.values.index.tolist() == ["p2_d0", "p1_d0", "p1_d2"]
    assert found.samples.loc["p2_d0", "plate"] == f"on {ALIGNED[0]}"
    assert ("samples matched by file", 2) in [note[:2] for note in found.notes]
    own = ["R1", "R2", "R3.sorted", np.nan]
    found = named(raw("R2.bam", "R3.sorted", "R1Aligned.out"), own=own)
    assert found.values.index.tolist() == ["p1_d2", "p2_d0", "p1_d0"]


def test_files_of_geo(named):
    """Named by the accession and the submitter's own name: the clinical table may have either."""
    found = named(
        raw("GSM11_p1_d0", "GSM12_p2_d0_x", "p3_d0"), own=["p1_d0", "b", "GSM12", "p3_d0"]
    )
    assert found.values.index.tolist() == ["p1_d0", "p2_d0", "p3_d0"]


def test_columns_of_a_scanner(named):
    found = named(raw("p1_d0.AVG_Signal", "p2_d0 Signal"))
    assert found.values.index.tolist() == ["p1_d0", "p2_d0"]


def test_two_files_of_one_sample(named, refused):
    refused(lambda: named(raw("p1_d0.sorted", "p1_d0")), "are all the sample 'p1_d0'")


def test_table_of_names(named, put):
    put("names.csv", "seq,id\nx1,p3_d0\nx2,p1_d0\nx9,p1_d2\n")
    samples = {"file": "names.csv", "from": "seq", "to": "id"}
    found = named(raw("x1", "x2"), samples=samples)
    assert found.values.index.tolist() == ["p3_d0", "p1_d0"]


def test_table_and_own_column(named, put):
    put("names.csv", "seq,id\nx1,R1\nx2,R2\n")
    samples = {"file": "names.csv", "from": "seq", "to": "id"}
    found = named(raw("x1", "x2"), own=["R2", np.nan, np.nan, "R1"], samples=samples)
    assert found.values.index.tolist() == ["p3_d0", "p1_d0"]


def test_ignored_samples(named):
    found = named(raw("p1_d0", "pool", "p2_d0"), ignore_samples=["pool"])
    assert found.values.index.tolist() == ["p1_d0", "p2_d0"]
    assert found.notes[0][:2] == ("ignored samples", 1)


def test_samples_that_the_clinical_table_lacks(named, refused):
    message = refused(lambda: named(raw("p1_d0", "p2_d1", "blank")), "counts.txt (assays.rna)",
                      "the clinical table lacks p2_d1, blank", "`ignore_samples`")  # fmt: skip
    assert "did you mean 'p2_d0'?" in message


def test_lanes_are_told_as_lanes(named, refused):
    names = ["s1_L001", "s1_L002", "s2_L001", "s2_L002"]
    refused(lambda: named(raw(*names)), "4 samples of the file are lanes", "s1_L001, s1_L002",
            "together")  # fmt: skip


def test_no_sample_in_common(named, refused):
    refused(lambda: named(raw("GSM1", "GSM2")), "no sample of the file is in the clinical table",
            "GSM1, GSM2", "`sample_column`", "p1_d0")  # fmt: skip


def test_own_column_that_lacks_samples(named, refused):
    own = ["R1", "R2", np.nan, np.nan]
    refused(lambda: named(raw("R1", "R2a"), own=own), "assays.rna.sample_column",
            "'RNA' lacks R2a", "did you mean 'R2'?", "`ignore_samples`")  # fmt: skip


def test_own_column_with_repeats(named, refused):
    refused(
        lambda: named(raw("R1"), own=["R1", "R1", "R2", np.nan]), "gives R1 to more than one row"
    )


def test_table_that_lacks_samples(named, put, refused):
    put("names.csv", "seq,id\nx1,p1_d0\nx2,\n")
    samples = {"file": "names.csv", "from": "seq", "to": "id"}
    assay = raw("x1", "x2", "x3")
    refused(lambda: named(assay, samples=samples), "names.csv has no name for x2, x3",
            "`ignore_samples`")  # fmt: skip
    wrong = {"file": "names.csv", "from": "sequence", "to": "id"}
    refused(lambda: named(raw("x1"), samples=wrong), "no column 'sequence'", "names.csv")


def test_two_samples_of_one_name(named, put, refused):
    put("names.csv", "seq,id\nx1,p1_d0\nx2,p1_d0\n")
    samples = {"file": "names.csv", "from": "seq", "to": "id"}
    refused(lambda: named(raw("x1", "x2"), samples=samples), "x1, x2 are all the sample 'p1_d0'",
            "keep one")  # fmt: skip


def test_a_cohort_measured_twice_is_not_told_sample_by_sample(put, refused, tmp_path):
    samples = [f"s{n}" for n in range(40)]
    runs = [f"{name}_{run}" for name in samples for run in (1, 2)]
    put("sdrf.tsv", "file\tname\n" + "".join(f"{run}\t{run[:-2]}\n" for run in runs))
    facts = Matrix(
        kind="expression", file="counts.txt",
        samples={"file": "sdrf.tsv", "from": "file", "to": "name"},
    )  # fmt: skip
    table = ClinicalTable(pd.DataFrame({"patient": "p"}, index=pd.Index(samples)), {})
    message = refused(lambda: with_clinical_names(raw(*runs), "rna", facts, tmp_path, table),
                      "s0_1, s0_2 are all", "40 samples stand in the file")  # fmt: skip
    assert "s7_1" not in message


def test_mistaken_ignore_samples(named, refused):
    refused(lambda: named(raw("p1_d0"), ignore_samples=["p1_do"]), "assays.rna.ignore_samples",
            "'p1_do' is not a sample of the file", "did you mean 'p1_d0'?")  # fmt: skip


def test_nothing_left(named, refused):
    refused(lambda: named(raw("pool"), ignore_samples=["pool"]), "no sample is left")


def test_samples_of_which_nothing_was_measured_are_left_out_and_told():
    found = raw("a", "b", "c")
    found.values.loc["b"] = np.nan
    kept = with_values(found)
    assert kept.values.index.tolist() == kept.samples.index.tolist() == ["a", "c"]
    assert [note[:2] for note in kept.notes] == [("samples without a value", 1)]
    found.values.loc[:] = np.nan
    assert len(with_values(found).values) == 3  # told where features are looked at


def test_a_table_read_the_wrong_way_round_is_recognised(named, refused):
    turned = raw("TNF", "IL6")
    turned.features["identifier"] = CLINICAL[:2]
    refused(lambda: named(turned), "assays.rna.samples_in", "p1_d0, p1_d2", "samples_in: rows")
    message = refused(lambda: named(turned, format="h5ad"), "(assays.rna)", "turn the table round")
    assert "samples_in" not in message


@pytest.mark.parametrize(
    ("name", "meant", "difference"),
    [
        ("P1_D0", "p1_d0", "upper and lower case"), ("p1-d0", "p1_d0", "'-', '_' and '.'"),
        ("p01_d0", "p1_d0", "leading zeros"), ("p1_d0 .bam", "p1_d0", "spaces"),
    ],
)  # fmt: skip
def test_names_that_differ_in_what_means_nothing(named, refused, name, meant, difference):
    refused(lambda: named(raw("p2_d0", name)), f"did you mean '{meant}'?", difference)


def test_all_names_as_r_changes_them(named, refused):
    refused(lambda: named(raw("p1.d0", "p2.d0", "p3.d0")), "no sample of the file",
            "the names would meet but for '-', '_' and '.'")  # fmt: skip


@pytest.mark.parametrize("names", [("p1_d9",), ("P1_D0",), ("x", "p1_d0"), ("P1_d0", "p1_d0")])
def test_samples_that_are_patients_are_never_told(refused, tmp_path, names):
    index = pd.Index(CLINICAL, name="sample")
    table = ClinicalTable(pd.DataFrame({"patient": CLINICAL, "cohort": "c"}, index=index), {})
    facts = Matrix(kind="expression", file="counts.txt")
    told = refused(lambda: with_clinical_names(raw(*names), "rna", facts, tmp_path, table))
    assert not {name for name in CLINICAL if name in told}


@pytest.mark.parametrize(
    ("in_file", "in_table", "difference"),
    [
        (("007", "012"), ("7", "12"), "leading zeros"),
        (("7.0", "12.0"), ("7", "12"), "the decimals of a spreadsheet's number"),
        (("P-01", "P-02"), ("P\u201101", "P\u201102"), "the kind of dash"),
        (("p01", "p02"), ("P01", "P02"), "upper and lower case"),
        (("X7", "X12"), ("7", "12"), "the X (and the dots) that R writes"),
    ],
)  # fmt: skip
def test_what_differs_between_the_names_of_two_files(
    refused, tmp_path, in_file, in_table, difference
):
    index = pd.Index(in_table, name="sample")
    table = ClinicalTable(pd.DataFrame({"patient": in_table, "cohort": "c"}, index=index), {})
    facts = Matrix(kind="expression", file="counts.txt")
    told = refused(
        lambda: with_clinical_names(raw(*in_file), "rna", facts, tmp_path, table),
        "no sample of the file", "a table `samples` that translates", difference,
    )  # fmt: skip
    assert "'12'" not in told


@pytest.mark.parametrize(("kind", "how", "expected"), [
    ("rna_counts", "sum", {"p1_d0": [4, 6], "p2_d0": [2, 3], "p3_d0": [0, 7]}),
    ("expression", "mean", {"p1_d0": [2, 3], "p2_d0": [2, 3], "p3_d0": [np.nan, 7]}),
])  # fmt: skip
def test_runs_of_one_sample_are_joined_where_it_is_stated(named, kind, how, expected):
    assay = raw("p1_d0.bam", "p2_d0", "p1_d0", "p3_d0")
    assay.values.loc["p3_d0", "A"] = 0 if kind == "rna_counts" else np.nan
    assay.samples["below_lod"] = [0.5, 0.1, 0.25, 0.2]
    assay.samples["qc_warning"] = [True, False, False, False]
    found = named(assay, kind=kind, replicates=how)
    assert found.values.index.tolist() == list(expected)
    np.testing.assert_array_equal(found.values, list(expected.values()))
    assert found.samples["below_lod"].tolist() == [0.375, 0.1, 0.2]
    assert found.samples["qc_warning"].tolist() == [True, False, False]
    assert found.samples["plate"].isna().tolist() == [True, False, False]
    told = {note.step: note.amount for note in found.notes}
    assert (told["replicates"], told["samples without this assay"]) == (1, 1)


def test_runs_without_annotation_are_joined(named):
    assay = raw("p1_d0.bam", "p1_d0")
    found = named(replace(assay, samples=assay.samples[[]]), replicates="mean")
    assert found.values.to_numpy().tolist() == [[1, 2]]
    assert found.samples.index.tolist() == ["p1_d0"]


def test_replicates_must_fit_the_scale_and_be_stated(named, refused):
    refused(lambda: named(raw("p1_d0.bam", "p1_d0")), "state `replicates: mean`")
    refused(lambda: named(raw("p1_d0.bam", "p1_d0"), kind="rna_counts"),
            "state `replicates: sum`")  # fmt: skip
    with pytest.raises(ValueError, match="does not fit the scale 'counts' -> valid: sum"):
        named(raw("p1_d0"), kind="rna_counts", replicates="mean")


@pytest.mark.parametrize(
    "column", ["{}.mzML Peak area", "datafile:{}.mzML:area", "{} Peak height", "{} Area",
               "LFQ intensity {}"],
)  # fmt: skip
def test_columns_of_mzmine_peaks_and_maxquant(named, column):
    found = named(raw(*(column.format(name) for name in ("p2_d0", "p1_d0"))))
    assert found.values.index.tolist() == ["p2_d0", "p1_d0"]
