"""Patient flow and quality control, from the tables of ingest and normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from immunosep_omics.report.cells import Grid, grid
from immunosep_omics.report.results import AnalysisResults, Results


@dataclass(frozen=True)
class Quality:
    """What happened to one assay of one cohort."""

    cohort: str
    assay: str
    kind: str
    samples: int
    flagged: int
    features: str
    steps: Grid
    recipe: Grid
    measures: Grid


def patient_flow(results: Results, analyses: Sequence[AnalysisResults]) -> pd.DataFrame:
    """One row per cohort: patients, samples, samples per assay, samples in each analysis."""
    omics = list(dict.fromkeys(a for assays in results.assays.values() for a in assays))
    rows = []
    for cohort, assays in results.assays.items():
        clinical = results.table("cohorts", cohort, "clinical")
        row: dict[str, object] = {
            "cohort": cohort, "patients": clinical["patient"].nunique(), "samples": len(clinical),
        }  # fmt: skip
        for assay in omics:
            measured = len(results.table("assays", cohort, assay, "qc")) if assay in assays else 0
            row[f"with {assay}"] = measured
        for analysis in analyses:
            own = analysis.factors[analysis.factors["cohort"] == cohort]
            part = f", {own['part'].iloc[0]}" if len(own) else ""
            row[f"in {analysis.name}"] = f"{len(own)}{part}"
        rows.append(row)
    table = pd.DataFrame(rows)
    counts = ["patients", "samples", *(f"with {assay}" for assay in omics)]
    total: dict[str, object] = {"cohort": "all", **{c: int(table[c].sum()) for c in counts}}
    for analysis in analyses:
        total[f"in {analysis.name}"] = f"{len(analysis.factors)}"
    return pd.concat([table, pd.DataFrame([total])], ignore_index=True)


def quality(results: Results) -> list[Quality]:
    """One entry per cohort and assay, in the order of the settings."""
    return [
        _assay(results, cohort, assay, kind)
        for cohort, assays in results.assays.items()
        for assay, kind in assays.items()
    ]


def _assay(results: Results, cohort: str, assay: str, kind: str) -> Quality:
    measures = results.table("assays", cohort, assay, "qc")
    steps = results.table("assays", cohort, assay, "steps")
    recipe = results.table("assays", cohort, assay, "normalisation")
    flags = results.table("cohorts", cohort, "flags")
    flagged = measures["sample"].isin(flags.loc[flags["assay"] == assay, "sample"])
    return Quality(
        cohort=cohort,
        assay=assay,
        kind=kind,
        samples=len(measures),
        flagged=int(flagged.sum()),
        features=_features(recipe),
        steps=grid(steps[["step", "count", "reason"]]),
        recipe=grid(recipe),
        measures=grid(measures[flagged].dropna(axis="columns", how="all")),
    )


def _features(recipe: pd.DataFrame) -> str:
    if recipe.empty:
        return "as read"
    first, last = recipe["features_before"].iloc[0], recipe["features_after"].iloc[-1]
    return f"{int(first):,}" if first == last else f"{int(first):,} to {int(last):,}"
