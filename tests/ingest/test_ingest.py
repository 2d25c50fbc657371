"""From files to a checked assay, in one go."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.assay import read_assay, values_of, write_assay
from immunosep_omics.ingest import READERS, ingest_assay, read_clinical
from immunosep_omics.settings.assays import AnyAssay
from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.cohort import Cohort

CLINICAL = "PatID,Sex,Ward\np1,F,\np2,M,\np3,F,\n"
MATRIX = "id\tp1\tp2\tp3\nENSG1\t10\t0\t5\nENSG2\t1\t2\t3\nENSG3\t4\t4\t4\n"
GENES = "id,gene\nENSG1,TNF\nENSG2,IL6\nENSG3,TNF\n"


class Holder(Settings):
    assay: AnyAssay


def ingest(folder, clinical_columns=None, **facts):
    settings = Cohort.model_validate({
        "folder": ".",
        "clinical": {"file": "c.csv", "patient": "PatID", "columns": clinical_columns or {}},
        "assays": {"rna": {"format": "matrix", "kind": "rna_counts", "file": "m.tsv", **facts}},
    })  # fmt: skip
    clinical = read_clinical("athens", settings.clinical, folder)
    return ingest_assay("athens", "rna", settings.assays["rna"], folder, clinical)


@pytest.fixture
def folder(put):
    put("c.csv", CLINICAL)
    put("g.csv", GENES)
    return put("m.tsv", MATRIX)


def test_each_format_of_the_settings_has_a_reader():
    formats = {
        word
        for branch in AnyAssay.__args__[0].__args__  # the union inside Annotated
        for word in get_args(branch.model_fields["format"].annotation)
    }
    assert set(READERS) == formats


def test_assay_quality_and_notes(folder, tmp_path):
    columns = {"sex": {"from": "Sex", "codes": {"F": "female", "M": "male"}}, "ward": "Ward"}
    made, quality, notes, mapping = ingest(
        folder, columns, features={"file": "g.csv", "id": "id", "gene": "gene"}
    )
    assert made.obs_names.tolist() == ["p1", "p2", "p3"]
    assert made.var_names.tolist() == ["TNF", "IL6"]
    np.testing.assert_array_equal(made.X, [[14, 1], [4, 2], [9, 3]])
    assert made.var["feature"].tolist() == ["ENSG1;ENSG3", "ENSG2"]
    assert made.obs["sex"].tolist() == ["female", "male", "female"]
    assert set(made.obs["cohort"]) == {"athens"}
    assert {key: made.uns[key] for key in ("cohort", "assay", "kind", "scale")} == {
        "cohort": "athens", "assay": "rna", "kind": "rna_counts", "scale": "counts",
    }  # fmt: skip
    assert quality["total"].tolist() == [15, 6, 12]
    assert notes.to_dict("records") == [{
        "cohort": "athens", "assay": "rna", "step": "features beside another of their gene",
        "count": 1, "reason": "counts of one gene added up",
    }]  # fmt: skip
    assert mapping.drop(columns=["cohort", "assay", "candidates"]).to_numpy().tolist() == [
        ["ENSG1", "TNF", "TNF", "symbol", "kept"],
        ["ENSG2", "IL6", "IL6", "symbol", "kept"],
        ["ENSG3", "TNF", "TNF", "symbol", "kept"],
    ]
    write_assay(made, tmp_path / "a.h5ad")
    back = read_assay(tmp_path / "a.h5ad")
    pd.testing.assert_frame_equal(values_of(made), values_of(back), check_names=False)
    assert back.obs["ward"].isna().all()


def test_same_input_same_bytes(folder):
    first, second = (ingest(folder) for _ in range(2))
    pd.testing.assert_frame_equal(values_of(first[0]), values_of(second[0]))
    pd.testing.assert_frame_equal(first[1], second[1])


def test_scale_is_checked_after_ignored_samples(folder, put, refused):
    put("m.tsv", MATRIX.replace("p3", "pool").replace("5\n", "0.5\n").replace("\t3\n", "\t0.5\n"))
    refused(lambda: ingest(folder), "m.tsv", "the clinical table lacks pool")
    made, _, _, _ = ingest(folder, ignore_samples=["pool"])
    assert made.n_obs == 2


def test_normalised_values_declared_as_counts(folder, put, refused):
    put("m.tsv", MATRIX.replace("10\t0", "10.25\t0.5"))
    refused(
        lambda: ingest(folder), "m.tsv (assays.rna.scale)", "counts", "normalised", "raw counts"
    )
