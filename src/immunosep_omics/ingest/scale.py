"""Are the values on the scale that the cohort declares? Refused where they plainly are not."""

from __future__ import annotations

import numpy as np

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest import value_patterns as patterns
from immunosep_omics.settings.assays import Scale

LOG_MAXIMUM = 50.0
"""No intensity or count is above 2^50; the largest in mass spectrometry are near 2^43."""

NPX_MAXIMUM = 40.0
COUNTS_NOT_WHOLE = 0.01
"""Share of counts that may have decimals before they are taken for normalised values."""

RAW_COUNTS = "give raw counts, or use `kind: expression` with `scale`"
ESTIMATED = (
    "state `counts: estimated` if RSEM, salmon, kallisto or tximport estimated them (they are then"
    " rounded); otherwise give raw counts, or use `kind: expression` with `scale`"
)
NOT_COUNTS = "use `kind: expression` (or rna_array) with `scale: linear`, or give raw counts"


def check_scale(values: np.ndarray, scale: Scale, kind: str, where: str) -> None:
    """Raise :class:`InputError` where samples x features cannot be on `scale`.

    The message names the declared scale, the one that the values look like, and the remedy. Only
    plain contradictions are refused; NaN are passed over, except among counts. Some need the
    whole matrix to show; a part of it then raises no alarm.
    """
    if np.isinf(values).any():
        raise _refusal(where, scale, "infinite in places", "list them under `missing`")
    if not np.isfinite(values).any():
        return
    # A row without any value, such as a footnote, is no feature; it is left out with a note.
    values = values[:, ~np.isnan(values).all(axis=0)]
    if scale == "counts":
        _check_counts(values, where)
    standard = "" if scale == "counts" else patterns.standardised(values)
    if standard:
        raise _refusal(
            where, scale, f"z-scores ({standard})", "give the values before they were standardised"
        )
    if patterns.transposed(values, logarithmic=scale in ("log2", "npx")):
        raise _refusal(
            where, scale, "a table turned on its side (rows differ as features do)",
            "state `samples_in: rows` or `samples_in: columns`, whichever is not in force",
        )  # fmt: skip
    if scale == "linear":
        _check_linear(values, where)
    elif scale != "counts":
        _check_logarithms(values, scale, where)


def _check_counts(values: np.ndarray, where: str) -> None:
    missing = int(np.isnan(values).sum())
    if missing:
        raise _refusal(
            where, "counts", f"missing in {missing} place{'s' if missing > 1 else ''}",
            "write 0 where nothing was counted, or leave out features that were not counted",
        )  # fmt: skip
    if (values < 0).any():
        standard = patterns.standardised(values)
        seen = f"z-scores ({standard})" if standard else "logarithms or centred values"
        raise _refusal(
            where, "counts", f"{seen} (some are negative)",
            "give raw counts, or use `kind: expression` with `scale: log2`",
        )  # fmt: skip
    nonzero = values[values > 0]
    share = float(np.mean(np.abs(nonzero - np.rint(nonzero)) > 1e-6)) if nonzero.size else 0.0
    if share > COUNTS_NOT_WHOLE:
        check_estimated(values, where)
        seen = f"normalised values ({share:.0%} of those above 0 are not whole)"
        raise _refusal(where, "counts", seen, ESTIMATED)
    _check_whole_numbers(values, where)


def check_estimated(values: np.ndarray, where: str) -> None:
    """Raise :class:`InputError` for fractions that are plainly no estimated counts."""
    whole = patterns.shares_of(values)
    how = (
        patterns.logged_counts(values)
        or (f"shares: each sample adds up to {whole}" if whole else "")
        or patterns.totals_alike(values)
    )
    if how:
        raise _refusal(where, "counts", f"normalised values ({how})", RAW_COUNTS)


def _check_whole_numbers(values: np.ndarray, where: str) -> None:
    """Whole numbers that nevertheless count nothing."""
    if patterns.same_distribution(values):
        raise _refusal(
            where, "counts", "quantile-normalised values (the same in every sample, reordered)",
            RAW_COUNTS,
        )  # fmt: skip
    alike = patterns.totals_alike(values)
    if alike:
        raise _refusal(where, "counts", f"normalised values ({alike})", RAW_COUNTS)
    skipped = patterns.skipped_numbers(values)
    if skipped:
        raise _refusal(
            where, "counts", f"rounded normalised values ({skipped}, as after a division by size"
            " factors)", RAW_COUNTS,
        )  # fmt: skip
    if patterns.depths_alike(values):
        raise _refusal(
            where, "counts", "normalised values (all size factors are the same)", RAW_COUNTS
        )
    floor = patterns.floor_of(values)
    if floor:
        raise _refusal(
            where, "counts", f"intensities (many are exactly {floor:g}, none is below)", NOT_COUNTS
        )
    if patterns.steadier_than_counts(values):
        raise _refusal(
            where, "counts", "rounded RPKM, intensities or logarithms (many features vary less than"
            " counting itself makes them)", NOT_COUNTS,
        )  # fmt: skip


def _check_linear(values: np.ndarray, where: str) -> None:
    shape = patterns.shape_of(values)
    code = patterns.code_below_zero(values) if shape.low < 0 else ""
    if code:
        raise _refusal(
            where, "linear", f"codes for missing values ({code})",
            "leave such cells empty, or list the code under `missing` where the format has it",
        )  # fmt: skip
    below = patterns.below_background(values) if shape.low < 0 else ""
    if below:
        raise _refusal(
            where, "linear", f"logarithms or centred values ({below}, down to {shape.low:.3g})",
            "state `scale: log2`, or give linear values (subtracting a background leaves only few"
            " and small ones below 0)",
        )  # fmt: skip
    if shape.high > LOG_MAXIMUM:
        return
    if shape.low < 0:
        raise _refusal(
            where, "linear", f"logarithms or centred values (from {shape.low:.3g}"
            f" to {shape.high:.3g})", "state `scale: log2`, or give linear values",
        )  # fmt: skip
    logged = patterns.logged_counts(values)
    if logged:
        raise _refusal(where, "linear", logged, "give the counts, or log2(counts + 1) as log2")
    compact = shape.median >= 2 and shape.skew < 2 and shape.nearly_high < 5 * shape.median
    if compact and (patterns.spread_with_mean(values) < 0.5 or patterns.steady_at_the_top(values)):
        raise _refusal(
            where, "linear", f"logarithms (median {shape.median:.3g}, none above"
            f" {shape.high:.3g})", "state `scale: log2`, or give linear values",
        )  # fmt: skip


def _check_logarithms(values: np.ndarray, scale: Scale, where: str) -> None:
    shape = patterns.shape_of(values)
    remedy = (
        "NPX are log2: give the file as Olink exported it"
        if scale == "npx"
        else "state `scale: linear`, or give log2 values"
    )
    logged = patterns.logged_counts(values)
    if logged and not logged.startswith("log2"):
        base = logged.partition("(")[0]
        remedy = f"state `scale: {base}` where the format has it, or give the counts themselves"
        raise _refusal(where, scale, logged, remedy)
    whole = patterns.shares_of(values)
    if whole:
        raise _refusal(where, scale, f"linear shares (each sample adds up to {whole})", remedy)
    figures = f"from {shape.low:.3g} over {shape.median:.3g} (median) to {shape.high:.4g}"
    if patterns.are_ratios(values, shape) or (
        patterns.trail_upwards(shape) and 0.5 <= shape.median <= 2
    ):
        raise _refusal(where, scale, f"linear ratios to a reference ({figures})", remedy)
    limit = NPX_MAXIMUM if scale == "npx" else LOG_MAXIMUM
    if (
        shape.high > limit
        or patterns.trail_upwards(shape)
        or patterns.spread_as_linear(values, shape)
    ):
        raise _refusal(where, scale, f"linear ({figures})", remedy)


def _refusal(where: str, declared: str, seen: str, remedy: str) -> InputError:
    return InputError(
        Problem(where, f"the values are declared as {declared}, but look {_like(seen)}", remedy)
    )


def _like(seen: str) -> str:
    return seen if seen.startswith(("infinite", "missing", "linear")) else f"like {seen}"
