"""Smooth curves with few coefficients: natural cubic splines."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float


def natural_spline_knots(x: Float, coefficients: int) -> Float:
    """Knots of a curve with this many coefficients (2 or more, the level included).

    Inner knots stand at equal quantiles of ``x`` (points,), the outer two at its ends.
    """
    return np.quantile(x, np.linspace(0, 1, coefficients))


def natural_spline(x: Float, knots: Float) -> Float:
    """Basis (points, knots) of the cubic curves that are straight beyond the outer knots.

    The first column is the level, the second the slope. Spans the same curves as R's
    ``splines::ns(x, df = knots, intercept = TRUE)``, between the outer knots and beyond, to 1e-10.
    Source: Hastie, Tibshirani & Friedman 2009, section 5.2.1.
    """
    width = knots[-1] - knots[0]
    scaled, at = (np.asarray(x) - knots[0]) / width, (knots - knots[0]) / width
    columns = [np.ones_like(scaled), scaled]
    if len(knots) > 2:
        cubes = np.maximum(scaled[:, None] - at, 0) ** 3
        bends = (cubes[:, :-1] - cubes[:, -1:]) / (at[-1] - at[:-1])
        columns.extend((bends[:, :-1] - bends[:, -1:]).T)
    return np.column_stack(columns)
