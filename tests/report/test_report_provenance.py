from __future__ import annotations

import hashlib
from pathlib import Path

import yaml
from result_tables import Shape, settings_of

from immunosep_omics import RESEARCH_USE
from immunosep_omics.report.methods import methods_text
from immunosep_omics.report.provenance import write_provenance
from immunosep_omics.report.references import REFERENCES, cited_in
from immunosep_omics.settings.recipes import STEPS as RECIPE_STEPS
from immunosep_omics.tables import read_table

ANALYSES = {"main": Shape(assays=("rna", "olink"))}


def test_files(tmp_path: Path):
    source = tmp_path / "counts.txt"
    source.write_bytes(b"abc")
    settings = settings_of(ANALYSES)
    read = {"main": {"integrate": ["sample", "hours"], "panels": ["death_28d"]}}
    write_provenance(settings, ["athens/counts.txt"], [source], read, tmp_path / "provenance")
    text = (tmp_path / "provenance" / "settings.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) == settings
    inputs = read_table(tmp_path / "provenance" / "inputs.tsv")
    digest = hashlib.sha256(b"abc").hexdigest()
    assert inputs.to_dict("records") == [
        {"file": "athens/counts.txt", "sha256": digest, "bytes": 3}
    ]
    columns = read_table(tmp_path / "provenance" / "clinical_columns.tsv")
    assert columns[["stage", "column", "outcome"]].to_numpy().tolist() == [
        ["integrate", "sample", "no"], ["integrate", "hours", "no"], ["panels", "death_28d", "yes"],
    ]  # fmt: skip
    packages = read_table(tmp_path / "provenance" / "packages.tsv")
    assert {"python", "numpy", "immunosep-omics"} <= set(packages["package"])
    written = b"".join(path.read_bytes() for path in (tmp_path / "provenance").iterdir())
    assert str(tmp_path).encode() not in written


def test_methods_say_what_ran_and_nothing_else():
    settings = settings_of(ANALYSES, "separated")
    text = methods_text(settings, {"numpy": "2.0.0", "leidenalg": "not installed"})
    assert RESEARCH_USE in text
    assert "All data were generated (world separated)" in text
    assert "trimmed mean of M-values" in text
    assert "quantile normalised" not in text
    assert "For Olink proteins (NPX), values were used as delivered." in text
    assert "numpy 2.0.0" in text
    assert "leidenalg" not in text
    assert "ComBat" not in text
    assert REFERENCES["Johnson 2007"] not in text
    assert REFERENCES["Robinson & Oshlack 2010"] in text


def test_methods_follow_the_settings():
    settings = settings_of(ANALYSES)
    analysis = settings["study"]["analyses"]["main"]  # type: ignore[index, call-overload]
    analysis["harmonise"] = "combat"
    analysis["endotype"] = {"method": "given", "column": "rule_class"}
    analysis["outcome"] = None
    text = methods_text(settings, {"numpy": "2.0.0"})
    assert "ComBat" in text
    assert "taken from the clinical column rule_class" in text
    assert "consensus clustering" not in text
    assert "Panels for the endotype" in text


def test_every_step_of_a_recipe_is_described():
    from immunosep_omics.report.methods import STEPS

    assert set(STEPS) == set(RECIPE_STEPS)
    for word, step in RECIPE_STEPS.items():
        assert "{" not in STEPS[word].format(**step().model_dump())


def test_references_are_found_by_their_citing_words():
    assert cited_in("as in Smyth 2004") == [REFERENCES["Smyth 2004"]]
