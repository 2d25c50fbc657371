"""Logarithms to other bases become those to base 2."""

import numpy as np
import pytest

from immunosep_omics.ingest import READERS, ingest_assay, read_clinical
from immunosep_omics.settings.assays import assay_facts
from immunosep_omics.settings.cohort import Clinical

LINEAR = np.array([[1.0, 8.0, 0.5], [2.0, 32.0, 0.25]])


def _table(values):
    rows = [f"s{n}\t" + "\t".join(map(repr, row)) for n, row in enumerate(values.tolist())]
    return "\n".join(["sample\tlactate\tkynurenine\turea", *rows, ""])


@pytest.mark.parametrize(("scale", "log"), [("ln", np.log), ("log10", np.log10), ("log2", np.log2)])
def test_values_become_base_2_and_it_is_noted(put, scale, log):
    folder = put("m.tsv", _table(log(LINEAR)))
    facts = assay_facts({"kind": "metabolites", "format": "matrix", "file": "m.tsv",
                         "samples_in": "rows", "scale": scale})  # fmt: skip
    assert facts.stated_scale == "log2"
    raw = READERS["matrix"](facts, folder)
    np.testing.assert_allclose(raw.values, [[0, 3, -1], [1, 5, -2]], atol=1e-14)
    told = [] if scale == "log2" else [(f"{scale} to log2", 6)]
    assert [note[:2] for note in raw.notes] == told


def test_the_assay_is_on_the_scale_log2(put):
    put("c.csv", "id\ns0\ns1\n")
    folder = put("m.tsv", _table(np.log(LINEAR)))
    facts = assay_facts({"kind": "metabolites", "format": "matrix", "file": "m.tsv",
                         "samples_in": "rows", "scale": "ln"})  # fmt: skip
    clinical = read_clinical("a", Clinical(file="c.csv", patient="id", columns={}), folder)
    made, _, notes, _ = ingest_assay("a", "metabolites", facts, folder, clinical)
    assert made.uns["scale"] == "log2"
    assert sorted(made.X[0]) == pytest.approx([-1, 0, 3])
    assert "ln to log2" in set(notes["step"])


@pytest.mark.parametrize(("kind", "form", "words"), [
    ("ms_proteins", "diann", "is for plain tables"),
    ("rna_counts", "matrix", "cannot be on the scale 'ln'"),
    ("olink_npx", "matrix", "cannot be on the scale 'ln'"),
])  # fmt: skip
def test_only_plain_tables_have_other_bases(kind, form, words):
    with pytest.raises(ValueError, match=words):
        assay_facts({"kind": kind, "format": form, "file": "m.tsv", "scale": "ln"})
