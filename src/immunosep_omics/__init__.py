"""Sepsis multi-omics: from raw cohorts to endotypes, biomarkers and strata."""

__version__ = "0.1.0"

RESEARCH_USE = "Research use only: not a medical device, not for decisions about a patient."
