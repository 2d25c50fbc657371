"""The report: one HTML page that carries everything, and the provenance beside the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_report(results: Path, analyses: Sequence[str], generated: str, output: Path) -> None:
    """Write one self-contained page about a finished study.

    `results`: the study's results folder; `analyses`: their names, in order; `generated`: the
    world of a generated study, empty for real data; `output`: the file to write.
    """
    # Provenance and status live in this package too, and need none of this.
    from immunosep_omics.report.page import render
    from immunosep_omics.tables import write_text

    write_text(render(results, analyses, generated), output)
