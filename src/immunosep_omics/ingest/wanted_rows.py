"""Which rows of a table hold the values that `only` states below a header."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from immunosep_omics.errors import Problems, did_you_mean
from immunosep_omics.settings.tables import Wanted

MOST_WORDS = 12
"""A column of more words may hold the names of patients, which no message shows."""


def holds_wanted(
    words: Sequence[str], wanted: Wanted, header: str, where: str, problems: Problems
) -> NDArray[np.bool_]:
    """True for the words that are one of the values wanted, as text or as a number (1 is 1.0).

    Values that no word is are told, as those of column `header`.
    """
    values = wanted if isinstance(wanted, list) else [wanted]
    known = list(dict.fromkeys(words))
    fitting: set[str] = set()
    for value in values:
        found = {word for word in known if _same(word, value)}
        fitting |= found
        if not found:
            problems.add(
                where, f"no row has '{value}' in column '{header}'",
                did_you_mean(str(value), known) if len(known) <= MOST_WORDS
                else "correct the value, or the header",
            )  # fmt: skip
    return np.array([word in fitting for word in words], dtype=bool)


def _same(word: str, value: str | float) -> bool:
    if word.casefold() == str(value).casefold():
        return True
    try:
        return float(word) == float(value)
    except ValueError:
        return False
