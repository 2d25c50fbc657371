"""The named immune axes by endotype, or by cohort where there is one group only."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import (
    INK,
    WIDE,
    Drawn,
    cohort_colours,
    endotype_colours,
    jitter,
    labels_of,
    new_figure,
    nothing,
    point_size,
    short,
    styled,
)

COLUMNS = ("sample", "patient", "cohort", "endotype")
PER_ROW = 4


@styled
def draw_axes(tables: Tables) -> Drawn:
    """A facet per axis with a box per endotype (or cohort)."""
    data = tables.endotypes
    found = [column for column in data if str(column).startswith("axis_")]
    names = [str(column) for column in found if data[column].notna().any()]
    if not names:
        return nothing("None of the immune axes could be scored with the genes measured.", COLUMNS)
    labels = labels_of(data["endotype"])
    by = "endotype" if len(labels) > 1 else "cohort"
    groups = labels if by == "endotype" else labels_of(data["cohort"])
    colours = endotype_colours(groups) if by == "endotype" else cohort_colours(groups)

    rows = -(-len(names) // PER_ROW)
    columns = -(-len(names) // rows)
    width = min(WIDE, 8 + columns * max(42.0, 7.0 * len(groups)))
    figure = new_figure(width, 54 * rows + (8 if max(map(len, groups)) > 4 else 0))
    cells = figure.subplots(rows, columns, squeeze=False, sharey=False).ravel()
    for axes, name in zip(cells, names, strict=False):
        _boxes(axes, data, name, by, colours)
    for axes in cells[len(names) :]:
        axes.set_axis_off()
    figure.supylabel("score, standard deviations", size=7)
    kept = [*COLUMNS, *names]
    return figure, data[kept]


def _boxes(axes: Axes, data: pd.DataFrame, name: str, by: str, colours: dict[str, str]) -> None:
    values = {
        group: data.loc[data[by].astype(str) == group, name].dropna().to_numpy(float)
        for group in colours
    }
    size = 0.45 * point_size(len(data))
    for place, (group, colour) in enumerate(colours.items()):
        here = values[group]
        axes.scatter(place + 0.6 * jitter(len(here)), here, s=size, c=colour, alpha=0.45,
                     linewidths=0, zorder=1)  # fmt: skip
    boxes = axes.boxplot(
        list(values.values()), positions=range(len(values)), widths=0.62, showfliers=False,
        patch_artist=True, manage_ticks=False, zorder=2,
        medianprops={"color": INK, "linewidth": 1.2},
        whiskerprops={"linewidth": 0.7}, capprops={"linewidth": 0},
    )  # fmt: skip
    for box, colour in zip(boxes["boxes"], colours.values(), strict=True):
        box.set(facecolor="none", edgecolor=colour, linewidth=1.0)
    axes.axhline(0, color="#BBBBBB", linewidth=0.5, zorder=0)
    axes.set_title(name.removeprefix("axis_").replace("_", " "))
    slanted = max(map(len, colours)) > 4
    axes.set_xticks(
        np.arange(len(colours)), [short(group, 12) for group in colours],
        rotation=40 if slanted else 0, ha="right" if slanted else "center",
    )  # fmt: skip
    axes.set_xlim(-0.6, len(colours) - 0.4)
