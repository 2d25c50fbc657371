"""What all of Olink's formats share: the names of its control wells, and its warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable

CONTROL_SAMPLE = re.compile(
    r"(control[ _]sample|(neg(ative)?|plate|inter-?plate|sample|pooled)[ _-]?(ctrl|control)|ipc\b)",
    re.IGNORECASE,
)
"""Names that Olink gives to its own wells; a study's healthy controls are named otherwise."""

CONTROL_ASSAY = re.compile(
    r"(inc(ubation)?|det(ection)?|ext(ension)?|amp(lification)?)[ _]?(ctrl|control)", re.IGNORECASE
)

NO_WARNING = ("", "pass", "na")


def joined(texts: Iterable[str]) -> str:
    """The different texts, in order, joined."""
    return ";".join(dict.fromkeys(text for text in texts if text))


def warnings(texts: Iterable[str]) -> str:
    """Return "Pass", or what Olink says instead; "" where it says nothing."""
    known = list(texts)
    found = joined(text for text in known if text.lower() not in NO_WARNING)
    return found or ("Pass" if any(known) else "")
