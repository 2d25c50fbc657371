"""Words that are no groups of patients, or one group twice."""

import pytest

from immunosep_omics.clinical.levels import no_levels, other_spellings


@pytest.mark.parametrize("word", ["NA", "n/a", "NULL", ".", "unknown", "Not Applicable", "-", "?",
                                  "#REF!", "#DIV/0!", "unbekannt"])  # fmt: skip
def test_words_for_not_known(word):
    assert no_levels([word, "lung", None]) == {word}


@pytest.mark.parametrize("words", [["none", "x"], ["+", "-"], ["lung", "blood"], ["#1", "#2"]])
def test_words_that_may_be_groups(words):
    assert not no_levels(words)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["Athens", "athens", "Athens", None], {"athens": "Athens"}),
        (["E. coli", "E.coli"], {}), (["non-survivor", "Non survivor"], {"Non survivor":
                                                                       "non-survivor"}),
        (["non\u2013survivor", "non-survivor"], {"non-survivor": "non\u2013survivor"}),
        (["A", "B"], {}), (["-4", "4", "4"], {}), (["HLA-DR-", "HLA-DR"], {}),
    ],
)  # fmt: skip
def test_one_level_in_two_spellings(words, found):
    assert other_spellings(words) == found
