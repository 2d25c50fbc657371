"""False alarms of scale detection on sound data, and lies caught: python bench/scale.py [draws].

Each draw is a matrix of 4 to 40 samples and 60 to 6,000 features; sound ones are declared as they
are, lies on another scale. Prints how many of each kind are refused. Then the same for matrices
made of real counts, where `../shared/data` is: 4, 8 or 16 samples of each set, all its genes or
400 of them, as they are, and normalised and rounded again.
"""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.scale import check_scale
from immunosep_omics.stats.streams import stream

Drawn = tuple[str, np.ndarray, str]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
REAL_DRAWS = 20
REAL_SAMPLES = (4, 8, 16)
PANEL = 400


def sequencing(generator: np.random.Generator, samples: int, genes: int) -> list[Drawn]:
    depth = np.exp(generator.normal(0, generator.uniform(0.1, 0.6), (samples, 1)))
    means = np.exp(generator.normal(generator.uniform(0, 5), generator.uniform(1, 2.5), genes))
    dispersion = generator.uniform(0.01, 0.8)
    probability = 1 / (1 + dispersion * means * depth)
    counts = generator.negative_binomial(1 / dispersion, probability).astype(float)
    per_million = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) * 1e6
    estimated = np.rint(counts * np.exp(generator.normal(0, 0.1, counts.shape)))
    return [
        ("counts", counts, "counts"),
        ("Poisson counts", generator.poisson(means * depth).astype(float), "counts"),
        ("estimated counts, rounded", estimated, "counts"),
        ("log2(counts + 1)", np.log2(counts + 1), "log2"),
        ("log2 counts per million", np.log2(per_million + 0.5), "log2"),
    ]


def arrays(generator: np.random.Generator, samples: int, genes: int) -> list[Drawn]:
    levels = generator.uniform(2, 14, genes)
    spread = generator.uniform(0.1, 0.9, genes)
    logs = levels + generator.normal(0, spread, (samples, genes))
    background = np.log2(2**logs + 2 ** generator.uniform(3, 8))
    z_genes = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    z_samples = ((logs.T - logs.mean(axis=1)) / logs.std(axis=1)).T
    return [
        ("array, log2", logs, "log2"),
        ("array above a background, log2", background, "log2"),
        ("array, linear", 2**logs, "linear"),
        ("LIE array, log2 as linear", logs, "linear"),
        ("LIE array above a background, log2 as linear", background, "linear"),
        ("LIE array, linear as log2", 2**logs, "log2"),
        ("LIE z of genes as log2", z_genes, "log2"),
        ("LIE z of samples as log2", z_samples, "log2"),
        ("LIE z of genes, half the samples, as log2", z_genes[::2], "log2"),
    ]


def proteins(generator: np.random.Generator, samples: int) -> list[Drawn]:
    count = int(generator.choice([21, 45, 92, 368]))
    means = generator.normal(generator.uniform(2, 5), generator.uniform(0.8, 2.5), count)
    npx = means + generator.normal(0, generator.uniform(0.2, 1.2, count), (samples, count))
    few = int(generator.choice([8, 17, 27, 48]))
    logs = generator.normal(3, 2, few) + generator.normal(
        0, generator.uniform(0.4, 1.2, few), (samples, few)
    )
    ratios = np.exp(
        generator.normal(0, generator.uniform(0.05, 0.5), 500)
        + generator.normal(0, generator.uniform(0.05, 0.3), (samples, 500))
    )
    return [
        ("NPX", npx, "npx"),
        ("NPX floored at limits", np.maximum(npx, generator.normal(0, 0.8, count)), "npx"),
        ("cytokines, linear", np.exp(logs), "linear"),
        ("cytokines, log2", logs / np.log(2), "log2"),
        ("ratios, linear", ratios, "linear"),
        ("LIE NPX as linear", npx, "linear"),
        ("LIE 2^NPX as NPX", 2**npx, "npx"),
        ("LIE NPX above zero as linear", np.maximum(npx, 0.05), "linear"),
        ("LIE ratios as log2", ratios, "log2"),
    ]


def real_sets() -> Iterator[tuple[str, np.ndarray]]:
    """Name and counts (samples x genes) of each real set that is here."""
    import anndata

    for name, path, mark in (
        ("TB_hiv", "tb_counts/TB_hiv_counts_genes_x_samples.csv.gz", ","),
        ("TB_indian", "tb_counts/TB_indian_counts_genes_x_samples.csv.gz", ","),
        ("pasilla", "formats/htseq/pasilla_gene_counts.tsv", "\t"),
    ):
        if (SHARED / path).is_file():
            yield name, pd.read_csv(SHARED / path, sep=mark, index_col=0).to_numpy(float).T
    airway = SHARED / "formats/h5ad_airway/airway.h5ad"
    if airway.is_file():
        yield "airway", anndata.read_h5ad(airway).to_df().to_numpy(float)


def made_of(generator: np.random.Generator, counts: np.ndarray) -> list[Drawn]:
    """Counts as they are, over DESeq2's size factors, and as RPKM of lengths that are drawn."""
    logs = np.log(counts[:, (counts > 0).all(axis=0)])
    factors = np.exp(np.median(logs - logs.mean(axis=0), axis=1, keepdims=True))
    kilobases = np.exp(generator.normal(0.9, 0.8, counts.shape[1]))
    rpkm = counts / counts.sum(axis=1, keepdims=True) * 1e6 / kilobases
    return [
        ("counts", counts, "counts"),
        ("LIE over size factors, rounded", np.rint(counts / factors), "counts"),
        ("LIE RPKM, rounded", np.rint(rpkm), "counts"),
    ]


def real() -> Iterator[Drawn]:
    """Matrices made of real counts, their set and size in their names."""
    for name, counts in real_sets():
        for draw in range(REAL_DRAWS):
            generator = stream(draw, "bench", "scale", name)
            for samples in (n for n in REAL_SAMPLES if n <= len(counts)):
                chosen = counts[generator.choice(len(counts), samples, replace=False)]
                chosen = chosen[:, chosen.any(axis=0)]
                panel = generator.choice(chosen.shape[1], min(PANEL, chosen.shape[1]), False)
                for kind, values, scale in made_of(generator, chosen):
                    yield f"{name}, {samples} samples, all genes: {kind}", values, scale
                    yield f"{name}, {samples} samples, 400 genes: {kind}", values[:, panel], scale


def made_up(draws: int) -> Iterator[Drawn]:
    """Matrices of every kind, from laws."""
    for draw in range(draws):
        generator = stream(draw, "bench", "scale")
        samples = int(generator.integers(4, 40))
        genes = int(generator.choice([60, 200, 1000, 6000]))
        yield from sequencing(generator, samples, genes)
        yield from arrays(generator, samples, genes)
        yield from proteins(generator, samples)


def refused(values: np.ndarray, scale: str) -> bool:
    """Whether values are refused on the scale that they are declared to be on."""
    try:
        check_scale(values, scale, "expression", "m")
    except InputError:
        return True
    return False


if __name__ == "__main__":
    found: dict[str, list[bool]] = {}
    for kind, values, scale in chain(made_up(int(sys.argv[1]) if sys.argv[1:] else 150), real()):
        found.setdefault(kind, []).append(refused(values, scale))
    print("kind\trefused\tof")
    for kind, verdicts in found.items():
        print(f"{kind}\t{sum(verdicts)}\t{len(verdicts)}")
