"""The series matrix files of the Gene Expression Omnibus."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.raw_assay import RawAssay, feature_table, refuse_repeated_samples
from immunosep_omics.ingest.wide_text import open_wide, read_columns
from immunosep_omics.settings.assays import GeoSeriesMatrix

BEGIN, END = b"!series_matrix_table_begin", b"!series_matrix_table_end"
MISSING = ["", "NA", "null", "NULL", "NaN", "nan"]


def read(facts: GeoSeriesMatrix, folder: Path) -> RawAssay:
    """Read the table of a series matrix; samples get the names of a `!Sample_` line.

    Raises :class:`InputError` where the table is missing, cut short or empty, and where the
    chosen line is absent, repeated or not one unique name per sample.
    """
    file = text_file.read_text_file(folder / facts.file)
    head, begin, rest = file.data.partition(BEGIN)
    if not begin:
        raise _problem(
            file.shown, "there is no line !series_matrix_table_begin",
            "give GEO's series matrix, or use `format: matrix`",
        )  # fmt: skip
    body, end, _ = rest.partition(END)
    if not end:
        raise _problem(
            file.shown, "the line !series_matrix_table_end is missing: the file is cut short",
            "download the file again",
        )  # fmt: skip
    if body.strip(b"\n").count(b"\n") == 0:
        raise _problem(
            file.shown, "the series matrix holds no values, as is usual for RNA sequencing",
            "take the matrix from the series' supplementary files, with `format: matrix`",
        )  # fmt: skip
    first_line = head.count(b"\n") + 2
    table = open_wide(body.lstrip(b"\n"), "\t", file.shown, first_line)
    values_at = list(range(1, len(table.header)))
    texts, values = read_columns(table, [0], values_at, decimal=".", missing=MISSING)
    samples = _sample_names(head, facts.sample_names, len(values_at), file.shown)
    features = feature_table(texts[0].fillna("").str.strip().tolist())
    frame = pd.DataFrame(values.T, index=samples, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), file.shown, file.notes)


def _sample_names(head: bytes, wanted: str, count: int, shown: str) -> list[str]:
    lines: dict[str, list[list[str]]] = {}
    for line in head.split(b"\n"):
        if line.startswith(b"!Sample_"):
            name, *fields = text_file.split_line(line, "\t")
            lines.setdefault(name.removeprefix("!Sample_"), []).append([f.strip() for f in fields])
    where, key = f"{shown} (sample_names)", wanted.removeprefix("!Sample_")
    unique = [
        name for name, found in lines.items()
        if len(found) == 1 and len(set(found[0])) == len(found[0]) == count
    ]  # fmt: skip
    if key not in lines:
        raise _problem(where, f"there is no line !Sample_{key}", did_you_mean(key, unique))
    if len(lines[key]) > 1:
        raise _problem(
            where, f"the line !Sample_{key} stands {len(lines[key])} times",
            f"choose one of: {', '.join(unique)}",
        )  # fmt: skip
    names = lines[key][0]
    if len(names) != count:
        raise _problem(
            where, f"!Sample_{key} names {len(names)} samples, the table has {count}",
            "download the file again",
        )  # fmt: skip
    problems = Problems()
    refuse_repeated_samples(names, where, problems)
    problems.raise_any()
    return names


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
