"""Studies that are well written, but whose questions cannot be answered: a verdict says why."""

import pytest

NONE = ""


def _batch_is_group(cell, row):
    return f"b_{row[6]}"


def _treated_is_dead(cell, row):
    return "ANA" if row[6] == "died" else "PLA"


def _all_alive(cell, row):
    return "alive"


def _few(cell, row):
    return "died" if row[1] in ("S01", "S02") else "alive"


def _no_age_of_dead(cell, row):
    return NONE if row[6] == "died" else cell


def _sex_is_outcome(cell, row):
    return "F" if row[6] == "died" else "M"


CASES = {
    "batch equal to group": ("Batch", _batch_is_group, "death", "batch", "no", "'batch'"),
    "treatment equal to outcome": (
        "Arm",
        _treated_is_dead,
        "death",
        "treatment",
        "caution",
        "treated",
    ),
    "one level only": ("Dead", _all_alive, "death", "contrast", "no", "0 '1' against 24 '0'"),
    "too few of a level": ("Dead", _few, "death", "contrast", "no", "too few"),
    "missing in the design": ("Age", _no_age_of_dead, "death", "contrast", "no", "0 '1'"),
    "what is lost is said": ("Age", _no_age_of_dead, "death", "missing", "caution", "age"),
    "adjusted for the group": ("Sex", _sex_is_outcome, "death", "contrast", "no", "adjusted for"),
    "few events": ("Dead", _few, "outcome death_28d", "events", "caution", "2 events"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_question_without_an_answer_has_its_verdict(study, name):
    header, change, question, about, verdict, words = CASES[name]
    study.column(header, change)
    problems, questions, _ = study.outcome()
    assert problems == []
    rows = questions[(questions["question"] == question) & (questions["about"] == about)]
    row = rows[rows["cohort"] == "a"].iloc[0]
    assert row["verdict"] == verdict
    assert words in row["reason"]
