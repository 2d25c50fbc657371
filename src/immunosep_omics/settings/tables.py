"""Facts about the tables of a cohort: where they are and how they are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from immunosep_omics.settings.base import Settings

NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME)]
"""A word that can stand in a file path and a column name."""

Delimiter = Literal[",", ";", "\t", "|"]
Decimal = Literal[".", ","]
Thousands = Literal[",", ".", " ", "'"]

MISSING = ["", "NA"]


class TableFile(Settings):
    """A delimited text file or a sheet of a workbook."""

    file: str
    sheet: str | None = Field(None, description="sheet of an xlsx file; the first if not stated")
    delimiter: Delimiter | None = Field(
        None, description="by the file's ending if not stated: .csv ',', .tsv and .txt tab"
    )


class SampleNames(TableFile):
    """A table that translates the assay's sample names into the clinical table's."""

    source: str | list[str] = Field(
        alias="from",
        description="header of the names in the assay's file; two where a name is a run and a"
        " label, as in SDRF files of TMT studies",
    )
    to: str = Field(description="header of the names in the clinical table")


class FeatureTable(Settings):
    """A table that gives each feature its gene: a GEO platform table, an annotation."""

    file: str | None = Field(None, description="a text file or a workbook")
    geo: str | None = Field(
        None, pattern=r"^GPL[0-9]+$", description="a platform whose table GEO is asked for"
    )
    sheet: str | None = Field(None, description="sheet of an xlsx file; the first if not stated")
    delimiter: Delimiter | None = None
    id: str = Field("ID", description="header of the identifiers that the assay uses")
    gene: str = Field("Gene symbol", description="header of the genes")

    @model_validator(mode="after")
    def _one_source(self) -> FeatureTable:
        if (self.file is None) == (self.geo is None):
            raise ValueError("state one of `file` and `geo` -> a file of yours, or a GPL number")
        return self
