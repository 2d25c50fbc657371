"""Samples that the study chooses to leave out are left out by normalise, and listed."""

import pandas as pd
import pytest

from immunosep_omics.errors import InputError
from immunosep_omics.normalise import normalise
from immunosep_omics.normalise.left_out import left_out

FLAGS = pd.DataFrame({
    "assay": ["rna", "rna", "rna", "olink"], "sample": ["a000", "a001", "a000", "a002"],
    "flag": ["outlier", "swap", "globin", "outlier"], "reason": ["far", "mixed up", "much", "far"],
})  # fmt: skip


def test_only_chosen_flags_of_the_assay_count():
    assert left_out(FLAGS, "rna", ["outlier", "globin"]) == {"a000": "outlier: far; globin: much"}
    assert left_out(FLAGS, "rna", []) == {}
    assert left_out(None, "rna", ["outlier"]) == {}


def test_left_out_samples_are_gone_and_listed(cohort):
    raw, _ = cohort("a", patients=12)
    made, steps = normalise(raw, [], (), {"a003": "swap: mixed up"})
    assert made.n_obs == 11
    assert "a003" not in made.obs_names
    assert steps["step"].tolist() == ["drop_samples"]
    assert steps["reason"].tolist() == ["a003 left out: swap: mixed up"]
    assert steps["features_before"].tolist() == steps["features_after"].tolist() == [60]
    assert normalise(raw, [])[0].n_obs == 12


def test_an_assay_without_samples_is_refused(cohort):
    raw, _ = cohort("a", patients=4)
    with pytest.raises(InputError, match="drop_samples"):
        normalise(raw, [], (), dict.fromkeys(raw.obs_names, "outlier: far"))
