"""Do weights of whole samples keep the level? python bench/sample_weights.py FOLDER_OF_SHARED_DATA

Writes bench/results/sample_weights.tsv: the share of p < 0.05 of features that do not differ
between two groups, without and with sample weights, by how many features and samples there are, how
far features move together (common factors and the share of the variance that they make) and how far
samples differ in quality (SD of the log2 variance); then random parts of permuted real
sets. ``independent``: how many independent features would say as much, by what the weighted fit
leaves. ``scaled_prior``: with a prior of ten independent features, 10 x features / independent.
``limma``: its share on the first sets, beside ours on the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from calibration import LEVEL, permuted
from harness import Array, ask_r, collect
from real_sets import RealSet, real_sets

from immunosep_omics.stats.counts import filter_by_expression
from immunosep_omics.stats.independent_features import independent_number_of_features
from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.sample_weights import sample_weights
from immunosep_omics.stats.streams import stream
from immunosep_omics.stats.threads import one_blas_thread
from immunosep_omics.stats.voom import voom
from immunosep_omics.stats.voom_quality import voom_with_sample_weights

REPLICATES, GIVEN_TO_R = 100, 5
# Common factors, and the share of the variance that they make.
FACTORS = ((0, 0.0), (50, 0.5), (10, 0.5), (5, 0.5), (2, 0.6))
QUALITIES = (0.0, 1.0)
GRID = {
    "plain": ((30, 100, 400, 2_000), (10, 40)),
    "voom": ((100, 400), (20,)),
}
PARTS = (100, 400, 1_600)
REAL = ("TB_hiv counts", "TB_indian counts", "GSE13015 array")
PRIOR = 10.0
Draw = Callable[[np.random.Generator], tuple[Array, Array]]


def simulated(
    kind: str, features: int, samples: int, factors: int, share: float, quality: float
) -> Draw:
    """Draws values or counts (samples, features), and the design."""

    def draw(generator: np.random.Generator) -> tuple[Array, Array]:
        design = np.column_stack([np.ones(samples), np.arange(samples) % 2]).astype(float)
        error = np.sqrt(1 - share) * generator.normal(size=(samples, features))
        if factors:
            loading = generator.normal(size=(factors, features))
            loading *= np.sqrt(share) / np.linalg.norm(loading, axis=0)
            error += generator.normal(size=(samples, factors)) @ loading
        error *= np.exp2(quality / 2 * generator.normal(size=samples))[:, None]
        error *= np.sqrt(4 / generator.chisquare(4, features))
        if kind == "plain":
            return 7 + error, design
        mean = generator.exponential(size=features) * 150 + 10
        return generator.poisson(mean * np.exp(0.4 * error)).astype(float), design

    return draw


def part_of(real: RealSet, features: int) -> Draw:
    """Draws features of a real set, with its groups dealt out again."""

    def draw(generator: np.random.Generator) -> tuple[Array, Array]:
        chosen = generator.permutation(real.values.shape[1])[:features]
        return real.values[:, chosen], permuted(real, generator)

    return draw


def shares(kind: str, values: Array, design: Array) -> dict[str, float]:
    """Shares below the level, and what is known of the weights, of one set."""
    log, cells = values, np.ones(1)
    weighed_log, weighed_cells = values, cells
    if kind == "voom":
        seen = voom(values, design)
        log, cells = seen.log_cpm, seen.weights
        seen, weights = voom_with_sample_weights(values, design)
        weighed_log, weighed_cells = seen.log_cpm, seen.weights
    else:
        weights = sample_weights(log, design)
        weighed_cells = weights[:, None]

    def below(y: Array, w: Array) -> float:
        own = np.broadcast_to(w, y.shape)
        return float((moderate(fit_linear(y, design, own)).p[1] < LEVEL).mean())

    independent = independent_number_of_features(weighed_log, design, weights)
    prior = PRIOR * max(1.0, values.shape[1] / independent)
    own = None if kind == "plain" else cells
    calmed = sample_weights(log, design, own, prior_features=prior)[:, None]
    return {
        "unweighted": below(log, cells),
        "weighted": below(weighed_log, weighed_cells),
        "scaled_prior": below(log, cells * calmed),
        "independent": independent,
        "log2_weights": float(np.log2(weights).std()),
    }


def row(name: str, kind: str, facts: dict[str, object], draw: Draw, with_r: bool) -> dict[str, Any]:
    """One row of the table: means over the sets."""
    generator = stream(1, "sample weights", name, kind, *map(str, facts.values()))
    found, theirs = [], []
    for replicate in range(REPLICATES):
        values, design = draw(generator)
        found.append(shares(kind, values, design))
        if with_r and replicate < GIVEN_TO_R:
            said = ask_r("sample_weights.R", kind, {"values": values, "design": design})
            theirs.append(float((said["p"][1] < LEVEL).mean()))
    mean = {key: np.mean([one[key] for one in found]) for key in found[0]}
    every = np.array([one["weighted"] for one in found])
    return {
        "data": name,
        "kind": kind,
        "features": values.shape[1],
        "samples": values.shape[0],
        **facts,
        "replicates": REPLICATES,
        "independent": f"{mean['independent']:.1f}",
        "log2_weights": f"{mean['log2_weights']:.2f}",
        "unweighted": f"{mean['unweighted']:.3f}",
        "weighted": f"{mean['weighted']:.3f}",
        "standard_error": f"{every.std(ddof=1) / np.sqrt(REPLICATES):.3f}",
        "scaled_prior": f"{mean['scaled_prior']:.3f}",
        "limma": f"{np.mean(theirs):.3f} ({every[:GIVEN_TO_R].mean():.3f})" if theirs else "",
    }


def rows(data: Path) -> Iterator[Callable[[], dict[str, Any]]]:
    """All rows."""
    for kind, (features, samples) in GRID.items():
        for (factors, share), quality, f, s in product(FACTORS, QUALITIES, features, samples):
            facts = {"factors": factors, "share": share, "quality": quality}
            draw = simulated(kind, f, s, factors, share, quality)
            with_r = f == 400 and factors in {0, 2}
            yield partial(row, "simulated", kind, facts, draw, with_r)
    for name, real in real_sets(data).items():
        if name not in REAL:
            continue
        kind = "voom" if "counts" in name else "plain"
        if kind == "voom":
            kept = filter_by_expression(real.values, real.design)
            real = RealSet(name, real.values[:, kept], real.design, real.block)
        for features in (size for size in PARTS if size <= real.values.shape[1]):
            facts = {"factors": "", "share": "", "quality": ""}
            yield partial(row, name, kind, facts, part_of(real, features), features == 400)


def main(data: Path) -> None:
    """Run all rows."""
    with one_blas_thread():
        collect("sample_weights", list(rows(data)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
