"""Sex as the transcriptome tells it, beside what the clinical table says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.profiles import logged
from immunosep_omics.settings.assays import RNA_KINDS

FEMALE_GENE = "XIST"
MALE_GENES = ("RPS4Y1", "DDX3Y", "KDM5D", "UTY", "EIF1AY", "USP9Y", "ZFY", "TXLNGY")
"""Genes of the Y chromosome's male-specific region that blood expresses, and the X-inactivation
transcript: the markers of Toker et al. 2016, F1000Research 5:2103."""

APART = 1.5
"""Log2 units between the middles of the two groups, at least."""

SEPARATION = 3.0
"""The middles are this many times as far apart as both groups' spreads together, at least."""

WORDS = {
    "female": "female", "f": "female", "woman": "female", "w": "female",
    "male": "male", "m": "male", "man": "male",
}  # fmt: skip


def sex_expressed(values: pd.DataFrame, scale: str, kind: str) -> np.ndarray:
    """`female`, `male` or None for each sample (rows of `values`; columns are gene symbols).

    The samples must fall into two groups that are plainly apart; where they do not (one sex only,
    genes not measured), and for a sample between the groups, nothing is said.
    """
    none = np.full(len(values), None, dtype=object)
    if kind not in RNA_KINDS or len(values) < 4:
        return none
    score = _score(values, scale)
    known = np.isfinite(score)
    if known.sum() < 4:
        return none
    cut = _best_cut(score[known])
    low, high = score[known & (score <= cut)], score[known & (score > cut)]
    if low.size == 0 or high.size == 0:
        return none
    bottom, top = float(np.median(low)), float(np.median(high))
    spread = _spread(low, bottom) + _spread(high, top)
    if top - bottom < max(APART, SEPARATION * spread):
        return none
    third = (top - bottom) / 3
    with np.errstate(invalid="ignore"):
        female, male = score < bottom + third, score > top - third
    return np.where(female, "female", np.where(male, "male", none))


def sex_conflict(expressed: np.ndarray, stated: pd.Series | None) -> np.ndarray:
    """`yes` or `no` where both sexes are known, otherwise None."""
    none = np.full(len(expressed), None, dtype=object)
    if stated is None:
        return none
    words = [WORDS.get(str(word).strip().lower()) for word in stated]
    return np.array(
        [
            None if a is None or b is None else ("no" if a == b else "yes")
            for a, b in zip(expressed, words, strict=True)
        ],
        dtype=object,
    )


def _score(values: pd.DataFrame, scale: str) -> np.ndarray:
    """Mean log2 level of the Y genes less that of XIST, from whichever of the two are there."""
    columns = {name: place for place, name in enumerate(values.columns)}
    male = [columns[name] for name in MALE_GENES if name in columns]
    female = columns.get(FEMALE_GENE)
    if not male and female is None:
        return np.full(len(values), np.nan)
    x = logged(values.to_numpy(), scale)
    score = np.zeros(len(x))
    if male:
        y = x[:, male] - np.nanmean(x[:, male], axis=0)
        count = np.isfinite(y).sum(axis=1)
        score = np.where(count > 0, np.nansum(y, axis=1) / np.maximum(count, 1), np.nan)
    if female is not None:
        score = score - x[:, female]
    return score


def _best_cut(score: np.ndarray) -> float:
    """The cut that leaves the least variance within two groups (two samples each at least)."""
    ordered = np.sort(score)
    costs = [
        ordered[:k].var() * k + ordered[k:].var() * (len(ordered) - k)
        for k in range(2, len(ordered) - 1)
    ]
    place = 2 + int(np.argmin(costs))
    return float((ordered[place - 1] + ordered[place]) / 2)


def _spread(group: np.ndarray, middle: float) -> float:
    return float(1.4826 * np.median(np.abs(group - middle)))
