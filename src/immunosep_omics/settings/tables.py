"""Facts about the tables of a cohort: where they are and how they are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from immunosep_omics.settings.base import Settings

NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME)]
"""A word that can stand in a file path and a column name."""

Delimiter = Literal[",", ";", "\t", "|"]
Decimal = Literal[".", ","]
Thousands = Literal[",", ".", " ", "'"]

Encoding = Literal[
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "mac-roman"
]  # fmt: skip
"""Of text that is no Unicode: central European, Cyrillic, western, Greek, Turkish, old Macs."""

MISSING = ["", "NA"]

Value = str | int | float
Wanted = Value | Annotated[list[Value], Field(min_length=1)]
"""A value of the rows that count, or several: a row counts that has one of them."""


class TableRows(Settings):
    """Where the rows of a table are."""

    header: int | list[int] | None = Field(
        None,
        description="row of the headers, if it is not the first; of two rows (`[2, 3]`) the words"
        " are joined, a blank one in the upper row taking the word at its left; 0 where there is"
        ' none: the columns are then called "1", "2" and so on',
    )
    ignore_rows: list[int] = Field(
        [], description="rows that are no data, by number: units below the header, totals, notes"
    )

    @field_validator("header")
    @classmethod
    def _rows_in_order(cls, header: int | list[int] | None) -> int | list[int] | None:
        if header == 0:
            return header
        rows = header if isinstance(header, list) else [1 if header is None else header]
        if not rows or rows[0] < 1 or rows != sorted(set(rows)):
            raise ValueError("rows are counted from 1 -> state one row, or several in their order")
        return header

    @property
    def header_rows(self) -> list[int]:
        """The rows of headers that are stated, none if they are not."""
        return [self.header] if isinstance(self.header, int) else self.header or []


class TableFile(TableRows):
    """A delimited text file or a sheet of a workbook."""

    file: str
    sheet: str | None = Field(None, description="sheet of an xlsx file; the first if not stated")
    delimiter: Delimiter | None = Field(
        None, description="by the file's ending if not stated: .csv ',', .tsv and .txt tab"
    )
    encoding: Encoding = Field(
        "windows-1252", description="of a text file that is no Unicode (UTF-8 or UTF-16)"
    )


class SampleNames(TableFile):
    """A table that translates the assay's sample names into the clinical table's."""

    source: str | list[str] = Field(
        alias="from",
        description="header of the names in the assay's file; two where a name is a run and a"
        " label, as in SDRF files of TMT studies",
    )
    to: str = Field(description="header of the names in the clinical table")


class FeatureTable(TableRows):
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

    @property
    def as_file(self) -> TableFile:
        """The table as a file to be read, where it is one."""
        return TableFile(
            file=self.file or "", sheet=self.sheet, delimiter=self.delimiter, header=self.header,
            ignore_rows=self.ignore_rows,
        )  # fmt: skip
