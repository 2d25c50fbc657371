"""What a row about a variant says, of groupings whose agreement is known."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.endotype.variants import COLUMNS, Outcome, compare_variants

STATED = {"integrator": "mfa", "assays": "rna", "discover_in": "a"}


def _outcome(labels, points, start=0):
    names = [f"s{number + start}" for number in range(len(labels))]
    keys = pd.DataFrame({"sample": names, "patient": names, "cohort": "a", "part": "discovery"})
    k = len(set(labels))
    stability = pd.DataFrame(
        {"k": [1, 2, 3], "silhouette": [np.nan, 0.2, 0.3],
         "prediction_strength": [np.nan, 0.8, 0.9], "chosen": [number == k for number in (1, 2, 3)]}
    )  # fmt: skip
    status = pd.DataFrame(
        {"question": ["endotypes"], "answered": ["yes"], "reason": [f"{k} found"]}
    )
    factors = keys.assign(omics="rna", factor_1=points[:, 0], factor_2=points[:, 1])
    return Outcome(factors, keys.assign(endotype=labels), stability, status, STATED)


@pytest.fixture
def three():
    """Sixty samples in three groups that lie apart."""
    own = np.repeat([0, 1, 2], 20)
    points = 9 * np.array([[0, 0], [1, 0], [0, 1]])[own]
    return [f"E{label + 1}" for label in own], points + np.random.default_rng(1).normal(
        size=(60, 2)
    )


def _table(own, **others):
    return compare_variants(own, others, 1, "main").set_index("variant")


def test_the_analysis_itself_comes_first_and_agrees_with_itself(three):
    table = compare_variants(_outcome(*three), {}, 1, "main")
    assert tuple(table.columns) == COLUMNS
    row = table.iloc[0]
    assert row["variant"] == "this analysis"
    assert row[["samples", "factors", "endotypes"]].tolist() == [60, 2, 3]
    assert row[["agreement", "agreement_at_same_k"]].tolist() == [1, 1]
    assert row[["silhouette", "prediction_strength"]].tolist() == [0.3, 0.9]
    assert row["reason"] == "3 found"


def test_another_number_of_endotypes_is_told_from_other_patients_together(three):
    labels, points = three
    one = _outcome(["E1"] * 60, points)
    mixed = _outcome(labels, np.random.default_rng(2).normal(size=(60, 2)))
    table = _table(_outcome(labels, points), one=one, mixed=mixed)
    assert table.loc["one", ["endotypes", "agreement", "agreement_at_same_k"]].tolist() == [1, 0, 1]
    assert np.isnan(table.loc["one", "silhouette"])
    assert table.loc["mixed", "agreement"] == 1
    assert abs(table.loc["mixed", "agreement_at_same_k"]) < 0.3


def test_samples_that_both_placed_are_compared(three):
    labels, points = three
    part = _outcome(labels[20:], points[20:], start=20)
    assert _table(_outcome(labels, points), part=part).loc["part", "agreement"] == 1


def test_one_endotype_has_no_clusters_to_look_for(three):
    _, points = three
    own = _outcome(["E1"] * 60, points)
    table = _table(own, other=own)
    assert table["agreement"].tolist() == [1, 1]
    assert table["agreement_at_same_k"].isna().all()
