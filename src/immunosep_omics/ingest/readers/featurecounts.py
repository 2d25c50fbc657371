"""The table of counts that featureCounts writes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    refuse_repeated_samples,
)
from immunosep_omics.ingest.wide_text import open_wide, read_columns
from immunosep_omics.settings.assays import FeatureCounts

ANNOTATION = ("Geneid", "Chr", "Start", "End", "Strand", "Length")
ALIGNMENTS = (".bam", ".sam", ".cram")


def read(facts: FeatureCounts, folder: Path) -> RawAssay:
    """Read featureCounts' table; its first line may be the comment with the command.

    A sample's name is its header without the path and without the ending .bam, .sam or .cram;
    where that would give two samples one name, all keep their whole headers.
    """
    file = text_file.read_text_file(folder / facts.file)
    data, first_line = file.data, 1
    while data.startswith(b"#"):
        data, first_line = data.partition(b"\n")[2], first_line + 1
    table = open_wide(data, "\t", file.shown, first_line)
    if table.header[0] != "Geneid":
        raise InputError(
            Problem(
                f"{file.shown}:{first_line}", "the first header is not 'Geneid'",
                "give featureCounts' own table, or use `format: matrix`",
            )
        )  # fmt: skip
    values_at = [n for n, name in enumerate(table.header) if name and name not in ANNOTATION]
    if not values_at:
        raise InputError(Problem(file.shown, "there is no column of counts", "check the file"))
    texts, values = read_columns(table, [0], values_at, decimal=".", missing=[])
    samples = sample_names([table.header[n] for n in values_at])
    problems = Problems()
    refuse_repeated_samples(samples, file.shown, problems)
    problems.raise_any()
    features = feature_table(texts[0].fillna("").tolist())
    frame = pd.DataFrame(values.T, index=samples, columns=features.index)
    notes: list[Note] = list(file.notes)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), file.shown, notes)


def sample_names(headers: list[str]) -> list[str]:
    """Names of samples from featureCounts' headers, which are paths of alignments."""
    names = []
    for header in headers:
        name = PurePosixPath(header.replace("\\", "/")).name
        ending = next((e for e in ALIGNMENTS if name.lower().endswith(e)), "")
        names.append(name[: len(name) - len(ending)])
    return names if len(set(names)) == len(names) else headers
