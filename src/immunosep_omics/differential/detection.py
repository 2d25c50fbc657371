"""Beside the test of abundance: is a feature detected more often in one of the groups?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.clinical.designs import INTERCEPT, Design
from immunosep_omics.stats.arrays import Integer
from immunosep_omics.stats.detection import (
    Detections,
    count_detections,
    detection_test,
    together,
)
from immunosep_omics.stats.testing import benjamini_hochberg

COLUMNS = ("detection_log2_odds", "detection_low", "detection_high", "detection_p", "detection_fdr")


@dataclass(frozen=True)
class DetectedFeatures:
    """Detections of named `features`, of one cohort or of several together."""

    features: pd.Index
    counted: Detections


def count_in_cohort(values: pd.DataFrame, design: Design) -> DetectedFeatures | None:
    """Count what was detected in both groups of a design, or None where nothing can be learned.

    `values`: the design's samples x features, NaN = not detected. Only samples alike in what is
    adjusted for are compared: of the same category, and in the same half of a number.
    """
    detected = values.notna().to_numpy()
    if design.groups is None or detected.all():
        return None
    level = (design.groups == "level").to_numpy()
    return DetectedFeatures(values.columns, count_detections(detected, level, _strata(design)))


def count_over_cohorts(cohorts: Sequence[DetectedFeatures]) -> DetectedFeatures | None:
    """The same question over cohorts: each is a stratum of its own."""
    if not cohorts:
        return None
    features = pd.Index(dict.fromkeys(name for cohort in cohorts for name in cohort.features))
    parts = []
    for cohort in cohorts:
        place = cohort.features.get_indexer(features)
        measured = place >= 0
        nothing = np.zeros((1, cohort.counted.chance.shape[1]))
        nothing[0, 0] = 1
        chance = np.where(measured[:, None], cohort.counted.chance[place], nothing)
        parts.append(Detections(np.where(measured, cohort.counted.observed[place], 0.0), chance))
    return DetectedFeatures(features, together(parts))


def detection_columns(found: DetectedFeatures | None, genes: pd.Series) -> pd.DataFrame:
    """The test's columns for these genes (the index of `genes`); missing where there is none."""
    if found is None:
        return pd.DataFrame(np.nan, index=genes.index, columns=list(COLUMNS))
    test = detection_test(found.counted)
    columns = (test.log2_odds, test.low, test.high, test.p, benjamini_hochberg(test.p))
    table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), index=found.features)
    return table.reindex(genes).set_axis(genes.index, axis=0)


def _strata(design: Design) -> Integer:
    """Codes (samples,) of samples that are alike in what is adjusted for."""
    columns = design.columns.drop(columns=[INTERCEPT, *design.asked])
    if columns.empty:
        return np.zeros(len(columns), dtype=np.intp)
    halves = columns.apply(
        lambda column: column > column.median() if column.nunique() > 2 else column
    )
    return np.unique(halves.to_numpy(dtype=float), axis=0, return_inverse=True)[1].ravel()
