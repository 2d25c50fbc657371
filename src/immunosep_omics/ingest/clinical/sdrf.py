"""SDRF files, which have one row per data file and label, as tables of samples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from immunosep_omics.ingest.files.table_file import Table
from immunosep_omics.ingest.raw_assay import Note

DATA_FILE = "comment[data file]"


def one_row_per_sample(table: Table, headers: Iterable[str], notes: list[Note]) -> Table:
    """An SDRF file without the rows that repeat another in all columns that are read, `headers`.

    Fractions and repeated runs of a sample are such rows. Any other table stays as it is.
    """
    if DATA_FILE not in table.header:
        return table
    read = [table.texts(header) for header in dict.fromkeys(headers)]
    seen: set[tuple[str, ...]] = set()
    kept = []
    for place, row in enumerate(zip(*read, strict=True)):
        if row not in seen:
            kept.append(place)
            seen.add(row)
    if len(kept) < len(table.rows):
        reason = "of an SDRF file: fractions or further runs of a sample"
        notes.append(Note("repeated rows", len(table.rows) - len(kept), reason))
    return replace(
        table, rows=[table.rows[place] for place in kept],
        numbers=[table.numbers[place] for place in kept],
    )  # fmt: skip
