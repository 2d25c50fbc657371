"""MaxQuant's table of protein groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    refuse_repeated_samples,
)
from immunosep_omics.ingest.wide_text import WideText, open_wide, read_columns
from immunosep_omics.settings.assays import MaxQuant

IDENTIFIERS = ("Majority protein IDs", "Protein IDs")
FLAGS = (
    ("Reverse", "REV__", "decoys"),
    ("Potential contaminant", "CON__", "contaminants"),
    ("Contaminant", "CON__", "contaminants"),
    ("Only identified by site", None, "proteins only identified by a modification site"),
)
SUMMARIES = ("peptides",)
"""What follows the common beginning in columns that are no samples: `iBAQ peptides`."""


def read(facts: MaxQuant, folder: Path) -> RawAssay:
    """Read proteinGroups.txt: the columns that begin with `values`; zeros become missing.

    Decoys, contaminants and proteins only identified by site are left out, each group counted
    under the first reason that fits. The gene is the first of `Gene names`.
    """
    file = text_file.read_text_file(folder / facts.file)
    table = open_wide(file.data, "\t", file.shown)
    identifier = _identifier(table)
    values_at = _values(table, facts.values)
    wanted = [identifier, "Gene names", *dict.fromkeys(column for column, _, _ in FLAGS)]
    texts_at = [table.header.index(name) for name in wanted if name in table.header]
    texts, values = read_columns(
        table, texts_at, values_at, decimal=".", missing=["NaN", "nan", "NA"], trimmed=True
    )
    texts.columns = pd.Index([table.header[place] for place in texts_at])
    texts = texts.fillna("")
    keep, notes = _without_flagged(texts, identifier)
    zeros = int((values[keep] == 0).sum())
    notes.append(Note("zeros", zeros, "MaxQuant writes 0 for proteins not quantified: missing"))
    values = np.where(values == 0, np.nan, values)[keep]
    texts = texts[keep]
    samples = [table.header[place][len(facts.values) + 1 :].strip() for place in values_at]
    problems = Problems()
    refuse_repeated_samples(samples, file.shown, problems)
    problems.raise_any()
    features = _features(texts, identifier)
    frame = pd.DataFrame(values.T, index=samples, columns=features.index)
    samples_frame = pd.DataFrame(index=frame.index)
    return RawAssay(frame, features, samples_frame, file.shown, [*file.notes, *notes])


def _identifier(table: WideText) -> str:
    for name in IDENTIFIERS:
        if name in table.header:
            return name
    raise InputError(
        Problem(
            table.shown, f"there is no column '{IDENTIFIERS[0]}' or '{IDENTIFIERS[1]}'",
            "give MaxQuant's proteinGroups.txt, or use `format: matrix`",
        )
    )  # fmt: skip


def _values(table: WideText, prefix: str) -> list[int]:
    start = f"{prefix} "
    found = [
        place for place, name in enumerate(table.header)
        if name.startswith(start) and name[len(start) :] not in SUMMARIES
    ]  # fmt: skip
    if not found:
        kinds = [
            kind for kind in ("LFQ intensity", "Intensity", "iBAQ", "Reporter intensity corrected")
            if any(name.startswith(f"{kind} ") for name in table.header)
        ]  # fmt: skip
        raise InputError(
            Problem(
                f"{table.shown} (values)", f"no column begins with '{start}'",
                did_you_mean(prefix, kinds),
            )
        )  # fmt: skip
    return found


def _without_flagged(texts: pd.DataFrame, identifier: str) -> tuple[np.ndarray, list[Note]]:
    keep = np.ones(len(texts), dtype=bool)
    notes = []
    for column, prefix, what in FLAGS:
        flagged = np.zeros(len(texts), dtype=bool)
        if column in texts:
            flagged |= (texts[column].str.strip() == "+").to_numpy()
        if prefix is not None:
            flagged |= texts[identifier].str.startswith(prefix).to_numpy()
        dropped = int((flagged & keep).sum())
        if dropped or column in texts:
            notes.append(Note(what, dropped, f"marked in '{column}', or named {prefix or '-'}"))
        keep &= ~flagged
    return keep, notes


def _features(texts: pd.DataFrame, identifier: str) -> pd.DataFrame:
    genes = None
    if "Gene names" in texts:
        first = texts["Gene names"].str.split(";").str[0].str.strip()
        genes = first.where(first != "", np.nan).tolist()
    features = feature_table(texts[identifier].tolist(), genes)
    features["uniprot"] = texts[identifier].str.split(";").str[0].to_numpy()
    return features
