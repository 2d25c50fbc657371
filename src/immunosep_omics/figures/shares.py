"""What the joint factors are made of: share of each assay's variance by factor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import WIDE, Drawn, new_figure, nothing, short, styled

COLUMNS = ("assay", "factor", "features", "samples", "share")


@styled
def draw_shares(tables: Tables) -> Drawn:
    """A grid of assays by factors with the share of variance in each cell."""
    table = tables.shares
    if table.empty:
        return nothing("No joint factor stands above noise, so there are no shares.", COLUMNS)
    assays = list(dict.fromkeys(table["assay"]))
    factors = list(dict.fromkeys(table["factor"]))
    grid = table.pivot_table(index="assay", columns="factor", values="share", sort=False)
    grid = grid.reindex(index=assays, columns=factors)

    figure = new_figure(min(WIDE, 62 + 13 * len(factors)), 24 + 9 * len(assays))
    axes = figure.add_subplot()
    top = max(float(np.nanmax(grid.to_numpy())), 1e-9)
    image = axes.imshow(grid, cmap="Blues", vmin=0, vmax=top, aspect="auto")
    for (row, column), share in np.ndenumerate(grid.to_numpy()):
        if np.isfinite(share):
            colour = "white" if share > 0.6 * top else "#222222"
            axes.text(column, row, f"{100 * share:.1f}", ha="center", va="center", color=colour)
    counts = table.drop_duplicates("assay").set_index("assay")
    names = [
        f"{short(assay)}\n{_count(counts, assay, 'features')}, {_count(counts, assay, 'samples')}"
        for assay in assays
    ]
    axes.set_yticks(range(len(assays)), names)
    axes.set_xticks(
        range(len(factors)), [str(factor).removeprefix("factor_") for factor in factors]
    )
    axes.set_xlabel("joint factor")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.02)
    bar.set_label("share of variance")
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    return figure, table


def _count(counts: pd.DataFrame, assay: str, what: str) -> str:
    return f"{int(counts.loc[assay, what]):,} {what}"
