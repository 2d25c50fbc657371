"""Meta-analysis of 20,000 genes over 12 cohorts, beside metafor: python bench/pooling.py.

metafor fits gene after gene, so it is given 200 of the genes, and its time is multiplied.
"""

import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from immunosep_omics.stats.pooling import pool
from immunosep_omics.stats.streams import stream

COHORTS, GENES, GIVEN_TO_R, RUNS = 12, 20_000, 200, 5

R_SCRIPT = """
suppressPackageStartupMessages(library(metafor))
y <- as.matrix(read.table("effects.tsv")); v <- as.matrix(read.table("variances.tsv"))
took <- system.time(for (gene in seq_len(ncol(y)))
  rma.uni(y[, gene], v[, gene], method = "REML", test = "adhoc"))
cat(took[["elapsed"]])
"""


def with_metafor(effects: np.ndarray, variances: np.ndarray) -> float:
    """Seconds that metafor takes."""
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(Path(folder) / "effects.tsv", effects)
        np.savetxt(Path(folder) / "variances.tsv", variances)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=True
        )
    return float(done.stdout)


if __name__ == "__main__":
    generator = stream(1, "bench", "pooling")
    variances = np.exp(generator.uniform(np.log(0.02), np.log(0.5), size=(COHORTS, GENES)))
    tau2 = generator.choice([0.0, 0.05, 0.5], size=GENES)
    effects = 0.3 + generator.normal(size=variances.shape) * np.sqrt(variances + tau2)
    print("method\tseconds")
    for method in ("fixed", "dersimonian_laird", "reml"):
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            pool(effects, variances, method)
            times.append(time.perf_counter() - start)
        print(f"{method}\t{np.median(times):.2f}")
    taken = with_metafor(effects[:, :GIVEN_TO_R], variances[:, :GIVEN_TO_R])
    print(f"metafor, REML\t{taken * GENES / GIVEN_TO_R:.0f}")
