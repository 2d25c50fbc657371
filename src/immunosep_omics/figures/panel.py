"""How well panels predict in cohorts that took no part in their training."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from immunosep_omics.figures.inputs import Tables
from immunosep_omics.figures.style import (
    INK,
    WIDE,
    Drawn,
    cohort_colours,
    labels_of,
    new_figure,
    nothing,
    short,
    styled,
)

COLUMNS = (
    "panel", "statistic", "cohort", "n", "events", "estimate", "ci_low", "ci_high",
    "prediction_low", "prediction_high", "features", "warning",
)  # fmt: skip
POOLED = "pooled"
DASHED: dict[str, Any] = {
    "color": "#999999",
    "linewidth": 0.6,
    "linestyle": (0, (3, 2)),
    "zorder": 0,
}

STATISTICS = {
    "auroc": ("held-out AUROC", "AUROC, 95% confidence interval (0.5: no better than chance)"),
    "fidelity": (
        "held-out fidelity",
        "share that gets the full model's label, 95% confidence interval",
    ),
}


@styled
def draw_panel(tables: Tables) -> Drawn:
    """A row per panel: the held-out figure by cohort, and the predictions behind it."""
    scores = tables.panels[tables.panels["statistic"].isin(list(STATISTICS))]
    if scores["estimate"].isna().all():
        return nothing("No panel was trained and tested; the status table says why.", COLUMNS)
    panels = list(dict.fromkeys(scores["panel"]))
    colours = cohort_colours(tables.cohorts)
    most = int(scores.groupby("panel").size().max())
    figure = new_figure(WIDE, len(panels) * max(74, 36 + 6.5 * most))
    grid = figure.subplots(len(panels), 2, squeeze=False, width_ratios=(1.15, 1))
    for (left, right), panel in zip(grid, panels, strict=True):
        own = scores[scores["panel"] == panel]
        statistic = str(own["statistic"].iloc[0])
        _scores(left, own, colours, STATISTICS[statistic][1])
        left.set_title(f"{short(panel, 30)}: {STATISTICS[statistic][0]}")
        predictions = tables.panel_predictions
        predictions = predictions[predictions["panel"] == panel].dropna(
            subset=["observed", "predicted"]
        )
        if statistic == "auroc":
            _curves(right, predictions, colours)
        else:
            _labels(right, predictions)
    return figure, scores


def _scores(axes: Axes, scores: pd.DataFrame, colours: dict[str, str], label: str) -> None:
    cohorts = scores[scores["cohort"] != POOLED].sort_values("cohort")
    ordered = pd.concat([cohorts, scores[scores["cohort"] == POOLED]])
    low = float(np.nanmin(ordered[["estimate", "ci_low", "prediction_low"]].to_numpy(float)))
    axes.set_xlim(min(0.35, low - 0.03), 1.02)
    names = []
    for place, row in enumerate(ordered.to_dict("records")):
        _score(axes, place, row, colours)
        names.append(f"{short(str(row['cohort']), 20)}\n{_counts(row)}")
    if (scores["statistic"] == "auroc").all():
        axes.axvline(0.5, **DASHED)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("\n".join([label, *_warnings(ordered)]))


def _score(axes: Axes, place: int, row: dict[Any, Any], colours: dict[str, str]) -> None:
    pooled = row["cohort"] == POOLED
    if pd.isna(row["estimate"]):
        axes.text(0.5, place, f" {row['warning']}", va="center", size=6, color="#555555")
        return
    colour = "black" if pooled else colours.get(str(row["cohort"]), "#555555")
    line = [place, place]
    if pooled:
        axes.plot([row["prediction_low"], row["prediction_high"]], line, color=colour,
                  linewidth=0.6)  # fmt: skip
    axes.plot([row["ci_low"], row["ci_high"]], line, color=colour, linewidth=2.2 if pooled else 1.0)
    axes.plot(row["estimate"], place, ls="", marker="D" if pooled else "o", color=colour, ms=5)
    axes.annotate(f"{row['estimate']:.2f}", (row["estimate"], place), (0, 5), size=6,
                  textcoords="offset points", ha="center", va="bottom")  # fmt: skip


def _counts(row: dict[Any, Any]) -> str:
    if pd.isna(row["n"]):
        return ""
    return f"n {int(row['n'])}" + (
        "" if pd.isna(row["events"]) else f", {int(row['events'])} events"
    )


def _warnings(ordered: pd.DataFrame) -> list[str]:
    """What must be known about the figures shown; a cohort without one says why on its line."""
    known = ordered.loc[ordered["estimate"].notna(), "warning"].dropna()
    said = dict.fromkeys(part for text in known for part in str(text).split("; ") if part)
    return [line for text in said for line in textwrap.wrap(text, 66)]


def _curves(axes: Axes, predictions: pd.DataFrame, colours: dict[str, str]) -> None:
    axes.plot([0, 1], [0, 1], **DASHED)
    for cohort, of_cohort in predictions.groupby("cohort", sort=True):
        observed = of_cohort["observed"].to_numpy(float)
        if 0 < observed.sum() < len(observed):
            x, y = roc_points(observed, of_cohort["predicted"].to_numpy(float))
            axes.plot(x, y, color=colours.get(str(cohort), INK), label=short(str(cohort)))
    axes.set_aspect("equal")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("false positive rate")
    axes.set_ylabel("true positive rate")
    axes.set_title("ROC curves of the same predictions")
    if len(axes.lines) > 1:
        axes.legend(loc="lower right")


def roc_points(observed: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates at every threshold, equal predictions taken together.

    `observed` holds 0 and 1, both at least once.
    """
    order = np.argsort(-predicted, kind="stable")
    last = np.r_[np.diff(predicted[order]) != 0, True]
    hits, misses = np.cumsum(observed[order])[last], np.cumsum(1 - observed[order])[last]
    return np.r_[0, misses / misses[-1]], np.r_[0, hits / hits[-1]]


def _labels(axes: Axes, predictions: pd.DataFrame) -> None:
    observed, predicted = (predictions[name].astype(str) for name in ("observed", "predicted"))
    labels = labels_of(pd.concat([observed, predicted]))
    grid = pd.crosstab(observed, predicted).reindex(index=labels, columns=labels, fill_value=0)
    axes.imshow(grid, cmap="Blues", vmin=0)
    for (row, column), count in np.ndenumerate(grid.to_numpy()):
        colour = "white" if count > 0.6 * grid.to_numpy().max() else INK
        axes.text(column, row, f"{count}", ha="center", va="center", color=colour)
    names = [short(label, 10) for label in labels]
    axes.set_xticks(range(len(labels)), names)
    axes.set_yticks(range(len(labels)), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("panel made without the sample's cohort")
    axes.set_ylabel("full model")
    axes.set_title("Samples by label")
