"""Messages as a terminal gets them."""

import time

import pytest

from immunosep_omics.errors import LONGEST, InputError, Problem, did_you_mean, tell

HOSTILE = {
    "colour": "\x1b[31mS1\x1b[0m", "title": "\x1b]0;pwned\x07", "line": "S1\n  all is well",
    "back": "S1\r\b\b", "zero": "S\0", "c1": "S\x9b2J", "direction": "\u202eS1",
    "line mark": "S\u2028", "half a letter": "S\udce9",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_files_cannot_steer_a_terminal(name):
    told = tell(InputError(Problem(HOSTILE[name], HOSTILE[name], HOSTILE[name])))
    lines = told.split("\n")
    assert len(lines) == 4
    assert all(line.isprintable() for line in lines)
    told.encode("utf-8")


def test_letters_of_all_languages_stay_as_they_are():
    assert (
        str(Problem("Küche/σήψη.csv", "敗血症 µg", "naïve")) == "Küche/σήψη.csv: 敗血症 µg -> naïve"
    )


def test_a_name_of_a_million_letters_is_cut():
    assert len(Problem("x" * 10**6, "", "").where) < LONGEST + 10


def test_the_nearest_word_is_not_sought_for_minutes():
    start = time.process_time()
    did_you_mean("x" * 10**6, ["age", "sex"])
    did_you_mean("TNF", [f"gene {n}" for n in range(10**5)])
    assert time.process_time() - start < 2
