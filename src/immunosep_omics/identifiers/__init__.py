"""One vocabulary of genes: current human symbols for whatever a platform calls its features."""

from __future__ import annotations

from immunosep_omics.identifiers.cytokines import name_cytokines
from immunosep_omics.identifiers.namespaces import namespace_of
from immunosep_omics.identifiers.naming import is_no_name, name_genes
from immunosep_omics.identifiers.species import foreign_names
from immunosep_omics.identifiers.table import GeneTable, gene_table

__all__ = [
    "GeneTable",
    "foreign_names",
    "gene_table",
    "is_no_name",
    "name_cytokines",
    "name_genes",
    "namespace_of",
]
