"""Seconds from the start of Python until all that a job needs is imported (median of five)."""

import statistics
import subprocess
import sys
import time

JOBS = {
    "clinical": "immunosep_omics.ingest",
    "ingest": "immunosep_omics.ingest, anndata",
    "normalise": "immunosep_omics.normalise, anndata",
    "integrate": "immunosep_omics.integrate, anndata",
    "endotype": "immunosep_omics.endotype",
    "export": "immunosep_omics.integrate.export, mudata",
    "differential": "immunosep_omics.differential, anndata",
    "biomarkers": "immunosep_omics.biomarkers",
    "panels": "immunosep_omics.biomarkers.panels, anndata, sklearn.linear_model",
    "figures": "immunosep_omics.figures.draw",
    "report": "immunosep_omics.report.page",
    "simulate": "immunosep_omics.simulate",
}
"""What each job imports, also inside the functions that it calls."""


def seconds(modules: str) -> float:
    """One start of Python that imports modules and ends."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    print("job\tseconds")
    for name, modules in JOBS.items():
        print(f"{name}\t{statistics.median(seconds(modules) for _ in range(5)):.2f}")
