"""What the check says of a draft before it is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.check import check_cohort
from immunosep_omics.settings.base import validate
from immunosep_omics.settings.cohort import Cohort
from immunosep_omics.settings.strict_yaml import read_yaml

OPEN = "TODO"
"""Stands where only a person can tell; the remarks say what."""


def problems_of(text: str, shown: str, folder: Path, left_open: list[str]) -> list[str]:
    """One line for each problem that `immunosep check` would tell, but for keys left open."""
    problems = Problems()
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "draft.yaml"
        file.write_text(text, encoding="utf-8")
        document = read_yaml(file, problems)
    document.path = shown
    cohort = validate(Cohort, document, problems)
    found: list[Problem] = []
    try:
        problems.raise_any()
    except InputError as error:
        found = error.problems
    if cohort is not None:
        found = check_cohort("draft", cohort.clinical, cohort.assays, folder).problems
    told = [OPEN, *(f"state `{key}" for key in left_open)]
    return [
        f"the check will say: {problem}"
        for problem in found
        if not any(word in str(problem) for word in told)
    ]
