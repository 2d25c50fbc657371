"""Patients left out by tenths, to see whether an answer hangs on a few."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.stats.streams import stream

TENTHS = 10


def without_tenth(clinical: pd.DataFrame, number: int, seed: int) -> pd.DataFrame:
    """The rows of nine tenths of the patients of each cohort; tenths 1 to 10 have nobody twice."""
    patients = clinical[["cohort", "patient"]].drop_duplicates().reset_index(drop=True)
    order = pd.Series(stream(seed, "tenths").permutation(len(patients)))
    place = order.groupby(patients["cohort"]).rank().to_numpy(dtype=np.intp) - 1
    left_out = pd.MultiIndex.from_frame(patients[place % TENTHS == number - 1])
    return clinical[~pd.MultiIndex.from_frame(clinical[["cohort", "patient"]]).isin(left_out)]
