"""Facts that a format's files do not tell: options that are tried until the reader takes one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from immunosep_omics.errors import InputError
from immunosep_omics.ingest import READERS
from immunosep_omics.ingest.files.workbook import sheet_names
from immunosep_omics.ingest.raw_assay import RawAssay
from immunosep_omics.settings.assays import assay_facts

LOOKED_AT = 200
"""Rows that the reader is asked for."""

OPTIONS = {
    "maxquant": ("values", ("LFQ intensity", "Reporter intensity corrected", "iBAQ", "Intensity")),
    "somascan": ("sample_names", ("SampleId", "ExtIdentifier", "Barcode")),
    "metabolon": ("sample_names", (
        "CLIENT_IDENTIFIER", "CLIENT IDENTIFIER", "Client ID", "CLIENT_SAMPLE_ID",
        "CLIENT SAMPLE ID", "Client Sample ID", "PARENT_SAMPLE_NAME", "SAMPLE_NAME", "SAMPLE_ID",
    )),
    "olink_long": ("kind", ("olink_npx", "cytokines")),
    "olink_wide": ("kind", ("olink_npx", "cytokines")),
    "fragpipe": ("scale", ("linear", "log2")),
    "spectronaut": ("scale", ("linear", "log2")),
}  # fmt: skip
"""A key of a format, and what it may say, the likeliest first: that is what the format assumes."""

DECIMALS = ("olink_long", "olink_wide", "metabolon", "diann", "alphadia", "spectronaut",
            "fragpipe", "proteome_discoverer", "skyline", "openms")  # fmt: skip
"""Formats whose numbers may have a decimal comma."""


class Reading(NamedTuple):
    """What a reader gives, and the facts that had to be stated for it."""

    raw: RawAssay
    stated: dict[str, str]


def readings(facts: dict[str, Any], folder: Path, rows: int = LOOKED_AT) -> Iterator[Reading]:
    """Each way in which the reader of a format takes its file, the likeliest first."""
    for stated in _variants(str(facts["format"])):
        try:
            checked = assay_facts(facts | stated)
            yield Reading(READERS[facts["format"]](checked, folder, rows=rows), stated)
        except InputError:
            continue


def first_reading(facts: dict[str, Any], folder: Path, rows: int = LOOKED_AT) -> Reading | None:
    """The likeliest way, None if the reader takes the file in none."""
    return next(readings(facts, folder, rows), None)


def fitting_sheets(name: str, path: Path, rows: int) -> list[str]:
    """The sheets of a workbook that the reader of a format takes."""
    facts = {"format": name, "file": path.name}
    return [
        sheet for sheet in sheet_names(path)
        if first_reading(facts | {"sheet": sheet}, path.parent, rows) is not None
    ]  # fmt: skip


def _variants(name: str) -> Iterator[dict[str, str]]:
    key, words = OPTIONS.get(name, ("", ("",)))
    for decimal in ({}, {"decimal": ","}) if name in DECIMALS else ({},):
        yield dict(decimal)
        yield from ({key: word, **decimal} for word in words[1:])
