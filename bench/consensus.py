"""Consensus clustering against ConsensusClusterPlus: python bench/consensus.py [speed|seeds|large].

Writes bench/results/consensus.tsv (speed), consensus_seeds.tsv (k-means: how far from R, beside how
far R is from itself at another seed) and consensus_large.tsv (5,000 samples). 2,000 features, four
weak clusters, 1,000 resamples of 80 % of the samples, k = 2 to 6. R's k-means of 800 samples takes
ten minutes: it is given few resamples, two numbers of them, and the time of a further resample is
their difference. Either side makes all consensus matrices, and the labels.
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from harness import Answer, Array, ask_r, collect, cores_others_use

from immunosep_omics.stats.consensus import Agreement, agree, cluster_resamples, draw_resamples
from immunosep_omics.stats.streams import stream

FEATURES, MOST, RESAMPLES, RUNS = 2000, 6, 1000, 3
KS = range(2, MOST + 1)
R_NAMES = {"hierarchical": "hc", "kmeans": "km"}
BARS = {
    ("hierarchical", 200): 10,
    ("hierarchical", 800): 20,
    ("kmeans", 200): 50,
    ("kmeans", 800): 20,
}
FEW = (10, 40)
"""Resamples that R is given where all take too long."""
SEEDS, SEED_RESAMPLES = 6, 500
MOST_SECONDS, MOST_GIB = 600, 4


def draw(samples: int) -> Array:
    """Four clusters that differ in a tenth of the features, by a standard deviation."""
    generator = stream(1, "bench", "consensus", str(samples))
    centres = generator.normal(size=(4, FEATURES)) * (generator.random(FEATURES) < 0.1)
    return centres[np.arange(samples) % 4] + generator.normal(size=(samples, FEATURES))


def ours(values: Array, clusterer: str, seed: int, resamples: int) -> Agreement:
    """What the package is timed for, evidence aside."""
    generator = stream(seed, "bench", "resamples")
    drawn = draw_resamples(generator, *values.shape, resamples=resamples)
    return cluster_resamples(values, drawn, generator, clusterer=clusterer, max_k=MOST)


def theirs(values: Array, clusterer: str, resamples: int, seed: int = 1) -> Answer:
    """R, once."""
    given = {"values": values, "given": np.array([[MOST, resamples, seed]])}
    return ask_r("consensus.R", R_NAMES[clusterer], given)


def speed_row(clusterer: str, samples: int) -> dict[str, Any]:
    """Package against R."""
    values = draw(samples)
    others = cores_others_use()
    agree(ours(values, clusterer, 1, 10))
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        agree(ours(values, clusterer, 1, RESAMPLES))
        seconds.append(time.perf_counter() - start)
    own = float(np.median(seconds))
    if clusterer == "kmeans" and samples > 200:
        few, more = (theirs(values, clusterer, count) for count in FEW)
        each = (more.seconds - few.seconds) / (FEW[1] - FEW[0])
        r_seconds, given = few.seconds + each * (RESAMPLES - FEW[0]), f"{FEW[0]} and {FEW[1]}"
    else:
        few = theirs(values, clusterer, RESAMPLES)
        r_seconds, given = few.seconds, str(RESAMPLES)
    name, limit = limit_of(clusterer, values)
    ratio, bar = r_seconds / own, BARS[clusterer, samples]
    return {
        "task": clusterer,
        "features": FEATURES,
        "samples": samples,
        "resamples": RESAMPLES,
        "runs": RUNS,
        "seconds": f"{own:.2f}",
        "r_seconds": f"{r_seconds:.1f}",
        "r_resamples": given,
        "ratio": f"{ratio:.1f}",
        "limit": name,
        "limit_seconds": f"{limit:.2f}",
        "over_limit": f"{own / limit:.1f}",
        "bars": f"ratio >= {bar}",
        "missed": "" if ratio >= bar else "ratio",
        "cores_others_used": f"{others:.1f}",
        "versions": ", ".join(few.versions),
    }


def limit_of(clusterer: str, values: Array) -> tuple[str, float]:
    """Seconds of the least work: every tree once; or every cluster with every sample once."""
    centred = values - values.mean(axis=0)
    gram = centred @ centred.T
    size = round(0.8 * len(values))
    start = time.perf_counter()
    if clusterer == "kmeans":
        member = np.ones((sum(KS) * 50, len(values)))
        for _ in range(RESAMPLES // 50):
            member @ gram
        return "one product of all clusters with the Gram matrix", time.perf_counter() - start
    from scipy.cluster.hierarchy import linkage

    condensed = gram[:size, :size][np.triu_indices(size, 1)] - gram.min()
    start = time.perf_counter()
    for _ in range(50):
        linkage(condensed, "average")
    each = (time.perf_counter() - start) / 50
    return "SciPy's trees, one after another", each * RESAMPLES


def seed_rows() -> list[Callable[[], dict[str, Any]]]:
    """For each k: two R seeds apart, and the package from R; root mean square over all pairs."""
    values = draw(200)
    above = np.triu_indices(200, 1)
    r_found, own = [], []
    for seed in range(1, SEEDS + 1):
        flat = theirs(values, "kmeans", SEED_RESAMPLES, seed)["matrices"]
        r_found.append([matrix.reshape(200, 200)[above] for matrix in flat])
        agreement = ours(values, "kmeans", seed, SEED_RESAMPLES)
        own.append([agreement.matrix(k, np.float64)[above] for k in KS])

    def row(place: int) -> dict[str, Any]:
        vectors = np.array([one[place] for one in (*r_found, *own)])
        apart = np.sqrt(((vectors[:, None] - vectors[None]) ** 2).mean(axis=2))
        first, second = range(SEEDS), range(SEEDS, 2 * SEEDS)
        between = [apart[i, j] for i, j in itertools.combinations(first, 2)]
        beside = [apart[i, j] for i, j in itertools.combinations(second, 2)]
        cross = apart[:SEEDS, SEEDS:]
        mean, most = float(cross.mean()), float(np.max(between))
        p = same_source(apart**2)
        missed = [name for name, bad in (("largest", mean > most), ("p", p < 0.05)) if bad]
        return {
            "k": KS[place],
            "samples": 200,
            "resamples": SEED_RESAMPLES,
            "seeds": SEEDS,
            "r_to_r_mean": f"{np.mean(between):.4f}",
            "r_to_r_largest": f"{most:.4f}",
            "own_to_r_mean": f"{mean:.4f}",
            "own_to_r_largest": f"{cross.max():.4f}",
            "own_to_own_mean": f"{np.mean(beside):.4f}",
            "p_same_source": f"{p:.3f}",
            "bars": "own_to_r_mean <= r_to_r_largest, p >= 0.05",
            "missed": ", ".join(missed),
        }

    return [lambda place=place: row(place) for place in range(len(KS))]


def same_source(squares: Array) -> float:
    """Permutation p that two halves of the runs differ in mean, from squared distances."""

    def between(first: Sequence[int]) -> float:
        second = [run for run in range(len(squares)) if run not in first]
        inside = squares[np.ix_(first, first)].sum() + squares[np.ix_(second, second)].sum()
        return float(2 * squares[np.ix_(first, second)].sum() - inside)

    splits = list(itertools.combinations(range(len(squares)), len(squares) // 2))
    observed = between(splits[0])
    return float(np.mean([between(split) >= observed - 1e-12 for split in splits]))


def large_row(clusterer: str) -> dict[str, Any]:
    """5,000 samples, in a process of their own: seconds and the most memory it held."""
    others = cores_others_use()
    command = [sys.executable, str(Path(__file__)), "one", clusterer]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, gib = float(out[0]), float(out[1])
    missed = [
        name
        for name, bad in (("seconds", seconds > MOST_SECONDS), ("memory", gib > MOST_GIB))
        if bad
    ]
    return {
        "task": clusterer,
        "features": FEATURES,
        "samples": 5000,
        "resamples": RESAMPLES,
        "seconds": f"{seconds:.0f}",
        "memory_gib": f"{gib:.2f}",
        "bars": f"seconds <= {MOST_SECONDS}, memory_gib <= {MOST_GIB}",
        "missed": ", ".join(missed),
        "cores_others_used": f"{others:.1f}",
    }


def one(clusterer: str) -> None:
    """The work of one large row."""
    values = draw(5000)
    start = time.perf_counter()
    agree(ours(values, clusterer, 1, RESAMPLES))
    seconds = time.perf_counter() - start
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def main() -> None:
    """Run all rows, or those asked for."""
    asked = sys.argv[1:] or ["speed", "seeds", "large"]
    if asked[0] == "one":
        one(asked[1])
        return
    if "speed" in asked:
        collect("consensus", [lambda key=key: speed_row(*key) for key in BARS])
    if "seeds" in asked:
        collect("consensus_seeds", seed_rows())
    if "large" in asked:
        names = ("kmeans", "hierarchical")
        collect("consensus_large", [lambda name=name: large_row(name) for name in names])


if __name__ == "__main__":
    main()
