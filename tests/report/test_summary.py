from __future__ import annotations

from pathlib import Path

import pandas as pd

from immunosep_omics.report.results import Results
from immunosep_omics.report.summary import about_data, findings, limits
from immunosep_omics.tables import read_table

NO_STATUS = pd.DataFrame({"question": [], "answered": [], "reason": []}, dtype=str)


def _findings(folder: Path, name: str) -> str:
    status = read_table(folder / "status.tsv")
    return "\n".join(findings(Results(folder).analysis(name), status))


def test_counts(study: Path):
    assert about_data(Results(study)) == (
        "3 cohorts with 60 patients and 60 clinical samples; 2 assays (rna, proteins)."
    )


def test_findings_come_with_their_uncertainty(study: Path):
    said = _findings(study, "main")
    assert "3 endotypes were found (gap over the null 0.28" in said
    assert "with a probability below 0.8" in said
    assert "held-out AUROC 0.71 (95% confidence interval 0.67 to 0.75; in a new cohort" in said
    assert "athens: fewer than 5 events or non-events" in said
    assert "held-out fidelity 0.88" in said
    assert "death_28d: " in said


def test_no_clusters_is_said(plain: Path):
    said = "\n".join(findings(Results(plain).analysis("null"), NO_STATUS))
    assert "No clusters: one group describes these data." in said
    assert "No panel for an outcome." in said


def test_an_axis_is_said(plain: Path):
    analysis = Results(plain).analysis("null")
    analysis.endotypes["axis_gradient"] = 0.0
    said = "\n".join(findings(analysis, NO_STATUS))
    assert "An axis, not classes: patients spread along one gradient." in said
    assert "No clusters" not in said


def test_limits_follow_from_the_results(study: Path, plain: Path):
    told = " ".join(limits([Results(study).analysis("main")], "separated"))
    assert "The data were generated" in told
    assert "descriptive" in told
    assert "not a test" in told
    told = " ".join(limits([Results(plain).analysis("null")], ""))
    assert "generated" not in told
    assert "does not show that there are none" in told
    assert "No treatment was compared" in told
