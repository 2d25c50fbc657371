"""Harmonise by standardising every feature within its cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.transforms.block import Block


@dataclass(frozen=True)
class WithinCohortZ:
    """Means and standard deviations of each cohort seen at the fit (cohorts x features).

    A cohort that was not seen is standardised by its own samples: nothing of the fit enters, and
    its labels are never needed; but one patient alone cannot be placed this way, and a cohort with
    another case-mix is shifted.
    """

    means: pd.DataFrame
    deviations: pd.DataFrame

    def apply(self, block: Block) -> Block:
        """Values in standard deviations from their cohort's mean; constant features become 0."""
        values = block.values.to_numpy(dtype=float, copy=True)
        for cohort, rows in block.samples.groupby("cohort", sort=True).indices.items():
            if cohort in self.means.index:
                mean = self.means.loc[cohort].reindex(block.values.columns).to_numpy()
                deviation = self.deviations.loc[cohort].reindex(block.values.columns).to_numpy()
            else:
                mean, deviation = _moments(values[rows])
            centred = values[rows] - mean
            with np.errstate(divide="ignore", invalid="ignore"):
                values[rows] = np.where(deviation > 0, centred / deviation, centred * 0)
        return block.with_values(block.values.__class__(values, *_axes(block)))


def fit_within_cohort_z(block: Block) -> WithinCohortZ:
    """Learn each cohort's means and standard deviations; missing values are left out."""
    values = block.values.to_numpy(dtype=float)
    rows = block.samples.groupby("cohort", sort=True).indices
    moments = {cohort: _moments(values[places]) for cohort, places in rows.items()}
    columns = block.values.columns
    return WithinCohortZ(
        means=pd.DataFrame([m for m, _ in moments.values()], index=list(moments), columns=columns),
        deviations=pd.DataFrame(
            [d for _, d in moments.values()], index=list(moments), columns=columns
        ),
    )


def _axes(block: Block) -> tuple[pd.Index, pd.Index]:
    return block.values.index, block.values.columns


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column; NaN where fewer than one or two values stand."""
    present = ~np.isnan(values)
    count = present.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, values, 0).sum(axis=0) / np.where(count > 0, count, np.nan)
        squares = (np.where(present, values - mean, 0) ** 2).sum(axis=0)
        deviation = np.sqrt(squares / np.where(count > 1, count - 1, np.nan))
    return mean, deviation
