"""The table of genes from its sources, and the shipped one."""

import csv
import gzip
import sqlite3
from pathlib import Path

import pytest

from immunosep_omics.identifiers import gene_table, name_genes
from immunosep_omics.identifiers.build import PREVIOUS, TABLE, main
from immunosep_omics.identifiers.table import parse_table

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "reference"

HGNC = "\n".join(
    "\t".join(cells)
    for cells in (
        ("hgnc_id", "symbol", "status", "locus_type", "location", "alias_symbol", "prev_symbol",
         "date_modified", "entrez_id", "ensembl_gene_id", "uniprot_ids"),
        ("HGNC:1", "SEPTIN2", "Approved", "gene with protein product", "2q37.3",
         '"KIAA0158|hNedd5"', '"NEDD5|SEPT2"', "2023-01-20", "4735", "ENSG00000168385", "Q15019"),
        ("HGNC:2", "MT-CO1", "Approved", "gene with protein product", "mitochondria", "COX1",
         "MTCO1", "2022-02-01", "4512", "ENSG00000198804", "P00395"),
        ("HGNC:3", "GONE1", "Entry Withdrawn", "withdrawn", "", "", "", "2020-01-01", "", "", ""),
        ("HGNC:4", "NEWLNC", "Approved", "RNA, long non-coding", "Xq13.2", "", "", "2021-01-01",
         "", "", ""),
    )
)  # fmt: skip


@pytest.fixture
def hgnc(tmp_path):
    path = tmp_path / "hgnc_complete_set.txt"
    path.write_text(HGNC, encoding="utf-8")
    return path


def test_from_hgnc(hgnc, tmp_path):
    out = tmp_path / "new" / "genes.tsv.gz"
    assert main(["--hgnc", str(hgnc), "--output", str(out)]) == 0
    table = parse_table(out.read_bytes())
    assert [row[0] for row in table.rows] == ["NEWLNC", "MT-CO1", "SEPTIN2"]
    assert [row[3] for row in table.rows] == ["X", "MT", "2"]
    assert set(table.previous) == {"NEDD5", "SEPT2", "MTCO1"}
    assert set(table.aliases) == {"KIAA0158", "hNedd5", "COX1"}
    named = name_genes(["NEDD5", "COX1", "Q15019-1", "GONE1"], table)
    assert named["route"].tolist() == ["previous", "alias", "uniprot", ""]
    assert b"last change 2023-01-20" in gzip.decompress(out.read_bytes()).splitlines()[0]


def test_a_previous_symbol_stands_before_an_alias(hgnc, tmp_path):
    hgnc.write_text(HGNC.replace("hNedd5", "MTCO1"), encoding="utf-8")
    out = tmp_path / "genes.tsv.gz"
    main(["--hgnc", str(hgnc), "--output", str(out)])
    assert name_genes(["MTCO1"], parse_table(out.read_bytes()))["gene"].tolist() == ["MT-CO1"]


def test_same_bytes(hgnc, tmp_path):
    outs = [tmp_path / name for name in ("a.gz", "b.gz")]
    for out in outs:
        main(["--hgnc", str(hgnc), "--output", str(out)])
    assert outs[0].read_bytes() == outs[1].read_bytes()


@pytest.mark.parametrize("option", ["--hgnc", "--org-hs"])
def test_wrong_sources_are_told(option, tmp_path, capsys):
    wrong = tmp_path / "wrong.txt"
    assert main([option, str(wrong), "--output", str(tmp_path / "x")]) == 1
    wrong.write_text("approved_symbol\tstatus\nA\tApproved\n", encoding="utf-8")
    assert main([option, str(wrong), "--output", str(tmp_path / "x")]) == 1
    assert "->" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_from_org_hs(tmp_path):
    path = tmp_path / "org.Hs.eg.sqlite"
    source = sqlite3.connect(path)
    source.executescript("""
        CREATE TABLE metadata (name, value); CREATE TABLE genes (_id, gene_id);
        CREATE TABLE gene_info (_id, gene_name, symbol); CREATE TABLE genetype (_id, gene_type);
        CREATE TABLE chromosomes (_id, chromosome); CREATE TABLE ensembl (_id, ensembl_id);
        CREATE TABLE uniprot (_id, uniprot_id); CREATE TABLE alias (_id, alias_symbol);
        INSERT INTO metadata VALUES ('EGSOURCEDATE', '2022-Sep12');
        INSERT INTO genes VALUES (1, '7124'), (2, '4512'), (3, '999'), (4, '4558');
        INSERT INTO gene_info VALUES (1, 'n', 'TNF'), (2, 'n', 'COX1'), (3, 'n', 'MS'),
            (4, 'n', 'TRNF');
        INSERT INTO genetype VALUES (1, 'protein-coding'), (2, 'protein-coding'), (3, 'unknown'),
            (4, 'tRNA');
        INSERT INTO chromosomes VALUES (1, '6'), (2, 'MT'), (4, 'MT');
        INSERT INTO ensembl VALUES (1, 'ENSG00000232810');
        INSERT INTO uniprot VALUES (1, 'P01375');
        INSERT INTO alias VALUES (1, 'TNF'), (1, 'TNFA'), (2, 'COX1'), (2, 'MTCO1'), (4, 'TRNF');
    """)
    source.commit()
    source.close()
    out = tmp_path / "genes.tsv.gz"
    assert main(["--org-hs", str(path), "--output", str(out)]) == 0
    lines = gzip.decompress(out.read_bytes()).decode().splitlines()
    assert lines[0] == "# Bioconductor org.Hs.eg.db; Entrez 2022-Sep12"
    assert lines[2:] == [
        "MT-CO1\t4512\tprotein-coding\tMT\t\t\t\tCOX1|MTCO1",
        "MT-TF\t4558\ttRNA\tMT\t\t\t\tTRNF",
        "TNF\t7124\tprotein-coding\t6\tENSG00000232810\tP01375\t\tTNFA",
    ]


def test_the_shipped_table():
    assert TABLE.stat().st_size < 3_000_000
    table = gene_table()
    assert len(table.rows) > 60_000
    for symbol in ("TNF", "XIST", "MT-CO1", "SEPTIN2", "IGHG1", "HLA-DRA"):
        assert symbol in table.symbols
    # Only transfer RNA and one ribosomal RNA share symbols.
    shared = [name for name, places in table.symbols.items() if len(places) > 1]
    assert all(name.startswith("TRNA") for name in shared)


def reference(name):
    if not REFERENCE.is_dir():
        pytest.skip("real data are not here")
    with gzip.open(REFERENCE / name, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("file", "column"),
    [("orgHs_entrez_symbol_ensembl.csv.gz", "ensembl"), ("orgHs_uniprot.csv.gz", "uniprot")],
)
def test_accessions_agree_with_another_export(file, column):
    """Another person's export of the same database, by gene; NCBI's mitochondrial names apart."""
    rows = [row for row in reference(file) if row[column] not in ("", "NA")]
    named = name_genes([row[column] for row in rows])
    same = sum(r["symbol"] == gene for r, gene in zip(rows, named["gene"], strict=True))
    assert same > 0.975 * len(rows)


def test_symbols_agree_with_hgnc():
    """HGNC of a later date: current symbols are known, old ones lead where HGNC says."""
    # Where a word is both a current symbol and another's alias, the current symbol stays.
    rows = [row for row in reference("hgnc_table.csv.gz") if row["Approved.Symbol"] != "NA"]
    current = [row["Symbol"] for row in rows if row["Symbol"] == row["Approved.Symbol"]]
    assert name_genes(current)["gene"].eq(current).mean() > 0.97
    taken = set(current)
    old = [row for row in rows if row["Symbol"] not in taken][::60]
    found = [name_genes([row["Symbol"]])["gene"].iloc[0] for row in old]
    told = [(f, r["Approved.Symbol"]) for f, r in zip(found, old, strict=True) if f == f]
    assert len(told) > 0.65 * len(old)
    right = [f == approved for f, approved in told]
    assert sum(right) > 0.97 * len(right)


def test_previous_symbols_are_hgncs():
    known = {(row["Symbol"], row["Approved.Symbol"]) for row in reference("hgnc_table.csv.gz")}
    assert set(PREVIOUS.items()) <= known
