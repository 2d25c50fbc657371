"""Surrogate variables against sva in the same run, medians of 5; a line per size.

Usage: python bench/surrogate_variables.py > bench/results/surrogate_variables.tsv
"""

from __future__ import annotations

import subprocess
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

from immunosep_omics.stats.surrogate_variables import surrogate_variables

SIZES = ((17_500, 60), (17_500, 500))
NUMBER = 2


def main() -> None:
    """Print the table."""
    print("features", "samples", "seconds", "r_seconds", "ratio", "over_products",
          "peak_memory_over_input", "agreement", "versions", sep="\t")  # fmt: skip
    for features, samples in SIZES:
        generator = np.random.default_rng(1)
        group = np.arange(samples) % 2.0
        values = generator.normal(size=(samples, features))
        for _ in range(NUMBER):
            values += np.outer(generator.normal(size=samples), generator.normal(size=features))
        design = np.column_stack([np.ones(samples), group])

        def run(values=values, design=design):
            return surrogate_variables(values, design, design[:, :1], NUMBER)

        own = np.median([_seconds(run) for _ in range(5)])
        # What no way round: the six products of samples by samples that give the components.
        products = np.median([_seconds(lambda v=values: v @ v.T) for _ in range(5)]) * 6
        tracemalloc.start()
        found = run()
        peak = 1 + tracemalloc.get_traced_memory()[1] / values.nbytes
        tracemalloc.stop()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "size").write_text(f"{features} {samples}")
            # R reads by columns: its columns are samples, which are our rows.
            (folder / "values").write_bytes(values.tobytes())
            (folder / "group").write_bytes(group.tobytes())
            script = Path(__file__).with_suffix(".R")
            said = subprocess.run(["Rscript", str(script), name, str(NUMBER)], check=True,
                                  capture_output=True, text=True).stdout  # fmt: skip
            other = np.frombuffer((folder / "found").read_bytes()).reshape(NUMBER, samples).T
        seconds, _, versions = said.strip().partition(" ")
        agreement = np.abs(found * np.sign((found * other).sum(axis=0)) - other).max()
        print(features, samples, f"{own:.3f}", f"{float(seconds):.3f}",
              f"{float(seconds) / own:.1f}", f"{own / products:.1f}", f"{peak:.2f}",
              f"{agreement:.1e}", f"{versions}, numpy {np.__version__}", sep="\t")  # fmt: skip


def _seconds(run) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
