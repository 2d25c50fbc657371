"""Surrogate variables: what moved many features of a sample, though nobody wrote it down."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtrc

from immunosep_omics.stats.arrays import Boolean, Float
from immunosep_omics.stats.local_fdr import local_fdr

# Numbers in one block of features (0.5 MB): several passes over it stay in the cache.
_BLOCK_SIZE = 2**16


def surrogate_variables(
    values: Float, design: Float, null_design: Float, number: int, *, iterations: int = 5
) -> Float:
    """Surrogate variables (samples, number), for use as further columns of a design.

    ``values``: (samples, features) on a log scale; ``design`` and ``null_design``: (samples,
    coefficients), both with an intercept, with and without what is asked about. Each round weights
    the features by how likely they follow the variables but not the question, and takes the first
    components of the features so weighted. Columns have length 1; their signs mean nothing.
    Features with a missing value, and those that do not vary, tell nothing here.

    Raises ValueError when the samples are too few for so many variables.
    Source: Leek & Storey 2007, doi:10.1371/journal.pgen.0030161, and 2008,
    doi:10.1073/pnas.0808709105. Agrees with ``sva::sva(..., method = "irw")`` to 1e-6, but for
    signs.
    """
    values = np.asarray(values, dtype=np.float64)
    if number < 1:
        return np.zeros((len(values), 0))
    if len(values) <= design.shape[1] + number:
        raise ValueError("too few samples for so many surrogate variables")
    centred = _complete(values)
    basis = np.linalg.qr(design)[0]
    found = _leading(_gram(centred - basis @ (basis.T @ centred)), number)
    for _ in range(iterations):
        asked = 1 - local_fdr(
            _nested_p(centred, np.hstack([design, found]), np.hstack([null_design, found]))
        )
        hidden = 1 - local_fdr(_nested_p(centred, np.hstack([null_design, found]), null_design))
        found = _leading(_gram(centred, hidden * (1 - asked)), number)
    return found


def number_of_surrogates(
    values: Float,
    design: Float,
    generator: np.random.Generator,
    *,
    permutations: int = 20,
    level: float = 0.1,
) -> int:
    """How many surrogate variables: components of the residuals that permuted ones do not have.

    ``values`` and ``design`` as in :func:`surrogate_variables`. Each feature's residuals are
    shuffled by themselves, so that only what features share stands out.

    Source: Buja & Eyuboglu 1992, doi:10.1207/s15327906mbr2704_2, as in Leek & Storey 2007; the
    rule of ``sva::num.sv(method = "be")``, whose shuffles are others.
    """
    centred = _complete(np.asarray(values, dtype=np.float64))
    basis = np.linalg.qr(design)[0]
    free = len(centred) - basis.shape[1]
    residual = centred - basis @ (basis.T @ centred)
    observed = _variance_shares(residual, free)
    reached = np.zeros(free)
    for _ in range(permutations):
        shuffled = generator.permuted(residual, axis=0)
        shuffled -= basis @ (basis.T @ shuffled)
        reached += _variance_shares(shuffled, free) >= observed
    p = np.maximum.accumulate(reached / permutations)
    return int((p <= level).sum())


def control_gene_factors(values: Float, controls: Boolean, number: int) -> Float:
    """Unwanted factors (samples, number): components of features that nothing asked about moves.

    ``values``: (samples, features) on a log scale; ``controls``: (features,), True for such
    negative controls. Columns have length 1; their signs mean nothing. Controls with a missing
    value are left out.

    Raises ValueError when there are fewer controls than factors.
    Source: RUV-2, Gagnon-Bartlett & Speed 2012, doi:10.1093/biostatistics/kxr034, whose factors
    RUVg also takes (Risso et al. 2014, doi:10.1038/nbt.2931).
    """
    chosen = _complete(np.asarray(values, dtype=np.float64)[:, controls])
    if min(chosen.shape[1], len(chosen) - 1) < number:
        raise ValueError("fewer usable control features, or samples, than factors")
    return _leading(_gram(chosen), number)


def _complete(values: Float) -> Float:
    """Features without gaps that vary, centred."""
    lowest, highest = values.min(axis=0), values.max(axis=0)
    kept: Float = values[:, highest > lowest]
    kept -= kept.mean(axis=0)
    return kept


def _gram(values: Float, weights: Float | None = None) -> Float:
    """Products (samples, samples) of the samples' values, each feature times its weight."""
    if weights is None:
        return np.asarray(values @ values.T)
    total = np.zeros((len(values), len(values)))
    width = max(64, _BLOCK_SIZE // len(values))
    for start in range(0, values.shape[1], width):
        own = values[:, start : start + width] * weights[start : start + width]
        total += own @ own.T
    return total


def _leading(gram: Float, number: int) -> Float:
    return np.asarray(np.linalg.eigh(gram)[1][:, ::-1][:, :number])


def _variance_shares(residual: Float, free: int) -> Float:
    squares = np.linalg.eigvalsh(_gram(residual))[::-1][:free]
    return np.asarray(squares / squares.sum())


def _nested_p(centred: Float, design: Float, null_design: Float) -> Float:
    """P-values (features,) of F-tests of one design against another within it."""
    total = np.einsum("ij,ij->j", centred, centred)
    left, null_left = (
        np.maximum(total - ((np.linalg.qr(d)[0].T @ centred) ** 2).sum(axis=0), 0)
        for d in (design, null_design)
    )
    extra, rest = design.shape[1] - null_design.shape[1], len(design) - design.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.maximum(null_left - left, 0) / extra / (left / rest)
    return np.asarray(fdtrc(extra, rest, np.nan_to_num(f, nan=0.0)))
