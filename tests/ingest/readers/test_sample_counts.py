"""STAR's and HTSeq's counts, one file per sample."""

import csv

import numpy as np
import pytest

from immunosep_omics.ingest.readers.sample_counts import read
from immunosep_omics.settings.assays import SampleCounts

GENES = ("ENSG1.4", "ENSG2.1", "ENSG3.7")


def star_text(forward, reverse, genes=GENES):
    """STAR's file: an unstranded column that is the sum of the other two."""
    head = (
        "N_unmapped\t5\t5\t5\nN_multimapping\t6\t6\t6\nN_noFeature\t1\t2\t3\nN_ambiguous\t4\t0\t0\n"
    )
    rows = [f"{g}\t{f + r}\t{f}\t{r}" for g, f, r in zip(genes, forward, reverse, strict=True)]
    return head + "\n".join(rows) + "\n"


FORWARD = star_text([900, 400, 0], [10, 5, 0])
REVERSE = star_text([10, 5, 1], [900, 400, 20])
NEITHER = star_text([500, 300, 2], [490, 305, 1])
UNCLEAR = star_text([700, 300, 0], [300, 200, 0])
FEW = star_text([3, 1, 0], [0, 1, 0])


def read_star(folder, rows=None, **options):
    facts = SampleCounts(format="star", file="*ReadsPerGene.out.tab", **options)
    return read(facts, folder, rows)


def put_star(put, **texts):
    for sample, text in texts.items():
        folder = put(f"{sample}ReadsPerGene.out.tab", text)
    return folder


@pytest.mark.parametrize(
    ("text", "strand", "counts"),
    [
        (FORWARD, "forward", [900, 400, 0]),
        (REVERSE, "reverse", [900, 400, 20]),
        (NEITHER, "none", [990, 605, 3]),
    ],
)
def test_the_strand_is_told_by_the_counts(put, text, strand, counts):
    raw = read_star(put_star(put, a=text, b=text))
    assert raw.values.index.tolist() == ["a", "b"]
    assert raw.values.columns.tolist() == list(GENES)
    assert raw.samples["strand"].tolist() == [strand, strand]
    np.testing.assert_array_equal(raw.values.loc["a"], counts)
    assert (f"strand {strand}", 2) in [note[:2] for note in raw.notes]


def test_reads_of_no_gene_are_notes(put):
    raw = read_star(put_star(put, a=FORWARD, b=FORWARD))
    assert ("N_unmapped", 10) in [note[:2] for note in raw.notes]


def test_an_unclear_strand_is_asked_for(put, refused):
    folder = put_star(put, a=UNCLEAR, b=FORWARD)
    refused(lambda: read_star(folder), "sample 'a'", "67%", "state `strand`")
    raw = read_star(folder, strand="reverse")
    assert raw.values.loc["a"].tolist() == [300, 200, 0]


def test_a_sample_of_few_reads_is_as_the_others(put, refused):
    raw = read_star(put_star(put, a=FEW, b=REVERSE))
    assert raw.samples["strand"].tolist() == ["reverse", "reverse"]


def test_few_reads_alone_tell_nothing(put, refused):
    refused(lambda: read_star(put_star(put, a=FEW)), "too few", "`strand`")


def test_mixed_strands_are_noted(put):
    raw = read_star(put_star(put, a=FORWARD, b=REVERSE))
    assert raw.samples["strand"].tolist() == ["forward", "reverse"]
    np.testing.assert_array_equal(raw.values, [[900, 400, 0], [900, 400, 20]])
    assert any("different strands" in note.reason for note in raw.notes)


def test_genes_in_another_order_are_put_in_order(put):
    other = star_text([0, 400, 900], [0, 5, 10], genes=GENES[::-1])
    raw = read_star(put_star(put, a=FORWARD, b=other))
    np.testing.assert_array_equal(raw.values, [[900, 400, 0]] * 2)


def test_other_genes_are_refused_by_name(put, refused):
    folder = put_star(put, a=FORWARD, b=FORWARD.replace("ENSG3.7", "ENSG9"))
    refused(lambda: read_star(folder), "bReadsPerGene", "lacks 1 row", "ENSG3.7", "adds 1 row",
            "ENSG9")  # fmt: skip


def test_first_rows_only(put):
    raw = read_star(put_star(put, a=FEW, b=FEW, c=FEW, d=FEW), rows=5)
    assert raw.values.shape == (3, 1)


def test_refusals(put, refused):
    refused(lambda: read_star(put("x", "")), "no such file", "'*'")
    refused(lambda: read_star(put_star(put, a="ENSG1\t5\n")), "2 columns", "4 columns")
    refused(lambda: read_star(put_star(put, a=FORWARD.replace("\t900", "\tmany"))), "text 'many'")


HTSEQ = "ENSG1\t5\nENSG2\t0\n__no_feature\t7\n__ambiguous\t1\n"


def read_htseq(folder, file="*.txt", rows=None):
    return read(SampleCounts(format="htseq", file=file), folder, rows)


@pytest.mark.parametrize(
    "text",
    [
        HTSEQ,
        "feature\tcount\n" + HTSEQ,
        HTSEQ.replace("__", ""),
        HTSEQ.replace("\n", "\r\n"),
        HTSEQ.replace("ENSG1", "ENSG1\tTP53").replace("ENSG2", "ENSG2\tIL6")
        .replace("feature", "feature\t").replace("ambiguous", "ambiguous\t"),
        HTSEQ.replace("\t", ","),
    ],
    ids=["plain", "header", "before 0.6", "crlf", "attribute", "commas"],
)  # fmt: skip
def test_htseq(put, text):
    put("a.txt", text)
    raw = read_htseq(put("b.txt", text))
    assert raw.values.index.tolist() == ["a", "b"]
    assert raw.values.columns.tolist() == ["ENSG1", "ENSG2"]
    np.testing.assert_array_equal(raw.values, [[5, 0], [5, 0]])
    steps = {note.step.strip("_"): note.amount for note in raw.notes}
    assert steps["no_feature"] == 14


def test_htseq_table_of_all_samples(put, refused):
    text = "gene_id\tx/s1.bam\ts2.bam\nG1\t1\t2\n__no_feature\t5\t6\n"
    folder = put("all.txt", text)
    raw = read_htseq(folder, "all.txt")
    assert raw.values.index.tolist() == ["s1", "s2"]
    assert raw.values["G1"].tolist() == [1, 2]
    assert raw.notes[0][:2] == ("__no_feature", 11)
    refused(lambda: read_htseq(folder), "2 columns of counts", "without '*'")
    refused(lambda: read_htseq(put("bare.txt", "G1\t1\t2\n"), "bare.txt"), "no header")


def test_real_star(shared_data):
    folder = shared_data / "formats" / "star"
    raw = read(SampleCounts(format="star", file="*_subsamp_1ReadsPerGene.out.tab"), folder)
    assert raw.values.index.tolist() == ["ERR458837"]
    assert raw.samples["strand"].tolist() == ["forward"]
    with (folder / "ERR458837_subsamp_1ReadsPerGene.out.tab").open() as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if not row[0].startswith("N_")]
    assert raw.values.shape == (1, len(rows))
    assert raw.values.sum(axis=1).tolist() == [sum(int(row[2]) for row in rows)]


def test_real_htseq(shared_data):
    folder = shared_data / "formats" / "htseq"
    raw = read_htseq(folder, "coun*.tsv")
    assert raw.values.index.tolist() == ["ts"]
    assert raw.values.loc["ts", "NIST_ConsensusVector"] == 1859
    assert {n.step: n.amount for n in raw.notes}["__not_aligned"] == 3766951
    merged = read_htseq(folder, "pasilla_gene_counts.tsv")
    assert merged.values.shape == (7, 14599)
    assert merged.values.loc["treated1", "FBgn0000017"] == 6205


def test_four_columns_that_are_not_stars(put, refused):
    folder = put_star(put, a="Run\tCondition\tReplicate\tFraction\nN1\tneg\t1\t1\nN2\tpos\t2\t1\n")
    refused(lambda: read_star(folder), "aReadsPerGene.out.tab:1", "2 numbers", "4 columns")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*.tab", "S0_ReadsPerGene.out.tab"),
        ("*.tab", "S0.ReadsPerGene.out.tab"),
        ("*.tab", "S0ReadsPerGene.out.tab"),
        ("*ReadsPerGene.out.tab", "S0_ReadsPerGene.out.tab"),
        ("*.gz", "S0_ReadsPerGene.out.tab.gz"),
        ("*.tab", "S0.tab"),
    ],
)
def test_the_programs_ending_is_no_part_of_a_name(put, pattern, name):
    raw = read(SampleCounts(format="star", file=pattern), put(name, FORWARD))
    assert raw.values.index.tolist() == ["S0"]


def test_two_files_of_one_name_are_refused(put, refused):
    put("a.tab", FORWARD)
    folder = put("a_ReadsPerGene.out.tab", FORWARD)
    refused(lambda: read(SampleCounts(format="star", file="*.tab"), folder),
            "a.tab", "a_ReadsPerGene.out.tab", "sample 'a'")  # fmt: skip


def test_star_as_the_genomic_data_commons_writes_it(put):
    head = (
        "# gene-model: GENCODE v36\ngene_id\tgene_name\tgene_type\tunstranded\tstranded_first\t"
        "stranded_second\ttpm_unstranded\tfpkm_unstranded\tfpkm_uq_unstranded\n"
    )
    rows = [
        "N_unmapped\t\t\t5\t5\t5\t\t\t", "N_noFeature\t\t\t1\t9\t9\t\t\t",
        "ENSG1.4\tA\tlncRNA\t1801\t900\t901\t4.5\t1.5\t2.5",
        "ENSG2.1\tB\tlncRNA\t3\t2\t1\t0.5\t0.1\t0.1",
    ]  # fmt: skip
    folder = put("u1.rna_seq.augmented_star_gene_counts.tsv", head + "\n".join(rows) + "\n")
    facts = SampleCounts(format="star", file="*.tsv")
    raw = read(facts, folder)
    assert raw.values.index.tolist() == ["u1"]
    assert raw.values.loc["u1"].to_dict() == {"ENSG1.4": 1801, "ENSG2.1": 3}
    assert raw.samples["strand"].tolist() == ["none"]
    assert ("N_unmapped", 5) in [note[:2] for note in raw.notes]
    first = read(facts.model_copy(update={"strand": "forward"}), folder)
    assert first.values.loc["u1"].tolist() == [900, 2]
    assert read(facts, folder, rows=5).values.shape == (1, 1)


def test_numeric_attributes_are_no_samples(put, refused):
    rows = "G1\t4\t1\t2\nG2\t5\t3\t4\n"
    folder = put("all.txt", "\tgene_version\ts1.bam\ts2.bam\n" + rows)
    raw = read_htseq(folder, "all.txt")
    assert raw.values.to_dict("index") == {"s1": {"G1": 1, "G2": 3}, "s2": {"G1": 2, "G2": 4}}
    put("one.txt", "G1\t7\t1\nG2\t8\t3\n__no_feature\t\t9\n")
    refused(lambda: read_htseq(folder, "o*.txt"), "one.txt:1", "2 numbers", "--additional-attr")
    refused(lambda: read_htseq(put("all.txt", "\trank\ts1.bam\ts2.bam\n" + rows), "all.txt"),
            "'rank'", "attribute of the genes?")  # fmt: skip
