"""The evidence for the number of endotypes."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import (
    INK,
    OKABE_ITO,
    PALE,
    WIDE,
    Drawn,
    new_figure,
    nothing,
    styled,
)

COLUMNS = (
    "k", "dispersion", "null_mean", "null_sd", "gap", "z", "p", "pac", "delta_area",
    "silhouette", "prediction_strength", "chosen",
)  # fmt: skip


@styled
def draw_number_of_endotypes(tables: Tables) -> Drawn:
    """Gap against its null, ambiguous pairs, gain of consensus, prediction strength over k."""
    table = tables.stability
    if table.empty:
        return nothing(
            "The endotypes were given from outside, so no number was chosen here.", COLUMNS
        )
    figure = new_figure(WIDE, 62)
    left, middle, gain, right = figure.subplots(1, 4)
    chosen = table[table["chosen"].astype(str).isin(("True", "1"))]
    left.fill_between(table["k"], -2 * table["null_sd"], 2 * table["null_sd"], color=PALE,
                      linewidth=0)  # fmt: skip
    left.axhline(0, color=INK, linewidth=0.5)
    _line(left, table, chosen, "gap", "Gap over the null", "grey: no clusters, ± 2 SD")
    _line(middle, table, chosen, "pac", "Ambiguous pairs (PAC)", "lower is better")
    _line(gain, table, chosen, "delta_area", "Gain of area", "over k - 1 (delta area)")
    _line(right, table, chosen, "prediction_strength", "Prediction strength", "higher is better")
    for axes in (middle, right):
        axes.set_ylim(-0.03, 1.05)
    figure.suptitle(_answer(chosen, tables.endotypes), x=0.01, ha="left", size=8.5)
    return figure, table


def _answer(chosen: pd.DataFrame, endotypes: pd.DataFrame) -> str:
    if chosen.empty:
        return "No number of endotypes was chosen"
    if "axis_gradient" in endotypes:
        return "An axis, not classes: patients spread along one gradient"
    k = int(chosen["k"].iloc[0])
    return f"{k} endotypes chosen" if k > 1 else "No clusters: one group describes these data"


def _line(
    axes: Axes, table: pd.DataFrame, chosen: pd.DataFrame, column: str, title: str,
    reading: str,
) -> None:  # fmt: skip
    known = table.dropna(subset=[column])
    colour = OKABE_ITO[0]
    axes.plot(known["k"], known[column], color=colour, marker="o", ms=4, mfc="white", zorder=3)
    axes.plot(chosen["k"], chosen[column], color=colour, marker="o", ms=6, ls="", zorder=4)
    axes.set_title(f"{title}\n")
    axes.text(0, 1.02, reading, transform=axes.transAxes, size=6, color="#555555", va="bottom")
    axes.set_xlabel("number of endotypes k")
    axes.set_xticks(table["k"])
    axes.set_xlim(table["k"].min() - 0.4, table["k"].max() + 0.4)
    if known.empty:
        axes.text(0.5, 0.5, "not computed", ha="center", va="center", transform=axes.transAxes)
