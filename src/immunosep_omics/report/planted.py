"""Planted against found, for generated studies: how much of the known truth came back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.report.results import AnalysisResults
from immunosep_omics.stats.agreement import adjusted_rand
from immunosep_omics.tables import TEXT_COLUMNS

TRUTH = ("simulated", "truth")
AXES = ("axis_myeloid", "axis_lymphoid")
TOP = 20
WITHIN = 50
COLUMNS = ("question", "planted", "found", "best possible")


@dataclass(frozen=True)
class Truth:
    """What was planted, and what could be known at best (empty where not written)."""

    patients: pd.DataFrame
    genes: pd.DataFrame
    oracle: pd.DataFrame


def read_truth(results: Path) -> Truth | None:
    """The truth tables of a generated study, or None where there are none."""
    folder = results.joinpath(*TRUTH)

    def table(name: str) -> pd.DataFrame:
        path = folder / f"{name}.tsv"
        if not path.is_file():
            return pd.DataFrame()
        # A generated study leaves cells empty where its world has no such thing.
        return pd.read_csv(
            path, sep="\t", keep_default_na=False, na_values=["", "NA"],
            dtype=dict.fromkeys(TEXT_COLUMNS, "str"),
        )  # fmt: skip

    truth = Truth(table("patients"), table("genes"), table("oracle"))
    return None if truth.patients.empty else truth


def planted_and_found(truth: Truth, analysis: AnalysisResults) -> pd.DataFrame:
    """One row per question with the planted value, what the analysis found, and the yardstick.

    The yardstick is the posterior of someone who knows all parameters of the generator.
    """
    rows = [*_endotypes(truth, analysis), *_axes(truth, analysis), *_genes(truth, analysis)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _endotypes(truth: Truth, analysis: AnalysisResults) -> list[tuple[str, str, str, str]]:
    joined = _with_truth(analysis.endotypes, truth.patients, "endotype")
    planted = truth.patients["endotype"].dropna().nunique()
    found = len(analysis.labels)
    rows = [("number of endotypes", f"{planted}" if planted else "none", _number(found), "")]
    known = joined.dropna(subset=["endotype", "endotype_true"])
    if planted > 1 and len(known):
        best = ""
        if "endotype" in truth.oracle:
            ideal = _with_truth(truth.oracle, truth.patients, "endotype")
            ideal = _with_truth(known[["cohort", "patient"]], ideal, "endotype_true").merge(
                ideal[["cohort", "patient", "endotype"]], on=["cohort", "patient"]
            )
            best = f"{adjusted_rand(ideal['endotype'], ideal['endotype_true']):.2f}"
        index = adjusted_rand(known["endotype"], known["endotype_true"])
        rows.append(("agreement of endotypes (adjusted Rand index)", "1", f"{index:.2f}", best))
    return rows


def _number(found: int) -> str:
    return f"{found}" if found > 1 else "no clusters"


def _with_truth(table: pd.DataFrame, other: pd.DataFrame, column: str) -> pd.DataFrame:
    """The table with another's column beside it, as `{column}_true`."""
    name = column if column.endswith("_true") else f"{column}_true"
    right = other[["cohort", "patient", column]].rename(columns={column: name})
    return table.merge(right, on=["cohort", "patient"], how="left")


def _axes(truth: Truth, analysis: AnalysisResults) -> list[tuple[str, str, str, str]]:
    rows = []
    for axis in AXES:
        if axis not in analysis.endotypes or axis not in truth.patients:
            continue
        joined = _with_truth(analysis.endotypes, truth.patients, axis)
        value = _spearman(joined, axis)
        if value is None:
            continue
        best = None
        if axis in truth.oracle:
            ideal = truth.oracle.merge(joined[["cohort", "patient"]], on=["cohort", "patient"])
            best = _spearman(_with_truth(ideal, truth.patients, axis), axis)
        name = axis.removeprefix("axis_")
        rows.append(
            (f"{name} axis (Spearman, mean over cohorts)", "1", f"{value:.2f}",
             "" if best is None else f"{best:.2f}")
        )  # fmt: skip
    return rows


def _spearman(joined: pd.DataFrame, axis: str) -> float | None:
    """Rank correlation within each cohort, averaged by cohort size; None where there is none.

    Within cohorts, because shifts between cohorts are removed on purpose.
    """
    known = joined.dropna(subset=[axis, f"{axis}_true"])
    values, sizes = [], []
    for _, of in known.groupby("cohort"):
        ranks = of[[axis, f"{axis}_true"]].rank()
        if len(of) > 2 and (ranks.std() > 0).all():
            values.append(float(ranks.corr().iloc[0, 1]))
            sizes.append(len(of))
    return float(np.average(values, weights=sizes)) if values else None


def _genes(truth: Truth, analysis: AnalysisResults) -> list[tuple[str, str, str, str]]:
    """How many of the strongest planted genes come back among the strongest found."""
    if truth.genes.empty or len(analysis.labels) < 2:
        return []
    own = [f"{label}_versus_rest" for label in analysis.labels]
    found = analysis.biomarkers[analysis.biomarkers["contrast"].isin(own)]
    rows = []
    for assay, measured in found.groupby("assay", sort=False):
        place = measured.groupby("contrast")["rank"].rank(method="first")
        best = place.groupby(measured["gene"]).min()
        planted = truth.genes[(truth.genes["assay"] == assay) & (truth.genes["strength"] > 0)]
        planted = planted[planted["gene"].isin(best.index)].drop_duplicates("gene")
        top = planted.sort_values("strength", ascending=False, kind="stable")["gene"].head(TOP)
        if top.empty:
            continue
        hits = int((best.reindex(top) <= WITHIN).sum())
        rows.append(
            (f"{assay}: strongest planted genes that were measured", f"{len(top)}",
             f"{hits} among the first {WITHIN} of an endotype, of {len(best):,}", "")
        )  # fmt: skip
    return rows
