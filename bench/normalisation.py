"""Normalisation and ComBat against R in the same run: python bench/normalisation.py [--runs 5].

Writes ratios and agreement to bench/results/normalisation.tsv. `over_copy` is the time over that
of copying the values once, which no method that reads and writes them can beat. Peak memory is
that of the arrays that NumPy allocates, the input included, over the input.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from immunosep_omics.stats.batch import apply_combat, fit_combat
from immunosep_omics.stats.quantile import quantile_reference, to_quantile_reference
from immunosep_omics.stats.rle import rle_factors
from immunosep_omics.stats.tmm import tmm_factors
from immunosep_omics.stats.upper_quartile import upper_quartile_factors

Array = np.ndarray
HERE = Path(__file__).parent
BATCHES = 4
# Task, features, samples, the least ratio to R that is promised (0: none).
ROWS = (
    ("tmm", 17_500, 60, 8),
    ("tmm", 17_500, 500, 8),
    ("rle", 17_500, 60, 0),
    ("rle", 17_500, 500, 0),
    ("upper_quartile", 17_500, 500, 0),
    ("quantile", 17_500, 500, 0),
    ("combat", 17_500, 60, 10),
    ("combat", 17_500, 500, 10),
    ("combat_mean_only", 17_500, 500, 10),
    ("combat_non_parametric", 1_500, 60, 10),
)
COUNTED = {"tmm": tmm_factors, "rle": rle_factors, "upper_quartile": upper_quartile_factors}
OPTIONS = {
    "combat": {},
    "combat_mean_only": {"mean_only": True},
    "combat_non_parametric": {"parametric": False},
}


def work(task: str, values: Array) -> Callable[[], Array]:
    """What is timed."""
    if task in COUNTED:
        return lambda: COUNTED[task](values, values.sum(axis=1))
    if task == "quantile":
        return lambda: to_quantile_reference(values, quantile_reference(values))
    batch = np.arange(len(values)) % BATCHES
    options = OPTIONS[task]
    return lambda: apply_combat(fit_combat(values, batch, **options), values, batch)


def draw(task: str, features: int, samples: int) -> Array:
    """Counts, or values with batch effects: (samples, features)."""
    rng = np.random.default_rng([features, samples])
    if task in COUNTED:
        mean = rng.exponential(size=features) ** 3 * 150 + 0.1
        depth = np.exp(rng.normal(0, 0.3, samples))
        rate = rng.gamma(5, 1 / 5, (samples, features)) * mean * depth[:, None]
        return rng.poisson(rate).astype(float)
    batch = np.arange(samples) % BATCHES
    shift = rng.normal(0, 0.7, (BATCHES, features))[batch]
    stretch = np.sqrt(1 / rng.gamma(4, 1 / 3, (BATCHES, features)))[batch]
    return rng.normal(8, 2, features) + shift + stretch * rng.normal(size=(samples, features))


def median_time(run: Callable[[], object], runs: int) -> float:
    """Median seconds."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def peak_share(run: Callable[[], object], values: Array) -> float:
    """Peak of allocated memory, the input included, over the input."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return 1 + peak / values.nbytes


def race(task: str, features: int, samples: int, bar: int, runs: int) -> str:
    """One row of the table."""
    values = draw(task, features, samples)
    run = work(task, values)
    result = run()
    own = median_time(run, runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        values.tofile(folder / "values")
        sizes = [str(number) for number in (features, samples, BATCHES, runs)]
        subprocess.run(["Rscript", HERE / "normalisation.R", name, task, *sizes], check=True)
        theirs = float(np.median(np.fromfile(folder / "seconds")))
        expected = np.fromfile(folder / "result").reshape(result.shape)
        versions = (folder / "versions").read_text().splitlines()
    size = np.abs(expected).mean() if task not in COUNTED else np.abs(expected)
    agreement = float(np.max(np.abs(result - expected) / size))
    copy = median_time(values.copy, 5)
    cells = [task, features, samples, runs, f"{own:.4f}", f"{theirs:.3f}", f"{theirs / own:.1f}"]
    cells += [bar, f"{own / copy:.1f}", f"{peak_share(run, values):.2f}", f"{agreement:.1e}"]
    return "\t".join(map(str, [*cells, ", ".join([*versions, f"numpy {np.__version__}"])]))


def main() -> None:
    """Run all rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    columns = ["task", "features", "samples", "runs", "seconds", "r_seconds", "ratio", "bar"]
    columns += ["over_copy", "peak_memory_over_input", "agreement", "versions"]
    lines = ["\t".join(columns)]
    for row in ROWS:
        lines.append(race(*row, runs))
        print(lines[-1].rsplit("\t", 1)[0], flush=True)
    results = HERE / "results" / "normalisation.tsv"
    results.parent.mkdir(exist_ok=True)
    results.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
