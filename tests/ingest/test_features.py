"""From features to genes."""

import numpy as np
import pandas as pd

from immunosep_omics.ingest.features import to_genes
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table
from immunosep_omics.settings.assays import GeoSeriesMatrix, Matrix, MaxQuant

GPL = """\
#ID = Affymetrix Probe Set ID
#Gene Symbol = from Entrez
ID\tGB_ACC\tGene Symbol
1_at\tU1\tTNF
2_at\tU2\tTNF
3_at\tU3\tHLA-DRB1 /// HLA-DRB4
4_at\tU4\t---
5_at\tU5\tIL6
"""
TABLE = {"file": "gpl.txt", "id": "ID", "gene": "Gene Symbol"}


def raw(values, identifiers, genes=None):
    frame = pd.DataFrame(values, index=[f"s{n}" for n in range(len(values))], dtype=float)
    features = feature_table(identifiers, genes)
    frame.columns = features.index
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), "m.txt")


def counts_of(notes):
    return {note.step: note.amount for note in notes}


def test_probes_become_genes_by_the_highest_mean(put):
    folder = put("gpl.txt", GPL)
    facts = GeoSeriesMatrix(file="m.txt", features=TABLE)
    assay = raw([[1, 5, 3, 4, 9], [2, 6, 3, 4, 9]], ["1_at", "2_at", "3_at", "4_at", "x_at"])
    values, var, notes = to_genes(assay, "rna", facts, folder)
    assert values.columns.tolist() == ["TNF", "HLA-DRB1"]
    assert var["feature"].tolist() == ["2_at", "3_at"]
    np.testing.assert_array_equal(values, [[5, 3], [6, 3]])
    assert counts_of(notes) == {
        "features of several genes": 1, "features not in the table": 1,
        "features without a gene": 2, "features beside another of their gene": 1,
    }  # fmt: skip


def test_missing_values_do_not_lower_a_mean(put):
    assay = raw([[5, np.nan], [5, 6.0], [5, np.nan]], ["a", "b"], ["TNF", "TNF"])
    values, var, _ = to_genes(assay, "p", MaxQuant(file="m.txt"), put("x", ""))
    assert var["feature"].tolist() == ["b"]
    assert values["TNF"].notna().sum() == 1


def test_counts_of_one_gene_are_added(put):
    facts = Matrix(kind="rna_counts", file="m.txt")
    assay = raw([[1, 10, 100], [2, 20, 200]], ["a", "b", "c"], ["TNF", "IL6", "TNF"])
    values, var, _ = to_genes(assay, "rna", facts, put("x", ""))
    assert values.columns.tolist() == ["TNF", "IL6"]
    np.testing.assert_array_equal(values, [[101, 10], [202, 20]])
    assert var["feature"].tolist() == ["a;c", "b"]


def test_identifiers_stand_in_for_genes(put):
    assay = raw([[1, 2], [3, 4]], ["P1", "P2"], [np.nan, "TNF"])
    values, _, notes = to_genes(assay, "p", MaxQuant(file="m.txt"), put("x", ""))
    assert values.columns.tolist() == ["P1", "TNF"]
    assert counts_of(notes) == {"features without a gene": 1}


def test_other_kinds_keep_features_that_the_table_lacks(put):
    folder = put("gpl.txt", GPL)
    facts = Matrix(kind="expression", file="m.txt", features=TABLE)
    values, _, notes = to_genes(raw([[1, 2], [3, 4]], ["1_at", "new"]), "rna", facts, folder)
    assert values.columns.tolist() == ["TNF", "new"]
    assert counts_of(notes)["features without a gene"] == 1


def test_protein_groups_are_looked_up_by_their_members(put):
    table = "uniprot,symbol\nP02768,ALB\nP05109,S100A8\nP0DJI8,SAA1\nP0DJI9,SAA2\n"
    folder = put("uniprot.csv", table)
    stated = {"file": "uniprot.csv", "id": "uniprot", "gene": "symbol"}
    groups = ["A0X;P02768-2", "P05109", "P0DJI8;P0DJI9", "Q9"]
    facts = Matrix(kind="ms_proteins", file="m.txt", features=stated)
    values, var, notes = to_genes(raw([[1, 2, 3, 4]] * 2, groups), "p", facts, folder)
    assert values.columns.tolist() == ["ALB", "S100A8", "SAA1", "Q9"]
    assert var["feature"].tolist() == groups
    assert counts_of(notes) == {
        "features of several genes": 1, "features not in the table": 1,
        "features without a gene": 1,
    }  # fmt: skip
    other = Matrix(kind="expression", file="m.txt", features=stated)
    values, _, _ = to_genes(raw([[1, 2, 3, 4]] * 2, groups), "r", other, folder)
    assert values.columns.tolist() == ["A0X;P02768-2", "S100A8", "P0DJI8;P0DJI9", "Q9"]


def test_repeated_identifiers_collapse(put):
    facts = Matrix(kind="expression", file="m.txt")
    values, var, _ = to_genes(raw([[1, 2, 3]], ["TNF", "TNF", "IL6"]), "rna", facts, put("x", ""))
    assert values.columns.tolist() == ["TNF", "IL6"]
    assert values.iloc[0].tolist() == [2, 3]
    assert var["feature"].tolist() == ["TNF", "IL6"]


def test_features_without_a_value_are_left_out(put):
    facts = Matrix(kind="ms_proteins", file="m.txt")
    values, _, notes = to_genes(raw([[1, np.nan]], ["a", "b"]), "p", facts, put("x", ""))
    assert values.columns.tolist() == ["a"]
    assert counts_of(notes) == {"features without a value": 1}


def test_refusals(put, refused):
    folder = put("gpl.txt", GPL)
    facts = Matrix(kind="expression", file="m.txt", features=TABLE)
    refused(lambda: to_genes(raw([[1]], ["ENSG1"]), "rna", facts, folder), "gpl.txt",
            "assays.rna.features", "none of the assay's features", "ENSG1", "1_at")  # fmt: skip
    wrong = Matrix(kind="expression", file="m.txt", features={**TABLE, "gene": "Symbol"})
    refused(lambda: to_genes(raw([[1]], ["1_at"]), "rna", wrong, folder), "no column 'Symbol'",
            "did you mean 'Gene Symbol'?")  # fmt: skip
    refused(
        lambda: to_genes(raw([[np.nan]], ["a"]), "rna", wrong, folder), "m.txt", "no value at all"
    )
