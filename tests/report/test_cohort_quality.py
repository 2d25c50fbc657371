"""The page about one cohort's quality."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.report.cohort_quality import write_quality_page
from immunosep_omics.report.dots import HEIGHT, MARGIN, dot_plot
from immunosep_omics.tables import write_table

HOSTILE = "<script>alert(1)</script>"
DRIFT = ["measure", "variance_share", "by", "levels", "test_value", "p", "drift"]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "assays" / "athens" / "rna"
    samples = ["s1", "s2", HOSTILE]
    write_table(
        pd.DataFrame({
            "sample": samples, "detected": [900, 910, 300], "missing_share": 0.0,
            "total": [1e6, 2e6, 3e4], "median_correlation": [0.9, 0.91, 0.2],
            "globin_share": np.nan, "mitochondrial_share": np.nan, "below_lod_share": np.nan,
            "sex_expressed": ["female", "male", None], "sex_conflict": ["no", "yes", None],
        }), folder / "qc.tsv",
    )  # fmt: skip
    write_table(
        pd.DataFrame({
            "gene": ["A", "B"], "detected_share": [1.0, 0.2], "below_lod_share": np.nan,
            "outlier": ["no", "yes"],
        }), folder / "feature_qc.tsv",
    )  # fmt: skip
    write_table(pd.DataFrame(columns=DRIFT), folder / "drift.tsv")
    write_table(pd.DataFrame({"step": ["a"], "count": [1], "reason": ["b"]}), folder / "steps.tsv")
    write_table(pd.DataFrame({"step": [], "reason": []}), folder / "normalisation.tsv")
    flags = {
        "cohort": "athens", "assay": "rna", "sample": [HOSTILE], "flag": "outlier",
        "other_sample": None, "value": -9.0, "threshold": -5.0, "reason": "far",
    }  # fmt: skip
    write_table(pd.DataFrame(flags), tmp_path / "cohorts" / "athens" / "flags.tsv")
    write_table(pd.DataFrame({"sample": []}), tmp_path / "cohorts" / "athens" / "multiqc.tsv")
    return tmp_path


def page(results: Path, generated: str = "") -> str:
    output = results / "report" / "quality_athens.html"
    write_quality_page(results, "athens", {"rna": "rna_counts"}, generated, output)
    return output.read_text(encoding="utf-8")


def test_a_generated_study_says_so(results: Path):
    assert "generated" not in page(results)
    assert "This study is generated (world: null)" in page(results, "null")


def test_flags_are_shown_with_their_meaning(results: Path):
    text = page(results)
    assert "Nothing was dropped" in text
    assert "clotted tube" in text
    assert "Ask the laboratory" in text
    assert "3 samples, 1 flagged" in text
    assert "2 of 3 samples; compared with the clinical table in 2, in conflict in 1" in text
    assert HOSTILE not in text
    assert text.count('class="flagged"') == 3
    assert page(results) == text


def test_dropped_samples_are_listed(results: Path):
    table = pd.DataFrame({"step": ["drop_samples"], "reason": ["s9 left out: outlier: far"]})
    write_table(table, results / "assays" / "athens" / "rna" / "normalisation.tsv")
    text = page(results)
    assert "Nothing was dropped" not in text
    assert "s9 left out" in text


def test_drift_is_told_among_the_flags_with_what_to_do(results: Path):
    rows = [("component_1", 0.294, "plate", 2, 39.8, 3e-10, "yes"),
            ("component_2", 0.1, "plate", 2, 0.1, 0.7, "no")]  # fmt: skip
    assert "adjust for the plate" not in page(results)
    write_table(pd.DataFrame(rows, columns=DRIFT), results / "assays/athens/rna/drift.tsv")
    text = page(results)
    top = text[: text.index('id="assay-rna"')]
    assert "component 1 (29% of the variance) differs with the plate" in top
    assert "adjust for the plate" in top
    assert "component 2" not in text


def test_what_two_assays_share_is_told(results: Path):
    shutil.copytree(results / "assays/athens/rna", results / "assays/athens/olink")
    output = results / "report" / "two.html"
    write_quality_page(results, "athens", {"rna": "rna_counts", "olink": "olink_npx"}, "", output)
    text = output.read_text(encoding="utf-8")
    assert '<td>rna and olink</td><td class="number">3</td><td class="number">2</td>' in text
    assert "What was looked for" not in page(results)


def test_dots_by_hand():
    plot = dot_plot("x", ["a", "b", "c"], np.array([0.0, 10.0, np.nan]), np.array([True, False, 0]))
    assert [(d.y, d.flagged) for d in plot.dots] == [(MARGIN, False), (HEIGHT - MARGIN, True)]
    assert dot_plot("x", ["a"], np.array([1.0]), np.array([False])) is None
