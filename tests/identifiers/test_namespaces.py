"""Identifiers that name no gene without a table."""

import pytest

from immunosep_omics.identifiers import namespace_of


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("ENST00000357654.9", "Ensembl transcripts"), ("ENSP00000350283", "Ensembl proteins"),
        ("NM_007294.4", "RefSeq transcripts"), ("XR_1", "RefSeq transcripts"),
        ("NP_009225", "RefSeq proteins"), ("HGNC:1100", "HGNC numbers"),
        ("1007_s_at", "Affymetrix probe sets"), ("7157_at", "Affymetrix probe sets"),
        ("ILMN_1343291", "Illumina probes"), ("A_23_P100001", "Agilent probes"),
        ("ENSG00000141510", None), ("TP53", None),
    ],
)  # fmt: skip
def test_kinds(name, what):
    assert namespace_of([name, name, "other"]) == what


def test_a_few_among_others_and_none():
    assert namespace_of(["TNF", "IL6", "NM_007294.4"]) is None
    assert namespace_of([]) is None
