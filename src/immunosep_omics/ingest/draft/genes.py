"""The tables that give probes and transcripts their genes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.draft.assay import TO_FIND, AssayDraft, layout_facts
from immunosep_omics.ingest.draft.formats import Look
from immunosep_omics.ingest.draft.sheets import Tables
from immunosep_omics.ingest.draft.table import TRANSCRIPTS, are_genes, share_of_genes
from immunosep_omics.ingest.files.table_file import read_table_file
from immunosep_omics.ingest.genes.feature_table import PLATFORM_COMMENTS
from immunosep_omics.settings.tables import TableFile

METABOLITES = re.compile(
    r"(bio)?chemical[ _]?(name)?|(metabolite|compound)([ _]?name)?", re.IGNORECASE
)
"""Headers of the names of metabolites, in tables that have them by number."""


def add_genes(assays: list[AssayDraft], tables: Tables, looks: list[Look], folder: Path) -> None:
    """Tables of genes go to the assay whose features or transcripts they name."""
    for look in list(tables.others):
        for draft in assays:
            fitted = _genes_for(draft, look)
            if fitted is None:
                continue
            key, stated = fitted
            draft.facts[key] = {"file": look.path.relative_to(folder).as_posix()} | stated
            draft.comments[key] = "please confirm"
            draft.open.pop(key, None)
            tables.others = [other for other in tables.others if other is not look]
    for look in looks:
        for draft in assays:
            if look.format == "platform" and draft.raw is not None:
                _by_platform(draft, look, folder)
            if look.format == "reference" and draft.facts["format"] == "reads":
                draft.facts["reference"] = look.path.relative_to(folder).as_posix()
    for draft in assays:
        array = draft.facts["kind"] == "rna_array" and draft.facts["format"] != "geo_soft"
        if (
            array
            and "features" not in draft.facts
            and draft.raw is not None
            and not are_genes(list(draft.raw.values.columns))
        ):
            draft.open["features"] = "{file: GPL.txt, id: ID, gene: Gene symbol}"
            draft.todo.append(f"{draft.file}: name the platform's table under `features`")
        if draft.facts.get("reference") == "TODO":
            draft.todo.append(f"{draft.file}: name the FASTA of the transcripts under `reference`")
        if "transcripts" in draft.open or draft.facts.get("transcripts") == TO_FIND:
            draft.todo.append(
                f"{draft.file}: name the table from transcripts to genes under `transcripts`"
            )


def _by_platform(draft: AssayDraft, look: Look, folder: Path) -> None:
    """GEO's table of a platform, where it has the assay's probes."""
    file = look.path.relative_to(folder).as_posix()
    try:
        table = read_table_file(TableFile(file=file), folder, skip=PLATFORM_COMMENTS)
    except InputError:
        return
    rows = [table.header, *([str(cell or "") for cell in row] for row in table.rows)]
    fitted = _genes_for(draft, Look(look.path, None, rows))
    if fitted is not None:
        draft.facts["features"] = {"file": file} | fitted[1]
        draft.comments["features"] = "please confirm"


def _genes_for(draft: AssayDraft, look: Look) -> tuple[str, dict[str, Any]] | None:
    """The key that a table of genes belongs to, with its headers."""
    named = draft.facts["format"]
    columns = [look.column(place) for place in range(len(look.header))]
    transcripts = named in ("salmon", "kallisto", "reads")
    if transcripts:
        ids = [sum(c.startswith(TRANSCRIPTS) for c in cells) for cells in columns]
    elif draft.raw is not None and named in ("matrix", "geo_series_matrix", "h5ad"):
        features = set(draft.raw.features["identifier"])
        ids = [sum(cell in features for cell in cells) for cells in columns]
    else:
        return None
    if not transcripts and are_genes(list(features)[:300]):
        return None
    at = max(range(len(ids)), key=lambda place: ids[place])
    genes = [
        share_of_genes(list(filter(None, cells))) + ("symbol" in look.header[n].lower())
        if n != at else 0.0
        for n, cells in enumerate(columns)
    ]  # fmt: skip
    if draft.facts["kind"] == "metabolites":
        genes = [float(bool(METABOLITES.fullmatch(header))) for header in look.header]
    gene_at = max(range(len(genes)), key=lambda place: genes[place])
    looked_at = len(columns[0]) if transcripts else min(len(columns[0]), len(features))
    if ids[at] < looked_at / 4 or genes[gene_at] < 0.3:
        return None
    first = look.header[at]
    stated: dict[str, Any] = {"id": first, "gene": look.header[gene_at]}
    if first.startswith(TRANSCRIPTS) if transcripts else first in features:
        stated = {"header": 0, "id": str(at + 1), "gene": str(gene_at + 1)}
    return "transcripts" if transcripts else "features", layout_facts(look) | stated
