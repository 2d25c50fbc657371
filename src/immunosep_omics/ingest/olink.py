"""What all of Olink's formats share: the names of its control wells, and its warnings."""

from __future__ import annotations

import re

import pandas as pd

CONTROL_SAMPLE = re.compile(
    r"(control[ _]sample|(neg(ative)?|plate|inter-?plate|sample|pooled)[ _-]?(ctrl|control)|ipc\b)",
    re.IGNORECASE,
)
"""Names that Olink gives to its own wells; a study's healthy controls are named otherwise."""

CONTROL_ASSAY = re.compile(
    r"(inc(ubation)?|det(ection)?|ext(ension)?|amp(lification)?)[ _]?(ctrl|control)", re.IGNORECASE
)


def joined(texts: pd.Series) -> str:
    """The different texts, in order, joined."""
    return ";".join(dict.fromkeys(text for text in texts if text))


def warnings(texts: pd.Series) -> str:
    """Return "Pass", or what Olink says instead."""
    found = joined(texts[~texts.str.lower().isin(["pass", "na", ""])])
    return found or ("Pass" if (texts != "").any() else "")
