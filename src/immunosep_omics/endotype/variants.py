"""An analysis run in other ways: does the answer hold, and what changes?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.stats.agreement import adjusted_rand
from immunosep_omics.stats.consensus import agree, cluster_resamples, draw_resamples
from immunosep_omics.stats.streams import stream
from immunosep_omics.transforms.join import keyed

COLUMNS = (
    "variant", "integrator", "assays", "discover_in", "samples", "factors", "endotypes",
    "agreement", "agreement_at_same_k", "silhouette", "prediction_strength", "reason",
)  # fmt: skip
RESAMPLES = 100


@dataclass(frozen=True)
class Outcome:
    """What one way of analysing gave: its tables, and how it was made.

    `stated`: `integrator`, `assays` and `discover_in`, as text.
    """

    factors: pd.DataFrame
    endotypes: pd.DataFrame
    stability: pd.DataFrame
    status: pd.DataFrame
    stated: Mapping[str, str]


def compare_variants(
    own: Outcome, others: Mapping[str, Outcome], seed: int, analysis: str
) -> pd.DataFrame:
    """One row for the analysis itself, and one for each variant of it.

    `agreement` is the adjusted Rand index between the endotypes of both, of the samples that both
    placed. `agreement_at_same_k` asks the same of as many consensus clusters of the variant's
    factors as the analysis has endotypes, so that a variant is not punished for another number;
    that of the analysis itself shows what the other way of clustering alone changes.
    """
    rows = [
        _row(name, outcome, own, seed, analysis)
        for name, outcome in {"this analysis": own, **others}.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(name: str, outcome: Outcome, own: Outcome, seed: int, analysis: str) -> dict[str, object]:
    factors = [column for column in outcome.factors if column.startswith("factor_")]
    labels = keyed(outcome.endotypes)["endotype"]
    truth = keyed(own.endotypes)["endotype"].dropna()
    table = outcome.stability
    chosen = table[table["chosen"].astype(str).isin(("True", "1"))] if len(table) else table
    clusters = _clusters(outcome, truth.nunique(), seed, analysis)
    return {
        "variant": name,
        **outcome.stated,
        "samples": len(outcome.factors),
        "factors": len(factors),
        "endotypes": labels.nunique(),
        "agreement": _agreement(truth, labels),
        "agreement_at_same_k": np.nan if clusters is None else _agreement(truth, clusters),
        "silhouette": _value(chosen, "silhouette"),
        "prediction_strength": _value(chosen, "prediction_strength"),
        "reason": "; ".join(outcome.status["reason"].dropna().astype(str)),
    }


def _value(chosen: pd.DataFrame, column: str) -> float:
    return float(chosen[column].iloc[0]) if len(chosen) and column in chosen else np.nan


def _agreement(one: pd.Series, other: pd.Series) -> float:
    both = one.index.intersection(other.dropna().index)
    return adjusted_rand(one[both].astype(str), other[both].astype(str)) if len(both) else np.nan


def _clusters(outcome: Outcome, k: int, seed: int, analysis: str) -> pd.Series | None:
    """Consensus clusters of the discovery samples; nothing where there is but one to look for."""
    inside = keyed(outcome.factors[outcome.factors["part"] == "discovery"])
    points = inside.filter(regex="^factor_").to_numpy(dtype=float)
    if k < 2 or len(points) < 2 * k:
        return None
    generator = stream(seed, "endotype", analysis, "same number")
    drawn = draw_resamples(generator, *points.shape, resamples=RESAMPLES)
    agreement = cluster_resamples(points, drawn, generator, max_k=k)
    return pd.Series(agree(agreement)[-1].labels, index=inside.index)
