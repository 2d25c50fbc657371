"""With one cohort there is nothing to pool: its own test is the answer, and is complete."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from immunosep_omics.differential import compare
from immunosep_omics.settings.analysis import Contrast, Differential

SAMPLES = [f"s{n}" for n in range(40)]
CONTRAST = Contrast(column="icu", level=1, versus=0).model_dump()
CHOICES = Differential().model_dump()


def cohort(name, shift):
    generator = np.random.default_rng(3)
    values = generator.normal(size=(40, 30))
    values[:20, 0] += shift
    return ad.AnnData(
        values,
        obs=pd.DataFrame({"cohort": name, "patient": SAMPLES}, index=SAMPLES),
        var=pd.DataFrame(index=[f"g{n}" for n in range(30)]),
        uns={"cohort": name, "assay": "rna"},
    )


def clinical(name, **columns):
    return pd.DataFrame({"sample": SAMPLES, "patient": SAMPLES, "cohort": name, **columns})


def test_the_summary_of_one_cohort_has_an_interval_of_its_effect():
    rows = clinical("a", icu=[1.0] * 20 + [0.0] * 20)
    endotypes = clinical("a", endotype="E1")
    table, status = compare(
        [cohort("a", 2.0)], rows, endotypes, {"icu": CONTRAST}, False, "rna", CHOICES
    )
    meta = table[table["cohort"] == "meta"].set_index("gene")
    own = table[table["cohort"] == "a"].set_index("gene")
    assert (meta["ci_low"] < meta["effect"]).all()
    assert (meta["effect"] < meta["ci_high"]).all()
    pd.testing.assert_series_equal(meta["effect"], own["effect"])
    reach = (meta["ci_high"] - meta["ci_low"]) / 2
    np.testing.assert_allclose(reach, t.ppf(0.975, meta["df"]) * meta["se"])
    assert (meta["ci_low"]["g0"], meta["p"]["g0"]) > (0, 0)
    assert meta[["tau2", "prediction_low"]].isna().all(axis=None)
    assert status["answered"].tolist() == ["yes"]


@pytest.mark.parametrize("column", [{}, {"icu": np.nan}])
def test_a_cohort_without_the_groups_is_said_plainly(column):
    parts = [clinical("a", icu=[1.0] * 20 + [0.0] * 20), clinical("b", **column)]
    rows = pd.concat(parts, ignore_index=True)
    endotypes = pd.concat([clinical(c, endotype="E1") for c in "ab"], ignore_index=True)
    _, status = compare(
        [cohort("a", 2.0), cohort("b", 2.0)],
        rows,
        endotypes,
        {"icu": CONTRAST},
        False,
        "rna",
        CHOICES,
    )
    assert status["answered"].tolist() == ["partly"]
    assert status["reason"].tolist() == ["b: no sample is in either group"]
