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
    refused(
        lambda: reads(file="*_R1_001.fq", a_1_R1_001=READ, a_1_R2_001=MATE),
        "*_R1_001.fq (second)", "1 files hold the mates", "a_1_R2_001.fq", "`second`",
    )  # fmt: skip


def test_samples_named_like_mates_are_samples(reads):
    found = reads(file="*.fq", p_1=READ, p_2=READ.replace("run", "other"))
    assert found.samples == ["p_1", "p_2"]


def test_the_reference_must_be_in_the_table(reads, refused):
    refused(lambda: reads(a_1=READ, reference=">X9\nA\n"), "tx.csv (transcripts.id)", "X9", "T1")


def test_no_files(reads, refused):
    refused(lambda: reads(), "*_1.fq", "no such file")


def test_a_cut_archive(reads, refused, tmp_path):
    (tmp_path / "a_1.fq").write_bytes(b"\x1f\x8b\x08\x00cut")
    refused(lambda: reads(), "a_1.fq", "get the file again")


def test_settings_want_one_mark():
    table = FeatureTable(file="tx.csv")
    with pytest.raises(ValueError, match=r"has no .\*."):
        Reads(file="a.fq", reference="r.fa", transcripts=table)
    with pytest.raises(ValueError, match="no table of transcripts"):
        Reads(file="*.fq", reference="r.fa", transcripts=FeatureTable(geo="GPL1"))


def test_mates_and_lanes_are_no_samples(put, refused):
    for name in ("a_R1", "a_R2", "b_L001_R1_001", "b_L002_R1_001", "c_1", "d_R1"):
        put(f"{name}.fq", READ)
    put("tx.csv", "tx,gene\nT1,A\n")
    folder = put("ref.fa", ">T1\nACGT\n")
    facts = Reads(file="*.fq", reference="ref.fa",
                  transcripts=FeatureTable(file="tx.csv", id="tx", gene="gene"))  # fmt: skip
    refused(lambda: check_reads(facts, folder), "1 samples are the first reads", "a_R1",
            "`second`", "2 samples are lanes", "b_L001_R1_001, b_L002_R1_001")  # fmt: skip


def test_mates_are_other_files():
    with pytest.raises(ValueError, match="is the same as `file`"):
        Reads(file="*_1.fq", second="*_1.fq", reference="ref.fa",
              transcripts=FeatureTable(file="tx.csv", id="tx", gene="gene"))  # fmt: skip
