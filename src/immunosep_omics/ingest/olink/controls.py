"""What all of Olink's formats share: the names of its control wells, and its warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable

CONTROL_SAMPLE = re.compile(
    r"(control[ _]sample|(neg(ative)?|plate|inter-?plate|sample|pooled)[ _-]?(ctrl|control)"
    r"|ipc[ _-]?[0-9]?\b)",
    re.IGNORECASE,
)
"""Names that Olink gives to its own wells; a study's healthy controls are named otherwise."""

CONTROL_ASSAY = re.compile(
    r"(inc(ubation)?|det(ection)?|ext(ension)?|amp(lification)?)[ _]?(ctrl|control)", re.IGNORECASE
)

_SAMPLE_TYPE = re.compile(
    r"(sample|((neg(ative)?|(inter-?)?plate|sample|pooled)[ _])?control)?", re.IGNORECASE
)
"""What Olink writes under `SampleType`; a column with other words besides is the study's own."""

NO_WARNING = ("", "pass", "na")


def control_types(words: Iterable[str]) -> frozenset[str]:
    """Which of the words under `SampleType` mean a control well, and not a healthy person."""
    known = list(words)
    if all(_SAMPLE_TYPE.fullmatch(word) for word in known):
        return frozenset(word for word in known if "control" in word.lower())
    return frozenset(word for word in known if CONTROL_SAMPLE.match(word))


def joined(texts: Iterable[str]) -> str:
    """The different texts, in order, joined."""
    return ";".join(dict.fromkeys(text for text in texts if text))


def warnings(texts: Iterable[str]) -> str:
    """Return "Pass", or what Olink says instead; "" where it says nothing."""
    known = list(texts)
    found = joined(text for text in known if text.lower() not in NO_WARNING)
    return found or ("Pass" if any(known) else "")
