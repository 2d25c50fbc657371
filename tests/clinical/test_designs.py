import numpy as np
import pandas as pd
import pytest

from immunosep_omics.clinical.designs import designs
from immunosep_omics.settings.analysis import Contrast

CLINICAL = pd.DataFrame(
    {
        "state": ["calm", "storm", "calm", "worn out", None, "storm", "calm", "worn out"],
        "age": [50.0, 61, 72, 43, 58, np.nan, 66, 39],
        "sex": ["f", "m", "f", "m", "f", "m", "m", "f"],
        "died": [0.0, 1, 0, 1, 0, 1, np.nan, 0],
        "empty": [np.nan] * 8,
    },
    index=[f"s{n}" for n in range(8)],
)


def found(**stated):
    return designs(CLINICAL, "q", Contrast(**stated).model_dump(mode="json"))


def one(**stated):
    return found(**stated)["q"]


def test_a_level_against_another_leaves_out_the_rest():
    design = one(column="state", level="storm", versus="calm")
    assert design.groups.tolist()[:4] == ["versus", "level", "versus", np.nan]
    assert design.columns["state[storm]"].tolist()[:3] == [0, 1, 0]
    assert np.isnan(design.columns["state[storm]"]["s3"])
    assert design.contrasts.tolist() == [[0], [1]]


def test_numbers_are_levels_as_they_are_written():
    assert one(column="died", level=1, versus=0).groups["s1"] == "level"


def test_each_level_is_a_question_of_its_own():
    by_question = found(column="state", level="each")
    assert list(by_question) == ["q_calm", "q_storm", "q_worn_out"]
    assert (by_question["q_worn_out"].groups == "level").sum() == 2


def test_any_difference_is_asked_of_all_levels_but_one():
    design = one(column="state", level="any", adjust=["age"])
    assert design.asked == ["state[storm]", "state[worn out]"]
    assert design.contrasts.sum() == 2


def test_a_number_has_a_slope_and_a_curve():
    assert one(column="age").columns["age"].tolist()[0] == 50
    curve = one(column="age", curve=2)
    assert curve.asked == ["age_curve_1", "age_curve_2"]
    line = curve.columns.dropna()["age_curve_1"]
    assert np.corrcoef(line, CLINICAL["age"].dropna())[0, 1] == pytest.approx(1)


def test_a_population_leaves_others_out_of_everything():
    design = one(column="died", level=1, versus=0, population={"sex": ["m"]})
    assert design.columns.dropna().index.tolist() == ["s1", "s3", "s5"]
    assert design.inside.sum() == 4


def test_covariates_are_standardised_or_indicators_and_may_be_absent_in_a_cohort():
    design = one(column="died", level=1, versus=0, adjust=["age", "sex", "empty"])
    assert design.columns["age"].mean() == pytest.approx(0)
    assert design.optional == {"age": ["age"], "sex": ["sex[m]"], "empty": ["empty"]}
    own, lacking = design.of(CLINICAL.index)
    assert lacking == ["empty"]
    assert "empty" not in own.columns


def test_a_formula_is_what_formulaic_makes_of_it():
    design = one(formula="~ 0 + state * sex + age", estimate="state[storm] - state[calm]")
    assert design.columns.loc["s0", ["state[calm]", "age"]].tolist() == [1, 50]
    assert design.columns.loc["s4"].isna().all()
    assert design.asked == ["state[calm]", "state[storm]"]


def test_a_formula_may_hold_curves_and_several_estimates():
    design = one(formula="~ ns(age, 2) + sex", estimate=["age_curve_1", "age_curve_2"])
    assert design.asked == ["age_curve_1", "age_curve_2"]
    assert design.contrasts.shape[1] == 2


def test_a_coefficient_that_does_not_exist_is_answered_with_those_that_do():
    with pytest.raises(ValueError, match=r"no single coefficient is named 'state\[rage\]'.*calm"):
        one(formula="~ 0 + state", estimate="state[rage] - state[calm]")


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({"column": "state"}, "'state' is no number: name a `level` of it"),
        ({"column": "died", "curve": 3}, "too few values for a curve"),
        ({"column": "absent", "level": "x"}, "no cohort has the column 'absent'"),
        ({"column": "empty", "level": "any"}, "fewer than two levels"),
        ({"formula": "~ age + height", "estimate": "age"}, "no cohort has height"),
        ({"formula": "~ age + empty", "estimate": "age"}, "no sample has all of age, empty"),
    ],
)
def test_what_columns_cannot_answer_is_said(stated, reason):
    with pytest.raises(ValueError, match=reason.replace("`", ".")):
        one(**stated)


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({"column": "state", "level": "rage"}, "0 against 7 samples are too few"),
        ({"column": "state", "level": "storm", "versus": "calm"}, "2 against 3 samples"),
        ({"column": "died", "level": 1, "versus": 0, "adjust": ["died_too"]}, "fixed by died_too"),
        ({"formula": "~ died + died_too", "estimate": "died"}, "cannot tell it apart"),
        ({"column": "age", "adjust": ["state", "sex", "died"]}, "more coefficients than samples"),
    ],
)
def test_why_samples_cannot_answer(stated, reason):
    clinical = CLINICAL.assign(died_too=CLINICAL["died"] * 2)
    design = designs(clinical, "q", Contrast(**stated).model_dump(mode="json"))["q"]
    assert reason in design.why_not()


@pytest.mark.parametrize("stated", [{"column": "age"}, {"column": "died", "level": 1, "versus": 0}])
def test_a_question_that_can_be_answered_has_no_objection(stated):
    assert one(**stated).why_not() == ""
