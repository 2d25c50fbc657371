"""What is said about files of reads before any long work."""

import pytest

from immunosep_omics.ingest.reads import check_reads
from immunosep_omics.settings.assays import Reads
from immunosep_omics.settings.tables import FeatureTable

READ = "@run.1/1 x\nACGT\n+\nIIII\n"
MATE = READ.replace("/1", "/2")


@pytest.fixture
def reads(put):
    """Writes files of reads and a reference, and checks them."""

    def check(
        first_only=False, file="*_1.fq", second=None, reference=">T1.2 cdna\nACGT\n", **files
    ):
        for name, text in files.items():
            put(f"{name}.fq", text)
        put("tx.csv", "tx,gene\nT1,A\n")
        folder = put("ref.fa.gz", reference)
        facts = Reads(
            file=file, second=second, reference="ref.fa.gz",
            transcripts=FeatureTable(file="tx.csv", id="tx", gene="gene"),
        )  # fmt: skip
        return check_reads(facts, folder, first_only)

    return check


def test_good_reads(reads):
    found = reads(a_1=READ, b_1=READ)
    assert (found.samples, found.genes) == (["a", "b"], ["A"])
    reads(a_1=READ, a_2=MATE, b_1=READ, b_2=MATE, second="*_2.fq", first_only=True)


def test_all_problems_at_once(reads, refused):
    other = READ.replace("run", "other")
    refused(
        lambda: reads(a_1=READ, b_1=">x\nACGT\n", c_1="", d_1=READ, d_2=other, second="*_2.fq",
                      reference="T1 ACGT\n"),
        "3 samples of paired reads", "a, b, c", "b_1.fq", "FASTA", "c_1.fq", "empty", "d_2.fq:1",
        "not the mate", "ref.fa.gz", "no FASTA",
    )  # fmt: skip


def test_mates_that_are_not_stated(reads, refused):
    """Counted alone, or as a sample of their own."""
    for file in ("*_R1_001.fq", "*.fq"):
        refused(
            lambda file=file: reads(file=file, a_1_R1_001=READ, a_1_R2_001=MATE),
            f"{file} (second)", "a_1_R2_001.fq has the mates of a_1_R1_001.fq",
            'file: "*_R1_001.fq"', 'second: "*_R2_001.fq"',
        )  # fmt: skip


def test_samples_named_like_mates_are_samples(reads):
    found = reads(file="*.fq", p_1=READ, p_2=READ.replace("run", "other"))
    assert found.samples == ["p_1", "p_2"]


def test_lanes_are_joined_before(reads, refused):
    names = ("a_L001_R1", "a_L002_R1", "b_L001_R1")
    refused(
        lambda: reads(file="*_R1.fq", **dict.fromkeys(names, READ)),
        "lane by lane", "a_L001, a_L002", "cat",
    )  # fmt: skip
    refused(lambda: reads(file="*_L001_R1.fq"), "lane L001 alone", "L002")


def test_the_reference_must_be_in_the_table(reads, refused):
    refused(lambda: reads(a_1=READ, reference=">X9\nA\n"), "tx.csv (transcripts.id)", "X9", "T1")


def test_no_files(reads, refused):
    refused(lambda: reads(), "*_1.fq", "no such file")


def test_a_cut_archive(reads, refused, tmp_path):
    (tmp_path / "a_1.fq").write_bytes(b"\x1f\x8b\x08\x00cut")
    refused(lambda: reads(), "a_1.fq", "get the file again")


def test_settings_want_one_mark():
    table = FeatureTable(file="tx.csv")
    with pytest.raises(ValueError, match="needs one"):
        Reads(file="a.fq", reference="r.fa", transcripts=table)
    with pytest.raises(ValueError, match="no table of transcripts"):
        Reads(file="*.fq", reference="r.fa", transcripts=FeatureTable(geo="GPL1"))
