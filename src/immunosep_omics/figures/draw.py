"""All figures of an analysis, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from immunosep_omics.figures.axes import draw_axes
from immunosep_omics.figures.consensus import draw_consensus
from immunosep_omics.figures.endotype_map import draw_endotype_map
from immunosep_omics.figures.forest import draw_forest
from immunosep_omics.figures.harmonisation import draw_harmonisation
from immunosep_omics.figures.inputs import Tables, read_tables
from immunosep_omics.figures.markers import draw_markers
from immunosep_omics.figures.names import CAPTIONS
from immunosep_omics.figures.neighbours import draw_neighbours
from immunosep_omics.figures.number_of_endotypes import draw_number_of_endotypes
from immunosep_omics.figures.panel import draw_panel
from immunosep_omics.figures.shares import draw_shares
from immunosep_omics.figures.style import Drawn, save
from immunosep_omics.figures.volcano import draw_volcano
from immunosep_omics.tables import write_table

FIGURES: dict[str, Callable[[Tables], Drawn]] = {
    "harmonisation": draw_harmonisation,
    "shares": draw_shares,
    "endotype_map": draw_endotype_map,
    "axes": draw_axes,
    "number_of_endotypes": draw_number_of_endotypes,
    "consensus": draw_consensus,
    "neighbours": draw_neighbours,
    "volcano": draw_volcano,
    "markers": draw_markers,
    "forest": draw_forest,
    "panel": draw_panel,
}


def draw_all(folder: Path, output: Path) -> None:
    """Draw every figure of `analyses/{analysis}` into `output`."""
    tables = read_tables(folder)
    for name, draw in FIGURES.items():
        figure, table = draw(tables)
        save(figure, output / name, *CAPTIONS[name])
        write_table(table, output / f"{name}.tsv")
