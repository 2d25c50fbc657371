"""Endotypes by consensus clustering; one endotype is a possible answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.stats.cluster_number import ClusterNumber, choose_cluster_number
from immunosep_omics.stats.consensus import (
    Agreement,
    Consensus,
    agree,
    cluster_resamples,
    draw_resamples,
    label_stability,
)
from immunosep_omics.stats.kmeans import cluster
from immunosep_omics.stats.latent_classes import (
    LatentClasses,
    Membership,
    bayesian_information,
    classify,
    fit_latent_classes,
)
from immunosep_omics.stats.latent_gradient import LatentGradient, fit_latent_gradient
from immunosep_omics.stats.streams import stream

MINIMUM_SAMPLES = 20
MINIMUM_PER_CLASS = 5
SMALLEST_SHARE = 0.05
OTHER_STARTS = 5
LEVEL = 0.03
GRADIENT_STARTS = 2
"""Leading factors along which a gradient is looked for."""
# The choices that go to each step of the consensus.
DRAWING = ("resamples", "share", "feature_share")
CLUSTERING = ("clusterer", "linkage")


@dataclass(frozen=True)
class Found:
    """What a method found; series are indexed by sample key.

    `evidence` has one row per number of endotypes tried; `matrix` is the consensus of the
    discovery samples at the number chosen; `gradient` is where samples lie on an axis that explains
    them better than classes; `answer` is a status row.
    """

    labels: pd.Series
    probability: pd.Series
    stability: pd.Series
    typicality: pd.Series
    evidence: pd.DataFrame
    matrix: pd.DataFrame | None
    answer: tuple[str, str, str]
    gradient: pd.Series | None = None


@dataclass(frozen=True)
class _Candidate:
    consensus: Consensus
    model: LatentClasses
    bic: float
    smallest: int


def find_by_consensus(
    scores: pd.DataFrame,
    components: pd.DataFrame,
    reliability: pd.DataFrame,
    method: Mapping[str, Any],
    seed: int,
    analysis: str,
    threads: int,
    told: Callable[[str], None],
) -> Found:
    """Find endotypes in the discovery samples, and place every sample among them.

    `scores` (`cohort part omics factor_...`) and `components` are keyed, with the same rows;
    `reliability` says how scores vary among samples with each set of omics. For each
    number of endotypes: consensus clustering of the factors over resamples, then a mixture that
    starts from its labels and gives probabilities also to samples that lack omics. The number is
    the one of least BIC, provided that clusters are more compact than those of data without any
    (level 0.03); else it is one. Resamples are clustered in `threads`, which change no number;
    `told` hears how far they are.
    """
    values = components.drop(columns=["sample", "cohort"]).to_numpy(dtype=float)
    cohorts = pd.factorize(scores["cohort"], sort=True)[0]
    inside = (scores["part"] == "discovery").to_numpy()
    size = int(inside.sum())
    if size < MINIMUM_SAMPLES or values.shape[1] < 1:
        return _single(scores, None, f"{size} discovery samples are too few to look for more")
    training, own = values[inside], cohorts[inside]
    one, _ = fit_latent_classes(training, np.zeros(size, dtype=np.intp), own)
    factors = [column for column in scores if column.startswith("factor_")]
    points = scores.loc[inside, factors].to_numpy(dtype=float)
    pattern, known = _reliability(scores["omics"][inside], reliability, factors)
    max_k = min(int(method["max_k"]), size // MINIMUM_PER_CLASS)
    number = choose_cluster_number(
        points,
        stream(seed, "endotype", analysis, "null"),
        pattern=pattern,
        reliability=known,
        group=own,
        max_k=max_k,
    )
    generator = stream(seed, "endotype", analysis, "consensus")
    agreement = _resampled(points, method, max_k, generator, threads, told)
    candidates = [
        _candidate(found, points, training, own, stream(seed, "starts", str(found.k)))
        for found in agree(agreement, threads)
    ]
    single = bayesian_information(one, training, own)
    gradient = fit_latent_gradient(training, points[:, :GRADIENT_STARTS], own)
    chosen, reason = _choose(number, candidates, single, gradient, size)
    evidence = _evidence(number, candidates, single, gradient)
    evidence["chosen"] = evidence["k"] == (chosen.consensus.k if chosen else 1)
    if chosen is None and _is_axis(gradient, None):
        position = pd.Series(gradient.position(values, cohorts), index=scores.index)
        return replace(_single(scores, evidence, reason), gradient=position)
    if chosen is None:
        return _single(scores, evidence, reason)
    matrix = agreement.matrix(chosen.consensus.k)
    return _described(
        scores, inside, classify(chosen.model, values, cohorts), matrix, evidence, reason
    )


def _resampled(
    points: np.ndarray,
    method: Mapping[str, Any],
    max_k: int,
    generator: np.random.Generator,
    threads: int,
    told: Callable[[str], None],
) -> Agreement:
    """Every resample's labels for every number of endotypes."""
    drawing = {key: method[key] for key in DRAWING if key in method}
    resamples = draw_resamples(generator, *points.shape, **drawing)
    count = len(resamples.samples)

    def tell(done: int) -> None:
        told(f"consensus clustering: {done} of {count} resamples")

    clustering = {key: method[key] for key in CLUSTERING if key in method}
    return cluster_resamples(
        points, resamples, generator, max_k=max_k, threads=threads, told=tell, **clustering
    )


def _reliability(
    omics: pd.Series, table: pd.DataFrame, factors: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Each sample's set of omics as a code, and the matrix of each code."""
    codes, names = pd.factorize(omics, sort=True)
    by_set = table.set_index("omics")[factors]
    return codes, np.array([by_set.loc[[name]].to_numpy(dtype=float) for name in names])


def _candidate(
    agreed: Consensus,
    points: np.ndarray,
    training: np.ndarray,
    cohorts: np.ndarray,
    generator: np.random.Generator,
) -> _Candidate:
    """The likeliest mixture of k classes, started from the consensus and from other clusterings."""
    alone = np.ones((OTHER_STARTS, len(points)))
    others = cluster(points[None], alone, agreed.k, 1, generator).labels
    starts = np.vstack([agreed.labels, others])
    model, membership = fit_latent_classes(training, starts, cohorts)
    counts = np.bincount(membership.probability.argmax(axis=1), minlength=agreed.k)
    return _Candidate(
        agreed, model, bayesian_information(model, training, cohorts), int(counts.min())
    )


def _evidence(
    number: ClusterNumber, candidates: list[_Candidate], single: float, gradient: LatentGradient
) -> pd.DataFrame:
    compact = number.compactness
    table = pd.DataFrame(
        {
            "k": number.k,
            "dispersion": compact.observed,
            "null_mean": compact.null_mean,
            "null_sd": compact.null_sd,
            "gap": compact.observed - compact.null_mean,
            "z": compact.z,
            "p": compact.p,
            "valley_p": number.valley.p,
            "bic": [candidate.bic for candidate in candidates],
            "pac": [candidate.consensus.ambiguous for candidate in candidates],
            "delta_area": [candidate.consensus.delta_area for candidate in candidates],
            "silhouette": number.silhouette,
            "prediction_strength": number.prediction_strength,
        }
    )
    one = pd.DataFrame(
        {"k": [1], "bic": [single], "gradient_bic": [gradient.bic], "gradient_p": [gradient.p]}
    )
    return pd.concat([one, table], ignore_index=True)


def _choose(
    number: ClusterNumber,
    candidates: list[_Candidate],
    single: float,
    gradient: LatentGradient,
    size: int,
) -> tuple[_Candidate | None, str]:
    """The candidate of least BIC among those that stand out and are not too small; and why.

    A number stands out when it, or a smaller one, is more compact than chance: two groups that
    stand out may be three by the BIC, but five that do say nothing for two. None where one
    gradient explains the data as well: classes would only cut it up.
    """
    compactness = np.minimum.accumulate(number.compactness.p)
    p = dict(zip(number.k.tolist(), compactness.tolist(), strict=True))
    fitting = [candidate for candidate in candidates if candidate.bic < single]
    outstanding = [candidate for candidate in fitting if p[candidate.consensus.k] <= LEVEL]
    smallest = max(MINIMUM_PER_CLASS, SMALLEST_SHARE * size)
    possible = [candidate for candidate in outstanding if candidate.smallest >= smallest]
    best = min(possible, key=lambda candidate: candidate.bic, default=None)
    if _is_axis(gradient, best):
        return None, (
            "an axis, not classes: patients spread along one gradient (p ="
            f" {gradient.p:.2g} against one even cloud), which explains as much as any classes"
        )
    if best is None:
        return None, _why_none(min(p.values()), bool(fitting), bool(outstanding), smallest)
    gain, k = single - best.bic, best.consensus.k
    reason = f"{k} endotypes (p = {p[k]:.2g} against none, BIC better by {gain:.0f})"
    if float(number.valley.p.min()) > LEVEL:
        reason += "; no gap in density between them: they may be parts of a gradient"
    return best, reason


def _is_axis(gradient: LatentGradient, best: _Candidate | None) -> bool:
    return gradient.p <= LEVEL and (best is None or gradient.bic <= best.bic)


def _why_none(p: float, fitting: bool, outstanding: bool, smallest: float) -> str:
    if p > LEVEL:
        return f"no clusters stand out from data without any (p = {p:.2g})"
    uneven = f"the data are not one even cloud (p = {p:.2g})"
    if outstanding:
        return (
            f"{uneven}, but every set of classes that fits better has one of fewer than"
            f" {smallest:.0f} samples"
        )
    why = "the classes that fit better do not stand out" if fitting else "no classes fit better"
    return f"{uneven}, but {why}"


def _described(
    scores: pd.DataFrame,
    inside: np.ndarray,
    membership: Membership,
    matrix: np.ndarray,
    evidence: pd.DataFrame,
    reason: str,
) -> Found:
    label = membership.probability.argmax(axis=1)
    stable = pd.Series(np.nan, index=scores.index)
    stable[inside] = label_stability(matrix, label[inside])
    keys = scores.index[inside]
    return Found(
        labels=pd.Series(label.astype(str), index=scores.index),
        probability=pd.Series(membership.probability.max(axis=1), index=scores.index),
        stability=stable,
        typicality=pd.Series(membership.typicality, index=scores.index),
        evidence=evidence,
        matrix=pd.DataFrame(matrix, index=keys, columns=keys),
        answer=("endotypes", "yes", reason),
    )


def _single(scores: pd.DataFrame, evidence: pd.DataFrame | None, reason: str) -> Found:
    """One endotype: there is nothing to be sure or unsure of."""
    unknown = pd.Series(np.nan, index=scores.index)
    return Found(
        labels=pd.Series("0", index=scores.index),
        probability=unknown,
        stability=unknown,
        typicality=unknown,
        evidence=pd.DataFrame({"k": [1], "chosen": [True]}) if evidence is None else evidence,
        matrix=None,
        answer=("endotypes", "yes", f"one endotype: {reason}"),
    )
