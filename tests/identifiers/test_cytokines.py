"""Cytokines as laboratories spell them."""

import pytest

from immunosep_omics.identifiers import gene_table, name_cytokines
from immunosep_omics.identifiers.cytokines import TRIVIAL


@pytest.mark.parametrize(
    ("name", "gene"),
    [
        ("Interleukin-6", "IL6"), ("interferon gamma", "IFNG"),
        ("Tumor necrosis factor alpha", "TNF"),
        ("IL-6", "IL6"), ("il_6", "IL6"), ("IL6 (pg/mL)", "IL6"), ("IL-6_pg_ml", "IL6"),
        ("hIL-6", "IL6"), ("Hu IL-6 (19)", "IL6"), ("IL-6 (B10)", "IL6"),
        ("IL-1β", "IL1B"), ("IL-1b", "IL1B"),
        ("IL-1ra", "IL1RN"), ("TNFα", "TNF"), ("TNF-alpha", "TNF"), ("TNF.alpha", "TNF"),  # noqa: RUF001
        ("IFN-γ", "IFNG"), ("IFN-gamma", "IFNG"), ("IL-8", "CXCL8"), ("sCD25", "IL2RA"),  # noqa: RUF001
        ("sIL-2Rα", "IL2RA"), ("sPD-L1", "CD274"), ("sCD163", "CD163"), ("GM-CSF", "CSF2"),  # noqa: RUF001
        ("MIP-1α", "CCL3"), ("TGF-β1", "TGFB1"), ("IL-12(p40)", "IL12B"), ("suPAR", "PLAUR"),  # noqa: RUF001
        ("Thrombomodulin", "THBD"), ("PCT", "CALCA"), ("Ang-2", "ANGPT2"), ("MMP-9", "MMP9"),
    ],
)  # fmt: skip
def test_genes(name, gene):
    row = name_cytokines([name]).iloc[0]
    assert (row["gene"], row["name"], row["status"]) == (gene, gene, "changed")


@pytest.mark.parametrize(
    ("name", "gene"),
    [
        ("IL-8 (CXCL8)", "CXCL8"), ("CXCL9/MIG", "CXCL9"), ("MIP-1a/CCL3 (pg/mL)", "CCL3"),
        ("IL-17A (CTLA-8)", "IL17A"), ("Eotaxin [CCL11]", "CCL11"),
        ("Hu IL-8 / CXCL8 (54)", "CXCL8"),
        ("MCP-1(MCAF)", "CCL2"), ("IL-1R4/ST2", "IL1RL1"),
        ("Lipocalin-2/NGAL", "LCN2"), ("IL-6 (fg/mL)", "IL6"), ("IL-6 (pM)", "IL6"),
        ("sIL-2R (kU/L)", "IL2RA"), ("IL-10 MFI", "IL10"), ("IL-10 (pmol/L)", "IL10"),
    ],
)  # fmt: skip
def test_two_names_of_one_gene_and_further_units(name, gene):
    assert name_cytokines([name])["gene"].tolist() == [gene]


@pytest.mark.parametrize("name", ["IL-6/IL-8", "IL-6 (receptor)", "IL-12/IL-23p40", "IL-6 (mean)"])
def test_two_names_that_do_not_agree_keep_their_name(name):
    assert name_cytokines([name])["gene"].isna().all()
    assert name_cytokines([name])["name"].tolist() == [name]


def test_thrombopoietin_is_not_taken_for_thyroid_peroxidase():
    row = name_cytokines(["TPO"]).iloc[0]
    assert (row["status"], row["candidates"]) == ("ambiguous", "THPO;TPO")
    assert name_cytokines(["TPO"], olink=True)["gene"].tolist() == ["TPO"]


def test_what_several_genes_make_up_keeps_its_name():
    row = name_cytokines(["IL-12p70"]).iloc[0]
    assert (row["name"], row["status"], row["candidates"]) == (
        "IL-12p70",
        "ambiguous",
        "IL12A;IL12B",
    )
    assert name_cytokines(["Ferritin", "C5a", "D-dimer"])["gene"].isna().all()


def test_symbols_and_unknown_names_stay():
    named = name_cytokines(["CRP", "house marker 3"])
    assert named["name"].tolist() == ["CRP", "house marker 3"]
    assert named["status"].tolist() == ["kept", "unknown"]


def test_an_unclear_name_of_olink():
    assert name_cytokines(["TF"], olink=True)["status"].tolist() == ["ambiguous"]
    assert name_cytokines(["TF"])["gene"].tolist() == ["TF"]


def test_all_trivial_names_lead_to_current_symbols():
    genes = {gene for genes in TRIVIAL.values() for gene in genes.split("/")}
    assert genes <= set(gene_table().symbols)
