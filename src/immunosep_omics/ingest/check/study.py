"""A whole study before any compute: all problems of all cohorts, then a verdict per question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from immunosep_omics.errors import Problem
from immunosep_omics.ingest.check.cohort import CohortCheck, check_cohort
from immunosep_omics.ingest.check.questions import verdicts
from immunosep_omics.settings.check import asked_of
from immunosep_omics.settings.files import assay_files, clinical_files
from immunosep_omics.settings.geo import downloads_of, with_downloads
from immunosep_omics.settings.load import CohortFiles, LoadedStudy


@dataclass(frozen=True)
class StudyCheck:
    """What the cohorts' files gave, the questions' verdicts, and all problems.

    `unwritten`: cohorts whose files a run has yet to make or download.
    """

    cohorts: dict[str, CohortCheck]
    questions: pd.DataFrame
    problems: list[Problem]
    unwritten: list[str]


def check_study(loaded: LoadedStudy, tell: Callable[[str], None] = lambda line: None) -> StudyCheck:
    """Look at the files of every cohort; `tell` takes one short line for each.

    Verdicts leave out cohorts whose clinical table cannot be read.
    """
    checked: dict[str, CohortCheck] = {}
    unwritten: list[str] = []
    for name, stated in loaded.cohorts.items():
        folder = loaded.folders[name]
        facts = with_downloads(stated, folder, loaded.study.results)
        files = clinical_files(facts.clinical, folder)
        files += [path for assay in facts.assays.values() for path in assay_files(assay, folder)]
        by_run = loaded.study.simulate is not None or bool(downloads_of(stated))
        if by_run and not _are_there(files):
            unwritten.append(name)
            tell(f"{name}: a run makes or downloads its files, so its settings alone are checked")
            continue
        check = check_cohort(name, facts.clinical, facts.assays, folder, facts.multiqc)
        checked[name] = check
        tell(f"{name}: {_said(check)}")
    tables = {n: c.clinical.table for n, c in checked.items() if c.clinical is not None}
    plates = {name: check.plates for name, check in checked.items()}
    measured = {name: check.measured for name, check in checked.items()}
    questions = verdicts(asked_of(loaded), tables, plates, measured)
    problems = [problem for check in checked.values() for problem in check.problems]
    problems += _stopped(loaded, questions, set(tables))
    return StudyCheck(checked, questions, list(dict.fromkeys(problems)), unwritten)


def check_files(
    cohorts: Mapping[str, CohortFiles], tell: Callable[[str], None] = lambda line: None
) -> list[Problem]:
    """What is wrong with the files of a study that has mistakes: those whose facts are sound."""
    problems: list[Problem] = []
    for name, facts in cohorts.items():
        folder, clinical = facts.folder, facts.clinical
        if clinical is not None and not _are_there(clinical_files(clinical, folder)):
            clinical = None
        assays = {a: f for a, f in facts.assays.items() if _are_there(assay_files(f, folder))}
        if clinical is None and not assays:
            continue
        check = check_cohort(name, clinical, assays, folder, facts.multiqc)
        problems += check.problems
        tell(f"{name}: {_said(check)}")
    return problems


def _are_there(files: Sequence[Path]) -> bool:
    """False where a run has yet to make or download one."""
    return bool(files) and all(path.is_file() for path in files)


def _stopped(loaded: LoadedStudy, questions: pd.DataFrame, read: set[str]) -> Iterator[Problem]:
    """What harmonisation would refuse in the middle of a run, where all its cohorts were read."""
    refused = questions[(questions["about"] == "harmonise") & (questions["verdict"] == "no")]
    for name, rows in refused.groupby("analysis", sort=False):
        if set(loaded.cohorts_of(loaded.study.analyses[name])) <= read:
            where = loaded.documents["study"].where(("analyses", name, "harmonise"))
            for question, reason in zip(rows["question"], rows["reason"], strict=True):
                problem, _, remedy = reason.partition("; take ")
                remedy = remedy or "another `harmonise`, or other cohorts"
                yield Problem(where, f"{question}: {problem}", f"take {remedy}")


def _said(check: CohortCheck) -> str:
    if check.problems:
        return f"{len(check.problems)} problem{'s' if len(check.problems) > 1 else ''}"
    parts = [
        f"{row.samples} samples" if row.part == "clinical" else str(row.part)
        for row in check.found.itertuples()
    ]
    return f"good ({', '.join(parts)})"
