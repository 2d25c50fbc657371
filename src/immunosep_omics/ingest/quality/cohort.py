"""Quality tables of a cohort and of a study, from assays as ingest wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from immunosep_omics.assay import values_of
from immunosep_omics.ingest.quality.duplicates import duplicates_between
from immunosep_omics.ingest.quality.flags import Measured, cohort_flags
from immunosep_omics.ingest.quality.multiqc import multiqc_table
from immunosep_omics.settings.assays import RNA_KINDS

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["cohort_flags", "measured", "multiqc_table", "study_duplicates"]

STUDY_COLUMNS = (
    "cohort", "assay", "sample", "other_cohort", "other_assay", "other_sample", "value",
    "threshold", "reason",
)  # fmt: skip

SAME = "the genes' ranks are the same"
ALIKE = "the genes' ranks are more alike than those of different patients"


def measured(raw: AnnData, quality: pd.DataFrame) -> Measured:
    """An assay as the flags of its cohort need it."""
    return Measured(values_of(raw), str(raw.uns["scale"]), quality, raw.obs["patient"])


def study_duplicates(assays: Mapping[tuple[str, str], AnnData]) -> pd.DataFrame:
    """Samples that stand in two cohorts, by (cohort, assay); columns as in `STUDY_COLUMNS`.

    Assays of RNA are compared with one another whatever their kind, others with their own kind.
    """
    rows: list[tuple[object, ...]] = []
    for (one, first), (other, second) in combinations(assays.items(), 2):
        if one[0] == other[0] or _sort(first) != _sort(second):
            continue
        rows += [
            (*one, first.obs_names[pair.first], *other, second.obs_names[pair.second],
             pair.value, pair.threshold, SAME if pair.identical else ALIKE)
            for pair in duplicates_between(values_of(first), values_of(second))
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(STUDY_COLUMNS))


def _sort(assay: AnnData) -> str:
    kind = str(assay.uns["kind"])
    return "rna" if kind in RNA_KINDS else kind
