"""Clinical columns that are computed from others."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from immunosep_omics.clinical.eligibility import eligibility
from immunosep_omics.clinical.rules import rule_class

SOFA_ORGANS = (
    "sofa_respiration", "sofa_coagulation", "sofa_liver", "sofa_cardiovascular", "sofa_nervous",
    "sofa_renal",
)  # fmt: skip


def sofa(organs: pd.DataFrame) -> pd.Series:
    """Total SOFA of the six organs' points (samples x organs); missing where an organ is."""
    return organs.sum(axis=1, skipna=False).rename("sofa")


def sofa_change(sofa_day0: pd.Series, sofa_day9: pd.Series) -> pd.Series:
    """SOFA points on day 9 minus those on day 0: negative is better.

    The trial's primary endpoint is a fall of at least 1.4 points, a change of -1.4 or less.
    """
    return (sofa_day9 - sofa_day0).rename("sofa_change")


DERIVATIONS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "rule_class": lambda table: rule_class(table["ferritin"], table["hla_dr"]),
    "sofa": lambda table: sofa(table[list(SOFA_ORGANS)]),
    "sofa_change": lambda table: sofa_change(table["sofa_day0"], table["sofa_day9"]),
    "eligibility": eligibility,
}
"""How each derived column is computed from a clinical table that has the columns it needs."""
