"""One cohort before any compute: its clinical table, and the first rows of each assay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest import READERS
from immunosep_omics.ingest.clinical.table import ClinicalTable, read_clinical
from immunosep_omics.ingest.genes.features import to_genes
from immunosep_omics.ingest.quality.multiqc import multiqc_table
from immunosep_omics.ingest.raw_assay import RawAssay
from immunosep_omics.ingest.samples import with_clinical_names
from immunosep_omics.ingest.scale import check_scale
from immunosep_omics.settings.assays import SAMPLE_MARK, AnyAssay, Matrix
from immunosep_omics.settings.cohort import Clinical
from immunosep_omics.settings.files import sample_files

SAMPLED_ROWS = 200
"""Rows of an assay's file that are looked at: enough to tell scale and identifiers."""

ENOUGH_FEATURES = 20
"""Features that are not all unknown by chance, among the first rows of a long table."""

CHECK_COLUMNS = ("cohort", "part", "samples", "features", "known_genes")

ROWS_ARE_FEATURES = (
    "featurecounts", "nfcore_rnaseq", "geo_series_matrix", "maxquant", "star", "htseq", "salmon",
    "kallisto", "rsem",
)  # fmt: skip
"""Formats of which a few rows show every sample of the file."""


@dataclass(frozen=True)
class CohortCheck:
    """What a look at a cohort's files gave.

    - `clinical`: its samples, or None where the table cannot be read;
    - `found`: one row per part read (`CHECK_COLUMNS`): `clinical`, then each assay. `samples` and
      `features` count what was looked at; `known_genes` is the share of features with a gene;
    - `plates`: the plate of each sample, by clinical name, where an assay's file tells it;
    - `measured`: clinical names of the samples of each assay of which the first rows show all;
    - `problems`: everything that would stop ingest, as far as the first rows show it.
    """

    clinical: ClinicalTable | None
    found: pd.DataFrame
    plates: pd.Series
    measured: dict[str, pd.Index]
    problems: list[Problem]


def check_cohort(
    cohort: str, clinical: Clinical | None, assays: Mapping[str, AnyAssay], folder: Path,
    multiqc: str | None = None,
) -> CohortCheck:  # fmt: skip
    """Look at the files of a cohort; its mistakes are collected, not raised.

    Without `clinical` the assays are looked at alone. `multiqc`: the file of MultiQC's general
    statistics, where the cohort has one. Messages name file, row and column, and the samples that
    the assays' files name; they quote neither patients nor measurements.
    """
    problems: list[Problem] = []
    rows: list[tuple[object, ...]] = []
    plates: list[pd.Series] = []
    measured: dict[str, pd.Index] = {}
    own_names = {n: facts.sample_column for n, facts in assays.items() if facts.sample_column}
    samples: ClinicalTable | None = None
    if clinical is not None:
        try:
            samples = read_clinical(cohort, clinical, folder, own_names)
            rows.append((cohort, "clinical", len(samples.table), samples.table.shape[1] - 2, None))
        except InputError as error:
            problems += error.problems
    for name, facts in assays.items():
        try:
            raw = _first_rows(facts, folder)
        except InputError as error:
            problems += error.problems
            continue
        if _tells_nothing(raw):
            continue
        for look in (_scale, _genes):
            try:
                rows += [(cohort, *row) for row in look(raw, name, facts, folder)]
            except InputError as error:
                problems += error.problems
        if samples is not None:
            try:
                named, whole = _named(raw, name, facts, folder, samples)
            except InputError as error:
                problems += error.problems
            else:
                if whole:
                    measured[name] = named.values.index
                if "plate" in named.samples:
                    plates.append(named.samples["plate"])
    if samples is not None and multiqc is not None:
        try:
            multiqc_table(
                folder / multiqc, samples.table.index, pd.DataFrame(samples.assay_samples)
            )
        except InputError as error:
            problems += error.problems
    return CohortCheck(
        samples, pd.DataFrame(rows, columns=list(CHECK_COLUMNS)), _one_plate(plates), measured,
        list(dict.fromkeys(problems)),
    )  # fmt: skip


def _first_rows(facts: AnyAssay, folder: Path) -> RawAssay:
    reader = READERS.get(facts.format)
    if reader is None:
        raise InputError(
            Problem(
                f"{(folder / facts.file).as_posix()} (format)",
                f"the format '{facts.format}' has no reader",
                "convert the table, and give it as `format: matrix`",
            )
        )
    return reader(facts, folder, rows=SAMPLED_ROWS)


def _tells_nothing(raw: RawAssay) -> bool:
    """True where the first rows of a long table are those of controls, or of one lost protein."""
    few = raw.values.shape[1] < ENOUGH_FEATURES
    return raw.values.empty or (few and not raw.values.notna().to_numpy().any())


def _scale(raw: RawAssay, assay: str, facts: AnyAssay, folder: Path) -> Iterator[tuple]:
    where = f"{raw.source} (assays.{assay}.scale)"
    check_scale(raw.values.to_numpy(), facts.stated_scale, facts.kind, where)
    yield from ()


def _genes(raw: RawAssay, assay: str, facts: AnyAssay, folder: Path) -> Iterator[tuple]:
    *_, mapping = to_genes(raw, assay, facts, folder)
    yield assay, len(raw.values), len(mapping), float(mapping["gene"].notna().mean())


def _named(
    raw: RawAssay, assay: str, facts: AnyAssay, folder: Path, clinical: ClinicalTable
) -> tuple[RawAssay, bool]:
    """The samples by their clinical names, and whether a few rows show all of them."""
    every = pd.Index(list(sample_files(folder, facts.file)) if SAMPLE_MARK in facts.file else [])
    by_file = bool(len(every)) and bool(raw.values.index.isin(every).all())
    whole = by_file or (SAMPLE_MARK not in facts.file and _shows_all_samples(facts))
    if by_file:
        raw = replace(raw, values=raw.values.reindex(every), samples=raw.samples.reindex(every))
    if not whole:
        seen = set(raw.values.index.astype(str))
        ignored = [name for name in facts.ignore_samples if name in seen]
        facts = facts.model_copy(update={"ignore_samples": ignored})
    return with_clinical_names(raw, assay, facts, folder, clinical), whole


def _shows_all_samples(facts: AnyAssay) -> bool:
    if isinstance(facts, Matrix):
        return facts.samples_in == "columns"
    return facts.format in ROWS_ARE_FEATURES


def _one_plate(plates: list[pd.Series]) -> pd.Series:
    known = [plate.dropna() for plate in plates]
    if not known:
        return pd.Series(dtype=object, name="plate")
    joined = pd.concat(known)
    return joined[~joined.index.duplicated()].rename("plate")
