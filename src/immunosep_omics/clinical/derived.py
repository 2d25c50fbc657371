"""Clinical columns that are computed from others."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from immunosep_omics.clinical.rules import rule_class


def sofa_change(sofa_day0: pd.Series, sofa_day9: pd.Series) -> pd.Series:
    """SOFA points on day 9 minus those on day 0: negative is better.

    The trial's primary endpoint is a fall of at least 1.4 points, a change of -1.4 or less.
    """
    return (sofa_day9 - sofa_day0).rename("sofa_change")


DERIVATIONS: dict[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    "rule_class": rule_class,
    "sofa_change": sofa_change,
}
