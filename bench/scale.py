"""False alarms of scale detection on sound data, and lies caught: python bench/scale.py [draws].

Each draw is a matrix of 4 to 40 samples and 60 to 6,000 features; sound ones are declared as they
are, lies on another scale. Prints how many of each kind are refused.
"""

import sys

import numpy as np

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.scale import check_scale
from immunosep_omics.stats.streams import stream

Drawn = tuple[str, np.ndarray, str]


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


if __name__ == "__main__":
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    refused: dict[str, list[int]] = {}
    for draw in range(draws):
        generator = stream(draw, "bench", "scale")
        samples, genes = (
            int(generator.integers(4, 40)),
            int(generator.choice([60, 200, 1000, 6000])),
        )
        drawn = sequencing(generator, samples, genes) + arrays(generator, samples, genes)
        for name, values, scale in drawn + proteins(generator, samples):
            try:
                check_scale(values, scale, "expression", "m")
            except InputError:
                refused.setdefault(name, []).append(1)
            else:
                refused.setdefault(name, []).append(0)
    print("kind\trefused\tof")
    for name, found in refused.items():
        print(f"{name}\t{sum(found)}\t{len(found)}")
