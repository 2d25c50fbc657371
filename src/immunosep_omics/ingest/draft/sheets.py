"""The plain tables of a cohort: sheets of patients and samples, values, and others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.draft.assay import AssayDraft
from immunosep_omics.ingest.draft.clinical import ClinicalDraft, draft_clinical
from immunosep_omics.ingest.draft.formats import Look, whole
from immunosep_omics.ingest.draft.table import (
    MANY,
    TRANSCRIPTS,
    Values,
    are_genes,
    measured,
    numbers_in,
    share_met,
    share_of_genes,
)
from immunosep_omics.ingest.files.table_file import read_table_file
from immunosep_omics.settings.tables import TableFile


@dataclass
class Sheet:
    """A plain table of patients or samples, and what its headers say."""

    look: Look
    draft: ClinicalDraft
    name: str = ""


@dataclass
class Tables:
    """Plain tables by what they hold; a table of values may be a sheet as well."""

    sheets: list[Sheet] = field(default_factory=list)
    values: list[tuple[Look, Values]] = field(default_factory=list)
    others: list[Look] = field(default_factory=list)


def sorted_tables(plain: list[Look]) -> Tables:
    """Sort plain tables: sheets first, since their names tell how values are turned."""
    # Tables from transcripts to genes often have no headers: their first row tells what they are.
    of_genes = [
        look for look in plain
        if len(look.header) < MANY and any(h.startswith(TRANSCRIPTS) for h in look.header[:2])
    ]  # fmt: skip
    plain = [look for look in plain if look not in of_genes]
    tables = Tables(others=of_genes)
    drafts = {place: draft_clinical(look) for place, look in enumerate(plain)}
    sheets = {place: draft for place, draft in drafts.items() if _is_sheet(plain[place], draft)}
    names = {place: names_in([Sheet(plain[place], draft)]) for place, draft in sheets.items()}
    for place, look in enumerate(plain):
        own = drafts[place]
        words = set(own.words.values()) if place in sheets else set()
        known = set().union(*(found for other, found in names.items() if other != place))
        values = measured(look, known, words, own.sample or own.patient)
        if values is not None:
            tables.values.append((look, values))
        if place in sheets:
            tables.sheets.append(Sheet(look, drafts[place]))
        elif values is None:
            tables.others.append(look)
    return tables


def _is_sheet(look: Look, draft: ClinicalDraft) -> bool:
    named = draft.patient is not None or draft.sample is not None
    numbers = numbers_in(look)
    heads = [look.header[place] for place in numbers]
    mostly_values = len(numbers) > 0.6 * len(look.header) and (
        are_genes(heads) or any(share_of_genes(look.column(p)) > 0.3 for p in (0, 1)
                                if p < len(look.header))
    )  # fmt: skip
    words = [h for h in draft.words.values() if not (mostly_values and share_of_genes([h]))]
    return len(words) > 1 or (
        (named or bool(words)) and not mostly_values and len(numbers) < len(look.header)
    )


def names_in(sheets: list[Sheet]) -> set[str]:
    """All texts of the sheets' text columns: samples and patients are among them."""
    found: set[str] = set()
    for sheet in sheets:
        look = whole(sheet.look)
        for place in range(len(look.header)):
            cells = look.column(place)
            if len(set(cells)) > len(cells) / 3:
                found.update(cells)
    return found - {"", "NA"}


def add_geo(found: list[list[Look]], folder: Path, tables: Tables) -> None:
    """What GEO's files say of their samples is a clinical table too."""
    for group in found:
        if group[0].format not in ("geo_series_matrix", "geo_soft"):
            continue
        try:
            file = group[0].path.relative_to(folder).as_posix()
            table = read_table_file(TableFile(file=file), folder)
        except InputError:
            continue
        rows = [table.header, *([str(cell or "") for cell in row] for row in table.rows)]
        look = Look(group[0].path, "geo", rows)
        draft = draft_clinical(look)
        draft.sample = draft.sample or "geo_accession"
        tables.sheets.append(Sheet(look, draft))


def add_named_samples(assays: list[AssayDraft], tables: Tables) -> None:
    """A table that names the samples of an assay is a sheet, whatever else its headers say."""
    for look in list(tables.others):
        if any(column_of(assay, look) is not None for assay in assays):
            tables.sheets.append(Sheet(look, draft_clinical(look)))
            tables.others.remove(look)


def column_of(assay: AssayDraft, look: Look) -> str | None:
    """The header of the column that holds most of an assay's sample names."""
    share, header = share_met(look, set(assay.samples))
    return header if share > 0.5 else None
