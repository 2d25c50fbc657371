"""A first version of a cohort's file, drafted from its data files."""

from immunosep_omics.ingest.draft.cohort import Draft, draft_cohort

__all__ = ["Draft", "draft_cohort"]
