"""The samples of an assay by the names that the clinical table gives them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import Problems, did_you_mean
from immunosep_omics.ingest.clinical.table import ClinicalTable
from immunosep_omics.ingest.files.table_file import check_headers, read_table_file
from immunosep_omics.ingest.name_likeness import lanes, like, names_of_file, what_differs
from immunosep_omics.ingest.proteins.names import label_name, run_name
from immunosep_omics.ingest.raw_assay import Note, RawAssay
from immunosep_omics.ingest.replicates import with_one_row_each
from immunosep_omics.settings.assays import Assay, Matrix
from immunosep_omics.settings.tables import SampleNames

SHOWN = 10

FIRST = 5
"""Repeated samples that are told one by one."""


def with_clinical_names(
    raw: RawAssay, assay: str, facts: Assay, folder: Path, clinical: ClinicalTable
) -> RawAssay:
    """Leave out `ignore_samples`, and rename the others as the clinical table names them.

    A name of the file goes through the table `samples`, then through the clinical column
    `sample_column`, where these are stated. A name that is not found there as it is, but without
    what names of files add, is that sample's. Raises :class:`InputError` for samples
    that the clinical table lacks, for two samples of one name that are not stated as `replicates`,
    and where no sample is left.
    """
    problems = Problems()
    notes = list(raw.notes)
    where = f"{raw.source} (assays.{assay}"
    in_file = raw.values.index.astype(str)
    for name in facts.ignore_samples:
        if name not in in_file:
            problems.add(
                f"{where}.ignore_samples)", f"'{name}' is not a sample of the file",
                did_you_mean(name, in_file),
            )  # fmt: skip
    kept = in_file[~in_file.isin(facts.ignore_samples)]
    names = pd.Series(kept, index=kept, dtype=object)
    if facts.samples is not None:
        names = _through_table(names, facts.samples, folder, f"{where}.samples)", notes, problems)
    if assay in clinical.assay_samples:
        own = clinical.assay_samples[assay]
        names = _as_files(names, own.dropna(), notes)
        names = _through_column(names, own, where, problems)
    names = _as_files(names.dropna(), clinical.table.index, notes)
    _refuse_turned(names, clinical.table.index, raw.features["identifier"], facts, where, problems)
    problems.raise_any()
    _refuse_unknown(names, clinical, where, problems)
    if facts.replicates is None:
        _refuse_repeated(names, _are_patients(clinical), facts, where, problems)
    problems.raise_any()
    if names.empty:
        problems.add(where + ")", "no sample is left", "check the file and `ignore_samples`")
        problems.raise_any()
    values = raw.values.loc[names.index]
    values.index = pd.Index(names.to_numpy(), name="sample")
    extras = raw.samples.loc[names.index].set_axis(values.index)
    if facts.ignore_samples:
        notes.append(Note("ignored samples", len(facts.ignore_samples), "by `ignore_samples`"))
    without = len(clinical.table) - values.index.nunique()
    if without:
        notes.append(Note("samples without this assay", without, "rows of the clinical table"))
    renamed = replace(raw, values=values, samples=extras, notes=notes)
    return renamed if facts.replicates is None else with_one_row_each(renamed, facts.replicates)


def with_values(raw: RawAssay) -> RawAssay:
    """Leave out samples of which nothing was measured, unless that is so of all."""
    empty = raw.values.isna().all(axis=1).to_numpy()
    if not empty.any() or empty.all():
        return raw
    note = Note("samples without a value", int(empty.sum()), "missing in every feature: left out")
    return replace(
        raw, values=raw.values[~empty], samples=raw.samples[~empty], notes=[*raw.notes, note]
    )


def _through_table(
    names: pd.Series, facts: SampleNames, folder: Path, where: str, notes: list[Note],
    problems: Problems,
) -> pd.Series:  # fmt: skip
    """The names that the table gives; a name it lacks is looked up as a run, as SDRF files name it.

    There `a.raw` stands for the run that a program calls `a`, `a.mzML` or `/data/a.d`; with a
    second column, `a.raw` and `TMT126` stand for `a_126`.
    """
    table = read_table_file(facts, folder)
    wanted = [facts.source] if isinstance(facts.source, str) else facts.source
    stated = [*(("samples.from", name) for name in wanted), ("samples.to", facts.to)]
    check_headers(table, stated, problems)
    problems.raise_any()
    sources = table.texts(wanted[0])
    if len(wanted) > 1:
        labels = zip(*map(table.texts, wanted[1:]), strict=True)
        sources = [run and "_".join([run_name(run), *map(label_name, more)])
                   for run, more in zip(sources, labels, strict=True)]  # fmt: skip
    pairs = [(a, b) for a, b in zip(sources, table.texts(facts.to), strict=True) if a]
    target: dict[str, str] = {}
    for source, to in pairs:
        if target.setdefault(source, to) != to:
            problems.add(
                table.shown, f"'{source}' has two names in '{facts.to}'", "keep one row of it"
            )
    runs: dict[str, set[str]] = {}
    for source, to in target.items():
        runs.setdefault(run_name(source), set()).add(to)
    as_runs = [n for n in names if n not in target and len(runs.get(run_name(n), ())) == 1]
    for name in as_runs:
        target[name] = next(iter(runs[run_name(name)]))
    if as_runs:
        reason = f"found in {facts.file} without folder or ending (.raw, .mzML, .d)"
        notes.append(Note("samples matched by run", len(as_runs), reason))
    lost = [name for name in names if not target.get(name)]
    if lost:
        problems.add(
            where, f"{table.shown} has no name for {_listed(lost)}",
            "add them to that table, or list them under `ignore_samples`",
        )  # fmt: skip
    return names.map(lambda name: target.get(name) or np.nan)


def _as_files(names: pd.Series, known: Iterable[str], notes: list[Note]) -> pd.Series:
    """The names, but those of files by what the files are called after, where that is known."""
    there = set(known)
    found = {
        name: sample for name in names.dropna() if name not in there
        for sample in names_of_file(name)[::-1] if sample in there
    }  # fmt: skip
    if found:
        reason = "without folder, endings (_Aligned.out, .bam, .AVG_Signal) or GEO's accession"
        notes.append(Note("samples matched by file", len(found), reason))
    return names.replace(found)


def _through_column(
    names: pd.Series, in_assay: pd.Series, where: str, problems: Problems
) -> pd.Series:
    known = in_assay.dropna()
    repeated = sorted(set(known[known.duplicated()]))
    if repeated:
        problems.add(
            f"{where}.sample_column)",
            f"the clinical column '{in_assay.name}' gives {_listed(repeated)} to more than one row",
            "each sample of the assay belongs to one row",
        )  # fmt: skip
    target = dict(zip(known, known.index, strict=True))
    lost = [name for name in names.dropna() if name not in target]
    if lost:
        problems.add(
            f"{where}.sample_column)",
            f"the clinical column '{in_assay.name}' lacks {_listed(lost)}",
            "add them to the clinical table, or list them under `ignore_samples`;"
            f"{_nearest(lost[0], target)}",
        )  # fmt: skip
    return names.map(target)


def _refuse_turned(
    names: pd.Series, known: pd.Index, features: pd.Series, facts: Assay, where: str,
    problems: Problems,
) -> None:  # fmt: skip
    if names.isin(known).all() or not features.isin(known).any():
        return
    key, remedy = (
        (".samples_in", "state `samples_in: rows` or `samples_in: columns`, whichever is not in"
         " force")
        if isinstance(facts, Matrix)
        else ("", "turn the table round: samples and features have changed places")
    )  # fmt: skip
    problems.add(
        f"{where}{key})",
        f"the file has samples ({_listed(list(features[features.isin(known)]), 3)}) where"
        " features are expected", remedy,
    )  # fmt: skip


def _refuse_unknown(
    names: pd.Series, clinical: ClinicalTable, where: str, problems: Problems
) -> None:
    known, secret = clinical.table.index, _are_patients(clinical)
    unknown = names[~names.isin(known)]
    if unknown.empty:
        return
    parts = lanes(unknown)
    if parts:
        problems.add(
            where + ")",
            f"{len(parts)} samples of the file are lanes of one library ({_listed(parts, 3)})",
            "count the reads of all lanes of a library together (give the counter all its files, or"
            " merge their alignments), so that each sample stands once",
        )  # fmt: skip
        return
    if len(unknown) == len(names):
        problems.add(
            where + ")",
            f"no sample of the file is in the clinical table ({_listed(list(unknown), 3)})",
            "state `sample_column` or a table `samples` that translates the names"
            + ("" if secret else f"; the clinical table has {', '.join(known[:3])}")
            + _but_for(unknown, known),
        )  # fmt: skip
        return
    problems.add(
        where + ")", f"the clinical table lacks {_listed(list(unknown))}",
        "add them to it, or list them under `ignore_samples`"
        + (_but_for(unknown, known) if secret else f";{_nearest(unknown.iloc[0], known)}"),
    )  # fmt: skip


def _nearest(name: str, known: Iterable[str]) -> str:
    words = list(known)
    alike = like(name, words)
    if alike is not None:
        return f" for '{name}': did you mean '{alike[0]}'? (they differ in {alike[1]})"
    found = did_you_mean(name, words)
    near = len(words) <= SHOWN or found.startswith("did")
    return f" for '{name}': {found if near else 'no name is near'}"


def _but_for(unknown: Iterable[str], known: Iterable[str]) -> str:
    difference = what_differs(unknown, known)
    return f"; the names would meet but for {difference}" if difference else ""


def _are_patients(clinical: ClinicalTable) -> bool:
    """True where the samples have no names of their own: then messages must not tell any.

    What the assay's own file calls its samples may be told: whoever has it can read it there.
    """
    return bool((clinical.table.index == clinical.table["patient"]).all())


def _refuse_repeated(
    names: pd.Series, secret: bool, facts: Assay, where: str, problems: Problems
) -> None:
    way = "replicates: " + ("sum" if facts.stated_scale == "counts" else "mean")
    repeated = list(dict.fromkeys(names[names.duplicated()]))
    for name in repeated[:FIRST]:
        both = ", ".join(names.index[names == name])
        sample = "one sample of the clinical table" if secret else f"the sample '{name}'"
        problems.add(
            where + ")", f"{both} are all {sample}",
            "keep one, and list the others under `ignore_samples`; or, where runs measured the"
            f" sample again, state `{way}`",
        )  # fmt: skip
    if len(repeated) > FIRST:
        problems.add(
            where + ")", f"{len(repeated)} samples stand in the file several times",
            f"see those above; where runs measured the samples again, state `{way}`",
        )  # fmt: skip


def _listed(names: list[str], most: int = SHOWN) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
