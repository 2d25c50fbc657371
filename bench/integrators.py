"""Speed of the integrators, and of network fusion against snfpy.

    python bench/integrators.py PYTHON_WITH_SNFPY

The interpreter is one of an environment with snfpy 0.2.2 and scikit-learn below 1.6, which
tests/golden/make_snf.py describes. Three omics, medians of five runs on one thread.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import integrations
import numpy as np
from harness import cores_others_use, median_time, write_results
from threadpoolctl import threadpool_limits

from immunosep_omics.integrate import INTEGRATORS
from immunosep_omics.stats.neighbourhood import squared_distances
from immunosep_omics.stats.snf import affinity, fuse

FEATURES = (2000, 450, 150)
PEER = """
import sys, time, numpy, snf
given = [matrix for matrix in numpy.load(sys.argv[1]).values()]
def fused():
    if sys.argv[3] == "distances":
        return snf.snf(*[snf.compute.affinity_matrix(one) for one in given])
    return snf.snf(*snf.make_affinity(*given, metric="euclidean"))
seconds = []
for _ in range(5):
    start = time.perf_counter()
    found = fused()
    seconds.append(time.perf_counter() - start)
numpy.savez(sys.argv[2], fused=found, seconds=numpy.median(seconds))
"""


def omics(samples: int) -> list[np.ndarray]:
    """Three classes that all omics see."""
    generator = np.random.default_rng(samples)
    own = generator.choice(3, samples, p=[0.45, 0.2, 0.35])
    return [
        0.3 * generator.normal(size=(3, features))[own] + generator.normal(size=(samples, features))
        for features in FEATURES
    ]


def distances(values: np.ndarray) -> np.ndarray:
    """(samples, samples) between standardised samples."""
    standard = values - values.mean(axis=0)
    standard /= np.sqrt(np.square(standard).mean(axis=0))
    return np.sqrt(squared_distances(standard, standard))


def against_snfpy(samples: int, start: str, python: str) -> dict[str, object]:
    """The fused network, from values (samples, features) or from distances."""
    matrices = omics(samples)
    if start == "distances":
        matrices = [distances(values) for values in matrices]

    def run() -> np.ndarray:
        if start == "distances":
            return fuse([affinity(distance) for distance in matrices])
        return fuse([affinity(distances(values)) for values in matrices])

    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        given, answer = Path(name, "given.npz"), Path(name, "answer.npz")
        np.savez(given, *matrices)
        others = cores_others_use()
        own = median_time(run)
        subprocess.run(
            [python, "-c", PEER, str(given), str(answer), start],
            check=True,
            env=dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        )
        theirs = np.load(answer)
        difference = float(np.abs(run() - theirs["fused"]).max())
    seconds = float(theirs["seconds"])
    return {
        "task": f"three networks fused, from {start}", "samples": samples, "seconds": f"{own:.3f}",
        "peer_seconds": f"{seconds:.3f}", "ratio": f"{seconds / own:.1f}",
        "difference": f"{difference:.1e}", "bars": "ratio >= 5, difference <= 1e-12",
        "missed": "" if seconds / own >= 5 and difference <= 1e-12 else "yes",
        "cores_others_used": f"{others:.1f}",
    }  # fmt: skip


def integrator(method: str, samples: int) -> dict[str, object]:
    """One fit and the placement of all samples."""
    blocks = integrations.as_blocks(omics(samples))
    rows = blocks["view1"].values.index
    with threadpool_limits(1):
        others = cores_others_use()
        start = time.perf_counter()
        projection = INTEGRATORS[method](blocks, rows, integrations.FACTORS)
        projection.place(blocks, rows)
        own = time.perf_counter() - start
    return {
        "task": f"{method}, 2,600 features", "samples": samples, "seconds": f"{own:.3f}",
        "peer_seconds": "", "ratio": "", "difference": "", "bars": "", "missed": "",
        "cores_others_used": f"{others:.1f}",
    }  # fmt: skip


def main() -> None:
    """Run, say, and write bench/results/integrators.tsv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("python")
    options = parser.parse_args()
    rows = [
        against_snfpy(samples, start, options.python)
        for start in ("values", "distances")
        for samples in (200, 500, 1000)
    ]
    methods = [m for m in INTEGRATORS if m != "mofa" or find_spec("mofapy2")]
    rows += [integrator(method, samples) for samples in (200, 1000) for method in methods]
    for row in rows:
        print("\t".join(str(cell) for cell in row.values()))
    write_results("integrators", rows)


if __name__ == "__main__":
    main()
