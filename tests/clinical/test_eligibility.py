"""The trial's criteria: exact thresholds, what cannot be told, what does not matter."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immunosep_omics.clinical.eligibility import (
    ELIGIBILITIES,
    criteria,
    criteria_met,
    eligibility,
)
from immunosep_omics.clinical.rules import rule_class
from immunosep_omics.clinical.vocabulary import vocabulary

GOOD = {
    "age": 70.0, "site_of_infection": "cap", "sofa_day0": 9.0, "rule_class": "MALS", "hours": 20.0,
}  # fmt: skip


def verdict(**change):
    table = pd.DataFrame([{**GOOD, **change}])
    return eligibility(table).iloc[0]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("age", 18.0, "eligible"), ("age", 17.99, "ineligible"), ("age", np.nan, "cannot_tell"),
        ("site_of_infection", "hap", "eligible"), ("site_of_infection", "vap", "eligible"),
        ("site_of_infection", "bacteraemia", "eligible"),
        ("site_of_infection", "meningitis", "ineligible"),
        ("site_of_infection", "left lung", "cannot_tell"),
        ("site_of_infection", np.nan, "cannot_tell"),
        ("sofa_day0", 2.0, "eligible"), ("sofa_day0", 1.0, "ineligible"),
        ("sofa_day0", np.nan, "cannot_tell"),
        ("rule_class", "immunoparalysis", "eligible"), ("rule_class", "unclassified", "ineligible"),
        ("rule_class", "not_evaluable", "cannot_tell"),
        ("hours", 71.99, "eligible"), ("hours", 72.0, "ineligible"), ("hours", -3.0, "eligible"),
        ("hours", np.nan, "cannot_tell"),
        ("neutrophil_count", 1.5, "eligible"), ("neutrophil_count", 1.49, "ineligible"),
        ("neutrophil_count", np.nan, "cannot_tell"),
        ("pregnancy", 1.0, "ineligible"), ("pregnancy", 0.0, "eligible"),
        ("pregnancy", np.nan, "cannot_tell"), ("stage_iv_malignancy", 1.0, "ineligible"),
    ],
)  # fmt: skip
def test_truth_table(column, value, expected):
    assert verdict(**{column: value}) == expected


def test_a_failed_criterion_counts_more_than_an_unknown_one():
    assert verdict(age=np.nan, hours=100.0) == "ineligible"


@pytest.mark.parametrize(
    ("ferritin", "hla_dr", "expected"),
    [
        (np.nan, 4999.0, "eligible"),  # MALS if ferritin is high, immunoparalysis if it is not
        (np.nan, 5000.0, "cannot_tell"), (np.nan, np.nan, "cannot_tell"),
        (4420.01, np.nan, "eligible"), (4420.01, 5000.0, "eligible"),
        (4420.0, np.nan, "cannot_tell"), (4420.0, 4999.0, "eligible"),
        (4420.0, 5000.0, "ineligible"),
    ],
)  # fmt: skip
def test_class_as_far_as_it_is_known(ferritin, hla_dr, expected):
    known = rule_class(pd.Series([ferritin]), pd.Series([hla_dr])).iloc[0]
    assert verdict(rule_class=known, ferritin=ferritin, hla_dr=hla_dr) == expected


@pytest.mark.parametrize(
    ("covid", "ferritin", "expected"),
    [
        (1.0, 5000.0, "eligible"), (1.0, 300.0, "ineligible"), (1.0, np.nan, "cannot_tell"),
        (0.0, 300.0, "eligible"), (0.0, np.nan, "eligible"), (np.nan, 300.0, "cannot_tell"),
        (np.nan, 5000.0, "eligible"),
    ],
)  # fmt: skip
def test_covid_only_with_mals(covid, ferritin, expected):
    known = rule_class(pd.Series([ferritin]), pd.Series([4000.0])).iloc[0]
    assert verdict(covid_19=covid, rule_class=known, hla_dr=4000.0) == expected


@pytest.mark.parametrize("answers", list(itertools.product((1.0, 0.0, np.nan), repeat=5)))
def test_every_combination_of_answers(answers):
    """Any no is ineligible; else any unknown cannot be told."""
    values = {
        "age": {1.0: 18, 0.0: 17}, "site_of_infection": {1.0: "hap", 0.0: "skin"},
        "sofa_day0": {1.0: 2, 0.0: 1}, "rule_class": {1.0: "MALS", 0.0: "unclassified"},
        "hours": {1.0: 71, 0.0: 72},
    }  # fmt: skip
    pairs = zip(values.items(), answers, strict=True)
    row = {name: codes.get(answer, np.nan) for (name, codes), answer in pairs}
    expected = (
        "ineligible" if 0.0 in answers else "eligible" if sum(answers) == 5 else "cannot_tell"
    )
    assert verdict(**row) == expected


def test_criteria_without_a_column():
    table = pd.DataFrame([GOOD])
    assert eligibility(table.drop(columns="hours")).iloc[0] == "cannot_tell"
    met = criteria_met(table.drop(columns="hours")).iloc[0]
    assert np.isnan(met["within 72 hours"])
    assert "neutrophils" not in met
    by_other_name = table.rename(columns={"sofa_day0": "sofa"})
    assert eligibility(by_other_name).iloc[0] == "eligible"


def test_criteria_name_columns_of_the_vocabulary():
    named = {c for one in criteria() for condition in one.conditions for c in condition.column}
    assert named - {"rule_class"} <= set(vocabulary())


rows = st.lists(
    st.fixed_dictionaries({
        "age": st.sampled_from([17.0, 18.0, np.nan]),
        "site_of_infection": st.sampled_from(["cap", "skin", "elsewhere", np.nan]),
        "sofa_day0": st.sampled_from([1.0, 2.0, np.nan]),
        "rule_class": st.sampled_from(["MALS", "unclassified", "not_evaluable"]),
        "hours": st.sampled_from([71.0, 72.0, np.nan]),
    }),
    min_size=1, max_size=12,
)  # fmt: skip


@given(rows, st.randoms())
def test_order_of_rows_and_columns_does_not_matter(found, random):
    table = pd.DataFrame(found)
    verdicts = eligibility(table)
    assert set(verdicts) <= set(ELIGIBILITIES)
    order, columns = list(table.index), list(table.columns)
    random.shuffle(order)
    random.shuffle(columns)
    assert eligibility(table.loc[order, columns]).loc[table.index].tolist() == verdicts.tolist()
