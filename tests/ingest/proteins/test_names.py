"""Names of protein groups and runs."""

import pytest

from immunosep_omics.ingest.proteins.names import (
    first_gene,
    gene_in_header,
    group_name,
    is_contaminant,
    is_decoy,
    label_name,
    of_header,
    run_name,
    run_names,
)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("P01375", "P01375"),
        ("P01375;P01374-2", "P01375;P01374-2"),
        ("P01375; P01374", "P01375;P01374"),
        ("sp|P01375|TNFA_HUMAN", "P01375"),
        (">sp|P01375|TNFA_HUMAN", "P01375"),
        ("sp|P01375|TNFA_HUMAN;tr|A0A024R4E5|X_HUMAN", "P01375;A0A024R4E5"),
        ("P01375|TNFA_HUMAN", "P01375"),
        ("1/sp|P01375|TNFA_HUMAN", "P01375"),
        ("2/sp|P01375|TNFA_HUMAN/sp|P01374|TNFB_HUMAN", "P01375;P01374"),
        ("2/P01375/P01374", "P01375;P01374"),
        ("Cont_P02768;P02768", "P02768"),
        ("IDHC", "IDHC"),
    ],
)
def test_groups(written, name):
    assert group_name(written) == name


def test_contaminants_and_decoys():
    for name in ("CON__P1", "Cont_P1", "CONTAMINANT_P1", "contam_sp|P1|A_BOVIN", "cRAP_P1",
                 "Biognosys|iRT-Kit_WR_fusion", "iRT-Kit_WR_fusion",
                 "#CONTAM#P02768|ALBU_BOVIN"):  # fmt: skip
        assert is_contaminant(name)
    assert not is_contaminant("Cont_P02768;P02768")
    assert not is_contaminant("CONT1")
    for name in ("REV__P1", "rev_sp|P1|A", "DECOY_1/sp|P1|A", "DECOYS", "##P1", "REVERSE_sp|P1|A",
                 "#DECOY#P1|A"):  # fmt: skip
        assert is_decoy(name)
    assert not is_decoy("REV1L_HUMAN")


def test_genes():
    assert first_gene("TNF;LTA") == "TNF"
    assert first_gene(" ; LTA") == "LTA"
    assert first_gene("") is None
    assert gene_in_header(">sp|P1|A B OS=Homo sapiens OX=9606 GN=TNF PE=1 SV=1") == "TNF"
    assert gene_in_header(">sp|P1|A B OS=Homo sapiens") is None


@pytest.mark.parametrize(
    "written",
    ["a_1", "a_1.raw", "a_1.mzML", r"D:\Raw data\a_1.wiff.dia", "/x/a_1.d/", "/x/a_1.mzXML.gz",
     "a_1.RAW", "file:///x/a_1.mzML"],
)  # fmt: skip
def test_runs(written):
    assert run_name(written) == "a_1"


def test_runs_keep_their_names_where_two_would_be_one():
    assert run_names(["x/a.raw", "x/b.raw"]) == ["a", "b"]
    assert run_names(["x/a.raw", "y/a.raw"]) == ["x/a.raw", "y/a.raw"]
    assert run_name("dose_0.5") == "dose_0.5"


@pytest.mark.parametrize(
    ("written", "name"),
    [("TMT126", "126"), ("TMT127N", "127N"), ("NT=TMT131C;AC=PRIDE:0000", "131C"),
     ("AC=X:1;NT=TMT10plex-126", "126"), ("TMTpro-134N", "134N"), ("iTRAQ114", "114"),
     ("126", "126"), ("label free sample", "label free sample")],
)  # fmt: skip
def test_labels(written, name):
    assert label_name(written) == name


def test_whole_fasta_headers():
    assert of_header("sp|P02741|CRP_HUMAN C-reactive protein, x GN=CRP PE=1") == "CRP"
    assert of_header(">tr|A0A024R4E5|A0A024R4E5_HUMAN High density") == "A0A024R4E5"
    assert of_header("sp|P02741|CRP_HUMAN") is None
    assert of_header("CRP") is None
