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


def test_names_that_would_collide_stay_whole():
    assert sample_names(["s1/aligned.bam", "s2/aligned.bam"]) == [
        "s1/aligned.bam",
        "s2/aligned.bam",
    ]


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
