"""Gaps of a measured assay are low, those of an absent assay are unknown; each cell says which."""

import numpy as np
import pandas as pd

from immunosep_omics.stats.censored import expected_below
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.impute_censored import fit_impute_censored
from immunosep_omics.transforms.impute_mean import fit_impute_mean

VALUES = pd.DataFrame(
    {
        "ms:A": [1.0, 2, 3, np.nan, np.nan, 5],
        "ms:B": [4.0, 4, 5, 6, np.nan, 7],
        "rna:C": [1.0, np.nan, 0, 2, 1, 1],
        "ms:D": [np.nan] * 6,
    }
)
BLOCK = Block(VALUES, pd.DataFrame(index=VALUES.index))


def test_gaps_by_hand():
    step = fit_impute_censored(BLOCK)
    after = step.apply(BLOCK).values
    assert after.columns.tolist() == ["ms:A", "ms:B", "rna:C"]
    measured = VALUES[after.columns].notna()
    pd.testing.assert_frame_equal(after.where(measured), VALUES[after.columns])
    below = expected_below(VALUES[["ms:A"]].to_numpy(), np.array([1]))[0]
    assert after.at[3, "ms:A"] == below < 1
    assert after.at[4, "ms:A"] == VALUES["ms:A"].mean()  # this sample has nothing of `ms`
    assert after.at[4, "ms:B"] == VALUES["ms:B"].mean()
    assert after.at[1, "rna:C"] == 1.0  # its only feature of `rna`: as if not measured


def test_each_filled_cell_says_how():
    ways = fit_impute_censored(BLOCK).ways(BLOCK)
    expected = [["", "", ""]] * 6
    expected = pd.DataFrame(expected, columns=["ms:A", "ms:B", "rna:C"])
    expected.loc[3, "ms:A"] = "below"
    expected.loc[4, ["ms:A", "ms:B"]] = "mean"
    expected.loc[1, "rna:C"] = "mean"
    assert ways.to_numpy().tolist() == expected.to_numpy().tolist()
    of_mean = fit_impute_mean(BLOCK).ways(BLOCK)
    assert of_mean.to_numpy().tolist() == expected.replace("below", "mean").to_numpy().tolist()
