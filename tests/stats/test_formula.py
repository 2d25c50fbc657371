import pytest

from immunosep_omics.stats.formula import columns_of_formula


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("~ age", ["age"]),
        ("~0+group*(age + sex)-1", ["group", "age", "sex"]),
        ("~ -1 + group", ["group"]),
        ("~ group:age + ns(hours, 3)", ["group", "age", "hours"]),
    ],
)
def test_columns_are_found(formula, columns):
    assert columns_of_formula(formula) == columns


@pytest.mark.parametrize(
    "formula",
    [
        "age", "y ~ age", "~", "~ 1", "~ age + ", "~ age sex", "~ log(age)", "~ age[0]", "~ age.x",
        "~ __import__('os')", "~ C(age)", "~ age + 2", "~ ns(age, 30)", "~ `age`", "~ {age}",
        "~ (age", "~ age)(sex",
    ],
)  # fmt: skip
def test_anything_else_is_refused(formula):
    with pytest.raises(ValueError, match=r"\w"):
        columns_of_formula(formula)
