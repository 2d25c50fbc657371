"""The folder of results belongs to one study."""

from __future__ import annotations

from pathlib import Path

from immunosep_omics.errors import InputError, Problem

STUDY_NAME = "study.txt"
"""The file in a folder of results that names the study."""


def refuse_foreign_results(results: Path, study: str) -> None:
    """Raise :class:`InputError` where a folder holds the results of another study."""
    mark = results / STUDY_NAME
    owner = mark.read_text(encoding="utf-8").strip() if mark.is_file() else study
    if owner != study:
        raise InputError(
            Problem(
                f"results: {results.as_posix()}",
                f"this folder holds the results of the study '{owner}', not of '{study}'",
                "name another folder in `results:`, or move this one away",
            )
        )
