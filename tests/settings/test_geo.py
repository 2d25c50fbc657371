"""Where GEO keeps the files that cohorts take from it."""

from pathlib import Path

import pytest

from immunosep_omics.settings.cohort import Cohort, Source
from immunosep_omics.settings.geo import (
    as_input,
    downloads_of,
    platform_table,
    series_matrix,
    with_downloads,
)

COHORT = Cohort.model_validate({
    "clinical": {"patient": "geo_accession"},
    "assays": {"rna": {"format": "geo_series_matrix", "features": {"geo": "GPL570"}}},
    "source": {"geo": "GSE65682"},
})  # fmt: skip


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ({"geo": "GSE65682"}, "GSE65nnn/GSE65682/matrix/GSE65682_series_matrix.txt.gz"),
        ({"geo": "GSE185263"}, "GSE185nnn/GSE185263/matrix/GSE185263_series_matrix.txt.gz"),
        ({"geo": "GSE12"}, "GSEnnn/GSE12/matrix/GSE12_series_matrix.txt.gz"),
        (
            {"geo": "GSE65682", "platform": "GPL13667"},
            "GSE65nnn/GSE65682/matrix/GSE65682-GPL13667_series_matrix.txt.gz",
        ),
    ],
)
def test_series_matrix(source, path):
    assert series_matrix(Source(**source)).path == f"series/{path}"


def test_platform():
    assert platform_table("GPL570").path == "platforms/GPLnnn/GPL570/annot/GPL570.annot.gz"
    assert platform_table("GPL13667").path.startswith("platforms/GPL13nnn/GPL13667/")


def test_what_a_cohort_downloads_and_reads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real/deep").mkdir(parents=True)
    (tmp_path / "data").symlink_to("real/deep")
    matrix, table = downloads_of(COHORT)
    (tmp_path / "results/downloads").mkdir(parents=True)
    (tmp_path / "results/downloads" / matrix.name).write_text("x")
    filled = with_downloads(COHORT, Path("data"), "results")
    read = Path("data") / filled.clinical.file
    assert read.read_text() == "x"
    assert as_input(read, "results") == f"results/downloads/{matrix.name}"
    again = Cohort.model_validate(filled.model_dump(by_alias=True))
    assert again.assays["rna"].features.file.endswith(table.name)


def test_other_cohorts_stay_as_they_are():
    own = Cohort.model_validate({
        "clinical": {"file": "a.csv", "patient": "id"},
        "assays": {"rna": {"kind": "expression", "format": "matrix", "file": "m.tsv"}},
        "source": {"geo": "GSE1"},
    })  # fmt: skip
    assert downloads_of(own) == []
    assert with_downloads(own, Path(), "results") is own
    assert as_input(Path("data/m.tsv"), "results") == "data/m.tsv"
