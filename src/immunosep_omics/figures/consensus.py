"""The consensus matrix as a heat map."""

from __future__ import annotations

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import NARROW, Drawn, bare, new_figure, nothing, styled

COLUMNS = ("row", "column", "consensus")


@styled
def draw_consensus(tables: Tables) -> Drawn:
    """How often groups of patients cluster together, in the order of their endotypes."""
    table = tables.consensus
    if table.empty:
        return nothing(
            "No consensus matrix: there is one group only, or the endotypes were given.", COLUMNS
        )
    order = list(dict.fromkeys(table["row"].astype(str)))
    grid = (
        table.assign(row=table["row"].astype(str), column=table["column"].astype(str))
        .pivot_table(index="row", columns="column", values="consensus", sort=False)
        .reindex(index=order, columns=order)
    )
    figure = new_figure(NARROW * 1.15, NARROW)
    axes = figure.add_subplot()
    image = axes.imshow(grid, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    bare(axes)
    axes.spines[:].set_visible(True)
    axes.set_xlabel("groups of patients, ordered by endotype")
    axes.set_ylabel("groups of patients, ordered by endotype")
    bar = figure.colorbar(image, ax=axes, fraction=0.045, pad=0.02)
    bar.set_label("share of resamples in one cluster")
    bar.outline.set_visible(False)
    return figure, table
