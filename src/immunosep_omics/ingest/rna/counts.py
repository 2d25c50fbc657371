"""Counts with one file per sample: which files, and how their tables become one matrix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.files.text_file import TextFile
from immunosep_omics.ingest.files.wide_text import WideText, open_wide, read_columns
from immunosep_omics.ingest.raw_assay import Note, RawAssay, feature_table
from immunosep_omics.ingest.scale import check_estimated
from immunosep_omics.settings.assays import SAMPLE_MARK
from immunosep_omics.settings.files import sample_files

PREVIEWED = 3
"""Files that are looked at where only first rows are asked for."""

NAMED = 3
WHOLE = 1e-6
ROUNDED = "estimated counts are fractions: rounded to whole numbers, as DESeq2 rounds them"
AGAIN = "get the file again as the program wrote it"

LANE = re.compile(r"(?<![A-Za-z0-9])L00[1-8](?![A-Za-z0-9])")
"""A lane of Illumina's flow cells, as a part of a path."""


@dataclass(frozen=True)
class SampleTable:
    """One sample's file: an identifier and some numbers per row.

    `values` is rows x columns; `apart` are counts that belong to no feature, by name.
    """

    shown: str
    names: list[str]
    values: np.ndarray
    apart: dict[str, float]
    notes: list[Note]


def found_files(folder: Path, pattern: str, rows: int | None) -> dict[str, Path]:
    """Sample name and file; the first few where only `rows` are asked for.

    Raises :class:`InputError` where there is none, and where the pattern names one lane of
    libraries that have several.
    """
    files = sample_files(folder, pattern)
    if not files:
        inner = next((path for path in folder.glob(pattern) if path.is_dir()), None)
        remedy = (
            f"name the file inside the samples' folders: {pattern}/..."
            if inner is not None
            else f"check `folder` and `file`: '{SAMPLE_MARK}' stands for the sample's name"
            if SAMPLE_MARK in pattern
            else "check `folder` and the file's name"
        )
        raise InputError(Problem((folder / pattern).as_posix(), "no such file", remedy))
    _refuse_other_lanes(files, folder, pattern)
    return files if rows is None else dict(islice(files.items(), PREVIEWED))


def _refuse_other_lanes(files: dict[str, Path], folder: Path, pattern: str) -> None:
    """The reads of a library's other lanes would be lost, and libraries of other lanes."""
    if not LANE.search(pattern):
        return
    beside = [
        path
        for lane in range(1, 9)
        for path in sample_files(folder, LANE.sub(f"L00{lane}", pattern)).values()
        if path not in files.values()
    ]
    if beside:
        named = ", ".join(path.relative_to(folder).as_posix() for path in beside[:NAMED])
        raise InputError(
            Problem(
                (folder / pattern).as_posix(),
                f"the file{'s hold' if len(files) > 1 else ' holds'} one lane of each library, and"
                f" {len(beside)} of other lanes lie beside: {named}",
                "join the lanes of each library first (FASTQ: `cat A_L00*_R1.fastq.gz >"
                " A_R1.fastq.gz`; counts: count the reads of all its lanes together), and name the"
                " joined files; put what belongs to no sample of yours elsewhere",
            )
        )


def table_of(file: TextFile) -> tuple[bytes, int, bytes]:
    """The table's text, the line it begins on, and the comments (`#`) above it."""
    data, line, comments = file.data, 1, b""
    while data and (data.startswith(b"#") or not data.partition(b"\n")[0].strip()):
        top, _, data = data.partition(b"\n")
        comments, line = comments + top + b"\n", line + 1
    if not data:
        raise InputError(Problem(file.shown, "there is no table below the comments", AGAIN))
    return data, line, comments


def open_table(data: bytes, delimiter: str, shown: str, line: int) -> WideText:
    """`open_wide`, with remedies for a file whose layout no setting states."""
    try:
        return open_wide(data, delimiter, shown, line)
    except InputError as error:
        raise _with_own_remedies(error) from None


def read_counts(
    table: WideText, texts: list[int], numbers: list[int], *, missing: list[str] | None = None,
    unique: bool = True,
) -> tuple[list[list[str]], np.ndarray]:  # fmt: skip
    """Columns of texts, the first are the rows' names, and of numbers, the first are counts.

    Raises :class:`InputError` for rows without a name or a count, and for repeated names where
    they should be `unique`.
    """
    try:
        frame, values = read_columns(table, texts, numbers, decimal=".", missing=missing or [])
    except InputError as error:
        raise _with_own_remedies(error) from None
    words = [frame[place].fillna("").str.strip().tolist() for place in texts]
    problems = Problems()
    nameless = words[0].count("")
    if nameless:
        problems.add(table.shown, f"{nameless} rows have no name in the first column", AGAIN)
    needed = values[:, :1] if missing else values
    empty = np.flatnonzero(np.isnan(needed).any(axis=1))
    if len(empty):
        problems.add(
            f"{table.shown}, row '{words[0][empty[0]]}'",
            f"the count is missing (in {len(empty)} rows)", AGAIN,
        )  # fmt: skip
    if unique and len(set(words[0])) < len(words[0]):
        repeated = [name for name, count in Counter(words[0]).items() if count > 1]
        problems.add(
            table.shown, f"{len(repeated)} names stand more than once:"
            f" {', '.join(repeated[:NAMED])}", "give one sample's file, not several joined",
        )  # fmt: skip
    problems.raise_any()
    return words, values


def read_each(
    files: dict[str, Path], read_one: Callable[[Path], SampleTable]
) -> dict[str, SampleTable]:
    """The table of each sample; raises with the problems of all files together."""
    tables: dict[str, SampleTable] = {}
    problems = Problems()
    names: list[str] = []
    for sample, path in files.items():
        try:
            table = read_one(path)
        except InputError as error:
            problems.extend(error)
            continue
        # One list of names for all samples: hundreds of copies would outweigh the numbers.
        names = names or table.names
        tables[sample] = replace(table, names=names) if table.names == names else table
    problems.raise_any()
    return tables


def stacked(tables: dict[str, SampleTable], whole: bool) -> tuple[pd.DataFrame, np.ndarray]:
    """Features (as `feature_table` gives them), and samples x features x columns.

    All files must have the same features, in any order. Where only the beginnings of the files
    are read (not `whole`), those common to all are kept, or those of the first.
    """
    first = next(iter(tables.values()))
    features = feature_table(first.names)
    if not whole:
        tables, features = _common(tables, features)
    problems, blocks = Problems(), []
    for table in tables.values():
        places = _places(table, first, features.index)
        if places is None:
            blocks.append(table.values)
        elif (places >= 0).all():
            blocks.append(table.values[places])
        if whole and places is not None:
            _tell_difference(table, first, features.index, problems)
    problems.raise_any()
    return features, np.stack(blocks)


def whole_numbers(values: np.ndarray, reason: str) -> tuple[np.ndarray, list[Note]]:
    """Values rounded as DESeq2 rounds what tximport gives it, and a note where that did change."""
    rounded = np.rint(values)
    changed = int((np.abs(values - rounded) > WHOLE).sum())
    return rounded, [Note("counts rounded", changed, reason)] if changed else []


def rounded_estimates(raw: RawAssay) -> RawAssay:
    """Counts that a person calls estimated, as whole numbers.

    Raises :class:`InputError` for TPM, shares and logarithms, which rounding would hide.
    """
    check_estimated(raw.values.to_numpy(), f"{raw.source} (counts)")
    values, notes = whole_numbers(raw.values.to_numpy(), ROUNDED)
    frame = pd.DataFrame(values, index=raw.values.index, columns=raw.values.columns)
    return replace(raw, values=frame, notes=[*raw.notes, *notes])


def sums_of_others(values: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Which features are the sum of all others, with or without those already `apart`.

    `values` is samples x features. A sum is told by its values, whatever it is called; of one
    sample, or of a few features, it may be chance.
    """
    found = np.zeros(values.shape[1], dtype=bool)
    if len(values) < 2 or values.shape[1] < 4:
        return found
    total = values.sum(axis=1)
    for whole in (total, total - values[:, apart].sum(axis=1)):
        found |= (whole > 0).all() & (2 * values == whole[:, None]).all(axis=0)
    return found & ~apart


def notes_apart(tables: dict[str, SampleTable]) -> list[Note]:
    """Reads that were counted for no feature, summed over the samples."""
    sums: dict[str, float] = {}
    for table in tables.values():
        for name, amount in table.apart.items():
            sums[name] = sums.get(name, 0.0) + amount
    return [Note(name, round(total), "reads of no gene, left out") for name, total in sums.items()]


def own_notes(tables: dict[str, SampleTable]) -> list[Note]:
    """What reading the files had to say, each thing once."""
    return list(dict.fromkeys(note for table in tables.values() for note in table.notes))


def _places(table: SampleTable, first: SampleTable, index: pd.Index) -> np.ndarray | None:
    """Where each feature stands in a table; None where the table is as the first."""
    if table.names == first.names and len(index) == len(first.names):
        return None
    return feature_table(table.names).index.get_indexer(index)


def _common(
    tables: dict[str, SampleTable], features: pd.DataFrame
) -> tuple[dict[str, SampleTable], pd.DataFrame]:
    shared = features.index
    for table in tables.values():
        shared = shared.intersection(feature_table(table.names).index, sort=False)
    if not len(shared):
        return dict(islice(tables.items(), 1)), features
    return tables, features.loc[shared]


def _tell_difference(
    table: SampleTable, first: SampleTable, index: pd.Index, problems: Problems
) -> None:
    own = feature_table(table.names).index
    for lost, verb in ((index.difference(own), "lacks"), (own.difference(index), "adds")):
        if len(lost):
            named = ", ".join(str(name) for name in lost[:NAMED])
            problems.add(
                table.shown,
                f"the file {verb} {len(lost)} row{'s' if len(lost) > 1 else ''} compared with"
                f" {first.shown}: {named}",
                "count all samples with one annotation (a row that is absent is not a count of 0)",
            )


def _with_own_remedies(error: InputError) -> InputError:
    """Remedies that name a setting (in backticks) do not fit formats without settings."""
    return InputError(
        replace(problem, remedy=AGAIN) if "`" in problem.remedy else problem
        for problem in error.problems
    )
