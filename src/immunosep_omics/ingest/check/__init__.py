"""Preflight: what is wrong with a study, and which of its questions can be answered, in seconds."""

from immunosep_omics.ingest.check.cohort import CohortCheck, check_cohort
from immunosep_omics.ingest.check.questions import QUESTION_COLUMNS, verdicts
from immunosep_omics.ingest.check.study import StudyCheck, check_files, check_study
from immunosep_omics.ingest.check.summary import summary

__all__ = [
    "QUESTION_COLUMNS", "CohortCheck", "StudyCheck", "check_cohort", "check_files", "check_study",
    "summary", "verdicts",
]  # fmt: skip
