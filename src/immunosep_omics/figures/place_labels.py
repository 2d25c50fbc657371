"""Puts names beside points so that they overlap neither each other nor the frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes

Box = tuple[float, float, float, float]

# Eight directions, near ones first: right, left, up, down, then the diagonals.
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_DISTANCES = (3.0, 8.0, 14.0, 21.0)
"""Points (1/72 inch) between a point and its name."""


def place_labels(
    axes: Axes, x: Sequence[float], y: Sequence[float], names: Sequence[str], size: float = 5.8
) -> None:
    """Name the points at (x, y), in data units; first come, first served.

    The figure must be settled. A name that finds no free place is left out.
    """
    pixels = axes.figure.dpi / 72
    frame = axes.get_window_extent()
    spots = axes.transData.transform(np.column_stack([x, y])) if len(names) else np.empty((0, 2))
    taken: list[Box] = [_around(px, py, 1.5 * pixels) for px, py in spots]
    for (px, py), name, own in zip(spots, names, list(taken), strict=True):
        width, height = 0.62 * size * len(name) * pixels, 1.15 * size * pixels
        for dx, dy in _offsets():
            box = _box(px + dx * pixels, py + dy * pixels, dx, dy, width, height)
            inside = (
                box[0] >= frame.x0 and box[2] <= frame.x1
                and box[1] >= frame.y0 and box[3] <= frame.y1
            )  # fmt: skip
            if inside and not any(_overlap(box, other) for other in taken if other is not own):
                taken.append(box)
                _write(axes, (px, py), (dx, dy), name, size)
                break


def _offsets() -> Iterator[tuple[float, float]]:
    for distance in _DISTANCES:
        for right, up in _DIRECTIONS:
            yield right * distance, up * distance


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
