"""Linear models against limma in the same run: python bench/linear.py [--runs 5].

Writes ratios and agreement to bench/results/linear.tsv. Peak memory is that of the arrays that
NumPy allocates, the input included, over the input.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from immunosep_omics.stats.linear import fit_linear, moderate
from immunosep_omics.stats.repeat_correlation import repeat_correlation
from immunosep_omics.stats.threads import one_blas_thread
from immunosep_omics.stats.voom import voom

Array = np.ndarray
HERE = Path(__file__).parent
# Task, features, samples, the least ratio to limma that is promised (0: none).
ROWS = (
    ("voom", 17_500, 60, 0),
    ("voom", 17_500, 500, 8),
    ("voom", 17_500, 2_000, 6),
    ("fit", 20_000, 2_000, 0),
    ("repeats", 5_000, 100, 20),
    ("repeats_gaps", 5_000, 100, 20),
)


def voom_fit(values: Array, design: Array) -> Any:
    """Voom, weighted fit, moderation."""
    seen = voom(values, design)
    return moderate(fit_linear(seen.log_cpm, design, seen.weights))


def plain_fit(values: Array, design: Array) -> Any:
    """Fit and moderation."""
    return moderate(fit_linear(values, design))


def correlate(values: Array, design: Array) -> Any:
    """Correlation of pairs."""
    return repeat_correlation(values, design, np.arange(len(values)) // 2)


TASKS: dict[str, Callable[[Array, Array], Any]] = {
    "voom": voom_fit,
    "fit": plain_fit,
    "repeats": correlate,
    "repeats_gaps": correlate,
}


def draw(task: str, features: int, samples: int) -> tuple[Array, Array]:
    """Values (samples, features) and a design of group, age and site."""
    rng = np.random.default_rng([features, samples])
    age = rng.normal(60, 12, samples).round()
    design = np.column_stack(
        [np.ones(samples), np.arange(samples) % 2, age, np.arange(samples) >= samples // 2]
    ).astype(float)
    if task == "voom":
        mean = rng.exponential(size=features) ** 3 * 150 + 0.1
        depth = np.exp(rng.normal(0, 0.3, samples))
        rate = rng.gamma(5, 1 / 5, (samples, features)) * mean * depth[:, None]
        return rng.poisson(rate).astype(float), design
    spread = np.sqrt(0.3 * 6 / rng.chisquare(6, features))
    values = rng.normal(7, 2, features) + rng.normal(size=(samples, features)) * spread
    if task.startswith("repeats"):
        values += np.repeat(rng.normal(size=(samples // 2, features)) * spread * 0.6, 2, axis=0)
    if task == "repeats_gaps":
        values[rng.random(values.shape) < 0.1] = np.nan
    return values, design


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


def bare_products(values: Array, design: Array) -> float:
    """Median seconds of the two products of least squares: effects and fitted values."""
    basis = np.ascontiguousarray(np.linalg.qr(design)[0].T)
    with one_blas_thread():
        return median_time(lambda: basis.T @ (basis @ values), 5)


def furthest(actual: Array, expected: Array) -> float:
    """Largest relative difference."""
    return float(np.nanmax(np.abs(actual / expected - 1)))


def race(task: str, features: int, samples: int, bar: int, runs: int) -> str:
    """One row of the table."""
    values, design = draw(task, features, samples)

    def run() -> Any:
        return TASKS[task](values, design)

    result = run()
    own = median_time(run, runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        values.tofile(folder / "values")
        design.tofile(folder / "design")
        sizes = [str(features), str(samples), str(runs)]
        subprocess.run(["Rscript", HERE / "linear.R", name, task, *sizes], check=True)
        theirs = float(np.median(np.fromfile(folder / "seconds")))
        if task.startswith("repeats"):
            agreement = furthest(result.correlation, np.fromfile(folder / "correlation"))
        else:
            agreement = furthest(result.t, np.fromfile(folder / "t").reshape(4, -1))
        versions = (folder / "versions").read_text().splitlines()
    versions += [f"numpy {np.__version__}", f"scipy {scipy.__version__}"]
    cells = [task, features, samples, runs, f"{own:.4f}", f"{theirs:.3f}", f"{theirs / own:.1f}"]
    cells += [bar, f"{own / bare_products(values, design):.1f}", f"{peak_share(run, values):.2f}"]
    return "\t".join(map(str, [*cells, f"{agreement:.1e}", ", ".join(versions)]))


def main() -> None:
    """Run all rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    columns = ["task", "features", "samples", "runs", "seconds", "limma_seconds", "ratio", "bar"]
    columns += ["over_bare_products", "peak_memory_over_input", "agreement", "versions"]
    lines = ["\t".join(columns)]
    for row in ROWS:
        lines.append(race(*row, runs))
        print(lines[-1], flush=True)
    results = HERE / "results" / "linear.tsv"
    results.parent.mkdir(exist_ok=True)
    results.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
