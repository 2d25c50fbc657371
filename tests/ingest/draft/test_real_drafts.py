"""Drafts of every file of the shared data: none fails, and whatever is left to do is told."""

from pathlib import Path

import pytest

from immunosep_omics.errors import InputError

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
EVERY = sorted(
    path.relative_to(SHARED).as_posix()
    for path in (SHARED.rglob("*") if SHARED.is_dir() else ())
    if path.is_file()
)
SETS = [
    "coconut", "formats/diann", "formats/kallisto", "formats/maxquant", "formats/salmon",
    "formats/star", "gisby_covid_rnaseq", "gse13015", "gse157103_subset", "tb_counts",
    "formats/olink/gisby_2021_long",
]  # fmt: skip
REFUSED = ("README", "LICENSE", ".rda", ".gmt", "tximportData/samples.txt", "Progenesis")
"""Files that are no data or that no reader reads, of which only these may be refused."""


@pytest.mark.parametrize("name", SETS)
def test_the_draft_of_a_set_passes_or_tells_what_is_left(shared_data, untold, name):
    assert untold(shared_data / name) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_the_draft_of_a_file_passes_or_tells_what_is_left(shared_data, untold, name):
    try:
        assert untold(shared_data / name) == []
    except InputError:
        assert any(word in name for word in REFUSED)
