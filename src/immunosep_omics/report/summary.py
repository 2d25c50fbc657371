"""The opening of the report: what was found, in sentences with their uncertainty."""

from __future__ import annotations

import pandas as pd

from immunosep_omics.report.cells import cell, interval
from immunosep_omics.report.results import AnalysisResults, Results

UNCERTAIN = 0.8
POOLED = "pooled"
NAMED_GENES = 5


def about_data(results: Results) -> str:
    """How many cohorts, patients and omics there are."""
    clinical = [results.table("cohorts", cohort, "clinical") for cohort in results.assays]
    patients = sum(table["patient"].nunique() for table in clinical)
    samples = sum(len(table) for table in clinical)
    omics = list(dict.fromkeys(a for assays in results.assays.values() for a in assays))
    return (
        f"{_count(len(clinical), 'cohort')} with {_count(patients, 'patient')} and"
        f" {_count(samples, 'clinical sample')}; {_count(len(omics), 'assay')}"
        f" ({', '.join(omics)})."
    )


def findings(analysis: AnalysisResults, status: pd.DataFrame) -> list[str]:
    """What one analysis found, a sentence or two for each stage."""
    sentences = [_integration(analysis, status), _number(analysis, status)]
    if len(analysis.labels) > 1:
        sentences.append(_assignment(analysis))
    return [*sentences, *_contrasts(analysis), *_panels(analysis, status)]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _integration(analysis: AnalysisResults, status: pd.DataFrame) -> str:
    table = analysis.factors
    factors = sum(str(column).startswith("factor_") for column in table)
    parts = [
        f"{_count(len(of), 'sample')} of {_count(of['cohort'].nunique(), 'cohort')} ({part})"
        for part, of in table.groupby("part", sort=False)
    ]
    found = _reason(status, "integration") or _count(factors, "joint factor")
    return f"{' and '.join(parts) or 'No sample'} entered; {found}."


def _number(analysis: AnalysisResults, status: pd.DataFrame) -> str:
    reason = _reason(status, "endotype")
    if analysis.stability.empty:
        labels = analysis.labels
        if len(labels) > 1:
            return f"{len(labels)} endotypes were given from outside, not found here."
        return f"No endotypes were sought{': ' + reason if reason else ''}."
    chosen = analysis.stability[analysis.stability["chosen"].astype(str).isin(("True", "1"))]
    k = int(chosen["k"].iloc[0]) if len(chosen) else 1
    if k == 1:
        verdict = "No clusters: one group describes these data"
        if "axis_gradient" in analysis.endotypes:
            verdict = "An axis, not classes: patients spread along one gradient"
        return verdict + (f" ({reason})." if reason else ".")
    row = chosen.iloc[0]
    evidence = [
        f"{name} {cell(row[column])}"
        for column, name in (
            ("gap", "gap over the null"), ("z", "in null standard deviations"), ("p", "p"),
            ("pac", "ambiguous pairs"), ("prediction_strength", "prediction strength"),
        )
        if pd.notna(row[column])
    ]  # fmt: skip
    why = f" {reason[0].upper()}{reason[1:]}." if reason else ""
    return f"{k} endotypes were found ({', '.join(evidence)}).{why}"


def _reason(status: pd.DataFrame, question: str) -> str:
    found = status[status["question"].str.contains(question, case=False, regex=False)]
    reasons = found["reason"].dropna()
    return str(reasons.iloc[0]).rstrip(".") if len(reasons) else ""


def _assignment(analysis: AnalysisResults) -> str:
    table = analysis.endotypes
    sizes = [f"{label} {(table['endotype'] == label).sum()}" for label in analysis.labels]
    unsure = int((table["probability"] < UNCERTAIN).sum())
    return (
        f"Sizes: {', '.join(sizes)}. {unsure} of {_count(len(table), 'sample')} belong to their"
        f" endotype with a probability below {UNCERTAIN:g}: treat these as uncertain."
    )


def _contrasts(analysis: AnalysisResults) -> list[str]:
    tested = analysis.biomarkers[analysis.biomarkers["claim"] == "tested"]
    sentences = []
    for contrast, table in tested.groupby("contrast", sort=False):
        found = table[table["fdr"] < 0.05]
        genes = ", ".join(dict.fromkeys(found["gene"].head(NAMED_GENES)))
        most = int(table["cohorts"].max())
        sentences.append(
            f"{contrast}: {len(found):,} of {_count(len(table), 'feature')} differ at a false"
            f" discovery rate of 0.05 over up to {_count(most, 'cohort')}"
            + (f"; the first are {genes}." if genes else ".")
        )
        if (table["role"] == "confirmatory").any():
            confirmed = int((table["p_family"] < 0.05).sum())
            sentences[-1] += f" Confirmed with a family-wise error rate of 0.05: {confirmed:,}."
    return sentences


def _panels(analysis: AnalysisResults, status: pd.DataFrame) -> list[str]:
    table = analysis.panels
    pooled = table[(table["cohort"] == POOLED) & table["estimate"].notna()]
    if pooled.empty:
        reason = _reason(status, "outcome panel")
        return [f"No panel for an outcome{': ' + reason if reason else ''}."]
    return [_panel(row, table[table["panel"] == row["panel"]]) for _, row in pooled.iterrows()]


def _panel(row: pd.Series, rows: pd.DataFrame) -> str:
    cohorts = int((rows.loc[rows["cohort"] != POOLED, "estimate"].notna()).sum())
    text = (
        f"Panel for {row['panel']} ({cell(row['features'])} features): {_measure(rows)}"
        f" {row['estimate']:.2f} (95% confidence interval {interval(row)}"
    )
    if pd.notna(row["prediction_low"]):
        text += f"; in a new cohort {interval(row, 'prediction_low', 'prediction_high')}"
    warnings = _warnings(rows)
    said = f" Note: {'; '.join(warnings)}." if warnings else ""
    return f"{text}) over {_count(cohorts, 'cohort')}.{said}"


def _warnings(rows: pd.DataFrame) -> list[str]:
    """Each warning once, with the cohorts it is about unless it is about all."""
    known = rows.dropna(subset=["warning"])
    said = []
    for warning, of in known[known["warning"] != ""].groupby("warning", sort=False):
        general = POOLED in set(of["cohort"])
        said.append(str(warning) if general else f"{', '.join(of['cohort'])}: {warning}")
    return said


def _measure(rows: pd.DataFrame) -> str:
    internal = rows["warning"].dropna().astype(str).str.startswith("internal").any()
    where = "internal cross-validated" if internal else "held-out"
    return f"{where} {'AUROC' if (rows['statistic'] == 'auroc').any() else 'fidelity'}"


def limits(analyses: list[AnalysisResults], generated: str) -> list[str]:
    """What must not be concluded from these results."""
    said = [
        "No treatment was compared: nothing here says who should receive which drug.",
        "An association between a molecule and an outcome is not a cause of that outcome.",
    ]
    if generated:
        said.insert(0, "The data were generated: no sentence here is about patients.")
    claims = pd.concat([analysis.biomarkers["claim"] for analysis in analyses])
    if (claims == "descriptive").any():
        said.append(
            "Differences between endotypes that were found in the same data are descriptive: they"
            " say what the groups are made of, not that the groups exist."
        )
    if any(len(analysis.labels) < 2 for analysis in analyses):
        said.append(
            "That no clusters were found does not show that there are none: the number of patients"
            " and the omics limit what can be seen."
        )
    if any(_has_internal(analysis.panels) for analysis in analyses):
        said.append("Internal cross-validation says nothing about patients of another hospital.")
    if any((analysis.panels["statistic"] == "auroc").any() for analysis in analyses):
        said.append(
            "A panel that ranks patients in held-out cohorts is not a test: no threshold was set,"
            " and no benefit of using it was shown."
        )
    return said


def _has_internal(panels: pd.DataFrame) -> bool:
    return bool(panels["warning"].dropna().astype(str).str.startswith("internal").any())
