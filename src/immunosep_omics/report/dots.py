"""Small plots of one measure over the samples of an assay, as SVG inside a page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT, MARGIN = 320.0, 84.0, 6.0


@dataclass(frozen=True)
class Dot:
    """One sample: place in the plot, name and value for a pointer, whether it is flagged."""

    x: float
    y: float
    title: str
    flagged: bool


@dataclass(frozen=True)
class DotPlot:
    """One measure: a dot per sample in the order of the table, and the range of the axis."""

    title: str
    low: str
    high: str
    dots: list[Dot]
    middle: float
    width: float = WIDTH
    height: float = HEIGHT


def dot_plot(
    title: str, names: list[str], values: np.ndarray, flagged: np.ndarray
) -> DotPlot | None:
    """The plot of a measure; None where fewer than two samples have a value.

    Flagged samples come last, so that no other dot hides them.
    """
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        return None
    low, high = float(values[known].min()), float(values[known].max())
    span = high - low or 1.0

    def height(value: float) -> float:
        return round(HEIGHT - MARGIN - (value - low) / span * (HEIGHT - 2 * MARGIN), 1)

    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    dots = [
        Dot(round(MARGIN + step * n, 1), height(values[n]), f"{names[n]}: {values[n]:.3g}",
            bool(flagged[n]))
        for n in sorted(known, key=lambda n: (bool(flagged[n]), n))
    ]  # fmt: skip
    middle = height(float(np.median(values[known])))
    return DotPlot(title, _short(low), _short(high), dots, middle)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
