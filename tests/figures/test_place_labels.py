from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from immunosep_omics.figures.place_labels import place_labels
from immunosep_omics.figures.style import new_figure, settle, styled


@styled
def _named(count: int) -> tuple[Figure, Axes]:
    random = np.random.default_rng(5)
    figure = new_figure(90, 60)
    axes = figure.add_subplot()
    x, y = random.normal(0, 0.3, count), random.normal(0, 0.3, count)
    axes.scatter(x, y)
    axes.set(xlim=(-1, 1), ylim=(-1, 1))
    settle(figure)
    place_labels(
        axes, list(x), list(y), [f"HLA-DRB{i}" for i in range(count)], np.column_stack([x, y])
    )
    return figure, axes


def test_names_overlap_neither_each_other_nor_the_frame():
    figure, axes = _named(12)
    figure.draw_without_rendering()
    # Of the words alone: an annotation counts its line too, which may pass below another.
    boxes = [Text.get_window_extent(text) for text in axes.texts]
    assert len(boxes) >= 8
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    frame = axes.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)
    assert all(frame.y0 <= box.y0 and box.y1 <= frame.y1 for box in boxes)


def test_no_points_no_names():
    _, axes = _named(0)
    assert len(axes.texts) == 0
