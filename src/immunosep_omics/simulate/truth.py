"""What was planted, as tables."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from immunosep_omics.simulate import catalogue
from immunosep_omics.simulate.assays import (
    composition,
    platform_layer,
    protein_groups,
)
from immunosep_omics.simulate.biology import CELLS, Biology, Layer
from immunosep_omics.simulate.patients import (
    axes_covariance,
    endotype_means,
    ratio_loadings,
    ratio_reference,
)
from immunosep_omics.simulate.study import SimulatedCohort
from immunosep_omics.simulate.world import World


def patients(cohort: SimulatedCohort) -> pd.DataFrame:
    """The true state of each patient; axes and endotype are empty where the world has none."""
    latent, clinical = cohort.latent, cohort.clinical
    table = pd.DataFrame(
        {
            "cohort": cohort.name,
            "patient": clinical.index,
            "sample": clinical["sample"].to_numpy(),
            "endotype": cohort.endotypes,
        }
    )
    exist = cohort.world.axes_exist
    for axis, name in enumerate(("axis_myeloid", "axis_lymphoid")):
        table[name] = latent.axes[:, axis] if exist else np.nan
    for cell, name in enumerate(CELLS):
        table[f"fraction_{name}"] = latent.fractions[:, cell]
    table["death_probability"] = cohort.death_probability
    return table


def samples(cohort: SimulatedCohort) -> pd.DataFrame:
    """The laboratory's side of each sample: depth, run, plate, array, offset."""
    parts = []
    for assay, data in cohort.assays.items():
        part = pd.DataFrame({"cohort": cohort.name, "assay": assay, "sample": data.samples.index})
        for column in ("depth", "offset", "run", "plate", "array"):
            part[column] = data.samples[column].to_numpy() if column in data.samples else ""
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def cohort_effects(cohort: SimulatedCohort) -> pd.DataFrame:
    """The additive (log2) and multiplicative effect of the cohort on each feature measured."""
    parts = []
    for assay, data in cohort.assays.items():
        part = pd.DataFrame(
            {"cohort": cohort.name, "assay": assay, "gene": data.law.layer.genes,
             "shift": data.shift, "scale": data.scale}
        )  # fmt: skip
        parts.append(part.drop_duplicates("gene"))
    return pd.concat(parts, ignore_index=True)


def genes(world: World, biology: Biology) -> pd.DataFrame:
    """The planted effects on every gene of every assay, in log2 units.

    `intrinsic_*` act within cells (or on the protein), `composition_*` through the leucocyte
    mixture. `<axis>_axis_intrinsic` and `<axis>_axis_composition` are per unit of an axis;
    `programme_<endotype>` is beyond the axes; `intrinsic_<endotype>` (axes and programme) and
    `composition_<endotype>` are the endotype's mean shifts from the world's mean. `strength` is
    the largest intrinsic difference between two endotypes (or, without endotypes, the SD that
    the axes cause), divided by the residual SD; `rank` 1 is the strongest of the assay.
    """
    groups = protein_groups(biology.plasma)
    panel = pd.Series(list(catalogue.OLINK), dtype=object)
    layers = {
        "rna": biology.rna,
        "proteome": platform_layer(biology, groups["gene"], world.mass_spectrometry),
        "olink": platform_layer(biology, panel, world.olink),
    }
    return pd.concat(
        [_genes_of(assay, layer, world) for assay, layer in layers.items()], ignore_index=True
    )


def _genes_of(assay: str, layer: Layer, world: World) -> pd.DataFrame:
    names, means = list(world.endotypes), endotype_means(world)
    reference = ratio_reference(world)
    table = pd.DataFrame({"assay": assay, "gene": layer.genes, "level": layer.level})
    table["residual_sd"] = layer.sd
    table[["myeloid_axis_intrinsic", "lymphoid_axis_intrinsic"]] = layer.axes.T
    table[[f"fold_{cell}" for cell in CELLS]] = layer.profile.T
    table["myeloid_axis_composition"], table["lymphoid_axis_composition"] = composition(
        layer, reference + ratio_loadings(world), reference
    )
    if names:
        weights = np.array([e.share for e in world.endotypes.values()])
        intrinsic = means @ layer.axes + layer.programme
        mixture = composition(layer, reference + means @ ratio_loadings(world), reference)
        intrinsic, mixture = (x - weights @ x for x in (intrinsic, mixture))
        for k, name in enumerate(names):
            table[f"programme_{name}"] = layer.programme[k]
            table[f"intrinsic_{name}"] = intrinsic[k]
            table[f"composition_{name}"] = mixture[k]
        spread = intrinsic.max(axis=0) - intrinsic.min(axis=0)
        strength = np.where(spread > 1e-12, spread, 0.0) / layer.sd
    else:
        variance = np.einsum("ag,ab,bg->g", layer.axes, axes_covariance(world), layer.axes)
        strength = np.sqrt(np.maximum(variance, 0.0)) / layer.sd
    table["strength"] = strength
    table["is_planted"] = strength > 0
    ranks = table["strength"].rank(ascending=False, method="first")
    table["rank"] = ranks.where(table["is_planted"]).astype("Int64")
    return table


def composition_share(
    table: pd.DataFrame, endotypes: Iterable[str], apparent: float = 0.5
) -> float:
    """Share of the apparent differential expression that runs through the leucocyte mixture.

    Of the blood genes whose total difference between some two endotypes is at least `apparent`
    residual SDs, the mean of |composition| / (|composition| + |intrinsic|) of the largest
    total difference.
    """
    rna = table[table["assay"] == "rna"]
    names = list(endotypes)
    intrinsic, mixture = (
        rna[[f"{kind}_{name}" for name in names]].to_numpy()
        for kind in ("intrinsic", "composition")
    )
    total = intrinsic + mixture
    rows = np.arange(len(rna))
    high, low = total.argmax(axis=1), total.argmin(axis=1)
    parts = [np.abs(x[rows, high] - x[rows, low]) for x in (intrinsic, mixture)]
    size = (total[rows, high] - total[rows, low]) / rna["residual_sd"].to_numpy()
    shown = size >= apparent
    return float((parts[1][shown] / (parts[0] + parts[1])[shown]).mean())
