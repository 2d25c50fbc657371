"""MultiQC's general statistics, joined to a cohort's samples."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files.text_file import read_text_file

SAMPLE_HEADER = "sample"
TAIL = re.compile(
    r"([._-](R?[12](_001)?|S\d+|L\d{3}|[12]P|val_[12]|trimmed|raw|umi|fastp|salmon|bam|sorted"
    r"|markdup|fastq|fq|gz)|[._]?Aligned([._]\w+)*| Read [12])$",
    re.IGNORECASE,
)
"""What tools append to a sample's name: read, lane and index numbers, tools, kinds of file."""

FOLDER = re.compile(r"^.*(/| \| )")
"""Folders before the name, as MultiQC writes them with `--dirs`."""

MODULE = "-generalstats-"
"""Joins module and column in the headers of MultiQC before version 1.27."""


def multiqc_table(path: Path | str, samples: pd.Index, names: pd.DataFrame) -> pd.DataFrame:
    """`sample` and one column per statistic, a row for each of `samples` (missing where unknown).

    `names`: the samples' names in each assay (index: sample). Rows of one sample (its two reads,
    its lanes) are averaged. Raises :class:`InputError` where the file is no such table, or where
    none of its samples is known.
    """
    text = read_text_file(Path(path)).data.decode()
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    shown = Path(path).name
    if len(lines) < 2 or lines[0][0].strip().strip('"').lower() != SAMPLE_HEADER:
        raise InputError(
            Problem(
                f"{shown}, row 1 (multiqc)", "this is no general statistics table of MultiQC",
                "give multiqc_general_stats.txt from MultiQC's folder multiqc_data",
            )
        )  # fmt: skip
    headers = [_short(header) for header in lines[0][1:]]
    known = _known(samples, names)
    targets = [_target(fields[0].strip().strip('"'), known) for fields in lines[1:]]
    if not any(targets):
        raise InputError(
            Problem(
                f"{shown}, column 'Sample' (multiqc)",
                "none of its samples belongs to the cohort",
                "name the samples there as in the clinical table or in an assay's file",
            )
        )
    values = [[_number(field) for field in _padded(f[1:], len(headers))] for f in lines[1:]]
    table = pd.DataFrame(values, columns=headers, dtype=np.float64)
    table = table.loc[:, ~table.columns.duplicated()].dropna(axis="columns", how="all")
    joined = table.groupby(pd.Series(targets, dtype=object)).mean().reindex(samples)
    joined.insert(0, "sample", samples)
    return joined.reset_index(drop=True)


def _known(samples: pd.Index, names: pd.DataFrame) -> dict[str, str]:
    """Every name that a sample goes by; the clinical table's own name comes first."""
    known: dict[str, str] = {}
    for column in names:
        for sample, name in names[column].dropna().items():
            known[str(name)] = str(sample)
    return known | {str(sample): str(sample) for sample in samples}


def _target(name: str, known: dict[str, str]) -> str | None:
    """The sample of a row: by the name as it stands, then with one ending less at a time."""
    while name and name not in known:
        shorter = FOLDER.sub("", name) if FOLDER.search(name) else TAIL.sub("", name)
        if shorter == name:
            return None
        name = shorter
    return known.get(name)


def _short(header: str) -> str:
    text = header.strip().strip('"')
    text = text.partition(MODULE)[2] or text
    return re.sub(r"\W+", "_", text).strip("_").lower()


def _padded(fields: list[str], width: int) -> list[str]:
    return (fields + [""] * width)[:width]


def _number(field: str) -> float:
    try:
        return float(field.strip().strip('"').rstrip("%"))
    except ValueError:
        return float("nan")
