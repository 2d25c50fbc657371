"""The tables of one analysis that figures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from immunosep_omics.tables import read_table

META = "meta"
"""In the cohort column: all cohorts together."""


@dataclass(frozen=True)
class Tables:
    """Result tables of one analysis, under their file names."""

    factors: pd.DataFrame
    harmonisation: pd.DataFrame
    shares: pd.DataFrame
    endotypes: pd.DataFrame
    stability: pd.DataFrame
    consensus: pd.DataFrame
    neighbours: pd.DataFrame
    biomarkers: pd.DataFrame
    panels: pd.DataFrame
    panel_predictions: pd.DataFrame
    differential: dict[str, pd.DataFrame]
    """By assay."""

    @property
    def cohorts(self) -> list[str]:
        """Cohorts of the analysis in the order of their names."""
        return sorted(self.factors["cohort"].astype(str).unique())

    @property
    def meta(self) -> pd.DataFrame:
        """Pooled effects of all assays, with the assay as a column; rows in file order."""
        parts = [
            table[table["cohort"] == META].assign(assay=assay)
            for assay, table in self.differential.items()
        ]
        kept = [part for part in parts if len(part)]
        return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=["assay"])


def read_tables(folder: Path) -> Tables:
    """Read the tables in `analyses/{analysis}`."""

    def table(name: str) -> pd.DataFrame:
        return read_table(folder / f"{name}.tsv")

    biomarkers = table("biomarkers")
    shares = table("shares")
    # Asked for by name: an assay that was taken out of the study may have left its file behind.
    compared = set(biomarkers["assay"])
    ordered = dict.fromkeys([*shares["assay"], *biomarkers["assay"]])
    assays = [name for name in ordered if name in compared]
    return Tables(
        factors=table("factors"),
        harmonisation=table("harmonisation"),
        shares=shares,
        endotypes=table("endotypes"),
        stability=table("stability"),
        consensus=table("consensus"),
        neighbours=table("neighbours"),
        biomarkers=biomarkers,
        panels=table("panels"),
        panel_predictions=table("panel_predictions"),
        differential={assay: table(f"differential/{assay}") for assay in assays},
    )
