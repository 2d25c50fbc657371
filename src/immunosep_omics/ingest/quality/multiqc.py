"""MultiQC's general statistics, joined to a cohort's samples."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from immunosep_omics.clinical.numbers import parse_numbers, remedy_for
from immunosep_omics.errors import InputError, Problem, Problems
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
    its lanes) are averaged; a header that stands again is numbered (`percent_gc_2`). Raises
    :class:`InputError` where the file is no such table, where none of its samples is known, and
    for a cell that could be several numbers.
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
    headers = _numbered([_short(header) for header in lines[0][1:]])
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
    table = _numbers([_padded(fields[1:], len(headers)) for fields in lines[1:]], headers, shown)
    table = table.dropna(axis="columns", how="all")
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


def _numbered(headers: list[str]) -> list[str]:
    """Each header once: two modules may call a statistic the same."""
    taken: list[str] = []
    for header in headers:
        names = (header, *(f"{header}_{n}" for n in range(2, len(headers) + 2)))
        taken.append(next(name for name in names if name not in taken))
    return taken


def _numbers(rows: list[list[str]], headers: list[str], shown: str) -> pd.DataFrame:
    """Numbers, with commas between thousands or not; missing where a statistic is text."""
    table, problems = pd.DataFrame(columns=headers, index=range(len(rows)), dtype=float), Problems()
    for place, header in enumerate(headers):
        cells = [row[place].strip().strip('"').rstrip("%") for row in rows]
        table[header], faults = parse_numbers(cells, ".", thousands=",")
        odd = {n: kind for n, kind in faults.items() if not kind.startswith("text")}
        if odd and table[header].notna().any():
            row, kind = next(iter(odd.items()))
            more = f" (and {len(odd) - 1} more in this column)" if len(odd) > 1 else ""
            problems.add(
                f"{shown}, row {row + 2}, column '{header}' (multiqc)",
                f"{kind} where a number is expected{more}", remedy_for(kind, ()),
            )  # fmt: skip
    problems.raise_any()
    return table
