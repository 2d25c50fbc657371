"""Further clinical tables: their columns, row by row of the cohort's first table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problems
from immunosep_omics.ingest.clinical.column import ColumnReader
from immunosep_omics.ingest.clinical.days import names_a_day, value_of_day
from immunosep_omics.ingest.clinical.rows import rows_text
from immunosep_omics.ingest.files.table_file import Table, check_headers, read_table_file
from immunosep_omics.ingest.name_likeness import plain, what_differs
from immunosep_omics.ingest.raw_assay import Note
from immunosep_omics.ingest.wanted_rows import holds_wanted
from immunosep_omics.settings.cohort import Clinical, FurtherTable
from immunosep_omics.settings.tables import Wanted


def joined(
    name: str, facts: Clinical, folder: Path, first: Table, problems: Problems, notes: list[Note]
) -> dict[str, pd.Series]:
    """The declared columns of the further table `name`, one value per row of the first table.

    Rows of patients or samples that the first table lacks are not read; where the further table
    lacks one, its values are missing. Both are counted in `notes`.
    """
    found = Problems()
    try:
        table, keys = _rows_to_join(name, facts, folder, first, found, notes)
        reader = ColumnReader(table, facts.tables[name], found, notes)
        own = _own_keys(facts.tables[name], facts, first)
        read = {
            column: value_of_day(reader, column, stated, first, keys, own)
            if names_a_day(stated, first, table)
            else reader.read(column, stated).set_axis(keys).reindex(own)
            for column, stated in facts.columns.items()
            if stated.table == name
        }
        found.raise_any()
    except InputError as error:
        problems.extend(error)
        return {}
    return read


def rows_that_count(
    table: Table, only: Mapping[str, Wanted], key: str, problems: Problems
) -> tuple[Table, list[Note]]:
    """The rows of a table that have, below each header of `only`, a value that it states."""
    keep = np.ones(len(table.rows), dtype=bool)
    for header, wanted in only.items():
        where = f"{table.shown} ({key})"
        keep &= holds_wanted(table.texts(header), wanted, header, where, problems)
    if not table.rows:
        problems.add(table.shown, "the table has no rows", "check the file, and `sheet`")
    elif not keep.any() and not problems:
        problems.add(f"{table.shown} ({key})", "no row has all that is stated", "check the values")
    if keep.all():
        return table, []
    stated = ", ".join(f"{header} is not {_one_of(wanted)}" for header, wanted in only.items())
    left_out = Note("rows of other cohorts", int((~keep).sum()), f"{stated} ({key})")
    return _rows(table, np.flatnonzero(keep)), [left_out]


def _one_of(wanted: Wanted) -> str:
    return " or ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)


def column_headers(facts: Clinical, table: str | None) -> Iterator[tuple[str, str]]:
    """Key of the settings and header of each declared column of a table (None: the first)."""
    for name, column in facts.columns.items():
        if column.table == table:
            yield f"clinical.columns.{name}.from", column.source
            for part in ("since", "unit_from"):
                header = getattr(column, part)
                if header is not None:
                    yield f"clinical.columns.{name}.{part}", header


def further_headers(name: str, facts: Clinical) -> Iterator[tuple[str, str]]:
    """Key of the settings and header, for every column of a further table that is read."""
    further = facts.tables[name]
    for part in ("patient", "sample"):
        header = getattr(further, part)
        if header is not None:
            yield f"clinical.tables.{name}.{part}", header
    for header in further.only:
        yield f"clinical.tables.{name}.only", header
    yield from column_headers(facts, name)


def _rows_to_join(
    name: str, facts: Clinical, folder: Path, first: Table, found: Problems, notes: list[Note]
) -> tuple[Table, list[str]]:
    """The rows of a further table that the first has too, and the key of each, no key twice."""
    further, where = facts.tables[name], f"clinical.tables.{name}"
    table = read_table_file(further, folder)
    stated = [
        (key, header) for key, header in further_headers(name, facts)
        if not any(header == c.source and names_a_day(c, first, table)
                   for c in facts.columns.values())
    ]  # fmt: skip
    check_headers(table, stated, found)
    found.raise_any()
    table, left_out = rows_that_count(table, further.only, f"{where}.only", found)
    found.raise_any()
    header, what = _key(further)
    keys = table.texts(header, further.missing)
    own = set(_own_keys(further, facts, first))
    kept = [place for place, key in enumerate(keys) if key in own]
    if not kept:
        _refuse_unmatched(table, keys, sorted(own), f"{where}.{what}", first.shown, found)
    _refuse_nearly_met(table, keys, own, header, found)
    table, shared = _rows(table, kept), [keys[place] for place in kept]
    _refuse_repeated(table, shared, further, where, found)
    found.raise_any()
    notes += [*table.notes, *left_out]
    for amount, reason in (
        (len(keys) - len(kept), f"{what}s that the first clinical table lacks"),
        (len(own - set(shared)), f"{what}s without a row: their values are missing"),
    ):
        if amount:
            notes.append(Note(f"join of table {name}", amount, reason))
    return table, shared


def _refuse_unmatched(
    table: Table, keys: list[str], own: list[str], where: str, first: str, found: Problems
) -> None:
    header = where.rpartition(".")[2]
    difference = what_differs(keys, own)
    hint = f"; the names would meet but for {difference}: write them alike" if difference else ""
    found.add(
        f"{table.shown} ({where})", f"no {header} of it is in the first table, {first}",
        f"name the header of the same {header}s in both tables{hint}",
    )  # fmt: skip


def _refuse_nearly_met(
    table: Table, keys: list[str], own: set[str], header: str, found: Problems
) -> None:
    """Tell rows that would meet a row of the first table but for how the name is written.

    Otherwise their values would be missing there without a word.
    """
    alone = {plain(name, zeros=True) for name in own - set(keys)}
    rows = [
        number for key, number in zip(keys, table.numbers, strict=True)
        if key and key not in own and plain(key, zeros=True) in alone
    ]  # fmt: skip
    if rows:
        found.add(
            f"{table.shown}, column '{header}', {rows_text(rows)}",
            "the first table has the same name written otherwise (upper and lower case, spaces,"
            " dashes or leading zeros)",
            "write it alike in both tables; if it is another one, add its row to the first table",
        )


def _refuse_repeated(
    table: Table, keys: list[str], further: FurtherTable, where: str, found: Problems
) -> None:
    header, what = _key(further)
    rows: dict[str, list[int]] = {}
    for key, number in zip(keys, table.numbers, strict=True):
        rows.setdefault(key, []).append(number)
    repeated = [numbers for numbers in rows.values() if len(numbers) > 1]
    if repeated:
        other = ', or by its parts: `sample: "{Patient}_{Day}"`' if what == "patient" else ""
        other = f"; or join by `sample`{other}; or name the other rows in `ignore_rows`"
        found.add(
            f"{table.shown}, column '{header}', {rows_text(repeated[0])}",
            f"the same {what} stands in several rows ({len(repeated)} {what}s do)",
            f"choose one row of each, such as one time point: `{where}.only`{other}",
        )  # fmt: skip


def _key(further: FurtherTable) -> tuple[str, str]:
    """The header by which a further table is joined, and what it names."""
    if further.sample is not None:
        return further.sample, "sample"
    return str(further.patient), "patient"


def _own_keys(further: FurtherTable, facts: Clinical, first: Table) -> list[str]:
    by_sample = further.sample is not None and facts.sample is not None
    return first.texts(str(facts.sample) if by_sample else facts.patient)


def _rows(table: Table, places: np.ndarray | list[int]) -> Table:
    rows = [table.rows[place] for place in places]
    numbers = [table.numbers[place] for place in places]
    return Table(table.shown, table.header, rows, numbers, table.notes)
