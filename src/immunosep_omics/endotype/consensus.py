"""Endotypes by consensus clustering; one endotype is a possible answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from immunosep_omics.stats.class_number import ClassNumberTest, evidence_of_classes
from immunosep_omics.stats.kmeans import cluster
from immunosep_omics.stats.latent_classes import (
    LatentClasses,
    bayesian_information,
    classify,
    classless,
    factor_scores,
    fit_latent_classes,
    log_likelihood,
)
from immunosep_omics.stats.resampled_clusters import (
    consensus_clusters,
    prediction_strength,
    silhouette,
    stability,
)
from immunosep_omics.stats.streams import stream

MINIMUM_SAMPLES = 20
MINIMUM_PER_CLASS = 5
SMALLEST_SHARE = 0.05
HALVINGS = 20
OTHER_STARTS = 5
LEVEL = 0.03


@dataclass(frozen=True)
class Found:
    """What a method found; series are indexed by sample key.

    `evidence` has one row per number of endotypes tried; `matrix` is the consensus of the
    discovery samples at the number chosen; `answer` is a status row.
    """

    labels: pd.Series
    probability: pd.Series
    stability: pd.Series
    typicality: pd.Series
    evidence: pd.DataFrame
    matrix: pd.DataFrame | None
    answer: tuple[str, str, str]


@dataclass(frozen=True)
class _Candidate:
    k: int
    model: LatentClasses
    matrix: np.ndarray
    smallest: int
    evidence: dict[str, float]


def find_by_consensus(
    scores: pd.DataFrame,
    components: pd.DataFrame,
    method: Mapping[str, Any],
    seed: int,
    analysis: str,
) -> Found:
    """Find endotypes in the discovery samples, and place every sample among them.

    `scores` (`cohort part factor_...`) and `components` are keyed, with the same rows. For each
    number of endotypes: consensus clustering of the factors over resamples, then a mixture that
    starts from its labels and gives probabilities also to samples that lack omics. The number is
    the one of least BIC, provided that clusters stand out from class-free data (level 0.03);
    else it is one.
    """
    values = components.drop(columns=["sample", "cohort"]).to_numpy(dtype=float)
    cohorts = pd.factorize(scores["cohort"], sort=True)[0]
    inside = (scores["part"] == "discovery").to_numpy()
    size = int(inside.sum())
    if size < MINIMUM_SAMPLES or values.shape[1] < 1:
        return _single(scores, None, f"{size} discovery samples are too few to look for more")
    training, own = values[inside], cohorts[inside]
    one, _ = fit_latent_classes(training, np.zeros(size, dtype=np.intp), own)
    factors = sum(column.startswith("factor_") for column in scores)
    points = factor_scores(one, training, own, factors)
    largest_k = min(int(method["max_k"]), size // MINIMUM_PER_CLASS)
    test = evidence_of_classes(
        points,
        lambda generator: factor_scores(
            one, classless(one, training, own, generator), own, factors
        ),
        largest_k,
        stream(seed, "endotype", analysis, "null"),
    )
    candidates = [
        _candidate(points, training, own, k, int(method["resamples"]), seed, analysis)
        for k in range(2, largest_k + 1)
    ]
    single = bayesian_information(one, training, own)
    evidence = _evidence(test, candidates, single)
    chosen, reason = _choose(test, candidates, single)
    evidence["chosen"] = evidence["k"] == (chosen.k if chosen else 1)
    if chosen is None:
        return _single(scores, evidence, reason)
    membership = classify(chosen.model, values, cohorts)
    label = membership.probability.argmax(axis=1)
    stable = pd.Series(np.nan, index=scores.index)
    stable[inside] = stability(chosen.matrix, label[inside])
    keys = scores.index[inside]
    return Found(
        labels=pd.Series(label.astype(str), index=scores.index),
        probability=pd.Series(membership.probability.max(axis=1), index=scores.index),
        stability=stable,
        typicality=pd.Series(membership.typicality, index=scores.index),
        evidence=evidence,
        matrix=pd.DataFrame(chosen.matrix, index=keys, columns=keys),
        answer=("endotypes", "yes", reason),
    )


def _candidate(
    points: np.ndarray,
    training: np.ndarray,
    cohorts: np.ndarray,
    k: int,
    resamples: int,
    seed: int,
    analysis: str,
) -> _Candidate:
    generator = stream(seed, "endotype", analysis, "consensus", str(k))
    consensus = consensus_clusters(points, k, resamples, generator)
    # The likelihood has several peaks: other clusterings of the same points are tried as starts.
    others = cluster(points[None], np.ones((OTHER_STARTS, len(points))), k, 1, generator).labels
    fits = [fit_latent_classes(training, start, cohorts) for start in (consensus.labels, *others)]
    model, membership = max(fits, key=lambda fit: log_likelihood(fit[0], training, cohorts))
    labels = membership.probability.argmax(axis=1)
    counts = np.bincount(labels, minlength=k)
    several = np.count_nonzero(counts) > 1
    evidence = {
        "k": k,
        "bic": bayesian_information(model, training, cohorts),
        "pac": consensus.ambiguous,
        "silhouette": silhouette(points, labels) if several else np.nan,
        "prediction_strength": prediction_strength(points, k, HALVINGS, generator),
    }
    return _Candidate(k, model, consensus.matrix, int(counts.min()), evidence)


def _evidence(test: ClassNumberTest, candidates: list[_Candidate], single: float) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "k": test.ks,
            "dispersion": test.dispersion,
            "null_mean": test.null_mean,
            "null_sd": test.null_sd,
            "gap": test.dispersion - test.null_mean,
            "z": test.z,
            "p": test.p,
        }
    ).merge(pd.DataFrame([c.evidence for c in candidates]), on="k")
    alone = pd.DataFrame({"k": [1], "bic": [single]})
    return pd.concat([alone, table], ignore_index=True)


def _choose(
    test: ClassNumberTest, candidates: list[_Candidate], single: float
) -> tuple[_Candidate | None, str]:
    p = float(test.p.min())
    size = len(candidates[0].matrix)
    possible = [
        c for c in candidates if c.smallest >= max(MINIMUM_PER_CLASS, SMALLEST_SHARE * size)
    ]
    best = min(possible, key=lambda c: c.evidence["bic"], default=None)
    if p > LEVEL:
        return None, f"no clusters stand out from data without classes (p = {p:.2g})"
    if best is None or best.evidence["bic"] >= single:
        return None, f"the data are not from one Gaussian (p = {p:.2g}), but no classes fit better"
    gain = single - best.evidence["bic"]
    return best, f"{best.k} endotypes (p = {p:.2g} against none, BIC better by {gain:.0f})"


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
