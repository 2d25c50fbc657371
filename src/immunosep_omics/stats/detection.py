"""Is a feature detected more often in one group? Exact tests of tables of two by two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from immunosep_omics.stats.arrays import Boolean, Float, Integer

# Probabilities that differ by less are taken for equal, as R's fisher.test does.
_TIE = 1 + 1e-7
# Halvings of an interval of log odds: to the last digit of any odds that a computer can hold.
_HALVINGS = 64
_LONGEST = 50.0
_LEVEL = 0.05


@dataclass(frozen=True)
class Detections:
    """How often features were detected in the group asked about, and how often by chance.

    ``observed``: (features,), detections in that group. ``chance``: (features, counts),
    probabilities of 0, 1, ... such detections when the group does not matter, given how often the
    feature was detected in each stratum.
    """

    observed: Float
    chance: Float


@dataclass(frozen=True)
class DetectionTest:
    """``log2_odds`` ratio, its 95% interval and ``p``, all (features,).

    Infinite where a group has all or no detections; NaN where chance leaves one possibility only.
    ``p`` is NaN also where no outcome could have been below 0.05.
    """

    log2_odds: Float
    low: Float
    high: Float
    p: Float


def count_detections(detected: Boolean, level: Boolean, strata: Integer) -> Detections:
    """Count ``detected`` (samples, features) in the samples of ``level`` (samples,).

    ``strata``: (samples,) codes; only samples of one stratum are compared.
    """
    features = detected.shape[1]
    total = Detections(np.zeros(features), np.ones((features, 1)))
    for stratum in np.unique(strata):
        own = strata == stratum
        inside, outside = int((own & level).sum()), int((own & ~level).sum())
        found = detected[own & level].sum(axis=0)
        everywhere = detected[own].sum(axis=0)
        chance = _hypergeometric(inside, outside)[everywhere]
        total = together([total, Detections(found.astype(np.float64), chance)])
    return total


def together(parts: Sequence[Detections]) -> Detections:
    """Independent strata or cohorts of the same features, counted together."""
    observed, chance = parts[0].observed, parts[0].chance
    for part in parts[1:]:
        longer, shorter = chance, part.chance
        if longer.shape[1] < shorter.shape[1]:
            longer, shorter = shorter, longer
        summed = np.zeros((len(observed), longer.shape[1] + shorter.shape[1] - 1))
        for count in range(shorter.shape[1]):
            summed[:, count : count + longer.shape[1]] += shorter[:, [count]] * longer
        observed, chance = observed + part.observed, summed
    return Detections(observed, chance)


def detection_test(counted: Detections) -> DetectionTest:
    """Exact test, conditional maximum likelihood odds ratio and exact interval of each feature.

    Whatever the sample size, p is below 0.05 in at most 5% of the features that the group does
    not matter for. Source: Fisher 1935; Mehta, Patel & Gray 1985, doi:10.2307/2288562. Agrees with
    R's ``fisher.test`` (one stratum) and ``mantelhaen.test(exact = TRUE)``: p to 1e-10, odds
    and interval to 1e-3, which is as far as R looks for them.
    """
    chance, observed = counted.chance, counted.observed.astype(np.intp)
    every = np.arange(len(observed))
    own = chance[every, observed]
    p = np.where(chance <= own[:, None] * _TIE, chance, 0.0).sum(axis=1)
    possible = chance > 0
    least = np.where(possible, chance, np.inf).min(axis=1)
    lowest = np.where(chance <= least[:, None] * _TIE, chance, 0.0).sum(axis=1)
    told = possible.sum(axis=1) > 1
    p = np.where(told & (lowest < _LEVEL), np.minimum(p, 1.0), np.nan)
    first, last = _ends(possible)
    with np.errstate(divide="ignore"):
        logs = np.log(chance)

    def mean_excess(log_odds: Float) -> Float:
        tilted, counts = _tilted(logs, log_odds), np.arange(chance.shape[1])
        return np.asarray(tilted @ counts) - counted.observed

    def upper_tail(log_odds: Float) -> Float:
        beyond = np.arange(chance.shape[1]) >= observed[:, None]
        return np.where(beyond, _tilted(logs, log_odds), 0.0).sum(axis=1) - _LEVEL / 2

    def lower_tail(log_odds: Float) -> Float:
        below = np.arange(chance.shape[1]) <= observed[:, None]
        return _LEVEL / 2 - np.where(below, _tilted(logs, log_odds), 0.0).sum(axis=1)

    at_first, at_last = observed == first, observed == last
    centre = np.where(at_last, np.inf, _rising_root(mean_excess, len(observed)))
    centre = np.where(at_first, -np.inf, centre)
    low = np.where(at_first, -np.inf, _rising_root(upper_tail, len(observed)))
    high = np.where(at_last, np.inf, _rising_root(lower_tail, len(observed)))
    scale = np.where(told, 1 / np.log(2), np.nan)
    return DetectionTest(centre * scale, low * scale, high * scale, p)


def _hypergeometric(inside: int, outside: int) -> Float:
    """Probabilities (detections in all + 1, detections inside + 1) when groups do not matter."""
    everywhere = np.arange(inside + outside + 1)[:, None]
    found = np.arange(inside + 1)[None]
    possible = (found <= everywhere) & (everywhere - found <= outside)
    rest = np.where(possible, everywhere - found, 0)
    logs = (
        _log_choose(inside, found) + _log_choose(outside, rest)
        - _log_choose(inside + outside, everywhere)
    )  # fmt: skip
    return np.where(possible, np.exp(logs), 0.0)


def _log_choose(n: int, k: Integer) -> Float:
    logs: Float = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return logs


def _ends(possible: Boolean) -> tuple[Integer, Integer]:
    """The least and the greatest possible count of each feature."""
    last = possible.shape[1] - 1 - np.argmax(possible[:, ::-1], axis=1)
    return np.argmax(possible, axis=1), last


def _tilted(logs: Float, log_odds: Float) -> Float:
    """Probabilities (features, counts) when the odds in the group are ``exp(log_odds)`` times."""
    weights = logs + log_odds[:, None] * np.arange(logs.shape[1])
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    tilted: Float = weights / weights.sum(axis=1, keepdims=True)
    return tilted


def _rising_root(function: Callable[[Float], Float], features: int) -> Float:
    """Where a function that rises with the log odds (features,) is 0."""
    low, high = np.full(features, -_LONGEST), np.full(features, _LONGEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = function(middle) > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return (low + high) / 2
