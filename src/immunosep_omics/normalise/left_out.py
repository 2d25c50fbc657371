"""Which samples the study leaves out of an assay, and why: only those it chose to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def left_out(flags: pd.DataFrame | None, assay: str, drop: Sequence[str]) -> dict[str, str]:
    """Reason by sample, for samples of `assay` with one of the flags in `drop`.

    `flags`: the cohort's `flags.tsv`; None where nothing is dropped.
    """
    if flags is None or not drop:
        return {}
    chosen = flags[(flags["assay"] == assay) & flags["flag"].isin(drop)]
    return {
        str(sample): "; ".join(
            f"{flag}: {reason}" for flag, reason in zip(of["flag"], of["reason"], strict=True)
        )
        for sample, of in chosen.groupby("sample", sort=False)
    }
