"""Figures: each is drawn from result tables, and written with the table behind it."""

from __future__ import annotations

from pathlib import Path

from immunosep_omics.figures.names import FIGURE_NAMES

__all__ = ["FIGURE_NAMES", "draw_all"]


def draw_all(folder: Path, output: Path) -> None:
    """Draw every figure of `analyses/{analysis}` into `output`, as .pdf and .png with a .tsv.

    A figure that does not apply is written too: one sentence that says why, and an empty table.
    """
    # The workflow reads this package for the names alone, and must not wait for matplotlib.
    from immunosep_omics.figures.draw import draw_all as draw

    draw(folder, output)
