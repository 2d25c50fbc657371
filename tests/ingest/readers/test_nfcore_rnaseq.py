"""Merged counts of nf-core/rnaseq."""

import numpy as np
import pytest

from immunosep_omics.ingest.readers.nfcore_rnaseq import read
from immunosep_omics.settings.assays import NfcoreRnaseq

SALMON = """\
gene_id\tgene_name\tCONTROL_1\tCASE_1
ENSG1\tTP53\t10.4\t20
ENSG2\tNA\t3.6\t0
"""
NAME = "salmon.merged.gene_counts.tsv"


def read_file(folder, name=NAME, rows=None):
    return read(NfcoreRnaseq(file=name), folder, rows)


def test_salmon(put):
    raw = read_file(put(NAME, SALMON))
    assert raw.values.index.tolist() == ["CONTROL_1", "CASE_1"]
    np.testing.assert_array_equal(raw.values, [[10, 4], [20, 0]])
    assert raw.features["identifier"].tolist() == ["ENSG1", "ENSG2"]
    assert raw.features["gene"].fillna("").tolist() == ["TP53", ""]
    assert raw.notes[0][:2] == ("counts rounded", 2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rsem.merged.gene_counts.tsv", SALMON.replace("gene_name", "transcript_id(s)")),
        ("salmon.merged.gene_counts.tsv", SALMON.replace("\tgene_name", "")
         .replace("\tTP53", "").replace("\tNA", "")),
        ("salmon_merged_gene_counts.csv", SALMON.replace("\t", ",")),
        ("salmon.merged.gene_counts_scaled.tsv.gz", SALMON),
    ],
)  # fmt: skip
def test_other_programs_and_versions(put, name, text):
    raw = read_file(put(name, text), name)
    np.testing.assert_array_equal(raw.values, [[10, 4], [20, 0]])


def test_other_tables_are_refused_with_the_right_name(put, refused):
    for name in ("salmon.merged.gene_tpm.tsv", "salmon.merged.gene_lengths.tsv"):
        folder = put(name, SALMON)
        refused(lambda n=name, f=folder: read_file(f, n), name, "'salmon.merged.gene_counts.tsv'")
    transcripts = SALMON.replace("gene_id\tgene_name", "tx\tgene_id")
    refused(lambda: read_file(put(NAME, transcripts)), "holds transcripts", "gene_counts.tsv")
    refused(lambda: read_file(put(NAME, SALMON.replace("gene_id", "id"))), "'gene_id'",
            "format: matrix")  # fmt: skip


def test_tpm_under_the_name_of_counts(put, refused):
    tpm = "gene_id\tgene_name\ta\tb\nG1\tA\t999999.5\t400000.25\nG2\tB\t0.5\t599999.75\n"
    refused(lambda: read_file(put(NAME, tpm)), "a million", "TPM")


def test_repeated_samples(put, refused):
    refused(lambda: read_file(put(NAME, SALMON.replace("CASE", "CONTROL"))), "more than once")


def test_first_rows_only(put):
    assert read_file(put(NAME, SALMON), rows=2).values.shape == (2, 1)
