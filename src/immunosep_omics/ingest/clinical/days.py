"""Tables with a column per day: each sample takes its value from the column of its own day."""

from __future__ import annotations

import pandas as pd

from immunosep_omics.errors import did_you_mean
from immunosep_omics.ingest.clinical.column import ColumnReader
from immunosep_omics.ingest.files.table_file import Table, check_headers, header_text
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.settings.cohort import Column


def names_a_day(column: Column, first: Table, table: Table) -> bool:
    """True where the parts of a header such as ``ferritin_d{Day}`` are columns of the first table.

    `first` has a row per sample, `table` a row per patient.
    """
    parts = table.headers_of(column.source)
    return parts != [column.source] and all(header_text(part) in first.header for part in parts)


def value_of_day(
    reader: ColumnReader, name: str, column: Column, first: Table, keys: list[str], own: list[str]
) -> pd.Series:
    """Values by row of the first table; missing where the reader's table has no column of that day.

    `keys` are the patients of the reader's rows, `own` those of the first table's.
    """
    wanted = [header_text(header) for header in first.texts(column.source)]
    headers = [h for h in dict.fromkeys(wanted) if h in reader.table.header]
    where = f"clinical.columns.{name}.from"
    check_headers(reader.table, [(where, header) for header in headers], reader.problems)
    if not headers:
        lacking = next(filter(None, wanted), column.source)
        reader.problems.add(
            f"{reader.table.shown} ({where})",
            f"there is no column '{lacking}', nor any other that `{column.source}` names",
            did_you_mean(lacking, filter(None, reader.table.header)),
        )
        return pd.Series(float("nan"), index=range(len(own)))
    lost = sum(header not in headers for header in wanted)
    if lost:
        reason = f"{name}: `{column.source}` names no column for them, so it is missing"
        reader.notes.append(Note("samples of other days", lost, reason))
    found = []
    for header in headers:
        values = reader.read(name, column.model_copy(update={"source": header}))
        rows = [row for row, other in enumerate(wanted) if other == header]
        found.append(values.set_axis(keys).reindex([own[row] for row in rows]).set_axis(rows))
    return pd.concat(found).reindex(range(len(own)))
