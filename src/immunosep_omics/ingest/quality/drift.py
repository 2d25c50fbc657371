"""Do the main directions of an assay follow plates, or the order in which samples were run?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from immunosep_omics.ingest.quality.profiles import deviations, logged, varying

DRIFT_COLUMNS = ("measure", "variance_share", "by", "levels", "test_value", "p", "drift")
COMPONENTS = 3
FEWEST_ON_PLATE = 3
FEWEST_IN_ORDER = 10
LEVEL = 0.01
"""Family-wise, over all questions asked of one assay (Bonferroni)."""


def drift_table(values: pd.DataFrame, scale: str, quality: pd.DataFrame) -> pd.DataFrame:
    """One row per measure and suspect; columns as in `DRIFT_COLUMNS`, no rows without suspects.

    Measures: scores of the first three principal components (log scale, features robustly scaled
    and bounded) and the share of missing values. Plates: Kruskal-Wallis test; run order:
    Spearman's rank correlation. `test_value`: H or rho. `drift` is "yes" where p < 0.01
    after Bonferroni correction.
    """
    from scipy.stats import kruskal, spearmanr

    plates, order = _plates(quality["plate"]), quality["run_order"].to_numpy(dtype=float)
    rows: list[tuple[object, ...]] = []
    for measure, share, y in _measures(values, scale, quality):
        if plates:
            groups = [y[members] for members in plates]
            found = kruskal(*groups)
            rows.append((measure, share, "plate", len(groups), found.statistic, found.pvalue))
        ordered = np.isfinite(order) & np.isfinite(y)
        if ordered.sum() >= FEWEST_IN_ORDER and np.ptp(order[ordered]) > 0:
            rho = spearmanr(order[ordered], y[ordered])
            rows.append((measure, share, "run order", np.nan, rho.statistic, rho.pvalue))
    table = pd.DataFrame(rows, columns=list(DRIFT_COLUMNS[:-1]))
    table["drift"] = np.where(table["p"].astype(float) < LEVEL / max(len(table), 1), "yes", "no")
    return table


def _plates(plate: pd.Series) -> list[np.ndarray]:
    """Rows of each plate with three samples or more; nothing where there are not two of them."""
    names = sorted(plate.dropna().unique(), key=str)
    members = [np.flatnonzero((plate == name).to_numpy()) for name in names]
    large = [rows for rows in members if len(rows) >= FEWEST_ON_PLATE]
    return large if len(large) > 1 else []


def _measures(
    values: pd.DataFrame, scale: str, quality: pd.DataFrame
) -> list[tuple[str, float, np.ndarray]]:
    """Name, share of the variance and a value per sample; constant measures are left out."""
    measures = []
    x = deviations(varying(logged(values.to_numpy(), scale))) if len(values) > 2 else None
    if x is not None and min(x.shape) > COMPONENTS:
        x = x - x.mean(axis=0)
        u, s, _ = np.linalg.svd(x, full_matrices=False)
        shares = s**2 / (s**2).sum()
        measures += [
            (f"component_{c + 1}", float(shares[c]), u[:, c] * s[c]) for c in range(COMPONENTS)
        ]
    missing = quality["missing_share"].to_numpy(dtype=float)
    if len(missing) and np.ptp(missing) > 0:
        measures.append(("missing_share", np.nan, missing))
    return measures
