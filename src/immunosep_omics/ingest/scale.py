"""Are the values on the scale that the cohort declares? Refused where they plainly are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.settings.assays import Scale

LOG_MAXIMUM = 50.0
"""No intensity or count is above 2^50; the largest in mass spectrometry are near 2^43."""

NPX_MAXIMUM = 40.0
COUNTS_NOT_WHOLE = 0.01
"""Share of counts that may have decimals before they are taken for normalised values."""

SKEWED = 3.0
FAR_ABOVE_MEDIAN = 8.0
NARROW = 4.0
"""Ratio of the largest to the smallest feature mean, which linear values far exceed."""

Z_MEAN, Z_DEVIATION, Z_SHARE = 0.05, 0.1, 0.8


@dataclass(frozen=True)
class _Shape:
    """What the values look like, over all samples and features."""

    low: float
    median: float
    high: float
    nearly_high: float
    skew: float


def check_scale(values: np.ndarray, scale: Scale, kind: str, where: str) -> None:
    """Raise :class:`InputError` where samples x features cannot be on `scale`.

    The message names the declared scale, the one that the values look like, and the remedy. Only
    plain contradictions are refused; NaN are passed over, except among counts.
    """
    if np.isinf(values).any():
        raise _refusal(where, scale, "infinite in places", "list them under `missing`")
    if scale == "counts":
        _check_counts(values, where)
        return
    shape = _shape(values)
    if scale == "linear":
        _check_linear(values, shape, where)
        return
    limit = NPX_MAXIMUM if scale == "npx" else LOG_MAXIMUM
    if shape.high > limit or _looks_like_ratios(shape):
        remedy = (
            "NPX are log2: give the file as Olink exported it"
            if scale == "npx"
            else "state `scale: linear`, or give log2 values"
        )
        figures = f"from {shape.low:.3g} over {shape.median:.3g} (median) to {shape.high:.4g}"
        raise _refusal(where, scale, f"linear ({figures})", remedy)
    if kind in ("rna_array", "expression") and _looks_standardised(values):
        raise _refusal(
            where, scale, "z-scores (each feature has mean 0 and standard deviation 1)",
            "give the values before they were standardised",
        )  # fmt: skip


def _check_counts(values: np.ndarray, where: str) -> None:
    missing = int(np.isnan(values).sum())
    if missing:
        raise _refusal(
            where, "counts", f"missing in {missing} place{'s' if missing > 1 else ''}",
            "write 0 where nothing was counted, or leave out features that were not counted",
        )  # fmt: skip
    if (values < 0).any():
        raise _refusal(
            where, "counts", "logarithms or centred values (some are negative)",
            "give raw counts, or use `kind: expression` with `scale: log2`",
        )  # fmt: skip
    nonzero = values[values > 0]
    share = float(np.mean(np.abs(nonzero - np.rint(nonzero)) > 1e-6)) if nonzero.size else 0.0
    if share > COUNTS_NOT_WHOLE:
        raise _refusal(
            where, "counts", f"normalised values ({share:.0%} of those above 0 are not whole)",
            "give raw counts (round estimated ones), or use `kind: expression` with `scale`",
        )  # fmt: skip


def _check_linear(values: np.ndarray, shape: _Shape, where: str) -> None:
    if shape.high > LOG_MAXIMUM:
        return
    if shape.low < 0:
        raise _refusal(
            where, "linear", f"logarithms or centred values (from {shape.low:.3g}"
            f" to {shape.high:.3g})", "state `scale: log2`, or give linear values",
        )  # fmt: skip
    compact = shape.median >= 2 and shape.skew < 2 and shape.nearly_high < 5 * shape.median
    if compact and _spread_with_mean(values) < 0.5:
        raise _refusal(
            where, "linear", f"logarithms (median {shape.median:.3g}, none above"
            f" {shape.high:.3g})", "state `scale: log2`, or give linear values",
        )  # fmt: skip


def _shape(values: np.ndarray) -> _Shape:
    known = values[np.isfinite(values)]
    low, median, nearly, high = np.quantile(known, [0, 0.5, 0.99, 1])
    deviation = known.std()
    skew = float(np.mean(((known - known.mean()) / deviation) ** 3)) if deviation > 0 else 0.0
    return _Shape(float(low), float(median), float(high), float(nearly), skew)


def _looks_like_ratios(shape: _Shape) -> bool:
    """All above 0 and trailing far upwards; log2(x + 1), the other such shape, has zeros."""
    return shape.low > 0 and shape.skew > SKEWED and shape.high > FAR_ABOVE_MEDIAN * shape.median


def _looks_standardised(values: np.ndarray) -> bool:
    if values.shape[0] < 3:
        return False
    with np.errstate(invalid="ignore"):
        means = np.abs(_mean(values))
        deviations = np.sqrt(_mean((values - _mean(values)) ** 2))
    standard = (means < Z_MEAN) & (np.abs(deviations - 1) < Z_DEVIATION)
    return bool(np.mean(standard) > Z_SHARE)


def _spread_with_mean(values: np.ndarray) -> float:
    """Slope of log standard deviation on log mean over features: about 1 on a linear scale.

    On a log scale the spread does not grow with the mean, or the means are all within a narrow
    range (0 is given then). 1 where there are too few features, or means too alike, to tell.
    """
    means = _mean(values)
    deviations = np.sqrt(_mean((values - means) ** 2))
    usable = (means > 0) & (deviations > 0)
    if usable.sum() < 20:
        return 1.0
    x, y = np.log(means[usable]), np.log(deviations[usable])
    if x.std() < 0.1:
        return 1.0
    if np.ptp(x) < np.log(NARROW):
        return 0.0
    return float(np.polyfit(x, y, 1)[0])


def _mean(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / count)


def _refusal(where: str, declared: str, seen: str, remedy: str) -> InputError:
    return InputError(
        Problem(where, f"the values are declared as {declared}, but look {_like(seen)}", remedy)
    )


def _like(seen: str) -> str:
    return seen if seen.startswith(("infinite", "missing", "linear")) else f"like {seen}"
