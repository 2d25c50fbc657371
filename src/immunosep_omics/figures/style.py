"""One look for all figures: colours, fonts and sizes, and files with the same bytes every time."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from immunosep_omics.tables import empty_table, replacing

Drawn = tuple[Figure, pd.DataFrame]
"""A figure and the table behind it."""

OKABE_ITO = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#A6951A", "#000000",
)  # fmt: skip
"""Okabe and Ito's colour-blind-safe palette; its yellow is darkened to be seen on white."""

FURTHER = ("#7A5195", "#8C564B", "#5F9EA0", "#B5656B")
GREY = "#9A9A9A"
PALE = "#D9D9D9"
INK = "#222222"
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*")

NARROW = 89.0
WIDE = 183.0
"""Column widths of journals, in millimetres."""

PNG_DPI = 180
SETTINGS: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.fontsize": 6.5,
    "legend.title_fontsize": 6.5,
    "legend.frameon": False,
    "legend.handletextpad": 0.4,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "immunosep-omics",
    "text.parse_math": False,
}


def styled(draw: Callable[..., Drawn]) -> Callable[..., Drawn]:
    """Draw in this style, whatever matplotlib settings the user has."""

    @wraps(draw)
    def inside(*tables: Any) -> Drawn:
        with _settings():
            return draw(*tables)

    return inside


def _settings() -> Any:
    own = {
        key: value
        for key, value in matplotlib.rcParamsDefault.items()
        if not key.startswith(("backend", "interactive", "toolbar"))
    }
    return matplotlib.rc_context(own | SETTINGS)


def new_figure(width: float, height: float) -> Figure:
    """An empty figure; sizes in millimetres."""
    figure = Figure(figsize=(width / 25.4, height / 25.4), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.07, h_pad=0.07)  # type: ignore[union-attr, call-arg]
    return figure


def nothing(reason: str, columns: Sequence[str]) -> Drawn:
    """The figure that says in one sentence why there is nothing to draw, and an empty table."""
    lines = textwrap.wrap(reason, 78)
    figure = new_figure(WIDE * 0.75, 12 + 4 * len(lines))
    figure.text(0.5, 0.5, "\n".join(lines), ha="center", va="center", color="#555555", size=8)
    figure.set_label(reason)
    return figure, empty_table(columns)


def settle(figure: Figure) -> None:
    """Lay the figure out now and keep it so: once for both files, and to place names in it."""
    if figure.get_layout_engine() is not None:
        FigureCanvasAgg(figure)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def save(figure: Figure, stem: Path, title: str, caption: str) -> None:
    """Write `stem`.pdf and .png. Title and caption travel inside both files; dates do not.

    Where there was nothing to draw, the reason stands in the caption's place.
    """
    caption = str(figure.get_label()) or caption
    pdf = {"Title": title, "Subject": caption, "Creator": None, "Producer": None}
    png = {"Title": title, "Description": caption, "Software": None}
    with _settings():
        settle(figure)
        with replacing(stem.with_suffix(".pdf")) as path:
            figure.savefig(path, metadata=pdf | {"CreationDate": None}, dpi=300)
        with replacing(stem.with_suffix(".png")) as path:
            figure.savefig(path, metadata=png, dpi=PNG_DPI)


def _nth(values: Sequence[str], index: int) -> str:
    return values[index % len(values)]


def _ordered(labels: Sequence[str]) -> list[str]:
    """Sorted as people count: E2 before E10."""

    def key(label: str) -> tuple[str, int, str]:
        stem = label.rstrip("0123456789")
        number = label[len(stem) :]
        return stem, int(number) if number else -1, label

    return sorted(set(labels), key=key)


def labels_of(column: pd.Series[Any]) -> list[str]:
    """The distinct labels of a column in their fixed order, missing ones left out."""
    return _ordered([str(label) for label in column.dropna()])


def endotype_colours(labels: Sequence[str]) -> dict[str, str]:
    """A colour for each endotype. E3 has the third colour even where E2 is absent."""
    colours = OKABE_ITO + FURTHER
    ordered = _ordered(labels)
    numbered = all(label[:1] == "E" and label[1:].isdigit() for label in ordered)
    return {
        label: _nth(colours, int(label[1:]) - 1 if numbered else index)
        for index, label in enumerate(ordered)
    }


def cohort_colours(cohorts: Sequence[str]) -> dict[str, str]:
    """A colour for each cohort, in the order of their names."""
    return {name: _nth(OKABE_ITO + FURTHER, i) for i, name in enumerate(sorted(set(cohorts)))}


def cohort_markers(cohorts: Sequence[str]) -> dict[str, str]:
    """A marker for each cohort, in the order of their names."""
    return {name: _nth(MARKERS, i) for i, name in enumerate(sorted(set(cohorts)))}


def short(text: str, width: int = 18) -> str:
    """A name cut to `width` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def jitter(count: int) -> np.ndarray:
    """Even spread of points in (-0.5, 0.5) without chance: the golden-ratio sequence."""
    return (np.arange(1, count + 1) * 0.6180339887498949) % 1 - 0.5


def point_size(count: int) -> float:
    """Marker area in points squared, smaller where points are many."""
    return float(np.clip(2600 / max(count, 1), 3, 20))


def bare(axes: Axes) -> None:
    """No ticks: for pictures whose coordinates mean nothing."""
    axes.set_xticks([])
    axes.set_yticks([])
