"""What harmonisation did: how well cohorts are mixed, and what of the biology is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from immunosep_omics.clinical.asked_groups import Question, questions
from immunosep_omics.clinical.groups import level_names
from immunosep_omics.integrate.cohorts import Joined, join
from immunosep_omics.stats import mixing
from immunosep_omics.stats.minimum import PER_SIDE
from immunosep_omics.stats.streams import stream
from immunosep_omics.tables import empty_table
from immunosep_omics.transforms.confounding import confounding
from immunosep_omics.transforms.control_anchored import CONTROL
from immunosep_omics.transforms.join import keyed

if TYPE_CHECKING:
    from anndata import AnnData

COLUMNS = (
    "assay", "shows", "measure", "about", "samples", "before", "before_low", "before_high",
    "after", "after_low", "after_high",
)  # fmt: skip

COMPONENTS = 20
NEIGHBOURS = 30
RESAMPLES = 200
DESCRIBED = ("sex", "rule_class")
"""Clinical columns of which it is measured what is kept, whether asked about or not."""

Measure = Callable[[np.ndarray], tuple[float, float]]
"""Before and after, of samples that each count so many times."""


@dataclass(frozen=True)
class _Side:
    """Values without gaps, their components and the distances between samples."""

    values: np.ndarray
    scores: np.ndarray
    apart: np.ndarray


@dataclass(frozen=True)
class _Pair:
    """One omic before and after, of the same samples and features; `member`: codes of cohorts."""

    before: _Side
    after: _Side
    member: np.ndarray
    k: int

    @property
    def cohorts(self) -> np.ndarray:
        """Samples x cohorts, 1 where a sample belongs."""
        return np.eye(self.member.max() + 1)[self.member]


def measure(
    assays: Sequence[AnnData],
    clinical: pd.DataFrame,
    factors: pd.DataFrame,
    discover_in: Sequence[str],
    harmonise: Mapping[str, Any],
    asked: Mapping[str, Any],
    seed: int,
    analysis: str,
) -> pd.DataFrame:
    """One row per omic, measure and what it is about, before and after harmonisation.

    The samples are those of `factors`. Intervals are the middle 95 % over samples drawn again
    within their cohorts (Efron 1979), centred on the measure. An omic of one cohort has
    no rows, nor has a question without enough samples on two sides.
    """
    known = keyed(clinical).reindex(keyed(factors).index)
    rows = []
    for assay, omic in join(assays, known, discover_in, harmonise).items():
        pair, samples = _pair(omic)
        if pair is None:
            continue
        generator = stream(seed, "harmonisation", analysis, assay)
        draws = _draws(pair.member, generator)
        labels = list(_labels(samples, known.loc[samples.index], asked))
        for shows, name, about, count, measured in (*_mixing(pair), *_biology(pair, labels)):
            sides = np.array(measured(np.ones(len(samples))))
            intervals = _interval(sides, np.array([measured(draw) for draw in draws]), name)
            before, after = np.column_stack([sides, intervals])
            rows.append((assay, shows, name, about, count, *before, *after))
    return pd.DataFrame(rows, columns=list(COLUMNS)) if rows else empty_table(COLUMNS)


def _pair(omic: Joined) -> tuple[_Pair | None, pd.DataFrame]:
    """Measured samples, and the features measured in every cohort."""
    measured = omic.before.values.notna().any(axis=1)
    samples = omic.before.samples[measured]
    member, cohorts = pd.factorize(samples["cohort"].astype(str), sort=True)
    if len(cohorts) < 2 or not len(omic.training) or np.bincount(member).min() < 2:
        return None, samples
    sides = [block.values[measured] for block in (omic.before, omic.after)]
    features = sides[1].columns
    tables = [side[features].to_numpy(dtype=float) for side in sides]
    everywhere = np.logical_and.reduce(
        [(~np.isnan(t[member == code])).any(axis=0) for code in set(member) for t in tables]
    )
    if everywhere.sum() < 2:
        return None, samples
    filled = [_filled(table[:, everywhere], member) for table in tables]
    k = max(2, min(NEIGHBOURS, len(samples) // 4))
    return _Pair(_side(filled[0]), _side(filled[1]), member, k), samples


def _filled(values: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Gaps as the mean of their cohort, so that they are neither between nor within cohorts."""
    for code in np.unique(member):
        own = values[member == code]
        values[member == code] = np.where(np.isnan(own), np.nanmean(own, axis=0), own)
    return values


def _side(values: np.ndarray) -> _Side:
    scores = mixing.principal_components(values, COMPONENTS)
    return _Side(values, scores, mixing.distances(scores))


def _draws(member: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """How often each sample counts, in each of the resamples within cohorts."""
    draws = np.zeros((RESAMPLES, len(member)))
    for code in np.unique(member):
        rows = np.flatnonzero(member == code)
        draws[:, rows] = generator.multinomial(
            len(rows), np.full(len(rows), 1 / len(rows)), size=RESAMPLES
        )
    return draws


def _interval(sides: np.ndarray, drawn: np.ndarray, name: str) -> np.ndarray:
    """Low and high (sides, 2) of values (draws, sides), about the values themselves.

    Samples drawn again look more alike than new ones would: the shares that they give are shifted
    up, and are shifted back.
    """
    shift = np.nanmean(drawn, axis=0) - sides
    ends = np.nanpercentile(drawn - shift, [2.5, 97.5], axis=0).T
    return np.maximum(ends, 0.0) if name == "variance_share" else ends


def _labels(
    samples: pd.DataFrame, clinical: pd.DataFrame, asked: Mapping[str, Any]
) -> Iterator[Question]:
    """What may be kept: controls, described columns and questions, of which cohorts tell."""
    found = [
        Question(column, column, level_names(clinical[column]))
        for column in DESCRIBED
        if column in clinical
    ]
    if CONTROL in samples:
        sides = samples[CONTROL].map({True: "control", False: "patient"})
        found.insert(0, Question("controls", CONTROL, sides))
    for question in [*found, *questions(clinical, asked)]:
        counts = question.labels.value_counts()
        labels = question.labels.where(question.labels.isin(counts.index[counts >= PER_SIDE]))
        linked = confounding(labels, samples["cohort"])
        if labels.nunique() > 1 and (linked is None or linked.linked):
            yield Question(question.name, question.column, labels)


Row = tuple[str, str, str, int, Measure]
"""What it shows, the measure, what it is about, of how many samples, and how it is computed."""


def _mixing(pair: _Pair) -> Iterator[Row]:
    count = len(pair.member)
    ones = np.ones((count, 1))
    yield (
        "mixing", "variance_share", "cohort", count,
        _of_scores(pair, pair.cohorts, ones, np.ones(count, dtype=bool)),
    )  # fmt: skip
    near = [mixing.neighbours(side.apart, pair.k) for side in (pair.before, pair.after)]
    each = {
        "silhouette": [mixing.silhouettes(s.apart, pair.member) for s in (pair.before, pair.after)],
        "kbet": [mixing.accepted(n, pair.member) for n in near],
        "lisi": [mixing.effective_groups(n, pair.member) for n in near],
    }
    for name, (before, after) in each.items():
        yield "mixing", name, "cohort", count, _of_samples(before, after)


def _biology(pair: _Pair, labels: Sequence[Question]) -> Iterator[Row]:
    k = min(pair.k, max(2, int(np.bincount(pair.member).min()) // 4))
    kept = mixing.kept_neighbours(pair.before.apart, pair.after.apart, pair.member, k)
    if np.isfinite(kept).any():
        whole = np.where(np.isfinite(kept), 1.0, np.nan)
        yield (
            "biology", "neighbours_kept", "cohort", int(np.isfinite(kept).sum()),
            _of_samples(whole, kept),
        )  # fmt: skip
    for question in labels:
        known = question.labels.notna().to_numpy()
        codes, levels = pd.factorize(question.labels[known], sort=True)
        cohorts = pair.cohorts[known]
        cohorts = cohorts[:, cohorts.any(axis=0)]
        design = np.hstack([cohorts, np.eye(len(levels))[codes][:, 1:]])
        count = int(known.sum())
        yield (
            "biology", "variance_share", question.name, count,
            _of_scores(pair, design, cohorts, known),
        )  # fmt: skip
        if len(levels) == 2:
            yield (
                "biology", "difference_kept", question.name, count,
                _of_differences(pair, codes.astype(float), known),
            )  # fmt: skip


def _of_samples(before: np.ndarray, after: np.ndarray) -> Measure:
    """A mean of what each sample shows."""
    known = np.isfinite(before) & np.isfinite(after)

    def measured(drawn: np.ndarray) -> tuple[float, float]:
        weight = drawn[known] / max(drawn[known].sum(), 1)
        return float(weight @ before[known]), float(weight @ after[known])

    return measured


def _of_scores(pair: _Pair, design: np.ndarray, given: np.ndarray, known: np.ndarray) -> Measure:
    """A share of the components' variance."""

    def measured(drawn: np.ndarray) -> tuple[float, float]:
        root = np.sqrt(drawn[known])[:, None]
        before, after = (
            mixing.explained_share(root * side.scores[known], root * design, root * given)
            for side in (pair.before, pair.after)
        )
        return before, after

    return measured


def _of_differences(pair: _Pair, level: np.ndarray, known: np.ndarray) -> Measure:
    """How much of the differences within cohorts the samples show when cohorts are not looked at.

    In units of each feature's deviation within cohorts and levels.
    """
    member = np.unique(pair.member[known], return_inverse=True)[1]
    before, after = (
        _standard(side.values[known], level, member) for side in (pair.before, pair.after)
    )

    def measured(drawn: np.ndarray) -> tuple[float, float]:
        overall, within = mixing.difference_weights(level, member, drawn[known])
        target = within @ before
        return (
            mixing.kept_difference(target, overall @ before),
            mixing.kept_difference(target, overall @ after),
        )

    return measured


def _standard(values: np.ndarray, level: np.ndarray, member: np.ndarray) -> np.ndarray:
    codes = np.unique(2 * member + level.astype(int), return_inverse=True)[1]
    groups = np.eye(codes.max() + 1)[codes]
    centred = values - (groups @ (groups.T @ values / groups.sum(axis=0)[:, None]))
    deviation = np.sqrt((centred**2).sum(axis=0) / max(len(values) - groups.shape[1], 1))
    return np.asarray(values / np.where(deviation > 0, deviation, np.inf))
