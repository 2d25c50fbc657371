"""Drafts, and what the check says of them."""

from __future__ import annotations

import pytest
import yaml

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.check import check_study
from immunosep_omics.ingest.draft import draft_cohort
from immunosep_omics.settings.load import load_study


@pytest.fixture
def facts(tmp_path):
    """The draft of files of the test's folder: its facts, and its remarks."""

    def call(*names, output=None):
        draft = draft_cohort([tmp_path / name for name in names or [""]], None, output)
        return yaml.safe_load(draft.text), draft.remarks

    return call


@pytest.fixture
def untold(tmp_path, monkeypatch):
    """Problems that the check finds in a written draft, and that its remarks do not tell.

    What is left open (`TODO`) must have a remark; so must everything else that is found.
    """

    def call(*paths):
        folder = tmp_path / "written"
        (folder / "cohorts").mkdir(parents=True)
        monkeypatch.chdir(folder)
        draft = draft_cohort(list(paths), None, folder / "cohorts/a.yaml")
        (folder / "cohorts/a.yaml").write_text(draft.text, encoding="utf-8")
        assays = yaml.safe_load(draft.text)["assays"] or {"rna": None}
        study = {"study": "s", "cohorts": ["a"], "analyses": {"main": {"assays": list(assays)}}}
        (folder / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
        try:
            loaded = load_study([folder / "study.yaml"])
        except InputError as error:
            found = error.problems
        else:
            found = check_study(loaded).problems
        told = "\n".join(draft.remarks)
        asked = [
            f"state `{key}" for key in ("transcripts", "sample_key") if f"# {key}:" in draft.text
        ]
        asked += ["(assays)"] if "no assay was recognised" in told else []
        if "TODO" in draft.text:
            assert "to do: " in told
        return [
            str(problem) for problem in found
            if "TODO" not in str(problem) and problem.problem not in told
            and not any(words in str(problem) for words in asked)
        ]  # fmt: skip

    return call
