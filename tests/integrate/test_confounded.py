"""The gate: what is asked is not removed together with the cohorts."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.errors import InputError
from immunosep_omics.integrate import integrate

MFA = {"method": "mfa", "factors": 5}
DEATH = {"contrasts": {}, "event": "event", "labels": None}
GROUPS = {
    "contrasts": {"ill": {"column": "group", "level": "ill", "versus": "well", "population": {}}},
    "event": None,
    "labels": None,
}
LABELS = {"contrasts": {}, "event": None, "labels": "group"}


def _run(assays, clinical, harmonise, asked, discover_in=("a", "b")):
    method = {"method": harmonise} if isinstance(harmonise, str) else harmonise
    return integrate(
        assays, clinical, discover_in, "earliest", method, MFA, ["rna"], asked, clinical
    )


def _one_sided(cohorts, **levels):
    """Two cohorts; `levels` gives what all patients of a cohort have."""
    assays, clinical = cohorts(["a", "b"], effect=1.0)
    for name, level in levels.items():
        own = clinical["cohort"] == name
        clinical.loc[own, "event"] = level
        clinical.loc[own, "group"] = "ill" if level else "well"
    return assays, clinical


@pytest.mark.parametrize("harmonise", ["combat", "within_cohort_z"])
@pytest.mark.parametrize("asked", [DEATH, GROUPS, LABELS], ids=["outcome", "contrast", "labels"])
def test_what_is_asked_is_not_removed_with_the_cohorts(cohorts, harmonise, asked):
    assays, clinical = _one_sided(cohorts, a=1, b=0)
    with pytest.raises(InputError) as told:
        _run(assays, clinical, harmonise, asked)
    text = str(told.value)
    assert f"harmonise: {harmonise}" in text
    assert "assay rna" in text
    one, other = ("1", "0") if asked is DEATH else ("ill", "well")
    assert f"40 '{one}'" in text.split(";")[0]
    assert f"40 '{other}'" in text.split(";")[1]


@pytest.mark.parametrize("level", ["each", "any"])
def test_all_levels_of_a_column_are_asked_about_too(cohorts, level):
    assays, clinical = _one_sided(cohorts, a=1, b=0)
    asked = {"column": "group", "level": level, "versus": "rest", "population": {}}
    with pytest.raises(InputError, match="no cohort links the levels"):
        _run(assays, clinical, "combat", GROUPS | {"contrasts": {"groups": asked}})


def test_only_the_population_counts(cohorts):
    """Among women the cohorts are one-sided, among all patients they are not."""
    assays, clinical = cohorts(["a", "b"], effect=1.0)
    women = np.arange(len(clinical)) % 2 == 0
    first = (clinical["cohort"] == "a").to_numpy()
    clinical["group"] = np.where(
        np.where(women, first, np.arange(len(first)) % 4 < 2), "ill", "well"
    )
    clinical["sex"] = np.where(women, "female", "male")
    ill = GROUPS["contrasts"]["ill"]
    _run(assays, clinical, "combat", GROUPS)
    among = GROUPS | {"contrasts": {"ill": ill | {"population": {"sex": ["female"]}}}}
    with pytest.raises(InputError, match="no cohort links the levels"):
        _run(assays, clinical, "combat", among)


@pytest.mark.parametrize("harmonise", ["none", "quantile"])
def test_what_removes_no_cohort_is_not_refused(cohorts, harmonise):
    assays, clinical = _one_sided(cohorts, a=1, b=0)
    status = _run(assays, clinical, harmonise, DEATH).status
    assert not status["question"].str.startswith("harmonisation").any()


def test_a_cohort_that_is_only_placed_counts_too(cohorts):
    assays, clinical = _one_sided(cohorts, a=1, b=0)
    with pytest.raises(InputError, match="no cohort links the levels"):
        _run(assays, clinical, "combat", DEATH, discover_in=("a",))


def test_all_events_in_one_cohort_that_has_others_are_told_in_the_status(cohorts):
    assays, clinical = _one_sided(cohorts, b=0)
    status = _run(assays, clinical, "combat", DEATH).status.set_index("question")
    row = status.loc["harmonisation: event"]
    assert row["answered"] == "partly"
    events = int(clinical["event"].sum())
    assert f"a {40 - events} '0', {events} '1'; b 40 '0', 0 '1'" in row["reason"]
    assert "% of it lies between cohorts" in row["reason"]


def test_balanced_cohorts_need_no_word(cohorts):
    assays, clinical = cohorts(["a", "b"], effect=1.0)
    status = _run(assays, clinical, "combat", DEATH).status
    assert not status["question"].str.startswith("harmonisation").any()


def test_only_samples_that_an_assay_measured_count(cohort):
    """Over all samples the cohorts are linked, but not among those with proteins."""
    made = {(n, x): cohort(n, assay=x) for n in "ab" for x in ("rna", "proteome")}
    clinical = pd.concat([made[n, "rna"][1] for n in "ab"], ignore_index=True)
    assays = []
    for (name, assay), (data, own) in made.items():
        kept = own["event"].to_numpy() == (name == "a")
        assays.append(data[kept].copy() if assay == "proteome" else data)
    with pytest.raises(InputError) as told:
        _run(assays, clinical, "combat", DEATH)
    assert len(told.value.problems) == 1
    assert "assay proteome" in str(told.value)


def test_controls_compare_what_no_cohort_links_and_it_is_said(cohorts):
    assays, clinical = cohorts(["a", "b"], effect=1.0)
    clinical["kind"] = np.where(np.arange(80) % 4 == 0, "healthy", "patient")
    clinical["event"] = np.where(clinical["kind"] == "healthy", np.nan, clinical["cohort"] == "a")
    anchored = {"method": "control_anchored", "controls": {"column": "kind", "level": "healthy"}}
    status = _run(assays, clinical, anchored, DEATH).status.set_index("question")
    assert "by way of healthy controls" in status.loc["harmonisation: event", "reason"]


def test_samples_of_which_a_protected_column_is_not_known_are_counted(cohorts):
    assays, clinical = cohorts(["a", "b"], effect=1.0)
    clinical.loc[:6, "age"] = np.nan
    status = _run(assays, clinical, {"method": "combat", "protect": ["age", "group"]}, DEATH).status
    rows = status[status["question"].str.contains("protected")]
    assert rows["question"].tolist() == ["harmonisation: rna, age protected"]
    assert rows["reason"].tolist() == ["7 of 80 samples count as average ones"]


def test_what_is_protected_is_not_said_to_be_removed(cohorts):
    assays, clinical = _one_sided(cohorts, b=0)
    protecting = {"method": "combat", "protect": ["group"]}
    status = _run(assays, clinical, protecting, GROUPS).status
    assert not status["question"].str.startswith("harmonisation").any()
