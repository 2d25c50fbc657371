"""Cytokines as laboratories spell them."""

import pytest

from immunosep_omics.identifiers import gene_table, name_cytokines
from immunosep_omics.identifiers.cytokines import TRIVIAL


@pytest.mark.parametrize(
    ("name", "gene"),
    [
        ("IL-6", "IL6"), ("il_6", "IL6"), ("IL6 (pg/mL)", "IL6"), ("IL-6_pg_ml", "IL6"),
        ("hIL-6", "IL6"), ("Hu IL-6 (19)", "IL6"), ("IL-1β", "IL1B"), ("IL-1b", "IL1B"),
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
