"""A search engine's report of proteins: its layout is told by its headers."""

from __future__ import annotations

from pathlib import Path

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.proteins.assay import looking_further
from immunosep_omics.ingest.proteins.report_file import Report, open_report
from immunosep_omics.ingest.raw_assay import RawAssay
from immunosep_omics.ingest.readers import mztab
from immunosep_omics.ingest.readers.protein_layouts import (
    LONG,
    PROGRAMS,
    UNREAD,
    WIDE,
    Long,
    Wide,
)
from immunosep_omics.ingest.readers.protein_long import quantities_of, read_long
from immunosep_omics.ingest.readers.protein_wide import (
    columns_of,
    fits,
    place_of,
    ratios_refused,
    read_wide,
)
from immunosep_omics.settings.assays import ProteinTable

LAYOUTS: tuple[Long | Wide, ...] = (*LONG, *WIDE)

PREVIEW = 5
"""Rows that are enough to open a report whose header alone is wanted."""


@looking_further
def read(facts: ProteinTable, folder: Path, rows: int | None = None) -> RawAssay:
    """Read a report: text, workbook or Parquet, wide or long.

    A protein group is named by its accessions, `P1;P2-3`. Decoys and contaminants are left out,
    zeros are missing, and rows above `max_q_value` are left out of long reports. Proteins' own
    quantities are taken where the report has any; otherwise its parts are rolled up. Raises
    :class:`InputError` for another program's report and for layouts that are not known.
    """
    path = folder / facts.file
    if mztab.is_mztab(path):
        _refuse_other(facts.format, "openms", "mzTab", path.as_posix())
        return mztab.read_mztab(path, facts, rows)
    _refuse_ratios(facts, path)
    report = open_report(path, rows, decimal=facts.decimal)
    layout = _layout(report, facts.format)
    if isinstance(layout, Long):
        return read_long(layout, report, facts)
    return read_wide(layout, report, facts)


class UnreadTableError(InputError):
    """The refusal of a program's table that is known, but not of proteins."""


def program_of(path: Path) -> str | None:
    """The program whose layout a file's header fits; raises where it cannot be read.

    That is :class:`UnreadTableError` for what a program wrote, but no reader takes.
    """
    if mztab.is_mztab(path):
        return "openms"
    report = open_report(path, PREVIEW)
    refuse_unread(report)
    return next((layout.program for layout in LAYOUTS if _claims(layout, report)), None)


def refuse_unread(report: Report) -> None:
    """Raise :class:`UnreadTableError` for tables of peptides, sites and their like."""
    for table in UNREAD:
        if set(table.marks) <= set(report.keys):
            raise UnreadTableError(Problem(report.shown, table.problem, table.remedy))


def refuse_other(report: Report, program: str) -> None:
    """Raise :class:`InputError` where the headers are those of another program's report."""
    for layout in LAYOUTS:
        if _claims(layout, report):
            _refuse_other(program, layout.program, layout.name, report.shown)


def _layout(report: Report, program: str) -> Long | Wide:
    refuse_unread(report)
    for layout in LAYOUTS:
        if layout.program == program and _fits(layout, report):
            return layout
    refuse_other(report, program)
    known = [layout.name for layout in LAYOUTS if layout.program == program]
    known += ["mzTab"] if program == "openms" else []
    raise InputError(
        Problem(
            report.shown,
            f"the header fits no layout of {PROGRAMS[program]} that is known: {'; '.join(known)}",
            "export one of these; or state `format: long` for one row per run and peptide, or"
            " `format: matrix` for one column per sample",
        )
    )


def _fits(layout: Long | Wide, report: Report) -> bool:
    if not fits(layout, report):
        return False
    if isinstance(layout, Long):
        return place_of(layout.runs, report) is not None and bool(quantities_of(layout, report))
    parts = not layout.parts or bool(set(layout.parts) & set(report.keys))
    return parts and bool(columns_of(layout, report.header))


def _claims(layout: Long | Wide, report: Report) -> bool:
    """Whether a report is surely of a layout's program: it fits, and shows one of its signs."""
    shown = not layout.signs or bool(set(layout.signs) & set(report.keys))
    return shown and _fits(layout, report)


def _refuse_ratios(facts: ProteinTable, path: Path) -> None:
    """FragPipe's tables of ratios have the headers of its abundances: only their name tells."""
    if facts.format == "fragpipe" and path.name.lower().startswith("ratio_"):
        raise ratios_refused(path.as_posix(), f"abundance_{path.name[len('ratio_') :]}")


def _refuse_other(stated: str, found: str, name: str, shown: str) -> None:
    if stated != found:
        raise InputError(
            Problem(
                f"{shown} (format)",
                f"this looks like {PROGRAMS[found]} ({name}), not {PROGRAMS[stated]}",
                f"state `format: {found}`",
            )
        )
