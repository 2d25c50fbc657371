"""Tukey's median polish of many small tables at once, with missing values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

EPSILON = 0.01
MAX_ITERATIONS = 10
"""Both as in R's medpolish, which stops at the same sweep."""


def polish_groups(values: Matrix, group: NDArray[np.intp], groups: int) -> Matrix:
    """The column level (overall + column effect) of each group of rows: groups x columns.

    `values` are rows x columns, NaN where missing; `group` names each row's group by its number.
    A column without a value in a group's rows is NaN there, as is a group without rows. Each group
    agrees with `m <- stats::medpolish(x, na.rm = TRUE); m$overall + m$col` to 1e-9 (Tukey,
    Exploratory Data Analysis, 1977).
    """
    order = np.argsort(group, kind="stable")
    sizes = np.bincount(group, minlength=groups)
    starts = np.cumsum(sizes) - sizes
    levels = np.full((groups, values.shape[1]), np.nan)
    for size in np.unique(sizes[sizes > 0]):
        alike = np.flatnonzero(sizes == size)
        rows = order[starts[alike][:, np.newaxis] + np.arange(size)]
        levels[alike] = _column_levels(values[rows])
    return levels


def _column_levels(tables: Matrix) -> Matrix:
    """Tables x columns from tables x rows x columns; tables that are done are polished no more."""
    count, rows, columns = tables.shape
    residuals = tables.copy()
    row, column = np.zeros((count, rows)), np.zeros((count, columns))
    overall, before = np.zeros(count), np.zeros(count)
    levels = np.empty((count, columns))
    going = np.arange(count)
    for _ in range(MAX_ITERATIONS):
        step = _median(residuals)
        residuals -= step[:, :, np.newaxis]
        row += step
        shift = _median(column)
        column -= shift[:, np.newaxis]
        overall += shift
        step = _median(np.ascontiguousarray(residuals.transpose(0, 2, 1)))
        residuals -= step[:, np.newaxis, :]
        column += step
        shift = _median(row)
        row -= shift[:, np.newaxis]
        overall += shift
        levels[going] = overall[:, np.newaxis] + column
        left = np.nansum(np.abs(residuals), axis=(1, 2))
        more = ~((left == 0) | (np.abs(left - before) < EPSILON * left))
        if not more.any():
            break
        residuals, row, column = residuals[more], row[more], column[more]
        overall, before, going = overall[more], left[more], going[more]
    return levels


def _median(values: Matrix) -> Matrix:
    """The median along the last axis without NaN; NaN where all are."""
    ordered = np.sort(values, axis=-1)
    known = np.count_nonzero(~np.isnan(values), axis=-1)
    low = np.maximum(known - 1, 0) // 2
    both = np.stack([low, np.maximum(known // 2, low)], axis=-1)
    middle: Matrix = np.take_along_axis(ordered, both, axis=-1).mean(axis=-1)
    return middle
