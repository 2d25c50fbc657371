"""Facts about one cohort: what was measured, where the files are, which column means what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, field_validator, model_validator

from immunosep_omics.settings.base import Settings

NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME)]
"""A word that can stand in a file path and a column name."""

MISSING = ["", "NA"]


class TableFile(Settings):
    """A delimited text file or a sheet of a workbook."""

    file: str
    sheet: str | None = Field(None, description="sheet of an xlsx file; the first if not stated")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        None, description="by the file's ending if not stated: .csv ',', .tsv and .txt tab"
    )


class Column(Settings):
    """A clinical column: where it comes from and how it is to be read."""

    source: str = Field(alias="from", description="the header in the cohort's table")
    unit: str | None = Field(None, description="unit of a number; the column is then numeric")
    type: Literal["number", "category", "date"] | None = None
    codes: dict[str, str | int | float] | None = Field(
        None, description="what each code of the table means; other codes are refused"
    )
    since: str | None = Field(
        None, description="for a date: the header of the earlier date; gives hours between them"
    )

    @model_validator(mode="after")
    def _date_has_an_origin(self) -> Column:
        if (self.type == "date") != (self.since is not None):
            raise ValueError("'type: date' and 'since' go together -> state both or neither")
        if self.type == "date" and (self.codes or self.unit):
            raise ValueError("a date takes no unit or codes -> dates become hours")
        return self


class Clinical(TableFile):
    """The table of patients and samples; only the columns declared here are ever read."""

    decimal: Literal[".", ","] = Field(".", description="the decimal mark, never guessed")
    missing: list[str] = Field(MISSING, description="codes that mean 'not known'")
    patient: str = Field(description="header of the patient's pseudonym")
    sample: str | None = Field(
        None, description="header of the sample's name; the patient's, if one sample each"
    )
    only: dict[str, str | int | float] = Field(
        {}, description="header and value of the rows that belong to this cohort, if not all do"
    )
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


class FeatureTable(TableFile):
    """A table that gives each feature its gene: a GEO platform table, an annotation."""

    id: str = Field(description="header of the identifiers that the assay uses")
    gene: str = Field(description="header of the gene symbols")


class SampleNames(TableFile):
    """A table that translates the assay's sample names into the clinical table's."""

    source: str = Field(alias="from", description="header of the names in the assay's file")
    to: str = Field(description="header of the names in the clinical table")


Kind = Literal["rna_counts", "rna_array", "expression", "ms_proteins", "olink_npx", "metabolites"]
Scale = Literal["counts", "linear", "log2", "npx"]

SCALE_OF_KIND: dict[str, Scale] = {
    "rna_counts": "counts",
    "rna_array": "log2",
    "expression": "log2",
    "ms_proteins": "linear",
    "olink_npx": "npx",
    "metabolites": "linear",
}


class Assay(Settings):
    """What all assays state, whatever their file format."""

    kind: Kind
    file: str
    scale: Scale | None = Field(None, description="scale of the values, if not the kind's own")
    features: FeatureTable | None = None
    samples: SampleNames | None = None
    sample_column: str | None = Field(
        None, description="clinical header that holds this assay's sample names, if its own"
    )
    ignore_samples: list[str] = Field([], description="samples of the file that are left out")

    @property
    def stated_scale(self) -> Scale:
        """The declared scale, or the kind's own."""
        return self.scale or SCALE_OF_KIND[self.kind]

    @model_validator(mode="after")
    def _scale_fits_kind(self) -> Assay:
        only = {"rna_counts": "counts", "olink_npx": "npx"}.get(self.kind)
        if (only and self.stated_scale != only) or (
            not only and self.stated_scale in ("counts", "npx")
        ):
            raise ValueError(
                f"{self.kind} cannot be on the scale '{self.scale}' -> valid: "
                + (only or "linear, log2")
            )
        return self


class Matrix(Assay):
    """A plain table of features x samples, or samples x features."""

    format: Literal["matrix"] = "matrix"
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    sheet: str | None = None
    decimal: Literal[".", ","] = "."
    missing: list[str] = MISSING
    samples_in: Literal["columns", "rows"] = "columns"
    names: str | None = Field(
        None, description="header of the column that names the rows; the first if not stated"
    )
    not_features: list[str] = Field(
        [], description="columns beside the values: annotation, or metadata in a samples table"
    )


class FeatureCounts(Assay):
    """featureCounts' table of seven or more columns."""

    format: Literal["featurecounts"] = "featurecounts"
    kind: Literal["rna_counts"] = "rna_counts"


class GeoSeriesMatrix(Assay):
    """A GEO series matrix; probes become genes through `features`."""

    format: Literal["geo_series_matrix"] = "geo_series_matrix"
    kind: Literal["rna_array", "expression"] = "rna_array"
    sample_names: str = Field(
        "geo_accession", description="the `!Sample_` line that names the samples"
    )


class MaxQuant(Assay):
    """MaxQuant's proteinGroups.txt; zeros are missing values."""

    format: Literal["maxquant"] = "maxquant"
    kind: Literal["ms_proteins"] = "ms_proteins"
    values: str = Field("LFQ intensity", description="the columns' common beginning")


class OlinkLong(Assay):
    """Olink NPX, one row per sample and assay."""

    format: Literal["olink_long"] = "olink_long"
    kind: Literal["olink_npx"] = "olink_npx"
    delimiter: Literal[",", ";", "\t"] | None = None


class OlinkWide(Assay):
    """The workbook that Olink's NPX Manager exports."""

    format: Literal["olink_wide"] = "olink_wide"
    kind: Literal["olink_npx"] = "olink_npx"
    sheet: str | None = None


AnyAssay = Annotated[
    Matrix | FeatureCounts | GeoSeriesMatrix | MaxQuant | OlinkLong | OlinkWide,
    Field(discriminator="format"),
]


def assay_facts(stated: dict[str, Any]) -> AnyAssay:
    """The facts of one assay from their plain form, as rules pass them to jobs."""
    facts: AnyAssay = TypeAdapter(AnyAssay).validate_python(stated)
    return facts


class Source(Settings):
    """Where a cohort comes from, for the report."""

    doi: str | None = None
    geo: str | None = None
    licence: str | None = None


class Cohort(Settings):
    """One file in `cohorts/`: the facts of one cohort."""

    folder: str = Field(
        description="where the cohort's files are, relative to this file; environment variables"
        " and ${RESULTS} expand; no path below may leave it"
    )
    clinical: Clinical
    assays: dict[Name, AnyAssay] = Field(min_length=1)
    source: Source | None = None
