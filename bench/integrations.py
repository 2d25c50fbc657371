"""Integration and clustering of blocks of features, as the pipeline does it and as others do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import SpectralClustering
from threadpoolctl import threadpool_limits

from immunosep_omics.endotype import Endotypes, endotype
from immunosep_omics.integrate import INTEGRATORS
from immunosep_omics.settings.analysis import Consensus
from immunosep_omics.stats.consensus import agree, cluster_resamples, draw_resamples
from immunosep_omics.stats.graph_factors import network
from immunosep_omics.stats.kmeans import cluster
from immunosep_omics.stats.latent_classes import classify, fit_latent_classes
from immunosep_omics.stats.streams import stream
from immunosep_omics.transforms.block import Block
from immunosep_omics.transforms.projection import Projection, omics_of

Array = NDArray[np.float64]
Labels = NDArray[np.intp]

# The configuration declared beforehand for every set of data: the defaults of the settings.
FACTORS = 20
CHOICES = Consensus().model_dump()
STARTS = 5


def as_blocks(views: Sequence[Array]) -> dict[str, Block]:
    """Each view as an omic of its own; rows of NaN say that a sample lacks it."""
    rows = [f"s{number}" for number in range(len(views[0]))]
    described = pd.DataFrame({"sample": rows}, index=rows)
    return {
        f"view{place + 1}": Block(pd.DataFrame(view, index=rows).add_prefix("f"), described)
        for place, view in enumerate(views)
    }


def integrated(views: Sequence[Array], method: str = "mfa") -> tuple[Projection, dict[str, Block]]:
    """The projection that a method learns from all samples, and their blocks."""
    blocks = as_blocks(views)
    rows = blocks["view1"].values.index
    return INTEGRATORS[method](blocks, rows, FACTORS), blocks


def by_evidence(projection: Projection, blocks: dict[str, Block], seed: int) -> Endotypes:
    """Endotypes as in the pipeline, their number among what is found."""
    rows = blocks["view1"].values.index
    placement = projection.place(blocks, rows)
    omics = omics_of(placement, list(projection.features))
    names = pd.DataFrame({"sample": rows, "patient": rows, "cohort": "a"}, index=rows)
    factors = names.assign(part="discovery", omics=omics)
    factors[projection.names] = placement.scores
    components = names[["sample", "cohort"]].join(projection.components(blocks, rows))
    kinds = dict(zip(placement.pattern, omics, strict=True))
    reliability = pd.concat(
        pd.DataFrame(placement.reliability[kind], columns=projection.names).assign(
            omics=name, factor=projection.names
        )
        for kind, name in sorted(kinds.items())
    )
    with threadpool_limits(1):
        return endotype(factors, components, reliability, names, CHOICES, seed, "bench")


def classes(projection: Projection, blocks: dict[str, Block], k: int, seed: int) -> Labels:
    """The classes that the pipeline would call if ``k`` were its number of endotypes."""
    return fitted_classes(projection, blocks, k, seed)[1]


def fitted_classes(
    projection: Projection, blocks: dict[str, Block], k: int, seed: int
) -> tuple[object, Labels]:
    """The model of ``k`` classes, and each sample's."""
    rows = blocks["view1"].values.index
    with threadpool_limits(1):
        points = projection.place(blocks, rows).scores
        values = projection.components(blocks, rows).to_numpy()
        generator = stream(seed, "endotype", "bench", "consensus")
        drawn = draw_resamples(generator, *points.shape, resamples=CHOICES["resamples"])
        agreed = agree(cluster_resamples(points, drawn, generator, max_k=k))[-1]
        alone = np.ones((STARTS, len(points)))
        others = cluster(points[None], alone, k, 1, stream(seed, "starts", str(k))).labels
        one = np.zeros(len(points), dtype=np.intp)
        model, _ = fit_latent_classes(values, np.vstack([agreed.labels, others]), one)
        return model, classify(model, values, one).probability.argmax(axis=1)


def spectral(views: Sequence[Array], method: str, k: int, seed: int) -> Labels:
    """Spectral clustering of a method's network of samples, as its authors do."""
    between = network(views, method)
    made = SpectralClustering(k, affinity="precomputed", random_state=seed, n_init=10)
    with threadpool_limits(1):
        return made.fit_predict(between)
