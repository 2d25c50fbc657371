"""Local false discovery rates: how likely each p-value is that of a true null hypothesis."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import cho_solve_banded, cholesky_banded
from scipy.optimize import minimize_scalar
from scipy.special import ndtri

from immunosep_omics.stats.arrays import Float

NULL_FROM = 0.8
"""P-values above this are taken to be null ones (Storey 2002)."""

_LEAST = 1e-8
_WIDER = 1.5
_GRID = 512
# Powers of 256 between which the smoothing is sought.
_SMOOTHINGS = (-1.5, 1.5)


def local_fdr(p: Float) -> Float:
    """Probability (features,) that the null hypothesis is true, from p-values (features,).

    The p-values' density is estimated on the probit scale by a Gaussian kernel 1.5 times as wide
    as the rule of thumb, smoothed by a spline whose penalty generalised cross-validation chooses.
    Never falls as p rises.

    Source: Storey & Tibshirani 2003, doi:10.1073/pnas.1530509100. Agrees with
    ``sva:::edge.lfdr(p)`` to 1e-6.
    """
    p = np.asarray(p, dtype=np.float64)
    null_share = min(1.0, float((p >= NULL_FROM).mean()) / (1 - NULL_FROM))
    x = ndtri(np.clip(p, _LEAST, 1 - _LEAST))
    if not np.ptp(x):
        return np.full_like(p, null_share)
    density = _smooth(*_kernel_density(x), x)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = null_share * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi) / density
    rate = np.clip(np.where(density > 0, rate, 1.0), 0.0, 1.0)
    order = np.argsort(x, kind="stable")
    rising = np.empty_like(rate)
    rising[order] = np.maximum.accumulate(rate[order])
    return rising


def _kernel_density(x: Float) -> tuple[Float, Float]:
    """A grid and the density there: values are binned on a grid twice as fine, then convolved.

    As ``stats::density`` documents it, its grid included.
    """
    quartiles = np.quantile(x, [0.25, 0.75])
    spread = min(float(x.std(ddof=1)), float(np.diff(quartiles)[0]) / 1.34) or float(x.std(ddof=1))
    width = _WIDER * 0.9 * spread * len(x) ** -0.2
    low, high = x.min() - 7 * width, x.max() + 7 * width
    fine = np.linspace(low, high, _GRID)
    step = fine[1] - fine[0]
    place = (x - low) / step
    left = place.astype(np.intp)
    right_part = place - left
    mass = np.bincount(left, 1 - right_part, 2 * _GRID) + np.bincount(
        left + 1, right_part, 2 * _GRID
    )
    distance = np.arange(2 * _GRID) * (2 * (high - low) / (2 * _GRID - 1))
    distance[_GRID + 1 :] = -distance[_GRID - 1 : 0 : -1]
    kernel = np.exp(-0.5 * (distance / width) ** 2) / (width * np.sqrt(2 * np.pi))
    dense = np.fft.irfft(np.fft.rfft(mass) * np.conj(np.fft.rfft(kernel)), 2 * _GRID)[:_GRID]
    grid = np.linspace(low + 4 * width, high - 4 * width, _GRID)
    return grid, np.interp(grid, fine, np.maximum(dense, 0) / len(x))


def _smooth(grid: Float, height: Float, at: Float) -> Float:
    """A cubic smoothing spline through (grid, height), evaluated; linear beyond the grid."""
    unit = (grid - grid[0]) / (grid[-1] - grid[0])
    knots = unit[np.linspace(0, len(unit) - 1, _knot_count(len(unit))).astype(np.intp)]
    knots = np.concatenate([np.zeros(3), knots, np.ones(3)])
    basis = BSpline.design_matrix(unit, knots, 3).toarray()
    gram, roughness = basis.T @ basis, _roughness(knots)
    # The ends' own three functions are left out of the scale, as in stats::smooth.spline.
    inner = slice(2, len(gram) - 3)
    scale = np.diag(gram)[inner].sum() / np.diag(roughness)[inner].sum()
    right = basis.T @ height

    def fit(power: float) -> tuple[Float, float]:
        penalised = gram + scale * 256 ** (3 * power - 1) * roughness
        factor = cholesky_banded(_upper_bands(penalised))
        coefficients = cho_solve_banded((factor, False), right)
        leverage = float(np.trace(cho_solve_banded((factor, False), gram)))
        residual = height - basis @ coefficients
        cost = (residual @ residual / len(height)) / (1 - leverage / len(height)) ** 2
        return coefficients, float(cost)

    best = minimize_scalar(lambda power: fit(power)[1], bounds=_SMOOTHINGS, method="bounded",
                           options={"xatol": 1e-6})  # fmt: skip
    spline = BSpline(knots, fit(best.x)[0], 3)
    return np.asarray(spline((at - grid[0]) / (grid[-1] - grid[0])))


def _knot_count(n: int) -> int:
    """Knots of a spline through n points: all of up to 49, then ever fewer."""
    sizes = np.array([50, 200, 800, 3200])
    return n if n < 50 else int(2 ** np.interp(n, sizes, np.log2([50, 100, 140, 200])))


def _roughness(knots: Float) -> Float:
    """Integrals of the products of the basis functions' second derivatives."""
    count = len(knots) - 4
    second = BSpline(knots, np.eye(count), 3).derivative(2)
    breaks = np.unique(knots)
    # Second derivatives are linear between knots: two Gauss points integrate products exactly.
    half = np.diff(breaks) / 2
    middle = breaks[:-1] + half
    points = np.concatenate([middle - half / np.sqrt(3), middle + half / np.sqrt(3)])
    values = second(points)
    return np.asarray((values * np.tile(half, 2)[:, None]).T @ values)


def _upper_bands(matrix: Float) -> Float:
    """The diagonal and the three above it, as LAPACK keeps them."""
    bands = np.zeros((4, len(matrix)))
    for above in range(4):
        bands[3 - above, above:] = np.diagonal(matrix, above)
    return bands
