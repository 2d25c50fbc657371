"""Reading a matrix of 20,000 genes x 2,000 samples, against `polars.read_csv` in the same run.

    python bench/reading.py

Each reading has a process of its own, in turns; the best time of each and its memory are told.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

GENES, SAMPLES, TURNS = 20_000, 2_000, 5

TIMED = """
import sys, time
from pathlib import Path
path = Path(sys.argv[1])
{prepare}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(seconds, int(status["VmHWM"].split()[0]) * 1024)
"""

READINGS = {
    "polars.read_csv": (
        "import polars",
        "found = polars.read_csv(path, separator='\\t')",
    ),
    "matrix reader": (
        "import polars\n"
        "from immunosep_omics.ingest import READERS\n"
        "from immunosep_omics.settings.assays import Matrix\n"
        "facts = Matrix(kind='expression', scale='linear', file=path.name)",
        "found = READERS['matrix'](facts, path.parent)",
    ),
}


def write(path: Path, values: np.ndarray, form: str) -> None:
    with path.open("w", encoding="ascii") as file:
        file.write("gene\t" + "\t".join(f"S{n}" for n in range(values.shape[1])) + "\n")
        for gene, row in enumerate(values):
            file.write(f"ENSG{gene:011d}\t" + "\t".join([form % value for value in row]) + "\n")


def measure(path: Path) -> None:
    matrix = GENES * SAMPLES * 8
    best = dict.fromkeys(READINGS, np.inf)
    memory = dict.fromkeys(READINGS, 0.0)
    for _ in range(TURNS):
        for name, (prepare, work) in READINGS.items():
            code = TIMED.format(prepare=prepare, work=work)
            done = subprocess.run(
                [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
            )
            seconds, bytes_used = map(float, done.stdout.split())
            best[name] = min(best[name], seconds)
            memory[name] = max(memory[name], bytes_used)
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB; as a matrix {matrix / 1e6:.0f} MB")
    for name in READINGS:
        print(
            f"  {name:16} {best[name]:5.2f} s ({best[name] / best['polars.read_csv']:.2f})"
            f"  peak {memory[name] / 1e6:5.0f} MB ({memory[name] / matrix:.2f} x the matrix)"
        )


def main() -> None:
    generator = np.random.default_rng(1)
    counts = generator.negative_binomial(2, 0.002, (GENES, SAMPLES))
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "counts.tsv", counts, "%d")
        write(Path(folder) / "log2.tsv", np.log2(counts + 1), "%.5f")
        for name in ("counts.tsv", "log2.tsv"):
            measure(Path(folder) / name)


if __name__ == "__main__":
    main()
