from __future__ import annotations

from pathlib import Path

from immunosep_omics.report.quality import patient_flow, quality
from immunosep_omics.report.results import Results


def test_flagged_samples_are_counted_once(study: Path):
    found = quality(Results(study))
    assert [(q.cohort, q.assay) for q in found[:2]] == [("athens", "rna"), ("athens", "proteins")]
    assert all((q.samples, q.flagged) == (20, 2) for q in found)
    assert found[0].features == "15,000 to 9,000"


def test_patient_flow_adds_up(study: Path):
    results = Results(study)
    table = patient_flow(results, [results.analysis("main")]).set_index("cohort")
    assert table.loc["all", ["patients", "samples", "with rna"]].tolist() == [60, 60, 60]
    assert table.at["athens", "in main"] == "20, discovery"
    assert table.at["cadiz", "in main"] == "20, applied"
