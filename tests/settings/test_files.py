"""The files that a cohort's facts name."""

from pathlib import Path

import pytest

from immunosep_omics.settings.files import beside_10x, leaves, sample_files


@pytest.fixture
def files(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


def test_the_mark_stands_for_the_sample(files):
    folder = files("s/B/quant.sf", "s/A/quant.sf", "s/A/logs/quant.sf", "s/A/quant.sf.bak")
    assert list(sample_files(folder, "s/*/quant.sf")) == ["A", "B"]


def test_the_mark_may_be_a_piece_of_a_name(files):
    folder = files("A_R1.fastq.gz", "B_R1.fastq.gz", "A_R2.fastq.gz")
    assert list(sample_files(folder, "*_R1.fastq.gz")) == ["A", "B"]


def test_without_a_mark_the_file_is_the_sample(files):
    assert list(sample_files(files("A.counts.txt.gz"), "A.counts.txt.gz")) == ["A.counts"]
    assert sample_files(Path("nowhere"), "absent.txt") == {}


@pytest.mark.parametrize("prefix", ["", "GSM1_"])
def test_what_lies_beside_a_10x_matrix(files, prefix):
    names = [prefix + name for name in ("matrix.mtx.gz", "barcodes.tsv.gz", "features.tsv.gz")]
    folder = files(*names, "other_barcodes.tsv.gz")
    found = beside_10x(folder / names[0])
    assert [path.name for path in found] == names[1:]
    assert beside_10x(folder / names[1]) == []


@pytest.mark.parametrize("file", ["../x.tsv", "/etc/passwd", "a/../../*.tsv"])
def test_paths_that_leave_the_folder(tmp_path, file):
    assert leaves(tmp_path, file)
    assert not leaves(tmp_path, "a/*/x.tsv")


def test_a_mark_that_stands_twice_is_one_name(files):
    folder = files("star/A/A_Reads.tab", "star/B/B_Reads.tab", "star/A/B_Reads.tab")
    assert list(sample_files(folder, "star/*/*_Reads.tab")) == ["A", "B"]


def test_brackets_in_a_folders_name_are_letters(files):
    folder = files("run[1]/A.txt", "run1/B.txt")
    assert list(sample_files(folder, "run[1]/*.txt")) == ["A"]


def test_links_inside_the_folder_may_lead_anywhere(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.tsv").touch()
    folder = tmp_path / "cohort"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "endless").symlink_to(folder / "endless")
    assert not leaves(folder, "link/x.tsv")
    assert not leaves(folder, "endless/x.tsv")
    assert leaves(folder, "link/../secret.tsv")
