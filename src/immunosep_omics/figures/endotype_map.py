"""Samples on the first two factors, by endotype and cohort."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import (
    GREY,
    INK,
    WIDE,
    Drawn,
    cohort_markers,
    endotype_colours,
    jitter,
    labels_of,
    new_figure,
    nothing,
    point_size,
    short,
    styled,
)

UNCERTAIN = 0.8
"""Samples whose endotype is less probable than this are ringed."""

COLUMNS = ("sample", "patient", "cohort", "part", "endotype", "probability", "factor_1", "factor_2")


@styled
def draw_endotype_map(tables: Tables) -> Drawn:
    """A point per sample: factors 1 and 2, endotype by colour, cohort by shape."""
    if "factor_1" not in tables.factors:
        return nothing("No joint factor stands above noise, so there is no map.", COLUMNS)
    data = _joined(tables)
    flat = "factor_2" not in data
    figure = new_figure(WIDE * 0.85, 95)
    axes = figure.add_subplot()
    labels = labels_of(data["endotype"])
    colours = endotype_colours(labels)
    markers = cohort_markers(tables.cohorts)
    size = 1.6 * point_size(len(data))
    ringed = data["probability"] < UNCERTAIN
    for cohort, of_cohort in data.groupby("cohort", sort=True):
        x = of_cohort["factor_1"]
        y = pd.Series(jitter(len(x)), index=x.index) if flat else of_cohort["factor_2"]
        axes.scatter(
            x, y, s=size, marker=markers[str(cohort)], linewidths=0.3, edgecolors="white",
            c=[colours.get(label, GREY) for label in of_cohort["endotype"]], alpha=0.9, zorder=2,
        )  # fmt: skip
        ring = ringed[of_cohort.index]
        axes.scatter(
            x[ring], y[ring], s=3.2 * size, marker="o", facecolors="none", edgecolors=INK,
            linewidths=0.5, zorder=3,
        )  # fmt: skip
    axes.set_xlabel("factor 1")
    axes.set_ylabel("spread for sight only" if flat else "factor 2")
    if flat:
        axes.set_yticks([])
    _legend(figure, data, colours, markers, int(ringed.sum()))
    return figure, data[[column for column in COLUMNS if column in data]]


def _joined(tables: Tables) -> pd.DataFrame:
    factors = [name for name in ("factor_1", "factor_2") if name in tables.factors]
    known = tables.endotypes[["sample", "cohort", "endotype", "probability"]]
    # Pseudonyms of samples are unique within a cohort only.
    left = tables.factors[["sample", "patient", "cohort", "part", *factors]]
    joined = left.merge(known, on=["sample", "cohort"], how="left")
    return joined.assign(probability=pd.to_numeric(joined["probability"]))


def _legend(
    figure: Figure,
    data: pd.DataFrame,
    colours: dict[str, str],
    markers: dict[str, str],
    ringed: int,
) -> None:
    endotypes = [
        _handle(f"{short(label)}  (n {(data['endotype'] == label).sum()})", color=colour)
        for label, colour in colours.items()
    ]
    if (missing := int(data["endotype"].isna().sum())) > 0:
        endotypes.append(_handle(f"not assigned  (n {missing})", color=GREY))
    cohorts = [
        _handle(_cohort(data[data["cohort"] == name]), marker=marker, color="#555555")
        for name, marker in markers.items()
    ]
    rings = [
        Line2D([], [], ls="", marker="o", ms=6.5, mfc="none", mec=INK, mew=0.5,
               label=f"probability below {UNCERTAIN:g}  (n {ringed})")
    ]  # fmt: skip
    heads = [Line2D([], [], ls="", label=text) for text in ("endotype", "cohort", "")]
    handles = [heads[0], *endotypes, heads[2], heads[1], *cohorts, *(rings if ringed else [])]
    made = figure.legend(handles=handles, loc="outside right upper")
    for text in made.get_texts():
        if text.get_text() in ("endotype", "cohort"):
            text.set(fontweight="bold", x=-10)


def _cohort(of_cohort: pd.DataFrame) -> str:
    first = of_cohort.iloc[0]
    part = "" if first["part"] == "discovery" else f", {first['part']}"
    return f"{short(str(first['cohort']))}  (n {len(of_cohort)}{part})"


def _handle(label: str, marker: str = "o", **look: Any) -> Line2D:
    return Line2D([], [], ls="", marker=marker, ms=4, label=label, **look)
