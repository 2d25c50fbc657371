"""Heat map of the genes that set each endotype apart."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import (
    WIDE,
    Drawn,
    labels_of,
    new_figure,
    nothing,
    short,
    styled,
)

COLUMNS = ("assay", "gene", "contrast", "claim", "effect")
PER_CONTRAST = 10
LIMIT = 2.0
"""Effects beyond this many standard deviations have the darkest colour."""


@styled
def draw_markers(tables: Tables) -> Drawn:
    """Rows are the top genes of every endotype contrast, columns those contrasts."""
    meta = _endotype_contrasts(tables)
    if meta.empty:
        return nothing("There are no endotypes to compare, so they have no markers.", COLUMNS)
    contrasts = list(dict.fromkeys(meta["contrast"]))
    chosen = _top(meta, contrasts)
    keys = pd.MultiIndex.from_frame(chosen)
    table = meta.set_index(["assay", "gene"]).loc[lambda each: each.index.isin(keys)]
    table = table.reset_index()[list(COLUMNS)]
    grid = table.pivot_table(
        index=["assay", "gene"], columns="contrast", values="effect", sort=False
    ).reindex(index=keys, columns=contrasts)

    figure = new_figure(min(WIDE, 70 + 16 * len(contrasts)), 26 + 3.1 * len(grid))
    axes = figure.add_subplot()
    colours = matplotlib.colormaps["RdBu_r"].with_extremes(bad="#F4F4F4")
    image = axes.imshow(grid, cmap=colours, vmin=-LIMIT, vmax=LIMIT, aspect="auto")
    axes.set_yticks(range(len(grid)), [f"{short(g, 24)}  ({short(a, 12)})" for a, g in grid.index])
    names = [short(name.replace("_versus_", " v "), 16) for name in contrasts]
    axes.set_xticks(range(len(contrasts)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_yticks(np.arange(len(grid) + 1) - 0.5, minor=True)
    axes.set_xticks(np.arange(len(contrasts) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.03, extend="both", aspect=30)
    bar.set_label("pooled effect, residual standard deviations")
    bar.outline.set_visible(False)
    if (meta["claim"] == "descriptive").all():
        axes.set_title("descriptive: endotypes found in the same data", weight="normal")
    return figure, table


def _endotype_contrasts(tables: Tables) -> pd.DataFrame:
    meta = tables.meta
    if meta.empty:
        return meta
    own = [f"{label}_versus_rest" for label in labels_of(tables.endotypes["endotype"])]
    return meta[meta["contrast"].isin(own)].dropna(subset=["effect"])


def _top(meta: pd.DataFrame, contrasts: list[str]) -> pd.DataFrame:
    """The genes with the largest positive effects of each contrast, then the negative ones."""
    parts = []
    for contrast in contrasts:
        of = meta[meta["contrast"] == contrast]
        of = of.assign(size=of["effect"].abs()).sort_values(
            ["size", "assay", "gene"], ascending=[False, True, True]
        )
        parts.append(of.head(PER_CONTRAST).sort_values("effect", ascending=False))
    return pd.concat(parts)[["assay", "gene"]].drop_duplicates()
