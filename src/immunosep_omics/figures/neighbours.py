"""UMAP of the factors by endotype, and beside it by Leiden community."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import (
    GREY,
    WIDE,
    Drawn,
    bare,
    endotype_colours,
    labels_of,
    new_figure,
    nothing,
    point_size,
    short,
    styled,
)

COLUMNS = ("sample", "patient", "cohort", "umap_1", "umap_2", "endotype", "leiden")


@styled
def draw_neighbours(tables: Tables) -> Drawn:
    """Two maps with the same points: endotypes, and Leiden as a second opinion."""
    if tables.neighbours.empty:
        return nothing("There is no nearest-neighbour map; the status table says why.", COLUMNS)
    known = tables.endotypes[["sample", "cohort", "endotype"]]
    data = tables.neighbours.merge(known, on=["sample", "cohort"], how="left")
    data["leiden"] = [_community(value) for value in data["leiden"]]
    figure = new_figure(WIDE, 82)
    left, right = figure.subplots(1, 2)
    _scatter(left, data, data["endotype"], "Endotypes")
    if data["leiden"].isna().all():
        bare(right)
        right.set_title("Second opinion: Leiden")
        right.text(0.5, 0.5, "not run; the status table says why", ha="center", va="center",
                   transform=right.transAxes, color="#555555")  # fmt: skip
    else:
        _scatter(right, data, data["leiden"], "Second opinion: Leiden")
    return figure, data[list(COLUMNS)]


def _community(value: object) -> str | None:
    if pd.isna(value):
        return None
    # A whole column with one gap is read as floating point: 3 becomes 3.0.
    return str(int(value)) if isinstance(value, float) else str(value)


def _scatter(axes: Axes, data: pd.DataFrame, groups: pd.Series[str], title: str) -> None:
    labels = labels_of(groups)
    for label, colour in endotype_colours(labels).items():
        of = data[groups == label]
        axes.scatter(of["umap_1"], of["umap_2"], s=point_size(len(data)), c=colour, linewidths=0,
                     alpha=0.85, label=f"{short(label)} (n {len(of)})")  # fmt: skip
    rest = data[groups.isna()]
    if len(rest):
        axes.scatter(rest["umap_1"], rest["umap_2"], s=point_size(len(data)), c=GREY,
                     linewidths=0, label=f"not assigned (n {len(rest)})")  # fmt: skip
    bare(axes)
    axes.set_title(title)
    axes.set_xlabel("UMAP 1")
    axes.set_ylabel("UMAP 2")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.07), ncols=4, markerscale=1.6,
                columnspacing=1.0)  # fmt: skip
