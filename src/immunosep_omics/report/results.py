"""The finished study on disk, as the report reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from immunosep_omics.tables import read_table


@dataclass(frozen=True)
class Results:
    """A results folder. What belongs to the study is read from its settings, never listed."""

    folder: Path

    @cached_property
    def settings(self) -> dict[str, Any]:
        """All settings that ran: `study` and `cohorts`."""
        text = (self.folder / "provenance" / "settings.yaml").read_text(encoding="utf-8")
        settings: dict[str, Any] = yaml.safe_load(text)
        return settings

    @property
    def study(self) -> str:
        """The study's name."""
        return str(self.settings["study"]["study"])

    @property
    def assays(self) -> dict[str, dict[str, str]]:
        """Kind of each assay, by cohort."""
        return {
            cohort: {assay: str(stated["kind"]) for assay, stated in facts["assays"].items()}
            for cohort, facts in self.settings["cohorts"].items()
        }

    def table(self, *parts: str) -> pd.DataFrame:
        """A table by its place below the results folder, without its ending."""
        return read_table(self.folder.joinpath(*parts).with_suffix(".tsv"))

    def text(self, *parts: str) -> str:
        """A text file below the results folder."""
        return self.folder.joinpath(*parts).read_text(encoding="utf-8")

    def analysis(self, name: str) -> AnalysisResults:
        """The tables of one analysis."""
        return AnalysisResults(self, name)


@dataclass(frozen=True)
class AnalysisResults:
    """The tables of one analysis that the page reads."""

    results: Results
    name: str

    @property
    def folder(self) -> Path:
        """`analyses/{analysis}`."""
        return self.results.folder / "analyses" / self.name

    def _table(self, name: str) -> pd.DataFrame:
        return self.results.table("analyses", self.name, name)

    @cached_property
    def factors(self) -> pd.DataFrame:
        """One row per sample that entered."""
        return self._table("factors")

    @cached_property
    def endotypes(self) -> pd.DataFrame:
        """One row per sample."""
        return self._table("endotypes")

    @cached_property
    def stability(self) -> pd.DataFrame:
        """One row per number of endotypes tried."""
        return self._table("stability")

    def compared(self, table: str) -> pd.DataFrame:
        """`integrators` or `robustness`: the analysis, and its variants."""
        return self._table(table)

    @cached_property
    def biomarkers(self) -> pd.DataFrame:
        """All features over all cohorts, ranked within each contrast."""
        return self._table("biomarkers")

    @cached_property
    def panels(self) -> pd.DataFrame:
        """Held-out figures of the panels."""
        return self._table("panels")

    @cached_property
    def panel_members(self) -> pd.DataFrame:
        """Features of the panels."""
        return self._table("panel_members")

    @property
    def labels(self) -> list[str]:
        """The endotypes, in order."""
        return sorted(self.endotypes["endotype"].dropna().astype(str).unique())
