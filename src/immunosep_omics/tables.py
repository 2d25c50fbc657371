"""Result tables: tab-separated, the same bytes for the same numbers, never half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

MISSING = "NA"
FLOAT_FORMAT = "%.9g"

TEXT_COLUMNS = (
    "analysis", "answered", "assay", "candidates", "claim", "cohort", "column", "contrast",
    "direction", "endotype", "family", "feature", "flag", "gene", "level", "named",
    "other_sample", "panel", "patient", "question", "reason", "role", "route", "sample",
    "statistic", "status", "step", "verdict", "versus",
)  # fmt: skip
"""Columns that are text wherever they stand, even when they look like numbers."""


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside `path`, and move it into place only if all went well."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes files private; results are as readable as the user's other files.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(text: str, path: Path | str) -> None:
    """Write text as UTF-8, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table (its index is not kept); missing values become NA."""
    with replacing(path) as temporary:
        table.to_csv(
            temporary,
            sep="\t",
            index=False,
            na_rep=MISSING,
            float_format=FLOAT_FORMAT,
            lineterminator="\n",
        )


def read_table(path: Path | str, columns: Collection[str] | None = None) -> pd.DataFrame:
    """Read a table written by :func:`write_table`, or those of some columns that it has."""
    header = pd.read_csv(path, sep="\t", nrows=0).columns
    kept = header if columns is None else header[header.isin(list(columns))]
    return pd.read_csv(
        path,
        sep="\t",
        usecols=list(kept),
        keep_default_na=False,
        na_values=[MISSING],
        float_precision="round_trip",
        dtype={column: "str" for column in TEXT_COLUMNS if column in kept},
    )


def read_tables(
    paths: Sequence[Path | str], columns: Collection[str] | None = None
) -> pd.DataFrame:
    """Read tables of several cohorts as one; a column that a cohort lacks is missing there.

    `columns`: those that the reader is allowed to see, where not all.
    """
    return pd.concat([read_table(path, columns) for path in paths], ignore_index=True)


def empty_table(columns: Sequence[str]) -> pd.DataFrame:
    """A table with a header and no rows: the contracted file when nothing applies."""
    return pd.DataFrame({column: pd.Series(dtype="object") for column in columns})
