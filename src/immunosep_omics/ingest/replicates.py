"""Several runs of one sample: added up where they were counted, otherwise their mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from immunosep_omics.ingest.raw_assay import Note, RawAssay

REASONS = {
    "sum": "counts of the same sample were added up",
    "mean": "the mean of the known values of the same sample",
}


def with_one_row_each(raw: RawAssay, how: Literal["sum", "mean"]) -> RawAssay:
    """The assay with one row for each name of its samples, in their order.

    What the file tells of the runs stays where they agree; numbers become their mean, a warning of
    one run is one of the sample, and other differences (two plates) are not known any more.
    """
    repeated = int(raw.values.index.duplicated().sum())
    if not repeated:
        return raw
    by_name = raw.values.groupby(level=0, sort=False)
    values = by_name.sum(min_count=1) if how == "sum" else by_name.mean()
    told = {name: raw.samples[name].groupby(level=0).agg(_one_of) for name in raw.samples}
    samples = pd.DataFrame(told, index=values.index)
    note = Note("replicates", repeated, REASONS[how])
    return replace(raw, values=values, samples=samples, notes=[*raw.notes, note])


def _one_of(column: pd.Series) -> object:
    if column.nunique(dropna=False) == 1:
        return column.iloc[0]
    if pd.api.types.is_bool_dtype(column):
        return column.any()
    return column.mean() if pd.api.types.is_numeric_dtype(column) else np.nan
