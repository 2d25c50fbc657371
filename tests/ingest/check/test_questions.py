"""Verdicts on small clinical tables whose answers can be seen by eye."""

import numpy as np
import pandas as pd
import pytest

from immunosep_omics.ingest.check.association import associate
from immunosep_omics.ingest.check.questions import QUESTION_COLUMNS, samples_of, verdicts
from immunosep_omics.settings.analysis import Contrast
from immunosep_omics.settings.check import Asked


def table(cohort="a", **columns):
    """Ten patients, five ill and five well; columns replace or add to that."""
    base = {
        "patient": [f"p{n}" for n in range(10)],
        "cohort": cohort,
        "group": ["ill"] * 5 + ["well"] * 5,
    }
    index = pd.Index([f"s{n}" for n in range(10)], name="sample")
    return pd.DataFrame(base | columns, index=index)


def asked(cohorts=("a",), event=None, labels=None, adjust=(), versus="rest", **more):
    contrast = Contrast(column="group", level="ill", versus=versus, adjust=list(adjust))
    stated = {"contrasts": {"ill": contrast}} if event is None and labels is None else {}
    return {"main": Asked(cohorts=list(cohorts), event=event, labels=labels, **stated, **more)}


def rows(found, about, cohort="a"):
    return found[(found["about"] == about) & (found["cohort"] == cohort)]


def test_the_columns_and_the_good_case():
    found = verdicts(asked(), {"a": table()})
    assert tuple(found.columns) == QUESTION_COLUMNS
    assert found["verdict"].tolist() == ["yes"]
    assert found["reason"].iloc[0] == "5 'ill' against 5 'rest'"


def test_a_cohort_without_the_column_cannot_answer():
    found = verdicts(asked(), {"a": table().drop(columns="group")})
    assert found["verdict"].tolist() == ["no"]


def test_numbers_are_levels():
    contrast = {"c": Contrast(column="dead", level="1", versus="0")}
    asked_of = {"main": Asked(cohorts=["a"], contrasts=contrast)}
    found = verdicts(asked_of, {"a": table(dead=[1.0] * 4 + [0.0] * 6)})
    assert found["reason"].tolist() == ["4 '1' against 6 '0'"]


@pytest.mark.parametrize(("ill", "words"), [(0, "one side is empty"), (2, "too few")])
def test_empty_and_small_sides(ill, words):
    found = verdicts(asked(), {"a": table(group=["ill"] * ill + ["well"] * (10 - ill))})
    assert found["verdict"].tolist() == ["no"]
    assert words in found["reason"].iloc[0]


def test_a_batch_that_is_the_group_makes_the_question_unanswerable():
    found = verdicts(asked(), {"a": table(batch=["x"] * 5 + ["y"] * 5)})
    assert rows(found, "batch")["verdict"].tolist() == ["no"]


def test_a_plate_of_the_assay_counts_as_batch():
    plate = pd.Series(["1"] * 5 + ["2"] * 5, index=[f"s{n}" for n in range(10)])
    found = verdicts(asked(), {"a": table()}, {"a": plate})
    assert rows(found, "batch")["verdict"].tolist() == ["no"]


def test_a_balanced_batch_is_not_mentioned():
    found = verdicts(asked(), {"a": table(batch=["x", "y"] * 5)})
    assert rows(found, "batch").empty


def test_a_group_in_the_span_of_the_covariates_is_not_estimable():
    found = verdicts(asked(adjust=["sex"]), {"a": table(sex=["f"] * 5 + ["m"] * 5)})
    assert "sex" in rows(found, "contrast")["reason"].iloc[0]
    assert rows(found, "contrast")["verdict"].tolist() == ["no"]


def test_patients_lost_to_missing_values_are_named_in_the_table_alone():
    age = [np.nan, np.nan, *range(50, 58)]
    found = rows(verdicts(asked(adjust=["age"]), {"a": table(age=age)}), "missing")
    assert found["patients"].tolist() == ["p0;p1"]
    assert "p0" not in found["reason"].iloc[0]
    assert "2 samples (20%)" in found["reason"].iloc[0]


def test_only_the_earliest_sample_of_a_patient_counts():
    twice = table(patient=["p0", "p0", *[f"p{n}" for n in range(2, 10)]], hours=[9.0, 1, *[0] * 8])
    assert "4 'ill'" in verdicts(asked(), {"a": twice})["reason"].iloc[0]
    every = asked(samples="all")
    assert "5 'ill'" in verdicts(every, {"a": twice})["reason"].iloc[0]


def test_groups_that_are_cohorts_cannot_be_compared():
    tables = {"a": table(group=["ill"] * 10), "b": table("b", group=["well"] * 10)}
    found = rows(verdicts(asked(["a", "b"]), tables), "cohort", "all")
    assert found["verdict"].tolist() == ["no"]


TWO = {
    "a": table("a", group=["ill"] * 10).add_prefix("a", axis=0),
    "b": table("b", group=["well"] * 10).add_prefix("b", axis=0),
}


@pytest.mark.parametrize("harmonise", ["combat", "within_cohort_z"])
def test_harmonisation_that_would_remove_what_is_asked_is_refused_with_the_table(harmonise):
    found = rows(verdicts(asked("ab", harmonise=harmonise), TWO), "harmonise", "all")
    assert found["verdict"].tolist() == ["no"]
    assert f"`harmonise: {harmonise}` removes it" in found["reason"].iloc[0]
    assert "(a 10 'ill', 0 'rest'; b 0 'ill', 10 'rest')" in found["reason"].iloc[0]


def test_an_outcome_nearly_confounded_with_cohorts_is_a_caution():
    both = {"a": TWO["a"].assign(dead=1.0), "b": TWO["b"].assign(dead=[1.0] + [0.0] * 9)}
    found = rows(verdicts(asked("ab", event="dead", harmonise="combat"), both), "harmonise", "all")
    assert found["verdict"].tolist() == ["caution"]
    assert "a 0 '0', 10 '1'; b 9 '0', 1 '1'" in found["reason"].iloc[0]


@pytest.mark.parametrize("harmonise", ["none", "quantile"])
def test_what_removes_no_cohort_is_not_refused(harmonise):
    assert rows(verdicts(asked("ab", harmonise=harmonise), TWO), "harmonise", "all").empty


def test_cohorts_with_both_groups_may_be_harmonised():
    both = {"a": table("a").add_prefix("a", axis=0), "b": table("b").add_prefix("b", axis=0)}
    assert rows(verdicts(asked("ab", harmonise="combat"), both), "harmonise", "all").empty


def test_a_treatment_that_goes_with_the_group_is_a_caution():
    found = verdicts(asked(), {"a": table(treatment=["x"] * 5 + ["y"] * 5)})
    assert rows(found, "treatment")["verdict"].tolist() == ["caution"]


def test_events_are_counted_per_candidate():
    tables = {"a": table(dead=[1.0] * 5 + [0.0] * 5), "b": table("b", dead=[1.0] * 5 + [0.0] * 5)}
    found = rows(verdicts(asked(["a", "b"], event="dead", candidates=20), tables), "events", "all")
    assert found["reason"].iloc[0].startswith("10 events and 10 without: 0.5 per candidate")
    assert found["verdict"].tolist() == ["caution"]


def test_given_labels_are_counted_and_compared_with_the_batch():
    known = table(srs=["1"] * 5 + ["2"] * 5, batch=["x"] * 5 + ["y"] * 5)
    found = verdicts(asked(labels="srs"), {"a": known})
    assert rows(found, "labels")["reason"].tolist() == ["5 '1', 5 '2'"]
    assert rows(found, "batch")["verdict"].tolist() == ["caution"]


def test_association_by_hand():
    first = pd.Series(list("aaaabbbb"))
    perfect = associate(first, pd.Series(list("xxxxyyyy")))
    assert perfect is not None
    assert perfect.fixes
    assert perfect.v == pytest.approx(1.0)
    none = associate(first, pd.Series(list("xyxyxyxy")))
    assert none is not None
    assert none.v == 0.0
    assert associate(first, pd.Series(["x"] * 8)) is None


def test_labels_that_are_the_samples_fix_nothing():
    found = associate(pd.Series(list("aabb")), pd.Series(list("wxyz")))
    assert found is not None
    assert not found.fixes


def test_plates_come_from_the_tables_of_quality():
    quality = pd.DataFrame({"sample": ["s1", "s2"], "plate": ["p1", np.nan]})
    assert samples_of(["a"], ["rna"], [quality])[0]["a"].to_dict() == {"s1": "p1"}


def test_covariates_that_follow_from_each_other_do_not_stop_the_model():
    known = table(site=["x", "y"] * 5, country=["u", "v"] * 5)
    found = verdicts(asked(adjust=["site", "country"]), {"a": known})
    assert rows(found, "contrast")["verdict"].tolist() == ["yes"]


@pytest.mark.parametrize("column", [["x"] * 10, [np.nan] * 10], ids=["constant", "missing"])
def test_covariates_that_tell_nothing_do_not_stop_the_model(column):
    known = table(ward=pd.Series(column, index=table().index, dtype=object))
    found = verdicts(asked(adjust=["ward"]), {"a": known})
    assert rows(found, "contrast")["verdict"].tolist() == ["yes"]


def test_a_computed_column_says_what_it_needs():
    contrast = {"c": Contrast(column="rule_class", level="MALS", versus="rest")}
    found = verdicts({"main": Asked(cohorts=["a"], contrasts=contrast)}, {"a": table()})
    assert "needs ferritin, hla_dr" in found["reason"].iloc[0]


def test_three_endotypes_in_each_cohort_are_no_cohort():
    known = table(srs=list("123") * 3 + ["1"])
    found = verdicts(asked(["a", "b"], labels="srs"), {"a": known, "b": known})
    assert rows(found, "cohort", "all").empty
    assert set(found["verdict"]) == {"yes"}


def test_labels_that_are_the_cohorts_say_so():
    tables = {"a": table(srs=["1"] * 10), "b": table("b", srs=["2"] * 10)}
    found = verdicts(asked(["a", "b"], labels="srs"), tables)
    assert rows(found, "cohort", "all")["verdict"].tolist() == ["no"]
    assert rows(found, "labels", "b")["verdict"].tolist() == ["caution"]


def test_an_event_that_is_no_event_is_told():
    found = verdicts(asked(event="dead"), {"a": table(dead=["died"] * 5 + ["alive"] * 5)})
    assert rows(found, "events")["verdict"].tolist() == ["no"]
    assert "codes" in rows(found, "events")["reason"].iloc[0]


def test_an_event_that_never_happens_cannot_be_predicted():
    found = verdicts(asked(event="dead"), {"a": table(dead=[0.0] * 10)})
    assert rows(found, "events", "all")["verdict"].tolist() == ["no"]


def test_a_cohort_without_values_leaves_numbers_numbers():
    """Of a column of numbers, which it must not turn into a level for each of them."""
    known = {"a": table(age=[40.0 + n for n in range(10)]), "b": table(age=[None] * 10)}
    known["b"]["age"] = known["b"]["age"].astype(object)
    found = verdicts(asked(("a", "b"), adjust=["age"]), known)
    for cohort in known:
        assert rows(found, "contrast", cohort)["verdict"].tolist() == ["yes"]


ASSAYS = {"a": {"rna": "counts", "npx": "npx"}}


def test_only_samples_that_were_measured_count():
    """Two of five ill ones have RNA, all have proteins: one of the two answers."""
    have = {"a": {"rna": table().index[3:], "npx": table().index}}
    found = verdicts(asked(assays=ASSAYS), {"a": table()}, None, have)
    assert rows(found, "contrast")["verdict"].tolist() == ["yes"]
    assert rows(found, "assay")["reason"].tolist() == ["rna: 2 against 5 samples are too few"]
    only = verdicts(asked(assays={"a": {"rna": "counts"}}), {"a": table()}, None, have)
    assert rows(only, "contrast")["reason"].tolist() == [
        "too few samples: 2 'ill' against 5 'rest'"
    ]


def test_what_a_method_cannot_answer_is_foretold():
    twice = table(patient=[f"p{n // 2}" for n in range(10)])
    negative_binomial = {"differential": {"counts": "negative_binomial"}, "samples": "all"}
    both = verdicts(asked(assays=ASSAYS, **negative_binomial), {"a": twice})
    assert rows(both, "contrast")["verdict"].tolist() == ["yes"]
    assert "rna: negative binomial models take one" in rows(both, "assay")["reason"].iloc[0]
    counted = verdicts(asked(assays={"a": {"rna": "counts"}}, **negative_binomial), {"a": twice})
    assert rows(counted, "contrast")["verdict"].tolist() == ["no"]
    assert "`samples: earliest`" in rows(counted, "contrast")["reason"].iloc[0]


@pytest.mark.parametrize(
    ("dead", "verdict", "words"),
    [
        ([[1.0] * 2 + [0.0] * 8] * 5, "no", "no cohort can judge a panel"),
        ([[1.0] * 5 + [0.0] * 5] * 2, "caution", "10 events and 10 without"),
        ([[1.0] * 5 + [0.0] * 5, [2.0] * 10], "no", "0 and 1 in some cohorts only"),
        ([[1.0] * 10, [0.0] * 10], "no", "no cohort can judge a panel"),
    ],
)
def test_whether_a_panel_can_be_judged(dead, verdict, words):
    tables = {c: table(c, dead=own) for c, own in zip("abcde", dead, strict=False)}
    found = rows(verdicts(asked(list(tables), event="dead"), tables), "events", "all")
    assert found["verdict"].tolist() == [verdict]
    assert words in found["reason"].iloc[0]


def test_cohorts_without_healthy_controls_cannot_be_anchored():
    stated = {"method": "control_anchored", "controls": {"column": "group", "level": "well"}}
    tables = {"a": table(), "b": table("b", group=["ill"] * 8 + ["well"] * 2)}
    found = verdicts(asked("ab", harmonise=stated, assays=dict.fromkeys("ab", ASSAYS["a"])), tables)
    refused = rows(found, "harmonise", "all")
    assert refused["verdict"].tolist() == ["no", "no"]
    assert refused["reason"].str.contains("2 healthy controls in b").all()


@pytest.mark.parametrize(("site", "refused"), [("own", 1), ("shared", 0)])
def test_what_tells_the_cohorts_cannot_be_protected(site, refused):
    tables = {c: table(c, site=["x"] * 5 + ["y"] * 5) for c in "ab"}
    if site == "own":
        tables = {c: known.assign(site=c) for c, known in tables.items()}
    assays = {c: {"npx": "npx"} for c in "ab"}
    stated = {"method": "combat", "protect": ["site"]}
    found = rows(verdicts(asked("ab", harmonise=stated, assays=assays), tables), "harmonise", "all")
    assert len(found) == refused
    assert found["reason"].str.contains("cohorts cannot be told from site").all()


def test_pseudonyms_are_never_shown_as_levels():
    """A column of patients taken for groups by mistake."""
    tables = {c: table(c, code=[f"secret{c}{n}" for n in range(10)]) for c in "ab"}
    contrasts = {
        "each": Contrast(column="code", level="each"),
        "one": Contrast(column="code", level="nobody"),
    }
    asked_of = Asked(
        cohorts=["a", "b"], contrasts=contrasts, labels="code", event="code", harmonise="combat"
    )
    found = verdicts({"main": asked_of}, tables)
    shown = found.drop(columns="patients").to_string()
    assert "secret" not in shown
    assert set(found["verdict"]) == {"no"}
