"""Harmonise cohorts and join omics: factors that every sample has, whatever it was measured by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from immunosep_omics.integrate.cohorts import Joined, join, protected_gaps
from immunosep_omics.integrate.confounded import refuse_confounded
from immunosep_omics.stats.block_svd import Placement
from immunosep_omics.transforms.axis import (
    MINIMUM_GENES,
    fit_axis,
    genes_measured,
    shipped_signatures,
)
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.concatenation import fit_concatenation
from immunosep_omics.transforms.graph import fit_nemo, fit_snf
from immunosep_omics.transforms.join import keyed, one_per_patient
from immunosep_omics.transforms.mfa import fit_mfa
from immunosep_omics.transforms.mofa import fit_mofa
from immunosep_omics.transforms.projection import Projection, omics_of

if TYPE_CHECKING:
    from anndata import AnnData

INTEGRATORS: dict[str, Callable[[Mapping[str, Block], pd.Index, int], Projection]] = {
    "mfa": fit_mfa,
    "snf": fit_snf,
    "nemo": fit_nemo,
    "concatenation": fit_concatenation,
    "mofa": fit_mofa,
}

MINIMUM_SAMPLES = 5
"""An omic measured in fewer discovery samples cannot teach a factor."""


@dataclass(frozen=True)
class Integration:
    """Tables of one integration (see docs/architecture.md for their columns)."""

    factors: pd.DataFrame
    loadings: pd.DataFrame
    shares: pd.DataFrame
    components: pd.DataFrame
    reliability: pd.DataFrame
    status: pd.DataFrame


def integrate(
    assays: Sequence[AnnData],
    clinical: pd.DataFrame,
    discover_in: Sequence[str],
    samples: str,
    harmonise: Mapping[str, Any],
    method: Mapping[str, Any],
    rna: Sequence[str],
    asked: Mapping[str, Any],
    about: pd.DataFrame,
) -> Integration:
    """Learn factors from the discovery cohorts, and place every sample on them.

    `assays`: normalised, one per cohort and assay; `clinical`: `sample patient cohort` and more.
    `samples`: `earliest` (one per patient) or `all`. Cohorts not in `discover_in` are placed by
    what the others taught; they change nothing. `rna` names the assays that measure the genes of
    the named axes. `asked`: the analysis's `contrasts`, `event` and `labels`, whose
    columns are in `about`: seen by the gate before harmonisation, and by nothing that learns.

    Raises :class:`InputError` where harmonisation would remove with the cohorts what is asked.
    """
    joined = join(assays, keyed(clinical), discover_in, harmonise)
    rows = _rows(joined, keyed(clinical), samples)
    joined = {assay: omic.among(rows.index) for assay, omic in joined.items()}
    cautions = refuse_confounded(joined, keyed(about).reindex(rows.index), harmonise, asked)
    blocks, notes = {}, []
    for assay, omic in joined.items():
        if len(omic.training) < MINIMUM_SAMPLES or omic.before.values.shape[1] < 2:
            notes.append(f"{assay}: too few samples or shared features to teach a factor")
            continue
        blocks[assay] = omic.after
    if not blocks:
        return _nothing(rows, discover_in, "no omic has enough discovery samples")
    measured = [block.values.dropna(how="all").index for block in blocks.values()]
    rows = rows.loc[rows.index.isin(measured[0].append(measured[1:]))]
    discovery = rows.index[rows["cohort"].isin(discover_in)]
    projection = INTEGRATORS[method["method"]](blocks, discovery, method["factors"])
    placement = projection.place(blocks, rows.index)
    omics = omics_of(placement, list(projection.features))
    factors = _described(rows, discover_in).assign(omics=omics)
    factors[projection.names] = placement.scores
    axes, lacking = _axes(blocks, factors[projection.names], discovery, rna)
    counts = {
        assay: int(block.values.index.isin(discovery).sum()) for assay, block in blocks.items()
    }
    above = projection.above_noise
    reason = f"{above} factors above noise" if above else "no factor rises above noise"
    return Integration(
        factors=factors.join(axes).reset_index(drop=True),
        loadings=projection.loadings(),
        shares=projection.shares(counts),
        components=factors[["sample", "cohort"]]
        .join(projection.components(blocks, rows.index))
        .reset_index(drop=True),
        reliability=_reliability(placement, omics, projection.names),
        status=_status(
            ("integration", "yes" if above else "partly", "; ".join([reason, *notes])),
            *cautions,
            *protected_gaps(joined, harmonise),
            *lacking,
        ),
    )


def _rows(joined: Mapping[str, Joined], clinical: pd.DataFrame, samples: str) -> pd.DataFrame:
    have = pd.Index([])
    for omic in joined.values():
        have = have.append(omic.before.values.dropna(how="all").index)
    if samples == "earliest":
        return one_per_patient(clinical, have)
    return clinical.loc[clinical.index.isin(have)]


def _described(rows: pd.DataFrame, discover_in: Sequence[str]) -> pd.DataFrame:
    part = np.where(rows["cohort"].isin(discover_in), "discovery", "applied")
    return rows[["sample", "patient", "cohort"]].assign(part=part)


def _axes(
    blocks: Mapping[str, Block],
    scores: pd.DataFrame,
    discovery: pd.Index,
    rna: Sequence[str],
) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """Score each evaluable named axis, and a status row for each of the others."""
    found, lacking = pd.DataFrame(index=scores.index), []
    measured = [blocks[assay].values for assay in rna if assay in blocks]
    genes = pd.concat(measured, axis=1) if measured else pd.DataFrame(index=scores.index)
    genes = genes.loc[:, ~genes.columns.duplicated()]
    for name, signature in shipped_signatures().items():
        count = genes_measured(genes, signature)
        if count < MINIMUM_GENES:
            lacking.append((f"axis {name}", "no", f"{count} of its genes were measured in RNA"))
            continue
        training = discovery.intersection(genes.index, sort=False)
        axis = fit_axis(genes.loc[training], scores.loc[training], signature)
        found[f"axis_{name}"] = axis.apply(genes, scores)
    return found, lacking


def _reliability(placement: Placement, omics: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """One row per set of omics and factor: how scores vary among samples with those omics."""
    label = dict(zip(placement.pattern, omics, strict=True))
    tables = [
        pd.DataFrame(placement.reliability[pattern], columns=list(names)).assign(
            omics=name, factor=list(names)
        )
        for pattern, name in sorted(label.items())
    ]
    return pd.concat(tables, ignore_index=True)[["omics", "factor", *names]]


def _status(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["question", "answered", "reason"])


def _nothing(rows: pd.DataFrame, discover_in: Sequence[str], reason: str) -> Integration:
    """No factor can be learned: every sample at the centre of a single one."""
    factors = _described(rows, discover_in).assign(omics="", factor_1=0.0)
    return Integration(
        factors=factors.reset_index(drop=True),
        loadings=pd.DataFrame(columns=["assay", "gene", "factor_1"]),
        shares=pd.DataFrame(columns=["assay", "factor", "features", "samples", "share"]),
        components=factors[["sample", "cohort"]].reset_index(drop=True),
        reliability=pd.DataFrame({"omics": [""], "factor": ["factor_1"], "factor_1": [0.0]}),
        status=_status(("integration", "no", reason)),
    )
