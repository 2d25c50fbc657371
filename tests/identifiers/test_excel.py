"""What spreadsheets made of symbols: repaired where one gene is possible, otherwise refused."""

import pytest

from immunosep_omics.identifiers import gene_table, name_genes
from immunosep_omics.identifiers.excel import RENAMED, candidates_of_date


@pytest.mark.parametrize(
    ("text", "gene"),
    [
        ("2-Sep", "SEPTIN2"), ("Sep-02", "SEPTIN2"), ("02-Sep", "SEPTIN2"), ("2-Sep-23", "SEPTIN2"),
        ("Sep 2, 2023", "SEPTIN2"), ("2-sept.", "SEPTIN2"), ("2. Sep", "SEPTIN2"),
        ("2023-09-02", "SEPTIN2"), ("2001/09/02", "SEPTIN2"), ("2023-09-02 00:00:00", "SEPTIN2"),
        ("9/2/2023", "SEPTIN2"), ("02.09.2023", "SEPTIN2"), ("Sep-2007", "SEPTIN7"),
        ("3-Mar", "MARCHF3"), ("3. Mrz", "MARCHF3"), ("3-mars", "MARCHF3"), ("3-Μαρ", "MARCHF3"),  # noqa: RUF001
        ("1-Dec", "DELEC1"), ("1. Dez", "DELEC1"), ("15-Sep", "SELENOF"), ("14-Sep", "SEPTIN14"),
        ("1-ago", "AGO1"), ("1-mei", "MEI1"),
    ],
)  # fmt: skip
def test_repaired(text, gene):
    row = name_genes([text, "TNF"]).iloc[0]
    assert (row["gene"], row["route"], row["status"]) == (gene, "excel", "changed")


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("1-Mar", "MARCHF1;MTARC1"), ("Mar-02", "MARCHF2;MTARC2"), ("01-Mar", "MARCHF1;MTARC1"),
        ("1-Mrz", "MARCHF1;MTARC1"), ("2023-03-01", "MARCHF1;MTARC1"),
        ("2009-09-01", "SEPTIN1;SEPTIN9"), ("3/9/2023", "MARCHF9;SEPTIN3"),
        ("2-Dec", ""), ("4-Oct", ""), ("1-Apr", ""), ("13-Sep", ""), ("2.31E+13", ""),
        ("2,31E+13", ""), ("5E+10", ""),
    ],
)  # fmt: skip
def test_refused(text, candidates):
    row = name_genes([text, "TNF"]).fillna("").iloc[0]
    assert (row["gene"], row["name"], row["status"]) == ("", "", "refused")
    assert set(row["candidates"].split(";")) == set(candidates.split(";"))


def test_day_numbers_among_symbols_are_refused():
    named = name_genes(["44806", "TNF", "IL6"])
    assert named["status"].tolist() == ["refused", "kept", "kept"]
    assert set(name_genes(["44806", "x_at", "y_at"])["status"]) == {"unknown"}


@pytest.mark.parametrize("text", ["TNF", "1_at", "4-1BB", "SEPT2", "HLA-DRB1", "12-LOX", "X-1", ""])
def test_no_dates(text):
    assert candidates_of_date(text, gene_table().symbols) is None


def test_no_current_symbol_is_a_date_and_all_new_names_are_current():
    symbols = gene_table().symbols
    assert [name for name in symbols if candidates_of_date(name, symbols) is not None] == []
    assert set(RENAMED.values()) <= set(symbols)
    assert not set(RENAMED) & set(symbols)
