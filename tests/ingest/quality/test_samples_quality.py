"""Quality of samples."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.quality import QUALITY_COLUMNS, sample_quality
from immunosep_omics.ingest.quality.profiles import robust_z
from immunosep_omics.ingest.quality.samples import median_correlation


def frame(values):
    return pd.DataFrame(values, index=[f"s{n}" for n in range(len(values))])


def test_counts_by_hand():
    quality = sample_quality(frame([[0, 2.0, 4], [1, 1, 1]]), "counts", pd.DataFrame())
    assert list(quality.columns) == list(QUALITY_COLUMNS)
    assert quality["detected"].tolist() == [2, 3]
    assert quality["total"].tolist() == [6, 3]
    assert quality["median"].tolist() == [3, 1]
    assert quality["outlier"].tolist() == ["no", "no"]


def test_missing_values_by_hand():
    extras = pd.DataFrame(
        {"below_lod": [0.5, 0], "qc_warning": ["Pass", "Warning"]}, index=["s0", "s1"]
    )
    quality = sample_quality(frame([[np.nan, 2.0, 4, 6], [1, 2, 3, 4]]), "npx", extras)
    assert quality["missing_share"].tolist() == [0.25, 0]
    assert quality["median"].tolist() == [4, 2.5]
    assert quality["total"].isna().all()
    assert quality["below_lod_share"].tolist() == [0.5, 0]
    assert quality["qc_warning"].tolist() == ["Pass", "Warning"]


def test_correlation_agrees_with_numpy():
    x = np.random.default_rng(1).normal(size=(6, 50))
    expected = np.corrcoef(x)
    np.fill_diagonal(expected, np.nan)
    assert median_correlation(x) == pytest.approx(np.nanmedian(expected, axis=1))


def test_a_shuffled_sample_is_flagged_and_stays():
    rng = np.random.default_rng(2)
    x = rng.uniform(3, 12, 400) + rng.normal(0, 0.5, (30, 400))
    x[7] = rng.permutation(x[7])
    quality = sample_quality(frame(x), "log2", pd.DataFrame())
    assert quality.loc[quality["outlier"] == "yes", "sample"].tolist() == ["s7"]
    assert len(quality) == 30


def test_robust_z_by_hand():
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, np.nan])
    z = robust_z(x)
    assert z[0] == pytest.approx(-3.5 / (1.4826 * 2))
    assert np.isnan(z[8])
    assert np.isnan(robust_z(x[:7])).all()


@pytest.mark.parametrize("shape", [(1, 5), (2, 5), (5, 1)])
def test_too_little_to_correlate(shape):
    values = frame(np.arange(np.prod(shape), dtype=float).reshape(shape))
    quality = sample_quality(values, "log2", pd.DataFrame())
    assert quality["outlier"].tolist() == ["no"] * shape[0]
    assert quality["median_correlation"].isna().all()


def test_a_sample_without_any_value():
    x = np.random.default_rng(3).normal(size=(10, 40))
    x[4] = np.nan
    quality = sample_quality(frame(x), "log2", pd.DataFrame())
    assert np.isnan(quality["median"].iloc[4])
    assert quality["missing_share"].iloc[4] == 1
