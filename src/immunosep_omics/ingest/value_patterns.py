"""What a matrix of values gives away about its scale; each question looks at one pattern.

All functions take samples x features, NaN where missing, and none of them needs the whole matrix
unless its docstring says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SKEWED, VERY_SKEWED = 1.5, 3.0
FAR_ABOVE_MEDIAN = 8.0
NARROW = 4.0
"""Ratio of the largest to the smallest feature mean, which linear values far exceed."""
WIDE = 8.0
GROWS_WITH_MEAN = 0.75
STEADY = 0.1
"""Spread over mean that patients' levels exceed, and that log2 of large intensities are below."""

Z_MEAN, Z_DEVIATION, Z_SHARE = 0.05, 0.1, 0.8
Z_SUBSET_MEAN, Z_SUBSET_LOW, Z_SUBSET_HIGH = 0.2, 0.75, 1.25
"""For rows taken out of a larger table that was standardised: no longer exactly 0 and 1."""

UNDERDISPERSED, HALF_UNDERDISPERSED = 0.3, 0.85
"""Variance over mean; counting alone gives 1, and biology only adds to it."""

MANY = 500
"""Features whose median variance over mean is known to a twentieth."""

BY_CHANCE = 0.25
"""Size factors, in standard errors, below which no eight libraries of one depth ever are."""

OFTEN = 20
"""How often a number's neighbours occur where its own absence is no chance (1 in 10^8)."""

BASES = {"log2": 2.0, "ln": float(np.e), "log10": 10.0}
SMALL_COUNT, SMALL_COUNTS = 60, 8

MILLION = 1e6

NOISE_SHARE, NOISE_PART = 0.5, 0.1
"""Noise about a background: half of it is below 0, and it is small beside what is expressed."""


@dataclass(frozen=True)
class Shape:
    """What the values look like, over all samples and features."""

    low: float
    median: float
    high: float
    nearly_high: float
    skew: float


def shape_of(values: np.ndarray) -> Shape:
    """Quantiles and skewness of the known values; all 0 where nothing is known."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Shape(0.0, 0.0, 0.0, 0.0, 0.0)
    low, median, nearly, high = np.quantile(known, [0, 0.5, 0.99, 1])
    deviation = known.std()
    skew = float(np.mean(((known - known.mean()) / deviation) ** 3)) if deviation > 0 else 0.0
    return Shape(float(low), float(median), float(high), float(nearly), skew)


def are_ratios(values: np.ndarray, shape: Shape) -> bool:
    """All above 0 and lying around 1: relative to a reference, not logarithms.

    Each feature's median is near 1, or no value is far from 1 while each feature spreads in
    proportion to its mean. Log2 ratios lie around 0, and levels on a log scale differ more.
    """
    if shape.low <= 0 or not 0.75 <= shape.median <= 1.35 or values.shape[1] < 10:
        return False
    middles = _medians(values)
    low, high = np.nanquantile(middles, [0.1, 0.9])
    if low > 0.6 and high < 1.6:
        return True
    near = shape.low > 0.1 and shape.nearly_high < 5 and values.shape[1] >= 50
    return near and GROWS_WITH_MEAN < spread_with_mean(values) < 1 / GROWS_WITH_MEAN


def trail_upwards(shape: Shape) -> bool:
    """All above 0 and trailing far upwards; log2(x + 1), the other such shape, has zeros."""
    return (
        shape.low > 0 and shape.skew > VERY_SKEWED and shape.high > FAR_ABOVE_MEDIAN * shape.median
    )


def spread_as_linear(values: np.ndarray, shape: Shape) -> bool:
    """All above 0, skewed, and each feature spreads in proportion to its mean."""
    if shape.low <= 0 or shape.skew < SKEWED:
        return False
    means = means_of(values)
    low, high = np.quantile(means[means > 0], [0.05, 0.95])
    return bool(high > WIDE * low and spread_with_mean(values) > GROWS_WITH_MEAN)


def spread_with_mean(values: np.ndarray) -> float:
    """Slope of log standard deviation on log mean over features: about 1 on a linear scale.

    On a log scale the spread does not grow with the mean, or the means are all within a narrow
    range (0 is given then, as where the means are all alike and the spreads small beside them).
    1 where there are too few features, or means too alike, to tell.
    """
    means = means_of(values)
    deviations = np.sqrt(means_of((values - means) ** 2))
    usable = (means > 0) & (deviations > 0)
    if usable.sum() < 20:
        return 1.0
    x, y = np.log(means[usable]), np.log(deviations[usable])
    if x.std() < 0.1:
        return 0.0 if np.median(y - x) < np.log(STEADY) else 1.0
    if np.ptp(x) < np.log(NARROW):
        return 0.0
    return float(np.polyfit(x, y, 1)[0])


def steady_at_the_top(values: np.ndarray) -> bool:
    """Whether the features of highest mean hardly vary beside it, as only logarithms do.

    Patients' amounts differ by a quarter and more. Logarithms do not show it in the spread over
    all means where low ones are compressed towards a background (GC-RMA).
    """
    if values.shape[1] < 100:
        return False
    means = means_of(values)
    top = (means >= np.quantile(means, 0.9)) & (means > 0)
    deviations = np.sqrt(means_of((values[:, top] - means[top]) ** 2))
    return bool(top.any() and np.median(deviations / means[top]) < STEADY)


def standardised(values: np.ndarray) -> str:
    """How the values were standardised: in words, or nothing where they were not."""
    samples, features = values.shape
    if samples < 3:
        return ""
    means, deviations = _moments(values)
    standard = (np.abs(means) < Z_MEAN) & (np.abs(deviations - 1) < Z_DEVIATION)
    subset = False
    if samples >= 20 and features >= 20:
        low, high = np.quantile(deviations, [0.1, 0.9])
        centred = np.quantile(np.abs(means), 0.9) < Z_SUBSET_MEAN
        subset = bool(centred and low > Z_SUBSET_LOW and high < Z_SUBSET_HIGH)
    if np.mean(standard) > Z_SHARE or subset:
        return "each feature has mean 0 and standard deviation 1"
    if _robustly_standardised(values):
        return "each feature has median 0 and median absolute deviation 1"
    if features >= 50:
        means, deviations = _moments(values.T)
        standard = (np.abs(means) < Z_MEAN) & (np.abs(deviations - 1) < Z_DEVIATION)
        if np.mean(standard) > Z_SHARE:
            return "each sample has mean 0 and standard deviation 1"
    return ""


def _robustly_standardised(values: np.ndarray) -> bool:
    if values.shape[0] < 8 or not (values < 0).any():
        return False
    middles = _medians(values)
    spreads = _medians(np.abs(values - middles))
    alike = (np.abs(middles) < 0.01) & (
        (np.abs(spreads - 1) < 0.02) | (np.abs(1.4826 * spreads - 1) < 0.02)
    )
    return bool(np.mean(alike) > Z_SHARE)


def shares_of(values: np.ndarray) -> str:
    """Say `100` or `1` where that is what every sample adds up to (the whole matrix is needed)."""
    if values.shape[1] < 5 or values.shape[0] < 3 or np.nanmin(values) < 0:
        return ""
    totals = np.nansum(values, axis=1)
    for whole in (100.0, 1.0):
        if np.mean(np.abs(totals / whole - 1) < 0.01) > 0.95:
            return f"{whole:g}"
    return ""


def totals_alike(values: np.ndarray) -> str:
    """How all samples come to the same total, in words (the whole matrix is needed).

    Libraries are never equally deep. A matrix of TPM from which some genes were left out still
    has totals just below a million.
    """
    if values.shape[0] < 4 or values.shape[1] < 100:
        return ""
    totals = values.sum(axis=1)
    mean = float(totals.mean())
    spread = float(totals.std() / mean) if mean > 0 else 1.0
    if spread < 0.02 and totals.min() > 0.9 * MILLION and totals.max() < 1.01 * MILLION:
        return "TPM or CPM: each sample adds up to a million"
    return f"each sample adds up to about {mean:.3g}" if spread < 2e-3 else ""


def depths_alike(values: np.ndarray) -> bool:
    """Whether all size factors are the same, by DESeq2's median of ratios (needs the whole matrix).

    So they are for counts that were divided by their size factors, rounded or not. Libraries of
    truly the same depth still differ by the standard error of that median.
    """
    everywhere = (values > 0).all(axis=0)
    if values.shape[0] < 8 or everywhere.sum() < 100:
        return False
    logs = np.log(values[:, everywhere])
    ratios = logs - logs.mean(axis=0)
    factors = np.median(ratios, axis=1)
    errors = 1.25 * ratios.std(axis=1) / np.sqrt(ratios.shape[1])
    return bool(factors.var() < BY_CHANCE**2 * np.mean(errors**2))


def same_distribution(values: np.ndarray) -> bool:
    """Whether all samples hold the same values in another order (the whole matrix is needed)."""
    if values.shape[0] < 3 or values.shape[1] < 100:
        return False
    ordered = np.sort(values[:20], axis=1)
    apart = np.abs(ordered[1:] - ordered[0]).mean(axis=1)
    return bool((apart < 1e-3 * max(float(ordered[0].mean()), 1e-12)).all())


def floor_of(values: np.ndarray) -> float:
    """The value that nothing is below and many are at, where it is not 0 or 1; otherwise 0."""
    low = float(values.min())
    floored = low >= 2 and values.shape[1] >= 50 and float(np.mean(values == low)) > 0.02
    return low if floored else 0.0


def steadier_than_counts(values: np.ndarray) -> bool:
    """Whether many features vary less between samples than counting itself would make them.

    Those of few counts tell it best, because counting is most of what makes them vary: rounded
    RPKM of 2 stand on a hundred reads. A chi-square of few degrees of freedom has a lower median.
    """
    if values.shape[0] < 4:
        return False
    few = _dispersions(values, 0.5, 3)
    lower = (1 - 2 / (9 * (len(values) - 1))) ** 3
    if few.size >= MANY and np.median(few) < HALF_UNDERDISPERSED * lower:
        return True
    more = _dispersions(values, 5, np.inf)
    return bool(len(values) >= 6 and more.size >= 20 and np.mean(more < UNDERDISPERSED) > 0.25)


def _dispersions(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Variance over mean, depths allowed for, of features with a mean in that range."""
    totals = values.sum(axis=1, keepdims=True)
    means = values.mean(axis=0)
    usable = (means > low) & (means < high)
    if not usable.any() or not (totals > 0).all():
        return np.empty(0)
    expected = means[usable] * totals / float(totals.mean())
    chi = (values[:, usable] - expected) ** 2 / expected
    return np.asarray(chi.sum(axis=0) / (len(values) - 1))


def skipped_numbers(values: np.ndarray) -> str:
    """How many samples never have a number although they often have its neighbours, in words.

    Counts over a size factor below 1, rounded, skip some; which, differs between samples. What all
    samples skip (odd numbers, where pairs were counted twice) tells nothing.
    """
    often = np.array(
        [
            np.bincount(sample[sample < SMALL_COUNT].astype(int), minlength=SMALL_COUNT)
            for sample in values
        ]
    )[:, 1:]
    beside = np.minimum(often[:, :-2], often[:, 2:])
    own = often[:, 1:-1]
    skipped = (own == 0) & (beside >= OFTEN) & own.any(axis=0)
    samples = int(skipped.any(axis=1).sum())
    if samples < max(2, len(values) / 4):
        return ""
    return f"{samples} samples never have whole numbers that lie between frequent ones"


def below_background(values: np.ndarray) -> str:
    """How many values are below 0, in words, where there are more than subtraction can leave.

    Subtracting a background leaves half of the features that are not there a little below 0.
    """
    known = values[np.isfinite(values)]
    negative = known[known < 0]
    size = np.abs(known).sum()
    share, part = (negative.size / known.size, -negative.sum() / size) if size else (0.0, 0.0)
    return f"{share:.0%} are below 0" if share > NOISE_SHARE or part > NOISE_PART else ""


def code_below_zero(values: np.ndarray) -> str:
    """Which whole number all values below 0 are, in words: a code, as no measurements are.

    Noise about a background does not stand on one number, and a single value tells nothing.
    """
    negative = values[values < 0]
    same = negative.size > 1 and (negative == negative[0]).all()
    if not same or not float(negative[0]).is_integer():
        return ""
    return f"all {negative.size} values below 0 are {negative[0]:g}"


def logged_counts(values: np.ndarray) -> str:
    """Say `log2(counts + 1)`, `ln(...)` or `log10(...)` where that is what the values plainly are.

    Taken back, such values are whole. Only small counts are looked at, because with few decimals
    a large one does not come back whole, and each value once, so that a common floor says nothing.
    """
    known = values[values > 0]
    if not known.size or known.max() > 40:
        return ""
    for name, base in BASES.items():
        small = np.unique(known[known < np.log(SMALL_COUNT + 1) / np.log(base)])
        back = base**small - 1
        if small.size >= SMALL_COUNTS and np.mean(np.abs(back - np.rint(back)) < 0.02) > 0.95:
            return f"{name}(counts + 1)"
    return ""


def transposed(values: np.ndarray, logarithmic: bool) -> bool:
    """Whether rows differ among themselves as only features do, and columns as samples do."""
    rows, columns = values.shape
    if columns < 8 or rows < 2 * columns:
        return False
    x = values if logarithmic else np.log1p(np.maximum(values, 0))
    known = x[np.isfinite(x)]
    whole = float(known.var()) if known.size else 0.0
    if whole <= 0:
        return False
    by_row = float(np.nanvar(means_of(x.T))) / whole
    by_column = float(np.nanvar(means_of(x))) / whole
    return by_column < 0.1 and by_row > (0.6 if columns >= 20 else 0.75)


def means_of(values: np.ndarray) -> np.ndarray:
    """Mean of the known values of each feature; 0 where none is known."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / count)


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    means = means_of(values)
    with np.errstate(invalid="ignore"):
        return means, np.sqrt(means_of((values - means) ** 2))


def _medians(values: np.ndarray) -> np.ndarray:
    """Median of the known values of each feature that has any."""
    some = np.isfinite(values).any(axis=0)
    return np.asarray(np.nanmedian(values[:, some], axis=0))
