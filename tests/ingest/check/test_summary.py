"""The verdicts as they stand on a terminal."""

import pandas as pd

from immunosep_omics.ingest.check import QUESTION_COLUMNS, summary


def told(*rows):
    """Lines of verdicts given as cohort, about, verdict, samples and reason."""
    table = [("main", "death", *row, "p1;p2") for row in rows]
    return summary(pd.DataFrame(table, columns=list(QUESTION_COLUMNS)))


def test_a_question_with_an_answer_is_one_line():
    fine = [(f"c{n}", "contrast", "yes", 100, "50 against 50") for n in range(20)]
    assert told(*fine) == ["main, death: yes, in 20 of 20 cohorts (2,000 samples)"]


def test_cohorts_of_one_reason_share_a_line():
    rows = [(f"c{n}", "contrast", "no", 0, "the cohort has no column 'x'") for n in range(6)]
    lines = told(("a", "contrast", "yes", 9, "5 against 4"), *rows)
    assert lines == [
        "main, death: yes, in 1 of 7 cohorts (9 samples)",
        "  no       c0, c1, c2, c3 and 2 more: the cohort has no column 'x'",
    ]


def test_what_cannot_be_answered_stands_before_cautions():
    lines = told(
        ("a", "contrast", "yes", 9, "5 against 4"), ("a", "batch", "caution", 9, "nearly"),
        ("b", "contrast", "no", 0, "one side is empty"),
    )  # fmt: skip
    assert [line.split()[0] for line in lines[1:]] == ["no", "caution"]


def test_a_verdict_on_all_cohorts_decides():
    fine = ("a", "contrast", "yes", 9, "5 against 4")
    assert told(fine, ("all", "cohort", "no", 9, "groups are cohorts"))[0] == "main, death: no"


def test_long_lists_are_cut_and_no_patient_is_named():
    lines = told(*((f"c{n}", "contrast", "no", 0, f"reason {n}") for n in range(30)))
    assert lines[0] == "main, death: no"
    assert len(lines) == 7
    assert lines[-1].strip() == "and 25 more"
    assert "p1" not in " ".join(lines)
