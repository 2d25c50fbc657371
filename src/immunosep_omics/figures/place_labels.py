"""Puts names beside points so that they overlap neither each other nor the frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties

Box = tuple[float, float, float, float]

# Eight directions, near ones first: right, left, up, down, then the diagonals.
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_DISTANCES = (3.0, 8.0, 14.0, 21.0)
"""Points (1/72 inch) between a point and its name."""


def place_labels(
    axes: Axes,
    x: Sequence[float],
    y: Sequence[float],
    names: Sequence[str],
    crowd: np.ndarray,
    size: float = 5.8,
) -> None:
    """Name the points at (x, y), in data units; first come, first served.

    Of the free places near a point, the name takes the one that covers fewest of the `crowd`
    (all points drawn, shape (points, 2)). The figure must be settled. A name that finds no free
    place is left out.
    """  # fmt: skip
    if not len(names):
        return
    pixels = axes.figure.dpi / 72
    # Only this kind of canvas can measure words.
    measure = FigureCanvasAgg(axes.figure).get_renderer().get_text_width_height_descent
    font = FontProperties(size=size)
    height = 1.15 * measure("lp", font, False)[1]
    bounds = axes.get_window_extent()
    frame = (bounds.x0, bounds.y0, bounds.x1, bounds.y1)
    spots = axes.transData.transform(np.column_stack([x, y]))
    others = axes.transData.transform(crowd)
    taken: list[Box] = [_around(px, py, 1.5 * pixels) for px, py in spots]
    for (px, py), name, own in zip(spots, names, list(taken), strict=True):
        width = measure(name, font, False)[0] + 2.5 * pixels
        best: tuple[float, tuple[float, float], Box] | None = None
        for distance, (dx, dy) in _offsets():
            box = _box(px + dx * pixels, py + dy * pixels, dx, dy, width, height)
            if _within(box, frame) and not any(
                _overlap(box, other) for other in taken if other is not own
            ):
                cost = _covered(box, others) + distance
                if best is None or cost < best[0]:
                    best = cost, (dx, dy), box
        if best is not None:
            taken.append(best[2])
            _write(axes, (px, py), best[1], name, size)


def _offsets() -> Iterator[tuple[float, tuple[float, float]]]:
    """Places to try: how little they are liked, and the way there in points (1/72 inch)."""
    for dislike, distance in enumerate(_DISTANCES):
        for right, up in _DIRECTIONS:
            yield dislike, (right * distance, up * distance)


def _within(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _covered(box: Box, points: np.ndarray) -> int:
    inside = (points > box[:2]).all(axis=1) & (points < box[2:]).all(axis=1)
    return int(inside.sum())


def _around(px: float, py: float, radius: float) -> Box:
    return px - radius, py - radius, px + radius, py + radius


def _box(px: float, py: float, dx: float, dy: float, width: float, height: float) -> Box:
    left = px if dx > 0 else px - width if dx < 0 else px - width / 2
    bottom = py if dy > 0 else py - height if dy < 0 else py - height / 2
    return left, bottom, left + width, bottom + height


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _write(
    axes: Axes, spot: tuple[float, float], offset: tuple[float, float], name: str, size: float
) -> None:
    (px, py), (dx, dy) = spot, offset
    far = max(abs(dx), abs(dy)) > 5
    axes.annotate(
        name,
        xy=tuple(axes.transData.inverted().transform((px, py))),
        xytext=(dx, dy), textcoords="offset points", size=size, zorder=6,
        ha="left" if dx > 0 else "right" if dx < 0 else "center",
        va="bottom" if dy > 0 else "top" if dy < 0 else "center",
        arrowprops={"arrowstyle": "-", "linewidth": 0.35, "color": "#777777",
                    "shrinkA": 0, "shrinkB": 1} if far else None,
    )  # fmt: skip
