"""Mistakes of the study, of its cohorts and of their files are told together, in one round."""

import pytest

S, A = "study.yaml", "cohorts/a.yaml"


def _put(file, old, new):
    return lambda study: study.replace(file, old, new)


def _bad_cell(study):
    study.column("Age", lambda cell, row: "old" if row[1] == "S05" else cell)


def _text_in_counts(study):
    study.rows("data/b/counts.txt", lambda rows: rows[3].__setitem__(8, "many"), "\t")


CONTRADICTION = "    discover_in: [a]\n    apply_to: [a]\n    assays:"

MISTAKES = {
    "a misspelt key of a contrast": (_put(S, "adjust:", "adust:"), "unknown key 'adust'"),
    "a contradiction in an analysis": (_put(S, "    assays:", CONTRADICTION), "and in apply_to"),
    "a trap of YAML": (_put(S, "seed: 1", "seed: 01"), "01 is ambiguous"),
    "an unknown format": (_put(A, "olink_long", "olink_lng"), "'olink_lng'"),
    "an unknown key of a column": (_put(A, "Lactate, unit", "Lactate, units"), "'units'"),
    "a missing file": (_put(A, "proteins.tsv", "protein.tsv"), "no such file"),
    "a header that is not there": (_put(A, "batch: Batch", "batch: Btch"), "'Btch'"),
    "a bad cell": (_bad_cell, "column 'Age', row 6"),
    "text among counts": (_text_in_counts, "counts.txt"),
}


def test_all_mistakes_at_once(study):
    for change, _ in MISTAKES.values():
        change(study)
    problems, _, _ = study.outcome()
    unsaid = [
        name for name, (_, words) in MISTAKES.items() if not any(words in p for p in problems)
    ]
    assert unsaid == []
    assert len(problems) == len(MISTAKES), problems


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_gives_no_other(study, name):
    change, words = MISTAKES[name]
    change(study)
    problems, _, _ = study.outcome()
    assert len(problems) == 1, problems
    assert words in problems[0]
