"""What harmonisation did, on planted cohorts."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.integrate.measures import COLUMNS, measure

ASKED = {
    "contrasts": {"ill": {"column": "group", "level": "ill", "versus": "well", "population": {}}},
    "event": "event",
    "labels": None,
}


def _measured(assays, clinical, harmonise="combat", asked=ASKED):
    factors = clinical[["sample", "patient", "cohort"]]
    return measure(assays, clinical, factors, ["a", "b"], {"method": harmonise}, asked, 1, "main")


def _row(table, name, about="cohort"):
    found = table[(table["measure"] == name) & (table["about"] == about)]
    assert len(found) == 1
    return found.iloc[0]


@pytest.fixture(scope="module")
def shifted(cohort):
    """Two cohorts, three standard deviations apart, with a planted difference in both."""
    made = [cohort("a", effect=2.0), cohort("b", effect=2.0, shift=3.0)]
    return [assay for assay, _ in made], pd.concat([c for _, c in made], ignore_index=True)


def test_cohorts_are_mixed_and_the_planted_difference_is_kept(shifted):
    table = _measured(*shifted)
    assert list(table.columns) == list(COLUMNS)
    share = _row(table, "variance_share")
    assert share["before"] > 0.7
    assert share["after"] < 0.05
    assert _row(table, "silhouette")["after"] < 0.05 < 0.5 < _row(table, "silhouette")["before"]
    assert _row(table, "kbet")["after"] > 0.8 > 0.1 > _row(table, "kbet")["before"]
    assert _row(table, "lisi")["after"] > 0.7 > 0.1 > _row(table, "lisi")["before"]
    assert _row(table, "neighbours_kept")["after"] > 0.6
    kept = _row(table, "difference_kept", "ill")
    assert kept["after"] == pytest.approx(1.0, abs=0.1)
    within = _row(table, "variance_share", "ill")
    assert within["after"] == pytest.approx(within["before"], rel=0.2)


@pytest.mark.parametrize("side", ["before", "after"])
def test_values_lie_in_their_intervals(shifted, side):
    table = _measured(*shifted)
    assert (table[f"{side}_low"] <= table[side] + 1e-12).all()
    assert (table[side] <= table[f"{side}_high"] + 1e-12).all()


def test_nothing_is_changed_by_none_and_the_same_seed_gives_the_same(shifted):
    table = _measured(*shifted, harmonise="none")
    np.testing.assert_allclose(table["before"], table["after"])
    pd.testing.assert_frame_equal(table, _measured(*shifted, harmonise="none"))


def test_gaps_are_neither_between_nor_within_cohorts(cohort):
    made = [cohort("a", effect=2.0, missing=0.3), cohort("b", effect=2.0, shift=3.0, missing=0.3)]
    clinical = pd.concat([c for _, c in made], ignore_index=True)
    table = _measured([assay for assay, _ in made], clinical)
    assert table[["before", "after"]].notna().all().all()
    assert _row(table, "variance_share")["before"] > 0.8


def test_one_cohort_has_nothing_to_measure(cohort):
    assay, clinical = cohort("a")
    table = _measured([assay], clinical)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def test_a_question_that_no_cohort_links_is_left_out(shifted):
    assays, clinical = shifted
    clinical = clinical.assign(group=clinical["cohort"].map({"a": "ill", "b": "well"}))
    assert "ill" not in set(_measured(assays, clinical, harmonise="none")["about"])
