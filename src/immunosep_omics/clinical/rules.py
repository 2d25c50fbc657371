"""The rule that decided treatment in the ImmunoSep trial."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from immunosep_omics.clinical.vocabulary import read_data

MALS = "MALS"
IMMUNOPARALYSIS = "immunoparalysis"
UNCLASSIFIED = "unclassified"
NOT_EVALUABLE = "not_evaluable"
RULE_CLASSES = (MALS, IMMUNOPARALYSIS, UNCLASSIFIED, NOT_EVALUABLE)


@dataclass(frozen=True)
class Thresholds:
    """Ferritin in ng/mL above which MALS is; HLA-DR per monocyte below which paralysis is."""

    ferritin: float
    hla_dr: float


@cache
def thresholds() -> Thresholds:
    """The trial's thresholds, from `rules.yaml`."""
    rules = read_data("rules.yaml")
    return Thresholds(float(rules["mals"]["above"]), float(rules["immunoparalysis"]["below"]))


def rule_class(ferritin: pd.Series, hla_dr: pd.Series) -> pd.Series:
    """Class of each sample by the rule of the ImmunoSep and PROVIDE trials.

    `ferritin` in ng/mL and `hla_dr` in receptors per monocyte, NaN where not measured, same index.
    Ferritin > 4,420: macrophage-activation-like syndrome (MALS), whatever HLA-DR is; otherwise
    HLA-DR < 5,000: immunoparalysis; otherwise unclassified. Values exactly at a threshold are
    outside the class. Not evaluable where what is missing could change the answer: ferritin is
    unknown, or it is not above its threshold and HLA-DR is unknown.

    Source: JAMA 2025, doi 10.1001/jama.2025.24175; Cell Rep Med 2022, doi
    10.1016/j.xcrm.2022.100817.
    """
    limit = thresholds()
    iron, receptors = ferritin.to_numpy(float), hla_dr.to_numpy(float)
    classes = np.select(
        [np.isnan(iron), iron > limit.ferritin, np.isnan(receptors), receptors < limit.hla_dr],
        [NOT_EVALUABLE, MALS, NOT_EVALUABLE, IMMUNOPARALYSIS],
        default=UNCLASSIFIED,
    )
    return pd.Series(classes.astype(object), index=ferritin.index, name="rule_class")
