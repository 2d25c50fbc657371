"""SDRF files as sample sheets."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.clinical.table import ClinicalTable, read_clinical
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table
from immunosep_omics.ingest.readers.protein_table import read
from immunosep_omics.ingest.samples import with_clinical_names
from immunosep_omics.settings.assays import ProteinTable
from immunosep_omics.settings.cohort import Clinical

MODIFICATION = "comment[modification parameters]"
SDRF = "\t".join(["source name", MODIFICATION, MODIFICATION, "comment[data file]"]) + "\n"
ROWS = "p1\tx\ty\ta.raw\np2\tx\ty\tb.raw\n"


@pytest.fixture
def named():
    def call(names, clinical, folder, file="x.sdrf.tsv", column="comment[data file]"):
        facts = ProteinTable(
            format="diann", file="r.tsv",
            samples={"file": file, "from": column, "to": "source name"},
        )  # fmt: skip
        values = pd.DataFrame(np.arange(len(names)), index=names, columns=["P1"], dtype=float)
        raw = RawAssay(values, feature_table(["P1"]), pd.DataFrame(index=values.index), "r.tsv")
        table = pd.DataFrame({"patient": "p"}, index=pd.Index(clinical, name="sample"))
        return with_clinical_names(raw, "proteins", facts, folder, ClinicalTable(table, {}))

    return call


@pytest.mark.parametrize("names", [["a.raw", "b.raw"], ["a", "b"], ["/d/a.mzML", "b.d"]])
def test_runs_are_found_whatever_their_ending(named, put, names):
    found = named(names, ["p2", "p1"], put("x.sdrf.tsv", SDRF + ROWS))
    assert found.values["P1"].to_dict() == {"p1": 0, "p2": 1}
    notes = {note.step: note.amount for note in found.notes}
    exact = sum(name in ("a.raw", "b.raw") for name in names)
    assert notes.get("samples matched by run", 0) == 2 - exact


LABEL = "comment[label]"
LABELLED = f"source name\t{LABEL}\tcomment[data file]\n" + "".join(
    f"p{n}\t{label}\t{run}.raw\n"
    for n, (run, label) in enumerate([("a", "TMT126"), ("a", "NT=TMT127N;AC=X:1"), ("b", "TMT126"),
                                      ("b", "NT=TMT127N;AC=X:1")])
)  # fmt: skip


def test_channels_are_found_by_run_and_label(named, put, refused):
    folder = put("x.sdrf.tsv", LABELLED)
    runs = ["b_126", "a_127N", "a_126", "b_127N"]
    both = ["comment[data file]", LABEL]
    found = named(runs, ["p0", "p1", "p2", "p3"], folder, column=both)
    assert found.values["P1"].to_dict() == {"p2": 0, "p1": 1, "p0": 2, "p3": 3}
    refused(lambda: named(["a_128N"], ["p0"], folder, column=both), "no name for a_128N")
    refused(lambda: named(runs, ["p0"], folder, column=[*both, "label"]), "no column 'label'")


FRACTIONS = SDRF.replace("source name", "source name\tfactor value[disease]") + "".join(
    f"p{n}\t{disease}\tx\ty\t{n}_{fraction}.raw\n"
    for n, disease in enumerate(["sepsis", "normal"]) for fraction in (1, 2)
)  # fmt: skip


def test_fractions_are_one_row_of_the_clinical_table(put, refused):
    columns = {"disease": "factor value[disease]"}
    facts = Clinical(file="x.sdrf.tsv", patient="source name", columns=columns)
    clinical = read_clinical("c", facts, put("x.sdrf.tsv", FRACTIONS))
    assert clinical.table["disease"].to_dict() == {"p0": "sepsis", "p1": "normal"}
    assert [(note.step, note.amount) for note in clinical.notes] == [("repeated rows", 2)]
    folder = put("x.sdrf.tsv", FRACTIONS.replace("p0\tsepsis", "p0\tnormal", 1))
    refused(lambda: read_clinical("c", facts, folder), "stands in several rows")
    folder = put("x.sdrf.tsv", FRACTIONS.replace("comment[data file]", "file"))
    refused(lambda: read_clinical("c", facts, folder), "stands in several rows")


def test_refusals(named, put, refused):
    folder = put("x.sdrf.tsv", SDRF + ROWS + "p3\tx\ty\ta.mzML\n")
    refused(lambda: named(["a", "b"], ["p1", "p2", "p3"], folder), "x.sdrf.tsv", "no name for a")
    refused(lambda: named(["a"], ["p1"], folder, column=MODIFICATION), "stands 2 times")


def test_real_sdrf(named, shared_data):
    folder = shared_data / "formats" / "diann"
    facts = ProteinTable(format="diann", file="PXD019909_diann_report.pg_matrix.tsv")
    runs = list(read(facts, folder).values.index)
    sdrf = "PXD019909_PXD019909-DIA.sdrf.tsv"
    lines = [line.split("\t") for line in (folder / sdrf).read_text().splitlines()]
    file_at = lines[0].index("comment[data file]")
    source = {line[file_at].removesuffix(".raw"): line[0] for line in lines[1:]}
    known = [run for run in runs if run in source]
    assert len(known) > 40
    found = named(known, sorted(source.values()), folder, file=sdrf)
    assert found.values.index.tolist() == [source[run] for run in known]
