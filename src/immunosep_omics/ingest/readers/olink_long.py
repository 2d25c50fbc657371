"""Olink's table of one row per sample and assay (NPX Manager, Signature, Explore, Map)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.concentrations import out_of_range
from immunosep_omics.ingest.olink.controls import (
    CONTROL_ASSAY,
    CONTROL_SAMPLE,
    control_types,
    joined,
    warnings,
)
from immunosep_omics.ingest.olink.limits import add_limits
from immunosep_omics.ingest.olink.table import read_long
from immunosep_omics.ingest.raw_assay import Note, RawAssay, feature_table
from immunosep_omics.settings.assays import OlinkLong

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class _Coded:
    """A column of text: for each row the place of its word among `words`, in order of coming."""

    codes: np.ndarray
    words: list[str]

    def rows(self, meant: Callable[[str], object]) -> np.ndarray:
        """True for the rows whose word is meant."""
        return np.array([bool(meant(word)) for word in self.words], dtype=bool)[self.codes]

    def only(self, kept: np.ndarray) -> _Coded:
        """Those rows, and the words that they use."""
        codes, used = pd.factorize(self.codes[kept])
        return _Coded(codes, [self.words[place] for place in used])


def read(facts: OlinkLong, folder: Path, rows: int | None = None) -> RawAssay:
    """Read NPX or concentrations; headers in any of Olink's spellings (`SampleID`, `Sample_ID`).

    NPX below the limit of detection and NPX with a warning are kept; concentrations out of range
    (`< LLOQ`) are missing, and counted. Rows of control samples and
    control assays are left out and counted. A feature is its OlinkID, or its assay where the file
    has none; with its block or panel before it where a sample has it in several. Raises
    :class:`InputError` for a missing column, a row without sample or assay, and a sample that has
    an assay twice.
    """
    table = read_long(facts, folder, rows)
    notes = list(table.notes)
    columns = {name: _coded(column) for name, column in table.texts.items()}
    _refuse_blank(columns, table.shown)
    kept = _samples_and_assays(columns, notes)
    if not len(kept):
        raise InputError(Problem(table.shown, "the table has no rows", "check the export"))
    if not kept.any() and rows is None:
        raise InputError(
            Problem(table.shown, "only control rows are in the file", "check the file")
        )
    numbers = table.numbers
    if not kept.all():
        columns = {name: column.only(kept) for name, column in columns.items()}
        numbers = {name: column[kept] for name, column in numbers.items()}
    feature = _features_of(columns)
    cells = columns["sample"].codes * len(feature.words) + feature.codes
    shape = (len(columns["sample"].words), len(feature.words))
    _refuse_repeats(cells, shape, columns, table.shown)
    values = _spread(numbers["value"], cells, shape)
    lod = _spread(numbers["lod"], cells, shape) if "lod" in numbers else None
    frame = pd.DataFrame(values, index=columns["sample"].words, columns=feature.words)
    features = _feature_table(feature, columns)
    samples = _sample_table(columns)
    if lod is not None:
        add_limits(features, samples, values, lod)
    return out_of_range(RawAssay(frame, features, samples, table.shown, notes))


def _coded(column: pl.Series) -> _Coded:
    """Words without blanks at their ends, "" where missing."""
    physical = column.to_physical()
    places = physical.cast(int).fill_null(-1).to_numpy()
    codes, _ = pd.factorize(places)
    words = [(word or "").strip() for word in column.unique(maintain_order=True).to_list()]
    same, different = pd.factorize(np.array(words, dtype=object))
    return _Coded(same[codes] if len(words) else codes, list(different))


def _refuse_blank(columns: dict[str, _Coded], shown: str) -> None:
    for name, header in (("sample", "SampleID"), ("assay", "Assay")):
        blank = np.flatnonzero(columns[name].rows(lambda word: not word))
        if len(blank):
            raise InputError(
                Problem(
                    f"{shown} row {blank[0] + 1} below the header",
                    f"{len(blank)} rows have no {header}",
                    f"fill the column {header}, or remove the rows",
                )
            )


def _samples_and_assays(columns: dict[str, _Coded], notes: list[Note]) -> np.ndarray:
    """True for rows of samples and assays; rows of controls are noted."""
    control = columns["sample"].rows(CONTROL_SAMPLE.match)
    if "sample_type" in columns:
        types = control_types(columns["sample_type"].words)
        control |= columns["sample_type"].rows(types.__contains__)
    internal = columns["assay"].rows(CONTROL_ASSAY.match)
    if "assay_type" in columns:
        internal |= columns["assay_type"].rows(lambda word: word.lower() not in ("", "assay"))
    internal &= ~control
    if control.any():
        wells = len(np.unique(columns["sample"].codes[control]))
        notes.append(Note("control samples", int(control.sum()), f"rows of {wells} control wells"))
    if internal.any():
        reason = "rows of incubation, extension and the like"
        notes.append(Note("control assays", int(internal.sum()), reason))
    return ~(control | internal)


def _features_of(columns: dict[str, _Coded]) -> _Coded:
    """OlinkID or assay; with its block or panel where it stands in several.

    Explore HT measures a few assays, of one OlinkID each, in every block.
    """
    if "id" in columns and "" not in columns["id"].words:
        named, apart = columns["id"], columns.get("block")
        cells = columns["sample"].codes * len(named.words) + named.codes
        if len(pd.unique(cells)) == len(cells):
            return named
    else:
        named, apart = columns["assay"], columns.get("panel")
    if apart is None:
        return named
    width = max(1, len(apart.words))
    pairs, different = pd.factorize(named.codes * width + apart.codes)
    times = np.bincount(different // width, minlength=len(named.words))
    words = []
    for pair in different:
        place, on = divmod(int(pair), width)
        name = named.words[place]
        words.append(name if times[place] == 1 else f"{apart.words[on]}:{name}")
    return _Coded(pairs, words)


def _refuse_repeats(
    cells: np.ndarray, shape: tuple[int, int], columns: dict[str, _Coded], shown: str
) -> None:
    repeated = np.flatnonzero(np.bincount(cells, minlength=1) > 1)
    if not len(repeated):
        return
    sample = columns["sample"]
    names = [sample.words[place] for place in np.unique(repeated // shape[1])]
    first = int(np.flatnonzero(cells == repeated[0])[1])
    raise InputError(
        Problem(
            shown,
            f"{len(names)} samples have an assay more than once: {', '.join(names[:5])}"
            f" (first: {sample.words[sample.codes[first]]},"
            f" {columns['assay'].words[columns['assay'].codes[first]]})",
            "keep one run of each sample, or give bridging samples names of their own",
        )
    )


def _spread(column: np.ndarray, cells: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Samples x features from one number per row."""
    matrix = np.full(shape, np.nan)
    matrix.ravel()[cells] = column
    return matrix


def _feature_table(feature: _Coded, columns: dict[str, _Coded]) -> pd.DataFrame:
    first = np.zeros(len(feature.words), dtype=int)
    first[feature.codes[::-1]] = np.arange(len(feature.codes))[::-1]
    beside = {
        name: [columns[name].words[place] for place in columns[name].codes[first]]
        for name in ("assay", "uniprot", "panel", "unit")
        if name in columns
    }
    features = feature_table(feature.words, beside["assay"])
    if "uniprot" in beside:
        # Explore writes the accessions of one assay as P29460_P29459.
        beside["uniprot"] = [text.replace("_", ";") for text in beside["uniprot"]]
    for name in ("uniprot", "panel", "unit"):
        if name in beside:
            features[name] = beside[name]
    if "assay_warning" in columns:
        features["assay_warning"] = _told(feature, columns["assay_warning"], warnings)
    return features


def _sample_table(columns: dict[str, _Coded]) -> pd.DataFrame:
    sample = columns["sample"]
    samples = pd.DataFrame(index=pd.Index(sample.words))
    for name, summary in (("plate", joined), ("qc_warning", warnings)):
        if name in columns:
            samples[name] = _told(sample, columns[name], summary)
    return samples


def _told(of: _Coded, column: _Coded, summary: Callable[[Iterable[str]], str]) -> list[str]:
    """For each word of `of`, a summary of what the column says in its rows."""
    said: list[list[str]] = [[] for _ in of.words]
    width = max(1, len(column.words))
    for pair in pd.unique(of.codes * width + column.codes):
        said[pair // width].append(column.words[pair % width])
    return [summary(words) for words in said]
