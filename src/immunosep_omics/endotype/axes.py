"""Continuous axes: where each patient lies, beside any classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

MINIMUM_GENES = 5
"""An axis of which fewer genes were measured is not evaluable."""


@dataclass(frozen=True)
class Signature:
    """Genes that are high and genes that are low at the upper end of an axis."""

    up: tuple[str, ...]
    down: tuple[str, ...]


def shipped_signatures() -> dict[str, Signature]:
    """The named axes of `resources/signatures/axes.yaml`, with their sources there."""
    text = (files("immunosep_omics") / "resources/signatures/axes.yaml").read_text("utf-8")
    axes = yaml.safe_load(text)["axes"]
    return {name: Signature(tuple(a["up"]), tuple(a["down"])) for name, a in axes.items()}


def axis_scores(
    scores: pd.DataFrame,
    loadings: pd.DataFrame,
    assays: Sequence[str],
    signatures: Mapping[str, Signature],
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Score every sample on each evaluable axis, and say why others are not.

    `scores`: samples x factors; `loadings`: `assay gene factor_...`. An axis is the mean of its
    `up` genes less the mean of its `down` genes, as the factors rebuild them: a direction in
    factor space, so that samples without RNA have a score too, and new samples get theirs from
    the frozen projection. Only `assays`, those of RNA, orient an axis: its genes are RNA facts.
    """
    rna = loadings[loadings["assay"].isin(assays)].drop_duplicates("gene").set_index("gene")
    weights = rna[list(scores.columns)]
    found, lacking = {}, {}
    for name, signature in signatures.items():
        up, down = (
            weights.loc[weights.index.isin(side)] for side in (signature.up, signature.down)
        )
        if len(up) + len(down) < MINIMUM_GENES:
            lacking[name] = f"{len(up) + len(down)} of its genes were measured"
            continue
        direction = _mean(up) - _mean(down)
        found[f"axis_{name}"] = scores.to_numpy() @ direction
    return pd.DataFrame(found, index=scores.index), lacking


def _mean(weights: pd.DataFrame) -> np.ndarray:
    return weights.mean(axis=0).to_numpy() if len(weights) else np.zeros(weights.shape[1])
