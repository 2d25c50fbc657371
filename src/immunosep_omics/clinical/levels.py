"""Words of a category that are hardly different groups of patients."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from immunosep_omics.clinical.numbers import MISSING_WORDS

SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)$", re.I)

MAY_BE_LEVELS = frozenset({"none", "nil", "x"})
"""Words for a missing value that may as well name a group."""


def no_levels(words: Sequence[str | None]) -> set[str]:
    """Those of the words that rather say that a value is not known ("-" beside "+" does not)."""
    found = {word for word in words if word is not None}
    signs = {"-"} if "+" in found else set()
    missing = MISSING_WORDS - MAY_BE_LEVELS - signs
    return {word for word in found if word.casefold() in missing or SPREADSHEET_ERROR.match(word)}


def other_spellings(words: Sequence[str | None]) -> dict[str, str]:
    """Each word that differs from a more frequent one in case, spaces or dashes only, and that."""
    counts = Counter(word for word in words if word is not None)
    most: dict[str, str] = {}
    for word, _ in counts.most_common():
        most.setdefault(_plain(word), word)
    return {word: most[_plain(word)] for word in counts if most[_plain(word)] != word}


def _plain(word: str) -> str:
    text = unicodedata.normalize("NFKC", word).casefold()
    # Between words only: "-4" is no "4", and "HLA-DR-" no "HLA-DR".
    return re.sub(r"(?<=\w)[\s_\u2010-\u2015-]+(?=\w)", " ", text).strip()
