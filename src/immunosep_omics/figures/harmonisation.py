"""What harmonisation did to the mix of cohorts and to the biology: before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import (
    GREY,
    INK,
    OKABE_ITO,
    WIDE,
    Drawn,
    new_figure,
    nothing,
    short,
    styled,
)

COLUMNS = (
    "assay", "shows", "measure", "about", "samples", "before", "before_low", "before_high",
    "after", "after_low", "after_high",
)  # fmt: skip

FACETS = {
    "mixing": {
        "variance_share": ("Variance", "share between cohorts;\nlower: better mixed"),
        "silhouette": ("Silhouette", "width of the cohorts;\nnear 0: better mixed"),
        "kbet": ("kBET", "share accepted;\nhigher: better mixed"),
        "lisi": ("LISI", "neighbours' cohorts;\nhigher: better mixed"),
    },
    "biology": {
        "variance_share": ("Variance", "share within cohorts of a label;\nas before: kept"),
        "difference_kept": ("Differences", "seen over all samples at once;\n1: kept"),
        "neighbours_kept": ("Neighbours", "of the own cohort that stay;\n1: kept"),
    },
}
"""Measures by what they show, with their title and how to read them."""

HEADINGS = {"mixing": "How well cohorts are mixed", "biology": "What is kept of the biology"}
BEST = {"difference_kept": 1.0, "neighbours_kept": 1.0, "silhouette": 0.0}


@styled
def draw_harmonisation(tables: Tables) -> Drawn:
    """Two rows of facets: mixing of the cohorts above, what is kept of the biology below."""
    table = tables.harmonisation
    if table.empty:
        return nothing(
            "No omic was measured in several cohorts: there was nothing to harmonise.", COLUMNS
        )
    assays = len(set(table["assay"]))
    labels = table[table["shows"] == "biology"].drop_duplicates(["assay", "about"])
    heights = [24 + 5.5 * assays, 24 + 4.2 * max(len(labels), 1)]
    figure = new_figure(WIDE, sum(heights) + 12)
    parts = figure.subfigures(2, 1, height_ratios=heights, squeeze=False)[:, 0]
    for part, shows in zip(parts, FACETS, strict=True):
        facets = FACETS[shows]
        part.suptitle(HEADINGS[shows], x=0.01, ha="left", size=8, weight="bold")
        cells = part.subplots(1, len(facets), squeeze=False)[0]
        of = table[table["shows"] == shows]
        lines = int(of.groupby("measure").size().max()) if len(of) else 1
        for axes, (measure, words) in zip(cells, facets.items(), strict=True):
            _facet(axes, of[of["measure"] == measure], measure, lines, *words)
    handles = [
        Line2D([], [], ls="", marker="o", ms=4, mfc="white", mec=GREY, label="before"),
        Line2D([], [], ls="", marker="o", ms=4, color=OKABE_ITO[0], label="after"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure, table


def _facet(
    axes: Axes, rows: pd.DataFrame, measure: str, lines: int, title: str, reading: str
) -> None:
    if measure in BEST:
        axes.axvline(BEST[measure], color="#BBBBBB", linewidth=0.6, zorder=0)
    names = []
    for place, row in enumerate(rows.itertuples()):
        axes.plot([row.before, row.after], [place, place], color="#CCCCCC", linewidth=1.6, zorder=1)
        for when, lift, colour, face in (
            ("before", -0.14, GREY, "white"), ("after", 0.14, OKABE_ITO[0], OKABE_ITO[0]),
        ):  # fmt: skip
            ends = [getattr(row, f"{when}_low"), getattr(row, f"{when}_high")]
            axes.plot(ends, [place + lift] * 2, color=colour, linewidth=0.8, zorder=2)
            axes.plot(getattr(row, when), place + lift, ls="", marker="o", ms=3.5, mfc=face,
                      mec=colour, mew=0.8, zorder=3)  # fmt: skip
        alone = row.about == "cohort"
        names.append(short(str(row.assay)) if alone else f"{short(str(row.about))}, {row.assay}")
    axes.set_yticks(np.arange(len(names)), names)
    axes.set_ylim(lines - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.08)
    axes.locator_params(axis="x", nbins=4)
    axes.set_title(title)
    axes.set_xlabel(reading, color=INK)
    if not names:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", va="center",
                  color="#555555")  # fmt: skip
        axes.set_xticks([])
