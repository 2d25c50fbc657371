"""From a platform's features to genes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.identifiers import (
    foreign_names,
    is_no_name,
    name_cytokines,
    name_genes,
    namespace_of,
)
from immunosep_omics.ingest.genes.collapse import collapse
from immunosep_omics.ingest.genes.feature_table import genes_of_table
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.ingest.rna.counts import sums_of_others
from immunosep_omics.settings.assays import RNA_KINDS, Assay

MAPPING_COLUMNS = ("feature", "named", "gene", "route", "status", "candidates")

OTHER_NAMES = ("renamed", "previous", "alias", "other case", "R spelling", "cytokine")
"""Routes on which a name that is not current led to the gene."""

COLLAPSED = {
    "highest_mean": "the highest mean stays",
    "mean": "the mean of one gene's features",
    "sum": "counts of one gene added up",
}

SUMMARY = re.compile(
    r"__(?:no_feature|ambiguous|too_low_aqual|not_aligned|alignment_not_unique)"
    r"|no_feature|too_low_aqual|not_aligned|alignment_not_unique"
    r"|n_(?:unmapped|multimapping|nofeature|ambiguous)|unassigned_\w+"
    r"|(?:grand[ _.]?)?totals?(?:[ _.](?:counts|reads))?|sum|library[ _.]?size",
    re.IGNORECASE,
)
"""Rows of a table of expression that are no genes: what HTSeq, STAR and featureCounts count apart,
and the sums that people add."""

FEW = 0.2
"""A smaller share of human genes among at least `ENOUGH` names deserves a word."""

ENOUGH = 50


def to_genes(
    raw: RawAssay, assay: str, facts: Assay, folder: Path
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], pd.DataFrame]:
    """Values by gene, `var` (index: gene; `feature`, and what the reader knows), notes, mapping.

    The name of a feature's gene comes from the table `features`; otherwise from its UniProt or
    Ensembl accession, from the gene that the reader found, or from the identifier itself. It
    becomes the current symbol (:mod:`immunosep_omics.identifiers`); metabolites keep their names.
    Rows of counts that are no genes (reads of none, sums) are left out.
    A feature without a gene keeps its identifier, but is left out of arrays with a table; so is a
    name that a spreadsheet made a date of, where more than one gene is possible. Features of one
    gene are collapsed by the assay's rule. The mapping has one row per feature, `MAPPING_COLUMNS`.
    """
    _refuse_sums_of_logarithms(raw, assay, facts)
    notes: list[Note] = []
    left_out = _no_features(raw, facts, notes)
    values, features = raw.values.loc[:, left_out == ""], raw.features[left_out == ""]
    stated = features["gene"].where(~features["gene"].astype(str).map(is_no_name))
    if facts.features is not None:
        stated = genes_of_table(features, assay, facts, folder, notes)
    naming = _naming(features, stated, facts)
    _refuse_other_species(naming, raw.source, assay, facts)
    lost = _without_gene(naming, stated, facts, notes)
    notes += _notes(naming, facts)
    mapping = _mapping(raw, naming, left_out)
    kept = ~lost & (naming["status"] != "refused").to_numpy()
    if not kept.any():
        raise InputError(
            Problem(
                f"{raw.source} (assays.{assay})", "no feature has a gene",
                "name the column of `features` that holds gene symbols, or give the file as the"
                " platform wrote it, before a spreadsheet changed it",
            )
        )  # fmt: skip
    values, features = values.loc[:, kept], features[kept]
    names = naming.loc[kept, "name"].astype(str)
    if not names.is_unique:
        more = int(names.duplicated().sum())
        notes.append(
            Note("features beside another of their gene", more, COLLAPSED[facts.collapse_rule])
        )
    var = features.drop(columns=["gene"]).rename(columns={"identifier": "feature"})
    values, var = collapse(values, var, names, facts.collapse_rule)
    return values, var, notes, mapping


def _refuse_sums_of_logarithms(raw: RawAssay, assay: str, facts: Assay) -> None:
    if facts.collapse_rule == "sum" and facts.stated_scale in ("log2", "npx"):
        raise InputError(
            Problem(
                f"{raw.source} (assays.{assay}.collapse)",
                f"values on the scale {facts.stated_scale} are logarithms, whose sum means nothing",
                "use highest_mean or mean",
            )
        )


def _no_features(raw: RawAssay, facts: Assay, notes: list[Note]) -> np.ndarray:
    """Why each feature of the file is none of the assay's, "" for those that are."""
    empty = np.isnan(raw.values.to_numpy()).all(axis=0)
    if empty.all():
        raise InputError(
            Problem(raw.source, "the samples have no value at all", "check the file and `missing`")
        )
    if empty.any():
        notes.append(Note("features without a value", int(empty.sum()), "missing in every sample"))
    reasons = np.where(empty, "no value", "")
    if facts.kind in RNA_KINDS:
        names = raw.features["identifier"].astype(str)
        summary = np.array([bool(SUMMARY.fullmatch(name)) for name in names])
        if summary.any():
            which = ", ".join(dict.fromkeys(names[summary]))
            notes.append(Note("rows that are no genes", int(summary.sum()), f"left out: {which}"))
        if facts.stated_scale == "counts":
            sums = sums_of_others(raw.values.to_numpy(), summary)
            notes += [
                Note("rows that are no genes", 1, f"the sum of all others: {name}")
                for name in names[sums]
            ]
            summary |= sums
        reasons[summary] = "no gene"
    if facts.kind != "metabolites":
        # Na is sodium, but no gene.
        reasons[_nameless(raw.features, notes)] = "no gene"
    return reasons


def _nameless(features: pd.DataFrame, notes: list[Note]) -> np.ndarray:
    """Features that a missing value stands for, such as `nan`, and that no gene is stated for."""
    unnamed = features["identifier"].astype(str).map(is_no_name)
    unnamed &= features["gene"].astype(str).map(is_no_name)
    if unnamed.any():
        notes.append(Note("rows that are no genes", int(unnamed.sum()), "left out: without a name"))
    return unnamed.to_numpy()


def _naming(features: pd.DataFrame, stated: pd.Series, facts: Assay) -> pd.DataFrame:
    """What :func:`name_genes` says of each feature, and what it was asked: `named`.

    Accessions mean one gene for good; names do not (Olink's TF is not the gene TF). So they come
    before the reader's gene, but after a table that the user gave.
    """
    named = stated.where(stated.notna(), features["identifier"]).astype(str).to_numpy()
    if facts.kind == "metabolites":
        first = [name.split(";")[0] if facts.features else name for name in named]
        return pd.DataFrame({
            "gene": np.nan, "route": "", "status": "kept", "candidates": np.nan, "name": first,
            "named": named,
        })  # fmt: skip
    if facts.kind in ("cytokines", "olink_npx"):
        naming = name_cytokines(named.tolist(), olink=facts.kind == "olink_npx")
    elif facts.features is not None:
        # What a column means (numbers: Entrez genes?) is told by what stands in that column.
        naming = _apart(named, stated.notna().to_numpy())
    else:
        naming = name_genes(named.tolist())
    naming["named"] = named
    accessions = features["identifier"]
    if "uniprot" in features:
        accessions = features["uniprot"].where(features["uniprot"].notna(), accessions)
    asked = accessions.astype(str).to_numpy()
    if (asked != named).any():
        found = name_genes(asked.tolist())
        better = found["route"].isin(["uniprot", "ensembl"]) & found["gene"].notna()
        if facts.features is not None:
            better &= naming["gene"].isna()
        found["named"] = asked
        naming.loc[better] = found.loc[better]
    if facts.features is not None:
        unknown = naming["status"] == "unknown"
        naming.loc[unknown, "name"] = naming.loc[unknown, "name"].str.split(";").str[0]
    return naming


def _apart(named: np.ndarray, of_table: np.ndarray) -> pd.DataFrame:
    """What :func:`name_genes` says of a table's genes, and of the features that it lacks."""
    parts = [
        name_genes(named[rows].tolist()).set_index(np.flatnonzero(rows))
        for rows in (of_table, ~of_table)
    ]
    return pd.concat([part for part in parts if len(part)]).sort_index()


def _without_gene(
    naming: pd.DataFrame, stated: pd.Series, facts: Assay, notes: list[Note]
) -> np.ndarray:
    """Which features are left out because an array's table has no gene for them."""
    refused = (naming["status"] == "refused").to_numpy()
    nameless = stated.isna().to_numpy() & ~refused
    if facts.features is not None and facts.kind == "rna_array":
        notes.append(
            Note("features without a gene", int(nameless.sum()), "not in the platform's table")
        )
        naming.loc[nameless, ["named", "gene", "name", "candidates"]] = np.nan
        naming.loc[nameless, ["route", "status"]] = ["", "unknown"]
        return nameless
    count = int((nameless & naming["gene"].isna().to_numpy()).sum())
    if count and stated.notna().any():
        notes.append(Note("features without a gene", count, "kept by their identifier"))
    return np.zeros(len(naming), dtype=bool)


def _refuse_other_species(naming: pd.DataFrame, source: str, assay: str, facts: Assay) -> None:
    if facts.kind in ("metabolites", "cytokines"):
        return
    names = naming["named"].tolist()
    found = foreign_names(names, naming["route"].tolist())
    if found is not None:
        species, share = found
        raise InputError(
            Problem(
                f"{source} (assays.{assay})",
                f"{share:.0%} of the names look like genes of {species} ({', '.join(names[:3])})",
                "give human data, or translate the genes to their human orthologues first",
            )
        )


def _notes(naming: pd.DataFrame, facts: Assay) -> list[Note]:
    """What happened to names, each kind counted; `mapping.tsv` has the names themselves."""
    route, status, gene = naming["route"], naming["status"], naming["gene"]
    several = (route == "group") & gene.notna()
    counted = [
        ("outdated or other gene names", route.isin(OTHER_NAMES) & (status == "changed"),
         "changed to current symbols"),
        ("names that a spreadsheet changed", (route == "excel") & gene.notna(),
         "repaired: one gene is possible"),
        ("names that a spreadsheet changed", status == "refused",
         "left out: no gene or several are possible"),
        ("features of several genes", several, "the first named gene is taken"),
        ("ambiguous gene names", (status == "ambiguous") & ~several, "kept as they are"),
    ]  # fmt: skip
    notes = [Note(what, int(rows.sum()), why) for what, rows, why in counted if rows.any()]
    known = int(gene.notna().sum())
    if facts.kind != "metabolites" and len(naming) >= ENOUGH and known < FEW * len(naming):
        what = namespace_of(naming["named"].dropna().tolist())
        told = f"few: they are {what}" if what else "few"
        notes.append(
            Note("features with a known gene", known, f"{told}: state `features`, a table of genes")
        )
    return notes


def _mapping(raw: RawAssay, naming: pd.DataFrame, left_out: np.ndarray) -> pd.DataFrame:
    """One row per feature of the file; `gene` is its name in the assay, missing if left out."""
    mapping = pd.DataFrame({"feature": raw.features["identifier"].to_numpy()})
    shown = naming.drop(columns="gene").rename(columns={"name": "gene"})
    shown.index = mapping.index[left_out == ""]
    mapping = mapping.join(shown)
    mapping.loc[left_out != "", "route"] = ""
    mapping["status"] = mapping["status"].where(left_out == "", left_out)
    return mapping[list(MAPPING_COLUMNS)]
