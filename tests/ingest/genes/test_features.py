"""From features to genes."""

from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.ingest.genes.feature_table import genes_of_table
from immunosep_omics.ingest.genes.features import to_genes
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table
from immunosep_omics.settings.assays import GeoSeriesMatrix, Matrix, MaxQuant, OlinkLong
from immunosep_omics.settings.tables import FeatureTable

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
    values, var, notes, _ = to_genes(assay, "rna", facts, folder)
    assert values.columns.tolist() == ["TNF", "HLA-DRB1"]
    assert var["feature"].tolist() == ["2_at", "3_at"]
    np.testing.assert_array_equal(values, [[5, 3], [6, 3]])
    assert counts_of(notes) == {
        "features of several genes": 1, "features not in the table": 1,
        "features without a gene": 2, "features beside another of their gene": 1,
    }  # fmt: skip


def test_missing_values_do_not_lower_a_mean(put):
    assay = raw([[5, np.nan], [5, 6.0], [5, np.nan]], ["a", "b"], ["TNF", "TNF"])
    values, var, _, _ = to_genes(assay, "p", MaxQuant(file="m.txt"), put("x", ""))
    assert var["feature"].tolist() == ["b"]
    assert values["TNF"].notna().sum() == 1


def test_counts_of_one_gene_are_added(put):
    facts = Matrix(kind="rna_counts", file="m.txt")
    assay = raw([[1, 10, 100], [2, 20, 200]], ["a", "b", "c"], ["TNF", "IL6", "TNF"])
    values, var, _, _ = to_genes(assay, "rna", facts, put("x", ""))
    assert values.columns.tolist() == ["TNF", "IL6"]
    np.testing.assert_array_equal(values, [[101, 10], [202, 20]])
    assert var["feature"].tolist() == ["a;c", "b"]


def test_identifiers_stand_in_for_genes(put):
    assay = raw([[1, 2], [3, 4]], ["X-1", "X-2"], [np.nan, "TNF"])
    values, _, notes, _ = to_genes(assay, "p", MaxQuant(file="m.txt"), put("x", ""))
    assert values.columns.tolist() == ["X-1", "TNF"]
    assert counts_of(notes) == {"features without a gene": 1}


def test_other_kinds_keep_features_that_the_table_lacks(put):
    folder = put("gpl.txt", GPL)
    facts = Matrix(kind="expression", file="m.txt", features=TABLE)
    values, _, notes, _ = to_genes(raw([[1, 2], [3, 4]], ["1_at", "new"]), "rna", facts, folder)
    assert values.columns.tolist() == ["TNF", "new"]
    assert counts_of(notes)["features without a gene"] == 1


def test_protein_groups_are_looked_up_by_their_members(put):
    table = "uniprot,symbol\nP02768,ALB\nP05109,S100A8\nP0DJI8,SAA1\nP0DJI9,SAA2\n"
    folder = put("uniprot.csv", table)
    stated = {"file": "uniprot.csv", "id": "uniprot", "gene": "symbol"}
    groups = ["A0X;P02768-2", "P05109", "P0DJI8;P0DJI9", "Q9"]
    facts = Matrix(kind="ms_proteins", file="m.txt", features=stated)
    values, var, notes, _ = to_genes(raw([[1, 2, 3, 4]] * 2, groups), "p", facts, folder)
    assert values.columns.tolist() == ["ALB", "S100A8", "SAA1", "Q9"]
    assert var["feature"].tolist() == groups
    assert counts_of(notes) == {
        "features of several genes": 1, "features not in the table": 1,
        "features without a gene": 1,
    }  # fmt: skip
    other = Matrix(kind="expression", file="m.txt", features=stated)
    values, _, _, _ = to_genes(raw([[1, 2, 3, 4]] * 2, groups), "r", other, folder)
    # Not in the table as they are written: their own accessions tell the genes.
    assert values.columns.tolist() == ["ALB", "S100A8", "SAA1", "Q9"]


def test_repeated_identifiers_collapse(put):
    facts = Matrix(kind="expression", file="m.txt")
    values, var, _, _ = to_genes(
        raw([[1, 2, 3]], ["TNF", "TNF", "IL6"]), "rna", facts, put("x", "")
    )
    assert values.columns.tolist() == ["TNF", "IL6"]
    assert values.iloc[0].tolist() == [2, 3]
    assert var["feature"].tolist() == ["TNF", "IL6"]


def test_features_without_a_value_are_left_out(put):
    facts = Matrix(kind="ms_proteins", file="m.txt")
    values, _, notes, _ = to_genes(raw([[1, np.nan]], ["a", "b"]), "p", facts, put("x", ""))
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


def names_of(facts, identifiers, genes=None, **columns):
    assay = raw([range(1, len(identifiers) + 1)] * 2, identifiers, genes)
    for name, values in columns.items():
        assay.features[name] = values
    values, _, notes, mapping = to_genes(assay, "a", facts, None)
    return values.columns.tolist(), counts_of(notes), mapping


def test_mapping_tells_what_became_of_each_feature():
    facts = Matrix(kind="rna_counts", file="m.txt")
    identifiers = ["ENSG00000232810.3", "SEPT2", "2-Sep", "1-Mar", "IL6", "new"]
    names, notes, mapping = names_of(facts, identifiers)
    assert names == ["TNF", "SEPTIN2", "IL6", "new"]
    assert mapping.fillna("").to_numpy().tolist() == [
        ["ENSG00000232810.3", "ENSG00000232810.3", "TNF", "ensembl", "changed", ""],
        ["SEPT2", "SEPT2", "SEPTIN2", "renamed", "changed", ""],
        ["2-Sep", "2-Sep", "SEPTIN2", "excel", "changed", ""],
        ["1-Mar", "1-Mar", "", "excel", "refused", "MARCHF1;MTARC1"],
        ["IL6", "IL6", "IL6", "symbol", "kept", ""],
        ["new", "new", "new", "", "unknown", ""],
    ]
    assert notes["features beside another of their gene"] == 1
    assert notes["outdated or other gene names"] == 1
    assert notes["names that a spreadsheet changed"] == 1


def test_accessions_stand_before_the_readers_gene():
    facts = OlinkLong(file="o.csv")
    names, _, mapping = names_of(
        facts, ["O1", "O2", "O3"], ["TF", "IL12", "MCP-1"],
        uniprot=["P13726", "P29459;P29460", None],
    )  # fmt: skip
    assert names == ["F3", "IL12", "CCL2"]
    assert mapping["named"].tolist() == ["P13726", "IL12", "MCP-1"]


def test_metabolites_keep_their_names():
    facts = Matrix(kind="metabolites", file="m.txt")
    names, notes, mapping = names_of(facts, ["lactate", "CAT", "1-Mar"])
    assert names == ["lactate", "CAT", "1-Mar"]
    assert notes == {}
    assert set(mapping["status"]) == {"kept"}


def test_cytokines():
    assert names_of(Matrix(kind="cytokines", file="m.txt"), ["IL-6 (pg/mL)", "TNF-a"])[0] == [
        "IL6", "TNF",
    ]  # fmt: skip


def test_collapse_rules():
    assay = raw([[1, 3, 7], [np.nan, 5, 7]], ["a", "b", "c"], ["TNF", "TNF", "IL6"])
    for rule, expected in (("mean", [2, 5]), ("sum", [4, 5]), ("highest_mean", [3, 5])):
        facts = Matrix(kind="ms_proteins", file="m.txt", collapse=rule)
        values, _, _, _ = to_genes(assay, "p", facts, None)
        assert values["TNF"].tolist() == expected


def test_sums_of_logarithms_are_refused(refused):
    facts = Matrix(kind="expression", file="m.txt", collapse="sum")
    refused(lambda: names_of(facts, ["TNF"]), "assays.a.collapse", "logarithms", "mean")


def test_another_species_is_refused(refused):
    facts = Matrix(kind="rna_counts", file="m.txt")
    mouse = [f"ENSMUSG000000{n:05d}" for n in range(30)]
    refused(lambda: names_of(facts, mouse), "m.txt", "100%", "mouse", "orthologues")


def test_few_genes_among_many_names_are_told():
    facts = Matrix(kind="expression", file="m.txt")
    assert names_of(facts, [f"x{n}_at" for n in range(60)])[1] == {"features with a known gene": 0}


def test_only_dates_are_refused(refused):
    facts = Matrix(kind="expression", file="m.txt")
    refused(lambda: names_of(facts, ["1-Mar", "2-Mar"]), "no feature has a gene")


def test_affymetrix_gene_assignments(put):
    cell = "NM_000594 // TNF // a factor; TNF // 6p21 // 7124 /// U1 // TNF // x // y // 1"
    folder = put("gpl.txt", f"ID\tgene_assignment\n1\t{cell}\n2\t---\n")
    stated = {"file": "gpl.txt", "id": "ID", "gene": "gene_assignment"}
    facts = GeoSeriesMatrix(file="m.txt", features=stated)
    values, _, _, mapping = to_genes(raw([[1, 2]] * 2, ["1", "2"]), "rna", facts, folder)
    assert values.columns.tolist() == ["TNF"]
    assert mapping["named"].tolist()[0] == "TNF"
    assert mapping["gene"].isna().tolist() == [False, True]


def test_clariom_names_the_gene_in_the_transcripts_title(put):
    table = (
        "ID\tSPOT_ID\n"
        "p1\tNM_1 // RefSeq // Homo sapiens tumor necrosis factor (TNF), mRNA. // chr6\n"
        "p2\tENST1 // ENSEMBL // no symbol here // chr6\n"
    )
    facts = Matrix(
        kind="rna_array", file="x",
        features=FeatureTable(file="gpl.txt", id="ID", gene="SPOT_ID"),
    )  # fmt: skip
    features = pd.DataFrame({"identifier": ["p1", "p2"]})
    found = genes_of_table(features, "a", facts, put("gpl.txt", table), [])
    assert found.fillna("").tolist() == ["TNF", ""]


def test_identifiers_that_need_a_table_are_named():
    names = [f"NM_{number:06d}.2" for number in range(60)]
    raw = RawAssay(
        pd.DataFrame(np.ones((2, 60)), columns=names), feature_table(names), pd.DataFrame(), "m.csv"
    )
    _, _, notes, _ = to_genes(raw, "a", Matrix(kind="expression", file="m.csv"), Path())
    told = [note.reason for note in notes if note.step == "features with a known gene"]
    assert told == ["few: they are RefSeq transcripts: state `features`, a table of genes"]


def test_sums_and_counters_of_reads_are_no_genes(put):
    facts = Matrix(kind="rna_counts", file="m.txt")
    names = ["TNF", "Total", "__no_feature", "N_unmapped", "Unassigned_NoFeatures", "SUMO1"]
    assay = raw([[1, 10, 2, 3, 4, 5], [2, 20, 2, 3, 4, 5]], names)
    values, _, notes, mapping = to_genes(assay, "rna", facts, put("x", ""))
    assert values.columns.tolist() == ["TNF", "SUMO1"]
    assert counts_of(notes) == {"rows that are no genes": 4}
    assert mapping["status"].tolist() == ["kept", *["no gene"] * 4, "kept"]
    assert mapping["gene"].isna().sum() == 4


def test_metabolites_may_be_called_anything(put):
    facts = Matrix(kind="metabolites", file="m.txt")
    values, *_ = to_genes(raw([[1, 2], [3, 4]], ["Total", "Lactate"]), "m", facts, put("x", ""))
    assert values.columns.tolist() == ["Total", "Lactate"]


def test_entrez_genes_of_a_table_with_gaps(put):
    """Probes without a gene are no reason to doubt the numbers of the others."""
    table = "ID\tENTREZ_GENE_ID\n1_at\t7124\n2_at\t\n3_at\t3119 /// 3123\n4_at\t3569\n"
    stated = {"file": "gpl.txt", "id": "ID", "gene": "ENTREZ_GENE_ID"}
    facts = GeoSeriesMatrix(file="m.txt", features=stated)
    assay = raw([[1, 2, 3, 4]] * 2, ["1_at", "2_at", "3_at", "4_at"])
    values, *_ = to_genes(assay, "rna", facts, put("gpl.txt", table))
    assert values.columns.tolist() == ["TNF", "HLA-DQB1", "IL6"]
    np.testing.assert_array_equal(values.iloc[0], [1, 3, 4])


def test_a_table_of_another_platform_that_shares_a_few_probes(put, refused):
    facts = GeoSeriesMatrix(file="m.txt", features=TABLE)
    probes = ["1_at", *(f"x{number}_at" for number in range(9))]
    refused(
        lambda: to_genes(raw([range(10)] * 2, probes), "rna", facts, put("gpl.txt", GPL)),
        "1 of the assay's 10 features", "x0_at", "platform",
    )  # fmt: skip


def test_counts_of_no_gene_are_left_out():
    facts = Matrix(kind="rna_counts", file="m.txt")
    names = ["N_unmapped", "TNF", "IL6", "CXCL8", "__no_feature", "everything"]
    genes = np.array([[7, 1, 0], [3, 4, 9]])
    counts = np.column_stack([[90, 80], genes, [5, 6], genes.sum(axis=1)])
    values, _, notes, mapping = to_genes(raw(counts, names), "rna", facts, None)
    assert values.columns.tolist() == ["TNF", "IL6", "CXCL8"]
    np.testing.assert_array_equal(values, genes)
    told = [note.reason for note in notes]
    assert told == ["left out: N_unmapped, __no_feature", "the sum of all others: everything"]
    assert mapping["status"].tolist()[0::4] == ["no gene", "no gene"]
    assert mapping["gene"].isna().sum() == 3
    # Of intensities a row that is the sum of the others may be anything.
    linear = Matrix(kind="expression", scale="linear", file="m.txt")
    assert "everything" in to_genes(raw(counts, names), "rna", linear, None)[0]


def test_rows_named_by_a_missing_value_are_no_gene(tmp_path):
    """What pandas writes where an annotation had no symbol: a gene of all that have none."""
    given = raw([[1, 2, 3, 4]], ["TNF", "IL6", "nan", "7_at"], ["TNF", "IL6", "nan", "NaN"])
    facts = Matrix(kind="expression", file="m.txt")
    values, _, notes, mapping = to_genes(given, "rna", facts, tmp_path)
    assert list(values.columns) == ["TNF", "IL6", "7_at"]
    assert counts_of(notes)["rows that are no genes"] == 1
    assert mapping["status"].tolist() == ["kept", "kept", "no gene", "unknown"]
