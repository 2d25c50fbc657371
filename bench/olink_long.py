"""Time to read a long Olink CSV, against polars.read_csv: python bench/olink_long.py [samples].

1,000,000 rows (500 samples x 2,000 assays) as NPX Explore writes them: quoted text, 16 columns.
Prints seconds (best of three, in turn) and their ratio.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from immunosep_omics.ingest.readers.olink_long import read
from immunosep_omics.settings.assays import OlinkLong

SAMPLES, ASSAYS = 500, 2000


def write(path: Path, samples: int, delimiter: str) -> None:
    """A long file: one row per sample and assay, sample by sample."""
    generator = np.random.default_rng(1)
    count = samples * ASSAYS
    sample, assay = np.divmod(np.arange(count), ASSAYS)
    names = pl.Series([f"S{n:04d}_T{n % 3}" for n in range(samples)])
    panels = pl.Series(["Inflammation", "Cardiometabolic", "Oncology", "Neurology"])
    flags = pl.Series(["PASS", "WARN"])
    numbered = pl.Series(range(ASSAYS)).cast(pl.String).str.zfill(5)
    table = pl.DataFrame(
        {
            "SampleID": names.gather(sample),
            "SampleType": pl.repeat("SAMPLE", count, eager=True),
            "WellID": ("A" + pl.Series(range(96)).cast(pl.String)).gather(sample % 96),
            "PlateID": ("Plate_" + pl.Series(range(9)).cast(pl.String)).gather(sample // 88),
            "OlinkID": ("OID" + numbered).gather(assay),
            "UniProt": ("P" + numbered).gather(assay),
            "Assay": ("GENE" + numbered).gather(assay),
            "AssayType": pl.repeat("assay", count, eager=True),
            "Panel": panels.gather(assay % 4),
            "Block": pl.Series(["1", "2", "3", "4"]).gather(assay % 4),
            "Count": generator.integers(0, 5000, count),
            "NPX": generator.normal(2, 2, count).round(4),
            "Normalization": pl.repeat("Plate control", count, eager=True),
            "AssayQC": flags.gather((assay % 97 == 0).astype(int)),
            "SampleQC": flags.gather((generator.random(count) < 0.02).astype(int)),
            "LOD": generator.normal(0, 0.5, ASSAYS).round(4)[assay],
        }
    )
    table.write_csv(path, separator=delimiter, quote_style="non_numeric")


def seconds(work: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    print("delimiter\trows\tmegabytes\tpolars\tread\tratio")
    for delimiter in (",", ";"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "npx.csv"
            write(path, samples, delimiter)
            facts = OlinkLong(file=path.name)
            times = [
                (
                    seconds(lambda: pl.read_csv(path, separator=delimiter)),  # noqa: B023
                    seconds(lambda: read(facts, path.parent)),  # noqa: B023
                )
                for _ in range(3)
            ]
            peer, own = (min(column) for column in zip(*times, strict=True))
            size = path.stat().st_size / 2**20
            figures = f"{size:.0f}\t{peer:.2f}\t{own:.2f}\t{own / peer:.2f}"
            print(f"{delimiter}\t{samples * ASSAYS}\t{figures}")
