"""featureCounts' table."""

import numpy as np

from immunosep_omics.ingest.readers.featurecounts import read, sample_names
from immunosep_omics.settings.assays import FeatureCounts

TEXT = """\
# Program:featureCounts v2.0.3; Command:"featureCounts" "-o" "counts.txt"
Geneid\tChr\tStart\tEnd\tStrand\tLength\t/data/run 1/s1.bam\t/data/s2.sorted.BAM
ENSG1\tchr1;chr1\t1;5\t3;9\t+;+\t8\t10\t0
ENSG2\tchr2\t1\t3\t-\t3\t7\t12
"""


def read_file(folder):
    return read(FeatureCounts(file="counts.txt"), folder)


def test_read(put):
    raw = read_file(put("counts.txt", TEXT))
    assert raw.values.index.tolist() == ["s1", "s2.sorted"]
    assert raw.values.columns.tolist() == ["ENSG1", "ENSG2"]
    np.testing.assert_array_equal(raw.values, [[10, 7], [0, 12]])


def test_folders_name_samples_whose_files_are_alike():
    assert sample_names(["a/s1/star/x.bam", "a/s2/star/x.bam"]) == ["s1", "s2"]
    assert sample_names(["s1/x.bam", "/s1/x.bam"]) == ["s1/x.bam", "/s1/x.bam"]


def test_refusals(put, refused):
    refused(lambda: read_file(put("counts.txt", TEXT.replace("Geneid", "id"))), "counts.txt:2",
            "'Geneid'", "format: matrix")  # fmt: skip
    refused(lambda: read_file(put("counts.txt", TEXT.replace("\t12\n", "\tmany\n"))),
            "counts.txt:4, column '/data/s2.sorted.BAM'", "text 'many'")  # fmt: skip
    refused(lambda: read_file(put("counts.txt", "Geneid\tChr\nE\tx\n")), "no column of counts")


def test_biotype_counts(shared_data):
    folder = shared_data / "formats" / "featurecounts"
    raw = read(FeatureCounts(file="P1234_101_biotype_counts.txt"), folder)
    assert raw.values.index.tolist() == ["P1234_101Aligned.sortedByCoord.out"]
    assert raw.values["pseudogene"].tolist() == [42514]


def test_biotypes_of_several_samples(shared_data):
    folder = shared_data / "formats" / "featurecounts"
    raw = read(FeatureCounts(file="P1234_*_biotype_counts.txt"), folder)
    assert raw.values.index.tolist() == ["101", "102", "103"]
    assert raw.values["pseudogene"].tolist() == [42514, 39774, 32220]


def one(sample, first=10, second=7):
    return (
        "Geneid\tChr\tStart\tEnd\tStrand\tLength\t" + sample + ".bam\n"
        f"G1\tchr1\t1\t3\t+\t3\t{first}\nG2\tchr1\t5\t6\t+\t2\t{second}\n"
    )


def test_one_file_per_sample(put):
    put("run1.counts.txt", one("x/Aligned.out"))
    folder = put("run2.counts.txt", one("y/Aligned.out", 0, 3).replace("\n", "\r\n"))
    raw = read(FeatureCounts(file="*.counts.txt"), folder)
    assert raw.values.index.tolist() == ["run1", "run2"]
    np.testing.assert_array_equal(raw.values, [[10, 7], [0, 3]])


def test_files_that_do_not_agree(put, refused):
    put("a.txt", one("a"))
    put("b.txt", TEXT.replace("ENSG1", "G1"))
    folder = put("c.txt", one("c").replace("G2", "G3"))
    facts = FeatureCounts(file="*.txt")
    refused(lambda: read(facts, folder), "b.txt", "2 columns of counts")
    put("b.txt", one("b"))
    refused(lambda: read(facts, folder), "c.txt", "lacks 1 row", "G2", "adds 1 row", "G3")


def test_attributes_are_no_samples(put):
    text = TEXT.replace("\tLength", "\tLength\tgene_name\tgene_biotype")
    text = text.replace("\t8\t", "\t8\tTP53\tprotein_coding\t")
    text = text.replace("\t3\t7", "\t3\tIL6\tprotein_coding\t7")
    raw = read_file(put("counts.txt", text))
    assert raw.values.shape == (2, 2)
    assert raw.features["gene"].tolist() == ["TP53", "IL6"]
    odd = text.replace("gene_name\tgene_biotype", "label\tkind").replace(
        'Command:"featureCounts"', 'Command:"featureCounts" "--extraAttributes" "label,kind"'
    )
    assert read_file(put("counts.txt", odd)).values.shape == (2, 2)


def test_fractions_are_rounded_where_the_command_says_so(put):
    text = TEXT.replace("\t10\t0", "\t10.5\t0.33")
    assert read_file(put("counts.txt", text)).values.iloc[1, 0] == 0.33
    asked = text.replace('"-o"', '"-M" "--fraction" "-o"')
    raw = read_file(put("counts.txt", asked))
    np.testing.assert_array_equal(raw.values, [[10, 7], [0, 12]])
    assert raw.notes[0][:2] == ("counts rounded", 2)


def test_other_files_of_the_program(put, refused):
    summary = "Status\ts1.bam\nAssigned\t100\nUnassigned_Unmapped\t3\n"
    refused(lambda: read_file(put("counts.txt", summary)), "summary", "without '.summary'")
    junctions = "PrimaryGene\tSecondaryGenes\tSite1_chr\nA\tB\tchr1\n"
    refused(lambda: read_file(put("counts.txt", junctions)), "junctions")


def test_first_rows_only(put):
    raw = read(FeatureCounts(file="counts.txt"), put("counts.txt", TEXT), rows=3)
    assert raw.values.shape == (2, 1)


def test_numeric_attributes_are_no_samples(put, refused):
    bare = "\n".join(
        line.replace("\t", f"\t{word}\t", 6).replace(f"\t{word}\t", "\t", 5)
        for line, word in zip(TEXT.splitlines()[1:], ["level", "2", "1"], strict=True)
    )
    raw = read_file(put("counts.txt", bare + "\n"))
    np.testing.assert_array_equal(raw.values, [[10, 7], [0, 12]])
    refused(lambda: read_file(put("counts.txt", bare.replace("level", "rank") + "\n")),
            "'/data/run 1/s1.bam'", "'rank'", "attribute")  # fmt: skip
    command = TEXT.splitlines()[0] + ' "--extraAttributes" "rank"\n'
    raw = read_file(put("counts.txt", command + bare.replace("level", "rank") + "\n"))
    assert raw.values.index.tolist() == ["s1", "s2.sorted"]
