"""Symmetric positive systems of a few unknowns, one for every feature, solved side by side.

Matrices are (unknowns, unknowns, features), right-hand sides (unknowns, ..., features): each step
of the elimination is one operation on rows of features.
"""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float


def cholesky(matrices: Float, smallest: float) -> Boolean:
    """Replace the lower triangles by Cholesky roots; says which unknowns were kept.

    An unknown of which earlier ones leave less than the share ``smallest`` is left out: its pivot
    becomes infinite, so that its solution is 0. Returns (unknowns, features).
    """
    kept = np.empty(matrices.shape[1:], dtype=bool)
    for j in range(len(matrices)):
        row = matrices[j, :j]
        own = matrices[j, j] - np.einsum("kf,kf->f", row, row)
        kept[j] = own > smallest * matrices[j, j]
        matrices[j, j] = np.sqrt(np.where(kept[j], own, np.inf))
        below = matrices[j + 1 :]
        below[:, j] -= np.einsum("ikf,kf->if", below[:, :j], row)
        below[:, j] /= matrices[j, j]
    return kept


def forward(root: Float, right: Float) -> Float:
    """Solve L x = right in place."""
    for j in range(len(root)):
        right[j] -= np.einsum("kf,k...f->...f", root[j, :j], right[:j])
        right[j] /= root[j, j]
    return right


def solve(root: Float, right: Float) -> Float:
    """Solve L L' x = right in place."""
    forward(root, right)
    for j in reversed(range(len(root))):
        right[j] -= np.einsum("kf,k...f->...f", root[j + 1 :, j], right[j + 1 :])
        right[j] /= root[j, j]
    return right
