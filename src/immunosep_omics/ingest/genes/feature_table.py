"""The genes that a platform's table gives to features."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.identifiers import is_no_name
from immunosep_omics.ingest.files.table_file import check_headers, read_table_file, refuse_header_of
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.settings.assays import Assay

PLATFORM_COMMENTS = ("#", "!", "^")
"""How lines begin, in GEO's platform tables, that stand around the table itself."""

SOURCES = ("refseq", "genbank", "ensembl", "havana transcript", "ucsc genes", "mgc", "ncrna")
"""Databases that stand where other arrays have the symbol: the text after them may name it."""

FEWEST_KNOWN = 0.2
"""A smaller share of an array's probes in the table: it is another platform's."""

IN_TITLE = re.compile(r"\(([^()\s]+)\)(?=,|$)")
"""The symbol in a transcript's title: `Homo sapiens tumor necrosis factor (TNF), mRNA.`"""


def genes_of_table(
    features: pd.DataFrame, assay: str, facts: Assay, folder: Path, notes: list[Note]
) -> pd.Series:
    """The genes that the table `features` names for each feature, joined with `;`.

    A protein group (`P1;P2-3`) is looked up by its members. Raises :class:`InputError` for a table
    that lacks a column, has none of the features, or hardly any of an array's.
    """
    stated = facts.features
    if stated is None or stated.file is None:
        raise AssertionError("only called where a table is stated; downloads become files before")
    table = read_table_file(stated.as_file, folder, skip=PLATFORM_COMMENTS)
    refuse_header_of(set(features["identifier"]), table, f"assays.{assay}.features")
    problems = Problems()
    check_headers(table, [("features.id", stated.id), ("features.gene", stated.gene)], problems)
    problems.raise_any()
    symbols: dict[str, list[str]] = {}
    for identifier, text in zip(table.texts(stated.id), table.texts(stated.gene), strict=True):
        symbols.setdefault(identifier, []).extend(genes_in_cell(text))
    members = features["identifier"].map(_group if facts.kind == "ms_proteins" else _single)
    known = members.map(lambda names: any(name in symbols for name in names))
    least = FEWEST_KNOWN if facts.kind == "rna_array" else 0
    if not known.any() or known.mean() < least:
        of_all = f" {len(known)}" if known.any() else ""
        found = f"{known.sum() or 'none'} of the assay's{of_all}"
        raise InputError(
            Problem(
                f"{table.shown} (assays.{assay}.features)",
                f"column '{stated.id}' has {found} features"
                f" ({', '.join(features['identifier'][~known][:3])};"
                f" there: {', '.join(sorted(symbols)[:3])})",
                "name the column that holds the assay's own identifiers, in the table of its own"
                " platform",
            )
        )
    named = members.map(
        lambda names: list(dict.fromkeys(s for name in names for s in symbols.get(name, [])))
    )
    absent = int((~known).sum())
    if absent:
        notes.append(Note("features not in the table", absent, stated.file))
    gene: pd.Series = named.map(lambda genes: ";".join(genes) if genes else np.nan)
    return gene


def genes_in_cell(text: str) -> list[str]:
    """The genes of a cell: `A /// B`, `A;B`, or Affymetrix's `NM_1 // A // name /// ...`.

    Clariom arrays write `NM_1 // RefSeq // Homo sapiens name (A), mRNA. // ...`.
    """
    if " // " in text:
        parts = [_assigned(part.split(" // ")) for part in text.split("///") if " // " in part]
    else:
        parts = [part.strip() for part in re.split(r"///|;", text)]
    return [part for part in parts if part != "0" and not is_no_name(part)]


def _assigned(fields: list[str]) -> str:
    """The gene of one transcript that an array's table assigns to a probe set."""
    symbol = fields[1].strip()
    if symbol.lower() not in SOURCES:
        return symbol
    found = IN_TITLE.search(fields[2]) if len(fields) > 2 else None
    return found[1] if found else ""


def _single(identifier: str) -> list[str]:
    return [identifier]


def _group(identifier: str) -> list[str]:
    """A protein group as it is, then its members, each also without its isoform's number."""
    members = [m.strip() for m in identifier.split(";")]
    names = [n for m in members for n in (m, re.sub(r"-\d+$", "", m))]
    return list(dict.fromkeys([identifier, *names]))
