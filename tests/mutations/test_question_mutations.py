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


def test_what_stops_a_run_at_harmonisation_is_a_problem(study):
    """All that died in one cohort, all that lived in the other: the gate would stop the run."""
    study.column("Dead", lambda cell, row: "died")
    study.book(lambda book: [
        setattr(book.active.cell(row, 7), "value", "alive") for row in range(2, 26)
    ])  # fmt: skip
    problems, questions, _ = study.outcome()
    assert len(problems) == 1  # of the contrast: the outcome asks the same
    assert problems[0].startswith("study.yaml:6 (analyses.main.harmonise): death: `harmonise: w")
    assert "removes it with the cohorts (a 0 '0', 24 '1'; b 24 '0', 0 '1') ->" in problems[0]
    assert set(questions[questions["about"] == "harmonise"]["verdict"]) == {"no"}


def test_multiqc_of_other_samples_is_told_before_the_run(study):
    study.write("data/a/multiqc.txt", "Sample\tpercent_gc\nX1\t50\n")
    study.replace("cohorts/a.yaml", "clinical:\n", "multiqc: multiqc.txt\nclinical:\n")
    problems, _, _ = study.outcome()
    assert len(problems) == 1
    assert "none of its samples belongs to the cohort" in problems[0]
