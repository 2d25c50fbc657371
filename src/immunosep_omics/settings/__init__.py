"""The configuration: its keys are a promise to users. Free of scientific imports."""

from immunosep_omics.settings.load import LoadedStudy, load_study

__all__ = ["LoadedStudy", "load_study"]
