"""Orthogonal bases of many designs at once, and what their effects say about contrasts."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float, Integer

# A column is a combination of earlier ones when less than this share of its length is left.
_DEPENDENT = 1e-7
# Rounding allowed when a contrast is checked against the columns that were left out.
_NOT_ESTIMABLE = 1e-6


def orthogonalise(rows: Float) -> tuple[Float, Float]:
    """QR of stacked designs (patterns, coefficients, samples), leaving out dependent columns.

    Gram-Schmidt, each column projected twice, which is as orthogonal as Householder
    (Giraud, Langou & Rozloznik 2005). A dependent column becomes zero, with a zero diagonal.
    """
    basis = rows.copy()
    count = basis.shape[1]
    triangle = np.zeros((len(basis), count, count))
    for j in range(count):
        column, earlier = basis[:, j], basis[:, :j]
        original = np.linalg.norm(column, axis=1)
        for _ in range(2):
            share = np.matmul(earlier, column[..., None])[..., 0]
            column -= np.matmul(share[:, None], earlier)[:, 0]
            triangle[:, :j, j] += share
        length = np.linalg.norm(column, axis=1)
        kept = length > _DEPENDENT * original
        column *= np.where(kept, 1 / np.where(kept, length, 1.0), 0.0)[:, None]
        triangle[:, j, j] = np.where(kept, length, 0.0)
    return basis, triangle


def solve_contrasts(triangle: Float, contrasts: Float) -> tuple[Float, Boolean]:
    """Each contrast as weights of the orthogonal effects, and whether it can be estimated.

    A contrast can be estimated when it lies in the row space of the design, that is when the
    columns left out would have contributed exactly what the kept ones say.
    """
    count = triangle.shape[1]
    solution = np.zeros((len(triangle), count, contrasts.shape[1]))
    estimable = np.ones((len(triangle), contrasts.shape[1]), dtype=bool)
    for j in range(count):
        upper, earlier = triangle[:, None, :j, j], solution[:, :j]
        remainder = contrasts[j] - np.matmul(upper, earlier)[:, 0]
        size = np.abs(contrasts[j]) + np.matmul(np.abs(upper), np.abs(earlier))[:, 0]
        diagonal = triangle[:, j, j, None]
        kept = diagonal > 0
        solution[:, j] = np.where(kept, remainder / np.where(kept, diagonal, 1.0), 0.0)
        estimable &= kept | (np.abs(remainder) <= _NOT_ESTIMABLE * size)
    return solution, estimable


def independent_columns(design: Float) -> Integer:
    """Columns of a design (samples, coefficients) that are no combination of earlier ones."""
    triangle = orthogonalise(np.asarray(design, dtype=np.float64).T[None])[1][0]
    return np.flatnonzero(np.diagonal(triangle))
