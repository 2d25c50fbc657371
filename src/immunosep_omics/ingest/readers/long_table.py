"""Any table with one row per run and protein, peptide or metabolite; its columns are declared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.concentrations import KINDS, out_of_range
from immunosep_omics.ingest.proteins.assay import looking_further, zeros_missing
from immunosep_omics.ingest.proteins.names import run_names
from immunosep_omics.ingest.proteins.report_file import Report, open_report
from immunosep_omics.ingest.proteins.roll_up import combined, parts_of
from immunosep_omics.ingest.raw_assay import Note, RawAssay, feature_table
from immunosep_omics.ingest.readers.protein_long import Rows, long_assay
from immunosep_omics.ingest.wanted_rows import holds_wanted
from immunosep_omics.settings.assays import LongTable


@looking_further
def read(facts: LongTable, folder: Path, rows: int | None = None) -> RawAssay:
    """Read a long table; parts are rolled up to proteins where `part` is stated.

    Without `part`, of several values of one run and protein the highest stays. Headers count as
    stated. Metabolites and cytokines may be out of range, as in a matrix. Raises
    :class:`InputError` for a header that is not there or stands more than once, where `only`
    leaves no row, and for a metabolite or cytokine of which a sample has values that differ.
    """
    report = open_report(
        folder / facts.file, rows, decimal=facts.decimal, delimiter=facts.delimiter,
        sheet=facts.sheet, top=facts.header,
        missing=[*facts.missing, *(text for text in ("", "NaN", "nan") if text not in
                                   facts.missing)],
        keys=LongTable.model_fields, concentrations=facts.kind in KINDS,
    )  # fmt: skip
    at = _places(report, facts)
    texts_at = dict.fromkeys(at[name] for name in (facts.run, facts.feature, *facts.part,
                                                    *facts.only))  # fmt: skip
    texts, numbers = report.columns(list(texts_at), [at[facts.value]], False)
    notes = list(report.notes)
    keep = _chosen(texts, facts, at, report, notes)
    run = texts[at[facts.run]]
    keep &= (run != "").to_numpy()
    texts = texts[keep].reset_index(drop=True)
    values = numbers[keep]
    if facts.kind == "ms_proteins":
        values = zeros_missing(values, notes, log2=facts.stated_scale == "log2")
    run = texts[at[facts.run]].cat.remove_unused_categories()
    samples = run_names([str(name) for name in run.cat.categories])
    sample = run.cat.codes.to_numpy().astype(np.intp)
    part = combined([texts[at[name]] for name in facts.part], len(texts))
    rows_kept = Rows(sample, samples, texts[at[facts.feature]], part, values)
    if facts.kind == "ms_proteins":
        return long_assay(
            rows_kept, np.ones(len(texts), dtype=bool), None, report.shown, notes,
            facts.roll_up if facts.part else None, log2=facts.stated_scale == "log2",
        )  # fmt: skip
    return out_of_range(_plain(rows_kept, report.shown, notes))


def _plain(rows: Rows, shown: str, notes: list[Note]) -> RawAssay:
    """Metabolites and cytokines: their names are left as they are."""
    feature = rows.protein.cat.remove_unused_categories()
    named = np.asarray(feature != "")
    codes = feature.cat.codes.to_numpy().astype(np.intp)[named]
    zero = np.zeros(len(codes), dtype=np.intp)
    parts, again = parts_of(
        rows.sample[named], codes, zero, rows.values[named, 0], runs=len(rows.samples),
        summed=False,
    )  # fmt: skip
    names = [str(feature.cat.categories[code]) for code in parts.protein]
    if again:
        _refuse_different(rows, shown)
        notes.append(Note("rows of the same sample and feature", again, "all of one value"))
    features = feature_table(names)
    frame = pd.DataFrame(parts.values.T, index=rows.samples, columns=features.index)
    return RawAssay(frame, features, pd.DataFrame(index=frame.index), shown, notes)


def _refuse_different(rows: Rows, shown: str) -> None:
    """Of a sample's wells or dilutions none is the right one."""
    table = pd.DataFrame(
        {"sample": rows.sample, "feature": rows.protein.astype(str), "value": rows.values[:, 0]}
    )
    found = table[table["feature"] != ""].groupby(["sample", "feature"], sort=False)["value"]
    lowest = found.min()
    differ = lowest.index[lowest < found.max()]
    if len(differ):
        sample, feature = differ[0]
        raise InputError(
            Problem(
                shown, f"{len(differ)} times a sample has several values of one feature that differ"
                f" (first: {rows.samples[sample]}, {feature})",
                "give the mean of a sample's wells (some programs write it in a column of its own),"
                " or choose rows with `only`",
            )
        )  # fmt: skip


def _places(report: Report, facts: LongTable) -> dict[str, int]:
    stated = [("run", facts.run), ("feature", facts.feature), ("value", facts.value)]
    stated += [("part", name) for name in facts.part] + [("only", name) for name in facts.only]
    problems = Problems()
    known = [name for name in report.header if name]
    for key, name in stated:
        count = report.header.count(name)
        if count == 0:
            problems.add(
                f"{report.shown} ({key})", f"there is no column '{name}'", did_you_mean(name, known)
            )
        elif count > 1:
            problems.add(
                f"{report.shown} ({key})", f"the header '{name}' stands {count} times",
                "rename the other columns in the file",
            )  # fmt: skip
    problems.raise_any()
    return {name: report.header.index(name) for _, name in stated}


def _chosen(
    texts: pd.DataFrame, facts: LongTable, at: dict[str, int], report: Report, notes: list[Note]
) -> NDArray[np.bool_]:
    """Rows that hold what `only` states."""
    keep = np.ones(len(texts), dtype=bool)
    problems = Problems()
    for name, wanted in facts.only.items():
        column = texts[at[name]]
        words = [str(word) for word in column.cat.categories]
        fitting = holds_wanted(words, wanted, name, f"{report.shown} (only)", problems)
        keep &= fitting[column.cat.codes.to_numpy()]
    problems.raise_any()
    if not keep.any():
        raise InputError(
            Problem(f"{report.shown} (only)", "no row has all that is stated", "check the values")
        )
    if not keep.all():
        notes.append(Note("rows left out", int((~keep).sum()), "by `only`"))
    return keep
