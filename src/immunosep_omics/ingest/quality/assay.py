"""Quality tables of one assay beyond those of its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from immunosep_omics.assay import values_of
from immunosep_omics.ingest.quality.drift import drift_table
from immunosep_omics.ingest.quality.features import feature_quality

if TYPE_CHECKING:
    from anndata import AnnData


def assay_quality(raw: AnnData, samples: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Quality of an assay's features, and its drift over plates and run order.

    `samples`: the quality of its samples.
    """
    values, scale = values_of(raw), str(raw.uns["scale"])
    return feature_quality(values, raw.var, scale), drift_table(values, scale, samples)
