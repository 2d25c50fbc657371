"""Quality of each sample of an assay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.profiles import correlations, logged, robust_z, varying
from immunosep_omics.ingest.quality.sex import sex_conflict, sex_expressed
from immunosep_omics.settings.assays import RNA_KINDS, Scale

QUALITY_COLUMNS = (
    "sample", "detected", "missing_share", "total", "median", "median_correlation", "outlier_z",
    "outlier", "below_lod_share", "qc_warning", "plate", "outlier_by", "globin_share",
    "mitochondrial_share", "run_order", "sex_expressed", "sex_conflict",
)  # fmt: skip
OUTLIER_Z = -5.0
"""Robust z below which a sample is flagged: five MADs, the permissive rule of Germain et al. 2020
and of Heumos et al. 2023, for whole cohorts in which some patients truly differ."""

FEWER_DETECTED = 0.8
"""Share of the typical number of detected features below which few are plainly few."""

MORE_MISSING = 0.1
"""Share of features more than typical that must be missing before it counts."""

GLOBINS = ("HBA1", "HBA2", "HBB", "HBD", "HBG1", "HBG2", "HBE1", "HBM", "HBQ1", "HBZ")
MITOCHONDRIAL = ("MT-", "MT.")
WHOLE_TRANSCRIPTOME = 1000
"""Features from which on a share of a gene's expression means something."""

ORDER_COLUMNS = ("run_order", "injection_order")


def sample_quality(
    values: pd.DataFrame,
    scale: Scale,
    extras: pd.DataFrame,
    kind: str = "",
    clinical: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per sample (rows of `values`); columns as in `QUALITY_COLUMNS`.

    - `detected`: features with a value, for counts above 0; `missing_share`: of all features;
    - `total`: sum of counts; `median`: of the sample's values (of those above 0 for counts);
    - `median_correlation`: median Pearson correlation with the other samples, on a log scale;
    - `outlier_z`: its robust z (median and MAD over samples); `outlier`: "yes" where `outlier_by`
      names a reason: correlation, library size, detected features (each five MADs below the
      median), missing values (five above);
    - `below_lod_share`, `qc_warning`, `plate`, `run_order`: from the reader, where it knows;
    - `globin_share`, `mitochondrial_share`: of all RNA, for whole transcriptomes;
    - `sex_expressed`: from XIST and genes of the Y chromosome, where they separate the samples;
      `sex_conflict`: "yes" where the clinical column `sex` says the other.
    """
    x = values.to_numpy()
    counts = scale == "counts"
    detected = x > 0 if counts else ~np.isnan(x)
    typical = median_correlation(logged(x, scale))
    columns = {
        "sample": values.index.to_numpy(),
        "detected": detected.sum(axis=1),
        "missing_share": np.isnan(x).mean(axis=1),
        "total": x.sum(axis=1) if counts else np.full(len(x), np.nan),
        "median": [np.median(row[known]) if known.any() else np.nan
                   for row, known in zip(x, detected, strict=True)],
        "median_correlation": typical,
        "outlier_z": robust_z(typical),
        "below_lod_share": _extra(extras, "below_lod", values.index),
        "qc_warning": _extra(extras, "qc_warning", values.index),
        "plate": _extra(extras, "plate", values.index),
        "globin_share": _share(values, scale, kind, GLOBINS, ()),
        "mitochondrial_share": _share(values, scale, kind, (), MITOCHONDRIAL),
        "run_order": _run_order(extras, clinical, values.index),
    }  # fmt: skip
    quality = pd.DataFrame(columns)
    quality["outlier_by"] = _outlier_by(quality, counts)
    quality["outlier"] = np.where(quality["outlier_by"].notna(), "yes", "no")
    expressed = sex_expressed(values, scale, kind)
    stated = clinical["sex"] if clinical is not None and "sex" in clinical else None
    quality["sex_expressed"] = expressed
    quality["sex_conflict"] = sex_conflict(expressed, stated)
    return quality[list(QUALITY_COLUMNS)]


def median_correlation(x: np.ndarray) -> np.ndarray:
    """Median Pearson correlation of each sample (row) with the others; NaN for fewer than three.

    Features as in :func:`varying`; fewer than three of them give NaN.
    """
    result = np.full(len(x), np.nan)
    if len(x) < 3:
        return result
    x = varying(x)
    if x.shape[1] < 3:
        return result
    found = correlations(x)
    known = np.isfinite(found).any(axis=1)
    result[known] = np.nanmedian(found[known], axis=1)
    return result


def _outlier_by(quality: pd.DataFrame, counts: bool) -> np.ndarray:
    """Why a sample is an outlier; missing where it is none."""
    missing = quality["missing_share"].to_numpy()
    detected = quality["detected"].to_numpy(dtype=float)
    few = _far(-np.log(np.maximum(detected, 1))) & (detected < FEWER_DETECTED * np.median(detected))
    reasons = {
        "correlation": quality["outlier_z"].to_numpy() < OUTLIER_Z,
        "library size": counts
        & (robust_z(np.log(np.maximum(quality["total"].to_numpy(), 1))) < OUTLIER_Z),
        "detected features": counts & few,
        "missing values": _far(missing) & (missing > np.median(missing) + MORE_MISSING),
    }
    words = [
        ", ".join(name for name, found in reasons.items() if found[place])
        for place in range(len(quality))
    ]
    return np.array([word or None for word in words], dtype=object)


def _far(x: np.ndarray) -> np.ndarray:
    """Far above the others; where most are exactly the same (no MAD), whatever is not that."""
    z = robust_z(x)
    return np.asarray((z > -OUTLIER_Z) | ((z == 0) & (x > np.median(x))))


def _share(
    values: pd.DataFrame, scale: Scale, kind: str, names: tuple[str, ...], starts: tuple[str, ...]
) -> np.ndarray:
    """Share of some genes in a sample's RNA; NaN where it cannot be told."""
    result = np.full(len(values), np.nan)
    if kind not in RNA_KINDS or values.shape[1] < WHOLE_TRANSCRIPTOME:
        return result
    genes = values.columns.astype(str)
    chosen = genes.isin(names) | genes.str.startswith(starts if starts else ("\0",))
    if not chosen.any():
        return result
    x = values.to_numpy()
    x = np.exp2(np.minimum(x, 60)) if scale == "log2" else np.maximum(x, 0)
    total = np.nansum(x, axis=1)
    return np.divide(np.nansum(x[:, chosen], axis=1), total, out=result, where=total > 0)


def _extra(extras: pd.DataFrame, name: str, samples: pd.Index) -> object:
    return extras[name].loc[samples].to_numpy() if name in extras else np.nan


def _run_order(
    extras: pd.DataFrame, clinical: pd.DataFrame | None, samples: pd.Index
) -> np.ndarray:
    """The order in which samples were run, from the reader or a clinical column of that name."""
    for table in (extras, clinical):
        for name in ORDER_COLUMNS:
            if table is not None and name in table:
                order = pd.to_numeric(table[name].loc[samples], errors="coerce")
                return np.asarray(order, dtype=np.float64)
    return np.full(len(samples), np.nan)
