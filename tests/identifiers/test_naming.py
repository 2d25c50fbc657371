"""From any identifier to a current symbol."""

import time

import pytest

from immunosep_omics.identifiers import gene_table, name_genes


def one(name, *beside):
    """Route, status, gene and candidates of a name in a column of its own."""
    row = name_genes([name, *beside]).fillna("").iloc[0]
    return row["route"], row["status"], row["gene"], row["candidates"]


# Expected symbols from genenames.org and uniprot.org.
@pytest.mark.parametrize(
    ("name", "route", "gene"),
    [
        ("ENSG00000232810", "ensembl", "TNF"),
        ("ENSG00000141510.18", "ensembl", "TP53"),
        ("ENSG00000182378.15_PAR_Y", "ensembl", "PLCXD1"),
        ("ENSG00000198804", "ensembl", "MT-CO1"),
        ("P01375", "uniprot", "TNF"),
        ("P04637-2", "uniprot", "TP53"),
        ("sp|P04637|P53_HUMAN", "uniprot", "TP53"),
        ("P04637_HUMAN", "uniprot", "TP53"),
        ("IL8", "alias", "CXCL8"),
        ("MCP-1", "alias", "CCL2"),
        ("GBA", "previous", "GBA1"),
        ("SEPT2", "renamed", "SEPTIN2"),
        ("MARCH1", "renamed", "MARCHF1"),
        ("'MARCH1", "renamed", "MARCHF1"),
        ("MARC1", "renamed", "MTARC1"),
        ("DEC1", "renamed", "DELEC1"),
        ("C1ORF43", "other case", "C1orf43"),
        ("tnf", "other case", "TNF"),
        ("HLA.DRA", "R spelling", "HLA-DRA"),
        ("LOC7124", "entrez", "TNF"),
        ("A1BG|1", "symbol", "A1BG"),
        ("GRCh38_TNF", "symbol", "TNF"),
        ("hg19___ENSG00000232810.3", "ensembl", "TNF"),
        ("TNF (7124)", "symbol", "TNF"),
        ("TNF (ENSG00000232810)", "symbol", "TNF"),
        ("ENSG00000232810:TNF", "ensembl", "TNF"),
        ("?|7124", "entrez", "TNF"),
        ("ENSG00000232810_TNF", "ensembl", "TNF"),
        ("sp|P02768|ALBU_HUMAN;sp|P02768-2|ALBU_HUMAN", "uniprot", "ALB"),
        ("P02768;P02768-2;A0X", "uniprot", "ALB"),
    ],
)
def test_one_gene(name, route, gene):
    assert one(name) == (route, "changed", gene, "")


def test_a_current_symbol_stays_even_where_it_is_an_alias_of_another():
    assert "MIF" in gene_table().aliases
    assert one("MIF") == ("symbol", "kept", "MIF", "")


def test_micro_rna_stay():
    for name in ("hsa-miR-155-5p", "hsa-let-7a", "hsa-mir-21"):
        assert one(name) == ("micro-RNA", "kept", name, "")


def test_groups_of_several_genes_take_the_first_named():
    assert one("P0DJI8;P0DJI9") == ("group", "ambiguous", "SAA1", "SAA1;SAA2")
    assert one("HLA-DRB1 /// HLA-DRB4")[1:] == ("ambiguous", "HLA-DRB1", "HLA-DRB1;HLA-DRB4")
    assert one("IL12A_IL12B")[2:] == ("IL12A", "IL12A;IL12B")
    assert one("P0C0L4 P01024")[2] == "C3"  # P0C0L4 alone is ambiguous


def test_ambiguous_names_are_not_decided():
    assert one("COX1") == ("alias", "ambiguous", "", "MT-CO1;PTGS1")
    named = name_genes(["COX1"])
    assert named["name"].tolist() == ["COX1"]


def test_a_gene_before_one_that_reads_through():
    assert one("C7orf55") == ("alias", "changed", "FMC1", "FMC1;FMC1-LUC7L2")


def test_an_alias_of_a_gene_that_is_there_is_not_taken():
    assert one("IL8", "CXCL8", "TNF") == ("alias", "ambiguous", "", "CXCL8")
    assert one("IL8", "TNF")[2] == "CXCL8"


def test_unknown_names_keep_theirs_without_version():
    named = name_genes(["ENSG00000999999.7", "nonsense", "CON__P00761"])
    assert named["status"].tolist() == ["unknown"] * 3
    assert named["name"].tolist() == ["ENSG00000999999", "nonsense", "CON__P00761"]


def test_entrez_numbers_as_r_writes_them():
    """A round number, such as 1e+05, leaves the column one of numbers."""
    named = name_genes(["7124", "3569", "1e+05", "9370"])
    assert named["route"].tolist() == ["entrez", "entrez", "", "entrez"]
    assert name_genes(["7124", "1e+06"])["status"].tolist() == ["changed", "unknown"]


def test_numbers_are_entrez_only_in_a_column_of_numbers():
    assert name_genes(["7124", "3569", "7157.0"])["gene"].tolist() == ["TNF", "IL6", "TP53"]
    assert name_genes(["3119;3123", "3569"])["candidates"].tolist()[0] == "HLA-DQB1;HLA-DRB1"
    assert one("7124", "IL6") == ("", "unknown", "", "")
    for start in (0, 1, 7593):
        rows = [str(number) for number in range(start, start + 100)]
        assert set(name_genes(rows)["status"]) == {"unknown"}


def test_probe_sets_of_brainarray_are_entrez_genes():
    named = name_genes(["7124_at", "3569_at", "AFFX-BioB-3_at", "100_at"])
    assert named["gene"].tolist()[:2] == ["TNF", "IL6"]
    assert named["name"].tolist()[2] == "AFFX-BioB-3_at"
    affymetrix = name_genes(["7124_at", "3569_at", "1007_s_at"])
    assert set(affymetrix["status"]) == {"unknown"}


def test_aliases_in_a_column_without_genes_are_chance():
    columns = [f"V{number}" for number in range(1, 101)]
    assert any(name in gene_table().aliases for name in columns)
    assert name_genes(columns)["gene"].isna().all()


def test_mouse_spelling_is_no_human_gene():
    assert one("Gapdh") == ("", "unknown", "", "")


def test_nothing_at_all():
    assert name_genes([]).empty
    assert one("") == ("", "unknown", "", "")


@pytest.mark.parametrize("known", [True, False])
def test_speed(known):
    table = gene_table()
    genes = [*table.symbols, *table.ensembl][:60_000]
    names = genes if known else [f"{200_000 + number}_s_at" for number in range(60_000)]
    assert len(names) == 60_000
    name_genes([*names[:10], "tnf"])
    start = time.process_time()
    assert name_genes(names)["gene"].notna().all() == known
    assert time.process_time() - start < 3  # 0.4 s where nothing else runs


@pytest.mark.parametrize("text", ["nan", "NaN", "NA", "N/A", "None", "---"])
def test_what_stands_for_no_name_is_no_gene(text):
    """Though NaN is an alias of SCN11A, and NA one of others."""
    found = name_genes(["TNF", "IL6", "CD74", text])
    assert found["status"].tolist() == ["kept", "kept", "kept", "unknown"]
    numbers = name_genes(["7124.0", "3569.0", "972.0", text])
    assert numbers["gene"].tolist()[:3] == ["TNF", "IL6", "CD74"]
    assert numbers["status"].iloc[3] == "unknown"
