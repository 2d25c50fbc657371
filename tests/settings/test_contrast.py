import pytest
from pydantic import ValidationError

from immunosep_omics.settings.analysis import Contrast

PLAN = {"file": "plan.md", "sha256": "0" * 64}
VALID = [
    {"column": "dead", "level": 1, "versus": 0, "adjust": ["age"]},
    {"column": "state", "level": "each"},
    {"column": "state", "level": "any", "population": {"sex": ["female"]}},
    {"column": "age"},
    {"column": "age", "curve": 3},
    {"formula": "~ 0 + state", "estimate": ["state[a] - state[b]", "state[c]"]},
    {"column": "dead", "level": 1, "beyond": 0.5, "features": ["IL6"]},
    {"column": "dead", "level": 1, "role": "confirmatory", "plan": PLAN, "family": "primary"},
]


@pytest.mark.parametrize("stated", VALID, ids=str)
def test_what_is_handed_on_to_a_job_is_still_valid(stated):
    contrast = Contrast(**stated)
    assert Contrast.model_validate(contrast.model_dump(mode="json")) == contrast


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({}, "asks about a 'column', or has a 'formula'"),
        ({"column": "age", "formula": "~ age", "estimate": "age"}, "state one"),
        ({"column": "age", "versus": "x"}, "'versus' without 'level'"),
        ({"column": "age", "level": 1, "curve": 2}, "a level has no 'curve'"),
        ({"column": "age", "estimate": "age"}, "combines coefficients of a 'formula'"),
        ({"column": "state", "level": "each", "versus": "b"}, "leave 'versus' out"),
        ({"column": "state", "level": "any", "beyond": 1}, "'beyond' is for one difference"),
        ({"column": "age", "level": 1, "versus": 1}, "are the same"),
        ({"column": "age", "level": 1, "adjust": ["age"]}, "own column is in 'adjust'"),
        ({"formula": "~ age"}, "state 'estimate'"),
        ({"formula": "~ age", "estimate": "age", "adjust": ["sex"]}, "leave adjust out"),
        ({"formula": "~ log(age)", "estimate": "age"}, "no function of formulas"),
        ({"column": "age", "role": "confirmatory"}, "cites the plan"),
    ],
)
def test_what_cannot_be_meant_is_told(stated, reason):
    with pytest.raises(ValidationError, match=reason.replace("(", r"\(")):
        Contrast(**stated)
