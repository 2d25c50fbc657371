"""All that is conspicuous about the samples of one cohort, one row per sample and flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.duplicates import duplicates
from immunosep_omics.ingest.quality.profiles import logged
from immunosep_omics.ingest.quality.samples import OUTLIER_Z
from immunosep_omics.ingest.quality.swaps import Mixed, mixed_up

FLAG_COLUMNS = (
    "cohort", "assay", "sample", "flag", "other_sample", "value", "threshold", "reason",
)  # fmt: skip
GLOBIN_SHARE = 0.3
"""Whole blood without depletion has half to four fifths of its mRNA from globin genes, depleted
blood a few per cent (Mastrokolias et al. 2012, BMC Genomics 13:28)."""

BELOW_LOD_SHARE = 0.5
PASSED = ("", "pass", "passed", "no", "none", "ok", "0", "false", "flag: pass")


@dataclass(frozen=True)
class Measured:
    """One assay: its values by gene (samples x genes), their scale, its table of quality."""

    values: pd.DataFrame
    scale: str
    quality: pd.DataFrame
    patients: pd.Series


def cohort_flags(cohort: str, assays: Mapping[str, Measured]) -> pd.DataFrame:
    """Columns as in `FLAG_COLUMNS`, in the order of the assays, then of the flags below.

    - `outlier`, `qc_warning`, `below_lod`, `globin`, `sex_conflict`: from the assay's `qc.tsv`;
    - `duplicate`: as good as the same as another sample (`other_sample`). Of one patient's
      identical samples the later is flagged, of different patients' samples both, because nobody
      can tell whose the values are;
    - `swap`: another sample's values of a second assay fit this one, and the other way round.
    """
    rows = [
        (cohort, name, *row)
        for name, assay in assays.items()
        for row in (*_from_quality(assay), *_duplicates(assay))
    ]
    rows += [(cohort, *row) for row in _swaps(assays)]
    return pd.DataFrame(rows, columns=list(FLAG_COLUMNS))


Row = tuple[object, ...]


def _from_quality(assay: Measured) -> Iterator[Row]:
    quality = assay.quality
    inverted = _sexes_inverted(quality)
    for row in quality.to_dict("records"):
        sample = row["sample"]
        if row["outlier"] == "yes":
            yield (sample, "outlier", None, row["outlier_z"], OUTLIER_Z,
                   f"far from the other samples by {row['outlier_by']}")  # fmt: skip
        if warned(row["qc_warning"]):
            yield (sample, "qc_warning", None, np.nan, np.nan,
                   f"the laboratory's own quality control says: {row['qc_warning']}")  # fmt: skip
        if row["below_lod_share"] > BELOW_LOD_SHARE:
            yield (sample, "below_lod", None, row["below_lod_share"], BELOW_LOD_SHARE,
                   "most values are below the limit of detection")  # fmt: skip
        if row["globin_share"] > GLOBIN_SHARE:
            yield (sample, "globin", None, row["globin_share"], GLOBIN_SHARE,
                   "globin genes take much of the library; others have few reads")  # fmt: skip
        if row["sex_conflict"] == "yes":
            yield (sample, "sex_conflict", None, np.nan, np.nan,
                   f"expression says {row['sex_expressed']}, the clinical table the other"
                   + inverted)  # fmt: skip


def warned(warning: object) -> bool:
    """Whether the laboratory's own quality control, where there is one, warned of the sample."""
    return isinstance(warning, str) and warning.strip().lower() not in PASSED


def _sexes_inverted(quality: pd.DataFrame) -> str:
    known = quality["sex_conflict"].dropna()
    if len(known) >= 6 and (known == "yes").mean() > 0.5:
        return "; so it is for most samples: the codes of `sex` may be the wrong way round"
    return ""


def _duplicates(assay: Measured) -> Iterator[Row]:
    samples = assay.values.index
    patients = assay.patients.loc[samples]
    for pair in duplicates(assay.values, assay.scale, patients):
        first, second = samples[pair.first], samples[pair.second]
        same_patient = patients.iloc[pair.first] == patients.iloc[pair.second]
        what = "every value is the same" if pair.identical else "more alike than patients are"
        whose = "of one patient" if same_patient else "of different patients"
        reason = f"{what} as in another sample, {whose}"
        if not same_patient:
            yield (first, "duplicate", second, pair.value, pair.threshold, reason)
        yield (second, "duplicate", first, pair.value, pair.threshold, reason)


def _swaps(assays: Mapping[str, Measured]) -> Iterator[Row]:
    """One row per sample of a mix-up, in the assay that is to blame; in both where none is."""
    found: dict[tuple[str, str], list[dict[str, tuple[str, Mixed]]]] = {}
    for first, second in combinations(assays, 2):
        a, b = assays[first], assays[second]
        samples = a.values.index.intersection(b.values.index)
        mixed = mixed_up(_logged(a, samples), _logged(b, samples))
        found[first, second] = [
            {
                str(samples[row]): (str(samples[fit]), group)
                for row, fit in zip(group.rows, group.fits, strict=True)
            }
            for group in mixed or []
        ]
    for (first, second), groups in found.items():
        for moved in groups:
            blamed = _blamed(first, second, set(moved), found) or _by_sex(
                first, second, set(moved), assays
            )
            for assay, other in ((first, second), (second, first)):
                if blamed in (None, assay):
                    yield from _swap_rows(assay, other, moved, blamed)


def _swap_rows(
    assay: str, other: str, moved: dict[str, tuple[str, Mixed]], blamed: str | None
) -> Iterator[Row]:
    where = f"a mix-up in {assay}" if blamed else f"a mix-up in {assay} or in {other}"
    for sample, (fits, group) in moved.items():
        yield (
            assay, sample, "swap", fits, group.value, group.threshold,
            f"{other} of the other sample fits better than its own: {where}",
        )  # fmt: skip


def _blamed(
    first: str,
    second: str,
    samples: set[str],
    found: Mapping[tuple[str, str], list[dict[str, tuple[str, Mixed]]]],
) -> str | None:
    """The one of two assays that a third assay finds mixed up too, and the other not."""
    seen = {
        assay: any(
            samples & set(moved)
            for pair, groups in found.items()
            if assay in pair and set(pair) != {first, second}
            for moved in groups
        )
        for assay in (first, second)
    }
    return next((a for a in seen if seen[a] and not all(seen.values())), None)


def _by_sex(
    first: str, second: str, samples: set[str], assays: Mapping[str, Measured]
) -> str | None:
    """The one of two assays whose expressed sex contradicts the clinical table for a sample."""
    conflict = {}
    for assay in (first, second):
        quality = assays[assay].quality
        own = quality[quality["sample"].isin(samples)]
        conflict[assay] = (own["sex_conflict"] == "yes").any()
    return next((a for a in conflict if conflict[a] and not all(conflict.values())), None)


def _logged(assay: Measured, samples: pd.Index) -> pd.DataFrame:
    values = assay.values.loc[samples]
    return pd.DataFrame(
        logged(values.to_numpy(), assay.scale), index=values.index, columns=values.columns
    )
