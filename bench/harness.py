"""What the benches against R share: R in the same run, medians, peak memory, tables of results."""

from __future__ import annotations

import csv
import importlib.metadata
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from immunosep_omics.stats.threads import one_blas_thread

Array = np.ndarray
HERE = Path(__file__).parent
RESULTS = HERE / "results"
RUNS = 5
# Peak memory over the input that is promised for everything.
MOST_MEMORY = 6.0


@dataclass(frozen=True)
class Answer:
    """What R said: arrays (samples or contrasts, features), median seconds, versions."""

    arrays: dict[str, Array]
    seconds: float
    versions: list[str]

    def __getitem__(self, name: str) -> Array:
        """One array."""
        return self.arrays[name]


def ask_r(script: str, task: str, given: Mapping[str, Any], runs: int = 1) -> Answer:
    """Run a script of this folder on arrays; see harness.R."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, array in given.items():
            matrix = np.atleast_2d(np.asarray(array, dtype=float))
            with (folder / key).open("wb") as file:
                np.array(matrix.shape[::-1], dtype=float).tofile(file)
                matrix.tofile(file)
        command = ["Rscript", "--vanilla", script, name, task, str(runs)]
        subprocess.run(command, cwd=HERE, check=True)
        arrays = {path.stem: _read(path) for path in folder.glob("*.answer")}
        versions = (folder / "versions").read_text(encoding="utf-8").splitlines()
    seconds = float(np.median(arrays.pop("seconds", np.nan)))
    own = [f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy")]
    return Answer(arrays, seconds, [*versions, *own])


def race(
    task: str,
    inputs: Sequence[Array],
    run: Callable[[], Any],
    script: str,
    given: Mapping[str, Any],
    agreement: Callable[[Any, Answer], float],
    limit: tuple[str, Callable[[], object]],
    bars: Mapping[str, float],
    of_r: float = 1.0,
) -> dict[str, Any]:
    """One row of a speed table: the package against R, five runs each.

    ``inputs``: what peak memory is measured by, the matrix (samples, features) first.
    ``limit``: the name and the bare work that no method can beat. ``bars``: the least ``ratio``,
    the greatest ``seconds`` or ``over_limit``; peak memory has one everywhere. ``of_r``: how much
    more work there is than R was given.
    """
    others = cores_others_use()
    result = run()
    own = median_time(run)
    bare = median_time(limit[1])
    theirs = ask_r(script, task, given, RUNS)
    r_seconds = theirs.seconds * of_r
    measured = {"seconds": own, "ratio": r_seconds / own, "over_limit": own / bare}
    measured["memory"] = peak_share(run, inputs)
    bars = {**bars, "memory": MOST_MEMORY}
    missed = [name for name, bar in bars.items() if not _within(name, measured[name], bar)]
    return {
        "task": task,
        "features": inputs[0].shape[1],
        "samples": inputs[0].shape[0],
        "runs": RUNS,
        "seconds": f"{own:.4f}",
        "r_seconds": f"{r_seconds:.3f}",
        "ratio": f"{measured['ratio']:.1f}",
        "limit": limit[0],
        "limit_seconds": f"{bare:.4f}",
        "over_limit": f"{measured['over_limit']:.1f}",
        "memory": f"{measured['memory']:.2f}",
        "agreement": f"{agreement(result, theirs):.1e}",
        "bars": ", ".join(_sentence(name, bar) for name, bar in bars.items()),
        "missed": ", ".join(missed),
        "cores_others_used": f"{others:.1f}",
        "versions": ", ".join(theirs.versions),
    }


def median_time(run: Callable[[], object]) -> float:
    """Median seconds of five runs."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def peak_share(run: Callable[[], object], inputs: Sequence[Array]) -> float:
    """Peak of the memory that NumPy allocates, the inputs included, over the inputs."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return 1 + peak / sum(array.nbytes for array in inputs)


def bare_products(values: Array, design: Array) -> tuple[str, Callable[[], object]]:
    """The limit of linear models: the two products of bare least squares, effects and fit."""
    basis = np.ascontiguousarray(np.linalg.qr(design)[0].T)

    def products() -> None:
        with one_blas_thread():
            basis.T @ (basis @ values)

    return "products", products


def relative(actual: Array, expected: Array) -> float:
    """Largest relative difference where both are numbers."""
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.abs(np.asarray(actual) / np.asarray(expected) - 1)
    return float(np.nanmax(np.where(np.equal(actual, expected), 0.0, far)))


def to_size(actual: Array, expected: Array) -> float:
    """Largest difference over the mean size, for values whose zero means nothing."""
    return float(np.nanmax(np.abs(actual - expected)) / np.nanmean(np.abs(expected)))


def cores_others_use() -> float:
    """Processor time that others took in a second of rest, in cores; NaN where it is not told."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return float("nan")

    def busy() -> tuple[int, int]:
        line = stat.read_text(encoding="ascii").splitlines()
        numbers = [int(number) for number in line[0].split()[1:9]]
        return sum(numbers) - numbers[3] - numbers[4], sum(numbers)

    cores = sum(line.startswith("cpu") for line in stat.read_text(encoding="ascii").splitlines())
    before = busy()
    time.sleep(1)
    after = busy()
    return (cores - 1) * (after[0] - before[0]) / max(after[1] - before[1], 1)


def write_results(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """A table of bench/results."""
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{name}.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def read_results(name: str) -> list[dict[str, str]]:
    """The rows of a table of bench/results."""
    with (RESULTS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def collect(name: str, rows: Sequence[Callable[[], dict[str, Any]]]) -> None:
    """Make the rows one by one, say each, and write the table."""
    made = []
    for row in rows:
        made.append(row())
        print("\t".join(str(cell) for cell in list(made[-1].values())[:-1]), flush=True)
    write_results(name, made)


def _read(path: Path) -> Array:
    numbers = np.fromfile(path)
    return numbers[2:].reshape(int(numbers[1]), int(numbers[0]))


def _within(name: str, value: float, bar: float) -> bool:
    return value >= bar if name == "ratio" else value <= bar


def _sentence(name: str, bar: float) -> str:
    return f"{name} {'>=' if name == 'ratio' else '<='} {bar:g}"
