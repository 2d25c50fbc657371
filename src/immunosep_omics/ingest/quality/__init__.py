"""Quality of samples, features and cohorts: told, never acted upon."""

from __future__ import annotations

from immunosep_omics.ingest.quality.assay import assay_quality
from immunosep_omics.ingest.quality.samples import QUALITY_COLUMNS, sample_quality

__all__ = ["QUALITY_COLUMNS", "assay_quality", "sample_quality"]
