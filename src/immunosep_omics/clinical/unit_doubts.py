"""Numbers that look as if they were in another unit than the stated one, all or some of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from immunosep_omics.clinical.units import Conversion, conversions
from immunosep_omics.clinical.vocabulary import Entry

LEAST_ROWS = 2
LEAST_SHARE = 0.02
"""Rarer than that, odd values are rather slips or rare patients than another unit."""
NEARLY_ALL = 0.8

LEAST_FOR_MEDIAN = 5

GAP_ROWS = 30
GAP_SHARE = 0.1
GAP = 0.6
ALIKE = 1.4
"""Two heaps: this many values, this share of them in each heap; the gap between them as a share of
the factor between two units (both as logarithms); how near to that factor the medians lie apart.
Healthy people and patients make two heaps too: a looser rule is wrong more often than right
(`bench/unit_doubts.py`)."""


@dataclass(frozen=True)
class Doubt:
    """`places` of values that another `unit` explains; `whole`: the column rather than a part."""

    places: np.ndarray
    unit: str
    whole: bool


def unit_doubt(values: np.ndarray, entry: Entry, stated: Conversion) -> Doubt | None:
    """Whether values (in the project's unit, converted as `stated`) look to be in another unit.

    Three signs, each only where another unit of the entry explains the values: values that hardly
    any patient has, a median that hardly any group of patients has, and two heaps that lie
    apart by just the factor between two units. The least doubtful reading is not guessed.
    """
    known = values[~np.isnan(values)]
    if entry.usual is None or not len(known):
        return None
    low, high = entry.usual
    odd = ((values < low) | (values > high)) & (values != 0)
    best: Doubt | None = None
    for unit, usual in _other_readings(values, entry, stated):
        places = np.flatnonzero(odd & usual)
        enough = len(places) >= max(LEAST_ROWS, LEAST_SHARE * len(known))
        if enough and (best is None or len(places) > len(best.places)):
            best = Doubt(places, unit, len(places) >= NEARLY_ALL * len(known))
    return _odd_median(values, entry, stated) or best or _two_heaps(values, entry, stated)


def _other_readings(
    values: np.ndarray, entry: Entry, stated: Conversion
) -> Iterator[tuple[str, np.ndarray]]:
    """Each other unit, and which of the values are usual when read in it."""
    written = stated.undo(values)
    low, high = entry.usual or (-np.inf, np.inf)
    for unit, other in _others(entry, stated).items():
        read = other.apply(written)
        yield unit, (read >= low) & (read <= high)
    for unit, (least, most) in entry.mistaken.items():
        yield unit, (written > least) & (written <= most)


def _others(entry: Entry, stated: Conversion) -> dict[str, Conversion]:
    """The other units, one of each conversion."""
    first: dict[Conversion, str] = {}
    for unit, found in conversions(entry).items():
        first.setdefault(found, unit)
    return {unit: found for found, unit in first.items() if found != stated}


def _odd_median(values: np.ndarray, entry: Entry, stated: Conversion) -> Doubt | None:
    places = np.flatnonzero(~np.isnan(values))
    if entry.median is None or len(places) < LEAST_FOR_MEDIAN:
        return None
    median = float(np.median(values[places]))
    if median == 0 or entry.median[0] <= median <= entry.median[1]:
        return None
    others = _others(entry, stated)
    for unit, usual in _other_readings(values, entry, stated):
        if unit in others:
            there = float(others[unit].apply(stated.undo(np.array(median))))
            fits = entry.median[0] <= there <= entry.median[1]
        else:
            fits = True
        if fits and usual[places].mean() >= NEARLY_ALL:
            return Doubt(places, unit, whole=True)
    return None


def _two_heaps(values: np.ndarray, entry: Entry, stated: Conversion) -> Doubt | None:
    order = np.argsort(values)
    order = order[values[order] > 0]
    least = int(np.ceil(GAP_SHARE * len(order)))
    if entry.median is None or len(order) < GAP_ROWS:
        return None
    logs = np.log(values[order])
    inner = np.diff(logs)[least - 1 : len(logs) - least]
    if not len(inner):
        return None
    cut = int(np.argmax(inner)) + least
    lower, upper = logs[:cut], logs[cut:]
    apart, gap = float(np.median(upper) - np.median(lower)), float(upper[0] - lower[-1])
    for unit, other in _others(entry, stated).items():
        ratio = float(np.log(other.factor / stated.factor))
        if gap > GAP * abs(ratio) and abs(apart - abs(ratio)) < np.log(ALIKE):
            return Doubt(order[cut:] if ratio < 0 else order[:cut], unit, whole=False)
    return None
