"""Pooled effect against p value, a facet per contrast and assay."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.place_labels import place_labels
from immunosep_omics.figures.style import (
    GREY,
    OKABE_ITO,
    WIDE,
    Drawn,
    new_figure,
    nothing,
    settle,
    short,
    styled,
)

COLUMNS = ("contrast", "claim", "assay", "gene", "effect", "p", "fdr")
LOWER, HIGHER = OKABE_ITO[0], OKABE_ITO[1]
FDR = 0.05
NAMED = 8
"""Genes named in each facet."""

_SMALLEST = 1e-300


@styled
def draw_volcano(tables: Tables) -> Drawn:
    """Facets of all pooled effects: rows are contrasts, columns assays."""
    meta = tables.meta
    if meta.empty:
        return nothing("There was no contrast to test; the status table says why.", COLUMNS)
    data = meta.dropna(subset=["effect", "p"])[list(COLUMNS)]
    if data.empty:
        return nothing("No gene could be tested; the status table says why.", COLUMNS)
    contrasts = list(dict.fromkeys(data["contrast"]))
    assays = list(dict.fromkeys(data["assay"]))
    facets = data[["contrast", "assay"]].agg(tuple, axis=1)
    facet_order = facets.map({key: place for place, key in enumerate(dict.fromkeys(facets))})
    data = data.assign(facet=facet_order).sort_values(["facet", "p", "gene"])[list(COLUMNS)]
    figure = new_figure(min(WIDE, 20 + 78 * len(assays)), 10 + 50 * len(contrasts))
    grid = figure.subplots(len(contrasts), len(assays), squeeze=False)
    for row, contrast in enumerate(contrasts):
        for column, assay in enumerate(assays):
            facet = data[(data["contrast"] == contrast) & (data["assay"] == assay)]
            _points(grid[row, column], facet)
            grid[row, column].set_title(_title(contrast, assay, len(assays)))
    figure.supxlabel("pooled effect, residual standard deviations", size=7)
    figure.supylabel("-log10 p", size=7)
    settle(figure)
    for row, contrast in enumerate(contrasts):
        for column, assay in enumerate(assays):
            facet = data[(data["contrast"] == contrast) & (data["assay"] == assay)]
            _names(grid[row, column], facet)
    return figure, data


def _title(contrast: str, assay: str, assays: int) -> str:
    return f"{short(contrast, 30 if assays < 3 else 16)} · {short(assay, 12)}\n"


def _descriptive(facet: pd.DataFrame) -> bool:
    return len(facet) > 0 and bool((facet["claim"] == "descriptive").all())


def _height(facet: pd.DataFrame) -> pd.Series[float]:
    return -np.log10(facet["p"].astype(float).clip(lower=_SMALLEST))


def _points(axes: Axes, facet: pd.DataFrame) -> None:
    if facet.empty:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no gene here", ha="center", va="center", transform=axes.transAxes)
        return
    found = (facet["fdr"].astype(float) < FDR) & (facet["claim"] == "tested")
    colours = np.where(found, np.where(facet["effect"] > 0, HIGHER, LOWER), GREY)
    axes.scatter(facet["effect"], _height(facet), c=colours, s=np.where(found, 7, 4), alpha=0.7,
                 linewidths=0, rasterized=True)  # fmt: skip
    axes.axvline(0, color="#BBBBBB", linewidth=0.5, zorder=0)
    reach = 1.25 * float(facet["effect"].abs().max() or 1.0)
    axes.set_xlim(-reach, reach)
    axes.locator_params(axis="x", nbins=5)
    axes.set_ylim(0, 1.12 * max(float(_height(facet).max()), 1.0))
    axes.text(0, 1.02, _summary(facet, int(found.sum())), transform=axes.transAxes, size=6,
              color="#555555", va="bottom")  # fmt: skip


def _summary(facet: pd.DataFrame, found: int) -> str:
    if _descriptive(facet):
        return f"descriptive, not tested; {len(facet):,} genes"
    return f"{found:,} of {len(facet):,} genes at FDR {FDR:g}"


def _names(axes: Axes, facet: pd.DataFrame) -> None:
    if facet.empty:
        return
    facet = facet.assign(height=_height(facet), size=facet["effect"].abs())
    strongest = facet.sort_values(["height", "size", "gene"], ascending=[False, False, True]).head(
        NAMED
    )
    place_labels(
        axes,
        list(strongest["effect"]),
        list(strongest["height"]),
        [short(gene, 14) for gene in strongest["gene"]],
        crowd=facet[["effect", "height"]].to_numpy(float),
    )
