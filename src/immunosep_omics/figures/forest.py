"""Forest plots of the top genes of each tested contrast."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from immunosep_omics.figures.inputs import META, Tables
from immunosep_omics.figures.style import (
    WIDE,
    Drawn,
    cohort_colours,
    new_figure,
    nothing,
    short,
    styled,
)

COLUMNS = (
    "contrast", "assay", "gene", "cohort", "n_level", "n_versus", "effect", "ci_low", "ci_high",
    "p", "fdr",
)  # fmt: skip
GENES = 5
CONTRASTS = 6


@styled
def draw_forest(tables: Tables) -> Drawn:
    """Effects with confidence intervals by cohort and over all cohorts."""
    meta = tables.meta
    tested = meta[meta["claim"] == "tested"].dropna(subset=["effect", "p"]) if len(meta) else meta
    if tested.empty:
        return nothing(
            "No contrast was tested: what could be compared is descriptive only.", COLUMNS
        )
    contrasts = list(dict.fromkeys(tested["contrast"]))
    shown = contrasts[:CONTRASTS]
    parts = [_rows(tables, tested[tested["contrast"] == contrast]) for contrast in shown]
    table = pd.concat(parts, ignore_index=True)
    colours = cohort_colours(tables.cohorts)

    columns = min(2, len(shown))
    rows = -(-len(shown) // columns)
    tallest = max(part.groupby(["assay", "gene"]).size().sum() for part in parts)
    facet = 20 + 2.5 * (tallest + 0.8 * GENES)
    figure = new_figure(WIDE if columns == 2 else 120, rows * facet + 10)
    cells = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, contrast, part in zip(cells, shown, parts, strict=False):
        _forest(axes, part, colours)
        axes.set_title(short(contrast, 40))
    for axes in cells[len(shown) :]:
        axes.set_axis_off()
    handles = [
        Line2D([], [], ls="", marker="o", ms=3.5, color=colour, label=short(name))
        for name, colour in colours.items()
    ]
    handles.append(Line2D([], [], ls="", marker="D", ms=4, color="black", label="all cohorts"))
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=min(7 if columns == 2 else 4, len(handles)),
    )
    if len(contrasts) > CONTRASTS:
        figure.suptitle(f"The first {CONTRASTS} of {len(contrasts)} tested contrasts", size=7)
    return figure, table


def _rows(tables: Tables, tested: pd.DataFrame) -> pd.DataFrame:
    """All cohorts' rows of a contrast's top genes, strongest evidence first."""
    top = tested.sort_values(["p", "assay", "gene"]).head(GENES)
    parts = []
    for contrast, assay, gene in zip(top["contrast"], top["assay"], top["gene"], strict=True):
        of = tables.differential[assay]
        own = of[(of["contrast"] == contrast) & (of["gene"] == gene)].assign(assay=assay)
        cohorts = _as_effects(own[own["cohort"] != META].sort_values("cohort"))
        # Over a single cohort there is nothing to pool: its own row says all.
        pooled = own[own["cohort"] == META] if len(cohorts) > 1 else own.iloc[:0]
        parts.append(pd.concat([cohorts, pooled]))
    return pd.concat(parts)[list(COLUMNS)].dropna(subset=["effect"])


def _as_effects(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Intervals of single cohorts, which the table gives on the log2 scale, in units of effect."""
    unit = cohorts["effect"] / cohorts["estimate"].astype(float)
    return cohorts.assign(ci_low=cohorts["ci_low"] * unit, ci_high=cohorts["ci_high"] * unit)


def _forest(axes: Axes, part: pd.DataFrame, colours: dict[str, str]) -> None:
    line, ticks, names = 0.0, [], []
    for (assay, gene), rows in part.groupby(["assay", "gene"], sort=False):
        first = line
        for row in rows.itertuples():
            pooled = row.cohort == META
            colour = "black" if pooled else colours.get(str(row.cohort), "#555555")
            axes.plot([row.ci_low, row.ci_high], [line, line], color=colour,
                      linewidth=1.2 if pooled else 0.8)  # fmt: skip
            axes.plot(row.effect, line, ls="", marker="D" if pooled else "o", color=colour,
                      ms=4 if pooled else 3)  # fmt: skip
            line += 1
        ticks.append((first + line - 1) / 2)
        names.append(f"{short(str(gene), 16)}\n{short(str(assay), 16)}")
        axes.axhline(line - 0.1, color="#E4E4E4", linewidth=0.5)
        line += 0.8
    axes.axvline(0, color="#999999", linewidth=0.6, zorder=0)
    axes.set_yticks(ticks, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(line - 0.8, -0.9)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("effect, residual standard deviations")
