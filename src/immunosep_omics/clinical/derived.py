"""Clinical columns that are computed from others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
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


def death_within(death: pd.Series, follow_up: pd.Series, days: float) -> pd.Series:
    """1 died within so many days, 0 did not, missing where the follow-up ended before.

    `death` is 0 or 1, `follow_up` the days until death or the last news.
    """
    died = (death == 1) & (follow_up <= days)
    lived = (follow_up > days) | ((death == 0) & (follow_up >= days))
    found = np.select([died, lived], [1.0, 0.0], np.nan)
    return pd.Series(found, index=death.index, name=f"death_{days:g}d")


def time_within(follow_up: pd.Series, days: float) -> pd.Series:
    """Days until death or the last news, so many at most."""
    return follow_up.clip(upper=days).rename(f"time_{days:g}d")


DERIVATIONS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "rule_class": lambda table: rule_class(table["ferritin"], table["hla_dr"]),
    "sofa": lambda table: sofa(table[list(SOFA_ORGANS)]),
    "sofa_change": lambda table: sofa_change(table["sofa_day0"], table["sofa_day9"]),
    "death_28d": lambda table: death_within(table["death"], table["follow_up"], 28),
    "time_28d": lambda table: time_within(table["follow_up"], 28),
    "death_90d": lambda table: death_within(table["death"], table["follow_up"], 90),
    "time_90d": lambda table: time_within(table["follow_up"], 90),
    "eligibility": eligibility,
}
"""How each derived column is computed from a clinical table that has the columns it needs."""
