"""The clinical table of a cohort: one row per sample, only the declared columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.clinical.contradictions import contradictions
from immunosep_omics.clinical.derived import DERIVATIONS
from immunosep_omics.clinical.identifying import looks_identifying
from immunosep_omics.errors import Problems
from immunosep_omics.ingest.clinical.column import ColumnReader
from immunosep_omics.ingest.clinical.join import (
    column_headers,
    further_headers,
    joined,
    rows_that_count,
)
from immunosep_omics.ingest.clinical.rows import names_of_rows, rows_text
from immunosep_omics.ingest.clinical.sdrf import one_row_per_sample
from immunosep_omics.ingest.files.table_file import Table, check_headers, parts_of, read_table_file
from immunosep_omics.ingest.raw_assay import NOTE_COLUMNS, Note
from immunosep_omics.settings.cohort import Clinical
from immunosep_omics.settings.load import with_derived
from immunosep_omics.tables import MISSING, write_table, write_text


@dataclass(frozen=True)
class ClinicalTable:
    """A cohort's samples.

    - `table`: indexed by `sample`; `patient`, `cohort`, then the declared and derived columns,
      float64 or text (object, NaN where missing);
    - `assay_samples`: for an assay with names of its own, its name of each sample;
    - `notes`: rows that were left out, and what was understood without being stated.
    """

    table: pd.DataFrame
    assay_samples: dict[str, pd.Series] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def read_clinical(
    cohort: str, facts: Clinical, folder: Path, sample_columns: Mapping[str, str] | None = None
) -> ClinicalTable:
    """Read a cohort's clinical tables.

    `sample_columns` gives, per assay, the header that holds that assay's sample names
    (`sample_column` in the cohort's file). Raises :class:`InputError` with every problem found.
    """
    names = dict(sample_columns or {})
    problems = Problems()
    _refuse_identifying(facts, folder, names, problems)
    problems.raise_any()
    table = read_table_file(facts, folder)
    facts = _with_headers(table, facts, names, problems)
    no_rows = Problems()
    table, notes = rows_that_count(table, facts.only, "clinical.only", no_rows)
    if no_rows:
        problems.extend(no_rows)
        problems.raise_any()
    table = one_row_per_sample(table, (header for _, header in _headers(facts, names)), notes)
    samples = names_of_rows(table, facts, problems)
    reader = ColumnReader(table, facts, problems, notes)
    columns = {
        name: reader.read(name, column)
        for name, column in facts.columns.items()
        if column.table is None
    }
    for further in facts.tables:
        columns |= joined(further, facts, folder, table, problems, notes)
    problems.raise_any()
    index = pd.Index(samples, name="sample", dtype=object)
    made = pd.DataFrame({"patient": table.texts(facts.patient), "cohort": cohort}, index=index)
    made = made.astype(object)
    for name in facts.columns:
        made[name] = columns[name].to_numpy()
    _refuse_contradictions(made, table, problems)
    problems.raise_any()
    notes += _at_one_time(made, table)
    for name in with_derived(facts.columns)[len(facts.columns) :]:
        made[name] = DERIVATIONS[name](made)
    in_assays = {
        assay: _names_in_assay(table, header, facts.missing, index)
        for assay, header in names.items()
    }
    return ClinicalTable(made, in_assays, [*table.notes, *notes])


def write_clinical(
    clinical: ClinicalTable, table: Path | str, names: Path | str, steps: Path | str
) -> None:
    """Write a clinical table so that :func:`read_clinical_table` gives it back the same.

    `table`: tab-separated; text stands in quotation marks, numbers do not; NA where missing.
    `names`: the samples' names in assays that have their own (`assay`, `sample`, `name`).
    `steps`: what reading left out or understood without being told.
    """
    frame = clinical.table.reset_index()
    columns = [_written(frame[name]) for name in frame]
    lines = [_quoted(frame.columns), *("\t".join(row) for row in zip(*columns, strict=True))]
    write_text("\n".join(lines) + "\n", table)
    rows = [
        (assay, sample, name)
        for assay, own in clinical.assay_samples.items()
        for sample, name in own.dropna().items()
    ]
    listed = [_quoted(("assay", "sample", "name")), *(_quoted(row) for row in rows)]
    write_text("\n".join(listed) + "\n", names)
    cohort = str(clinical.table["cohort"].iloc[0])
    notes = [(cohort, "clinical", *note) for note in clinical.notes]
    write_table(pd.DataFrame(notes, columns=list(NOTE_COLUMNS)), steps)


def read_clinical_table(table: Path | str, names: Path | str) -> ClinicalTable:
    """Read what :func:`write_clinical` wrote (its notes are not in the files)."""
    header, *rows = _fields(table)
    columns = {_text(name): _read(row[n] for row in rows) for n, name in enumerate(header)}
    frame = pd.DataFrame(columns).set_index("sample")
    listed = [[_text(field) for field in row] for row in _fields(names)[1:]]
    own: dict[str, dict[str, str]] = {}
    for assay, sample, name in listed:
        own.setdefault(assay, {})[sample] = name
    in_assays = {
        assay: pd.Series(found, dtype=object).reindex(frame.index) for assay, found in own.items()
    }
    return ClinicalTable(frame, in_assays)


def _refuse_identifying(
    facts: Clinical, folder: Path, names: Mapping[str, str], problems: Problems
) -> None:
    stated = [(facts.file, key, header) for key, header in _headers(facts, names)]
    stated += [
        (table.file, key, header)
        for name, table in facts.tables.items()
        for key, header in further_headers(name, facts)
    ]
    parts = [(file, key, p) for file, key, header in stated for p in {header, *parts_of(header)}]
    for file, key, header in parts:
        what = looks_identifying(header)
        if what is not None:
            problems.add(
                f"{(folder / file).as_posix()} ({key})",
                f"the header '{header}' looks like {what}",
                "leave it out: use a pseudonym, an age or a duration; if it is harmless,"
                " rename the column in the file",
            )  # fmt: skip


def _with_headers(
    table: Table, facts: Clinical, names: Mapping[str, str], problems: Problems
) -> Clinical:
    """The facts of the columns that the table has: the others are noted, and the rest is read."""
    check_headers(table, _headers(facts, names), problems)
    lost = set()
    for name, column in facts.columns.items():
        own = Problems()
        alone = facts.model_copy(update={"columns": {name: column}})
        check_headers(table, column_headers(alone, None), own)
        lost |= {name} if own else set()
    kept = {name: column for name, column in facts.columns.items() if name not in lost}
    facts = facts.model_copy(update={"columns": kept})
    needed = Problems()
    check_headers(table, _headers(facts, names), needed)
    if needed:
        problems.raise_any()
    return facts


def _headers(facts: Clinical, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Key of the settings and header, for every column of the first table that is read."""
    yield "clinical.patient", facts.patient
    if facts.sample is not None:
        yield "clinical.sample", facts.sample
    for header in facts.only:
        yield "clinical.only", header
    yield from column_headers(facts, None)
    for assay, header in names.items():
        yield f"assays.{assay}.sample_column", header


def _refuse_contradictions(made: pd.DataFrame, table: Table, problems: Problems) -> None:
    for columns, places, problem, remedy in contradictions(made):
        rows = rows_text([table.numbers[place] for place in places])
        problems.add(f"{table.shown} ({' and '.join(columns)}), {rows}", problem, remedy)


def _at_one_time(made: pd.DataFrame, table: Table) -> list[Note]:
    """A note of samples that one patient gave at one time, such as replicates."""
    when = next((name for name in ("hours", "time_point") if name in made), None)
    if when is None:
        return []
    known = made[made[when].notna()]
    places = np.flatnonzero(
        made.index.isin(known[known.duplicated(["patient", when], False)].index)
    )
    if not len(places):
        return []
    rows = rows_text([table.numbers[place] for place in places])
    reason = f"by `{when}`, in {rows}; where one per patient counts, it is the first of them"
    return [Note("samples of one patient at one time", len(places), reason)]


def _names_in_assay(table: Table, header: str, missing: list[str], index: pd.Index) -> pd.Series:
    names = [text or np.nan for text in table.texts(header, missing)]
    return pd.Series(names, index=index, dtype=object, name=header)


def _written(values: pd.Series) -> list[str]:
    if values.dtype == object:
        return [_quoted([MISSING if pd.isna(value) else str(value)]) for value in values]
    numbers = values.to_numpy(dtype=np.float64)
    return [MISSING if np.isnan(x) else repr(float(x)).removesuffix(".0") for x in numbers]


def _quoted(fields: Iterable[str]) -> str:
    """Fields in quotation marks; marks and line breaks inside cannot break the table."""
    clean = (" ".join(field.split()).replace('"', '""') for field in fields)
    return "\t".join(f'"{field}"' for field in clean)


def _fields(path: Path | str) -> list[list[str]]:
    text = Path(path).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.rstrip("\n").split("\n")]


def _read(fields: Iterable[str]) -> pd.Series:
    found = list(fields)
    if any(field.startswith('"') for field in found):
        words = [np.nan if _text(field) == MISSING else _text(field) for field in found]
        return pd.Series(words, dtype=object)
    numbers = [np.nan if field == MISSING else float(field) for field in found]
    return pd.Series(numbers, dtype=np.float64)


def _text(field: str) -> str:
    return field[1:-1].replace('""', '"')
