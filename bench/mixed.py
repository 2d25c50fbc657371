"""Mixed models against lmerTest in the same run, and their level: python bench/mixed.py [--runs 5].

Writes bench/results/mixed.tsv. lmerTest fits 200 of the features; its time is scaled to all, as
each is fitted alone. It stops early: the agreement is the median over features of the relative
difference of p, and tests/golden holds lmerTest that goes on to the top. The level is the share of
p below 0.05 of 20,000 features without an effect, within patients and between them.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy

from immunosep_omics.stats.mixed_model import MixedFit, fit_mixed

Array = np.ndarray
HERE = Path(__file__).parent
# Features, samples, share of gaps; two samples for every patient.
RACES = ((20_000, 60, 0.0), (20_000, 60, 0.3), (5_000, 400, 0.3))
THEIRS = 200
# Patients, and the ratio of the variance between them to that within them.
LEVELS = tuple((patients, ratio) for patients in (8, 12, 20, 50) for ratio in (0.0, 0.3, 1.0, 4.0))


def draw(features: int, samples: int, gaps: float, ratio: Array | float) -> tuple[Array, ...]:
    """Values (samples, features), a design of time, age and group, and patients."""
    rng = np.random.default_rng([features, samples])
    patient = np.repeat(np.arange(samples // 2), 2)
    age = rng.normal(60, 12, samples // 2).round()[patient]
    design = np.column_stack([np.ones(samples), np.arange(samples) % 2, age, patient % 2])
    values = rng.normal(size=(samples, features))
    values += np.sqrt(ratio) * rng.normal(size=(samples // 2, features))[patient]
    values[rng.random(values.shape) < gaps] = np.nan
    return values, design.astype(float), patient


def fit(values: Array, design: Array, patient: Array) -> MixedFit:
    """The effects of time and of group."""
    return fit_mixed(values, design, np.eye(4)[:, [1, 3]], patient)


def race(features: int, samples: int, gaps: float, runs: int) -> str:
    """One row of the table."""
    ratios = np.random.default_rng(features).choice([0.1, 1.0, 4.0], features)
    values, design, patient = draw(features, samples, gaps, ratios)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        found = fit(values, design, patient)
        seconds.append(time.perf_counter() - start)
    own = float(np.median(seconds))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.ascontiguousarray(values[:, :THEIRS]).tofile(folder / "values")
        design.tofile(folder / "design")
        patient.astype(float).tofile(folder / "patient")
        sizes = [str(THEIRS), str(samples), str(runs)]
        subprocess.run(["Rscript", HERE / "mixed.R", name, *sizes], check=True)
        theirs = float(np.median(np.fromfile(folder / "seconds"))) * features / THEIRS
        p = np.fromfile(folder / "result").reshape(THEIRS, 3)[:, 2]
        versions = (folder / "versions").read_text().splitlines()
    apart = np.median(np.abs(found.p[1, :THEIRS] / p - 1))
    versions += [f"numpy {np.__version__}", f"scipy {scipy.__version__}"]
    cells = [features, samples, gaps, runs, f"{own:.3f}", f"{theirs:.0f}", f"{theirs / own:.0f}"]
    return "\t".join(map(str, [*cells, f"{apart:.1e}", ", ".join(versions)]))


def level(patients: int, ratio: float) -> str:
    """One line on the share of features without an effect below 0.05."""
    found = fit(*draw(20_000, 2 * patients, 0.0, ratio))
    shares = np.nanmean(found.p < 0.05, axis=1)
    told = f"{shares[0]:.4f}\t{shares[1]:.4f}\t{found.at_boundary.mean():.2f}"
    return f"{patients}\t{ratio:g}\t{told}\t{found.converged.mean():.4f}"


def main() -> None:
    """Run all rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    columns = ["features", "samples", "gaps", "runs", "seconds", "lmertest_seconds", "ratio"]
    lines = ["\t".join([*columns, "agreement", "versions"])]
    for row in RACES:
        lines.append(race(*row, runs))
        print(lines[-1], flush=True)
    (HERE / "results" / "mixed.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("patients\tratio\tlevel_within\tlevel_between\tat_boundary\tconverged")
    for setting in LEVELS:
        print(level(*setting), flush=True)


if __name__ == "__main__":
    main()
