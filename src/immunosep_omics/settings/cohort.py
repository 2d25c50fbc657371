"""Facts about one cohort: its clinical tables, its assays, where it comes from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from immunosep_omics.settings.assays import AnyAssay
from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.tables import MISSING, Decimal, Name, TableFile, Thousands, Wanted

Dates = Literal["d/m/y", "m/d/y", "excel"]
"""Day or month first, or the number of days that Excel counts from 1900 on."""

Doubt = Literal["unit", "range", "levels"]
"""What reading may doubt: the unit of numbers, their size, the spelling of a category's levels."""


class Column(Settings):
    """A clinical column: where it comes from and how it is to be read."""

    source: str = Field(
        alias="from",
        description="the header in the cohort's table; of a further table with a column per day,"
        " `ferritin_d{Day}` names the one of each sample, where `Day` is a header of the first",
    )
    table: Name | None = Field(
        None, description="one of `tables`; the cohort's first table if not stated"
    )
    unit: str | None = Field(None, description="unit of a number; the column is then numeric")
    unit_from: str | None = Field(
        None,
        description="header of the units, if each row has its own; the column's own header, if"
        " number and unit stand in one cell",
    )
    type: Literal["number", "category", "date"] | None = None
    codes: dict[str, str | int | float] | None = Field(
        None,
        description="what each code of the table means; other codes are refused, but numbers"
        ' beside codes that are none (`"<5": 2.5`)',
    )
    missing: list[str] = Field([], description="codes that mean 'not known' in this column only")
    since: str | None = Field(
        None, description="for a date: the header of the earlier date; gives hours between them"
    )
    dates: Dates | None = Field(
        None, description="how dates are written that could be read in two ways"
    )
    checked: list[Doubt] = Field(
        [],
        description="doubts that a person has looked into and found wrong: the values are right;"
        " they are noted, no longer refused",
    )

    @model_validator(mode="after")
    def _date_has_an_origin(self) -> Column:
        if (self.type == "date") != (self.since is not None):
            raise ValueError("'type: date' and 'since' go together -> state both or neither")
        if self.dates and self.type != "date":
            raise ValueError("`dates` is for `type: date` -> state both, or remove `dates`")
        if self.type == "date" and (self.codes or self.unit or self.unit_from):
            raise ValueError("a date takes no unit or codes -> dates become hours")
        if self.unit and self.unit_from:
            raise ValueError("`unit` and `unit_from` exclude each other -> keep one of the two")
        return self


class ClinicalFile(TableFile):
    """How a clinical table writes its numbers, and what it calls patients and samples."""

    decimal: Decimal = Field(".", description="the decimal mark, never guessed")
    thousands: Thousands | None = Field(
        None, description="the mark between thousands; without it such numbers are refused"
    )
    missing: list[str] = Field(MISSING, description="codes that mean 'not known'")

    @model_validator(mode="after")
    def _marks_differ(self) -> ClinicalFile:
        if self.thousands == self.decimal:
            raise ValueError(
                f"`decimal` and `thousands` are both '{self.decimal}' -> state the other one"
            )
        return self


class FurtherTable(ClinicalFile):
    """Another table of a cohort, joined to the first by patient or by sample."""

    patient: str | None = Field(None, description="header of the patient, to join by it")
    sample: str | None = Field(
        None, description="header of the sample, to join by it; or its parts: `{Patient}_{Day}`"
    )
    only: dict[str, Wanted] = Field(
        {}, description="header and value, or values, of the rows that count, if not all do"
    )

    @model_validator(mode="after")
    def _one_key(self) -> FurtherTable:
        if (self.patient is None) == (self.sample is None):
            raise ValueError(
                "state one of `patient` and `sample` -> the header by which the table is joined"
            )
        return self


GIVEN_COLUMNS = ("sample", "patient", "cohort", "effective_library_size")
"""Columns of samples that the pipeline writes itself."""


class Clinical(ClinicalFile):
    """The table of patients and samples; only the columns declared here are ever read.

    A GEO series matrix can be the table: its `!Sample_` lines are the columns.
    """

    file: str = ""
    patient: str = Field(description="header of the patient's pseudonym")
    sample: str | None = Field(
        None,
        description="header of the sample's name, or its parts: `{Patient}_{Day}`; the patient's,"
        " if one sample each",
    )
    only: dict[str, Wanted] = Field(
        {},
        description="header and value, or values, of the rows that belong to this cohort, if not"
        " all do",
    )
    tables: dict[Name, FurtherTable] = Field({}, description="further tables of the cohort")
    columns: dict[Name, Column] = {}

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, columns: object) -> object:
        """`age: Age` says the same as `age: {from: Age}`."""
        if not isinstance(columns, dict):
            return columns
        return {
            name: {"from": column} if isinstance(column, str) else column
            for name, column in columns.items()
        }

    @field_validator("columns")
    @classmethod
    def _own_names(cls, columns: dict[str, Column]) -> dict[str, Column]:
        taken = [name for name in columns if name in GIVEN_COLUMNS]
        if taken:
            raise ValueError(
                f"{', '.join(taken)} is a column that is written anyway -> give yours another name"
            )
        return columns

    @model_validator(mode="after")
    def _tables_exist(self) -> Clinical:
        for name, column in self.columns.items():
            if column.table is not None and column.table not in self.tables:
                raise ValueError(
                    f"columns.{name}: there is no table '{column.table}' in `tables` -> valid: "
                    + (", ".join(self.tables) or "none; declare it under `tables`")
                )
        return self


class Source(Settings):
    """Where a cohort comes from, for the report; a GEO series can be downloaded."""

    doi: str | None = None
    geo: str | None = Field(None, pattern=r"^GSE[0-9]+$")
    platform: str | None = Field(
        None, pattern=r"^GPL[0-9]+$", description="for a series of several platforms"
    )
    sha256: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="of the series matrix, to be sure of its bytes"
    )
    licence: str | None = None


class Cohort(Settings):
    """One file in `cohorts/`: the facts of one cohort."""

    folder: str = Field(
        ".",
        description="where the cohort's files are, relative to this file; environment variables"
        " and ${RESULTS} expand; no path below may leave it",
    )
    clinical: Clinical
    assays: dict[Name, AnyAssay] = Field(min_length=1)
    multiqc: str | None = Field(
        None, description="MultiQC's multiqc_general_stats.txt, taken as quality of the samples"
    )
    source: Source | None = None

    @model_validator(mode="after")
    def _bridges_lead_somewhere(self) -> Cohort:
        for name, assay in self.assays.items():
            if assay.bridge is None:
                continue
            to = self.assays.get(assay.bridge.to)
            if to is None or to is assay or to.kind != assay.kind or to.bridge is not None:
                valid = [
                    other
                    for other, facts in self.assays.items()
                    if other != name and facts.kind == assay.kind and not facts.bridge
                ]
                raise ValueError(
                    f"assays.{name}.bridge.to: '{assay.bridge.to}' is no assay to bridge to ->"
                    f" valid: {', '.join(valid) or 'none; declare the other project as an assay'}"
                )
        return self

    @model_validator(mode="after")
    def _files_or_geo(self) -> Cohort:
        without = [name for name, assay in self.assays.items() if not assay.file]
        if not self.clinical.file:
            without.append("clinical")
        if without and (self.source is None or self.source.geo is None):
            raise ValueError(
                f"no `file` is stated for {', '.join(without)} -> state it, or the GEO series that"
                " it is downloaded from: `source: {geo: GSE...}`"
            )
        return self
