"""Facts about one assay: its kind, its scale, and the format that its platform writes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, model_validator

from immunosep_omics.settings.base import Settings
from immunosep_omics.settings.tables import (
    MISSING,
    Decimal,
    Delimiter,
    FeatureTable,
    Name,
    SampleNames,
    Wanted,
)

Kind = Literal[
    "rna_counts", "rna_array", "expression", "ms_proteins", "olink_npx", "somascan", "cytokines",
    "metabolites",
]  # fmt: skip
Scale = Literal["counts", "linear", "log2", "npx"]
StatedScale = Literal["counts", "linear", "log2", "npx", "ln", "log10"]
OTHER_LOGARITHMS = ("ln", "log10")
"""Scales that plain tables may have; readers bring them to log2."""

SCALE_OF_KIND: dict[str, Scale] = {
    "rna_counts": "counts",
    "rna_array": "log2",
    "expression": "log2",
    "ms_proteins": "linear",
    "olink_npx": "npx",
    "somascan": "linear",
    "cytokines": "linear",
    "metabolites": "linear",
}

MEASURED = {
    "rna_counts": "RNA", "rna_array": "RNA", "expression": "RNA",
    "ms_proteins": "proteins", "olink_npx": "proteins", "somascan": "proteins",
    "cytokines": "proteins", "metabolites": "metabolites",
}  # fmt: skip
"""What each kind measures."""

RNA_KINDS = tuple(kind for kind, what in MEASURED.items() if what == "RNA")

Collapse = Literal["highest_mean", "mean", "sum"]

SAMPLE_MARK = "*"
"""Stands for the sample's name in `file`, each time, where a format has one file per sample."""


class Bridging(Settings):
    """Samples that two projects measured, and the project whose scale is kept."""

    to: Name = Field(description="the other project: an assay of this cohort")
    samples: list[str] | None = Field(
        None, description="the bridging samples, by their clinical names; all that both have if not"
    )


class Assay(Settings):
    """What all assays state, whatever their file format."""

    any_base: ClassVar[bool] = False

    kind: Kind
    file: str
    scale: StatedScale | None = Field(
        None, description="scale of the values, if not the kind's own"
    )
    features: FeatureTable | None = Field(None, description="a table from features to genes")
    collapse: Collapse | None = Field(
        None,
        description="what becomes of several features of one gene: the one of highest mean stays,"
        " their mean, their sum (default: sum for counts, otherwise highest_mean)",
    )
    samples: SampleNames | None = Field(None, description="a table that translates sample names")
    sample_column: str | None = Field(
        None,
        description="clinical header that holds this assay's sample names, if its own; or its"
        " parts: `{Patient}_{Day}`",
    )
    ignore_samples: list[str] = Field([], description="samples of the file that are left out")
    replicates: Literal["sum", "mean"] | None = Field(
        None,
        description="what becomes of several runs of one sample: their sum (counts), or their mean"
        " (all others); refused if not stated",
    )
    bridge: Bridging | None = Field(
        None, description="NPX of another project that this one is brought to"
    )

    @property
    def stated_scale(self) -> Scale:
        """The declared scale, or the kind's own; logarithms are brought to base 2."""
        if self.scale == "ln" or self.scale == "log10":
            return "log2"
        return self.scale or SCALE_OF_KIND[self.kind]

    @property
    def collapse_rule(self) -> Collapse:
        """The declared rule for several features of one gene, or the scale's own."""
        return self.collapse or ("sum" if self.stated_scale == "counts" else "highest_mean")

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
        if self.scale in OTHER_LOGARITHMS and not self.any_base:
            raise ValueError(
                f"`scale: {self.scale}` is for plain tables, not for what this program writes ->"
                " valid: linear, log2"
            )
        return self

    @model_validator(mode="after")
    def _replicates_fit_scale(self) -> Assay:
        fitting = "sum" if self.stated_scale == "counts" else "mean"
        if self.replicates not in (None, fitting):
            raise ValueError(
                f"`replicates: {self.replicates}` does not fit the scale '{self.stated_scale}' ->"
                f" valid: {fitting}"
            )
        return self

    @model_validator(mode="after")
    def _bridges_are_of_npx(self) -> Assay:
        if self.bridge is not None and self.kind != "olink_npx":
            raise ValueError(f"`bridge` is for olink_npx, and this is {self.kind} -> leave it out")
        return self


class AnyTable(Assay):
    """What formats state that any program may have written."""

    any_base: ClassVar[bool] = True

    counts: Literal["estimated"] | None = Field(
        None, description="of RNA: fractions, as RSEM, salmon and tximport estimate; are rounded"
    )

    @model_validator(mode="after")
    def _counts_are_of_rna(self) -> AnyTable:
        if self.counts is not None and self.kind != "rna_counts":
            raise ValueError(f"`counts` is for rna_counts, and this is {self.kind} -> leave it out")
        return self


class Matrix(AnyTable):
    """A plain table of features x samples, or samples x features."""

    format: Literal["matrix"] = "matrix"
    delimiter: Delimiter | None = None
    sheet: str | None = None
    decimal: Decimal = "."
    missing: list[str] = MISSING
    header: int = Field(1, ge=1, description="row of the headers, if titles stand above it")
    samples_in: Literal["columns", "rows"] = "columns"
    names: str | None = Field(
        None,
        description="header of the column that names the rows, or its parts: `{Patient}_{Day}`;"
        " the first if not stated",
    )
    not_features: list[str] = Field(
        [],
        description="columns beside the values: annotation, or metadata in a samples table; a `*`"
        " stands for any letters",
    )
    unit: str | None = Field(None, description="unit of the values, for metabolites and cytokines")


class FeatureCounts(Assay):
    """featureCounts' table of seven or more columns; one file, or one per sample."""

    format: Literal["featurecounts"] = "featurecounts"
    kind: Literal["rna_counts"] = "rna_counts"


class SampleCounts(Assay):
    """Counts that an aligner or counter writes, one file per sample."""

    format: Literal["star", "htseq"]
    kind: Literal["rna_counts"] = "rna_counts"
    strand: Literal["none", "forward", "reverse"] | None = Field(
        None, description="of the library, for STAR; inferred from the counts if not stated"
    )


class Quantification(Assay):
    """Transcript quantification, one file per sample, summed up to genes."""

    format: Literal["salmon", "kallisto", "rsem"]
    kind: Literal["rna_counts"] = "rna_counts"
    transcripts: FeatureTable | None = Field(
        None, description="a table from transcripts to genes; none for files that name genes"
    )
    counts: Literal["estimated", "length_scaled_tpm"] = Field(
        "estimated", description="as estimated, or tximport's lengthScaledTPM"
    )

    @model_validator(mode="after")
    def _table_is_a_file(self) -> Quantification:
        if self.transcripts is not None:
            _refuse_platform(self.transcripts)
        return self


class NfcoreRnaseq(Assay):
    """The merged counts of nf-core/rnaseq: salmon.merged.gene_counts*.tsv and its like."""

    format: Literal["nfcore_rnaseq"] = "nfcore_rnaseq"
    kind: Literal["rna_counts"] = "rna_counts"


class Reads(Assay):
    """FASTQ files, quantified by optional rules before anything else.

    `file` names the first reads, with `*` for the sample; `second` the mates of paired reads.
    """

    format: Literal["reads"] = "reads"
    kind: Literal["rna_counts"] = "rna_counts"
    second: str | None = Field(None, description="like `file`, for the mates of paired reads")
    reference: str = Field(description="FASTA of the transcripts")
    transcripts: FeatureTable = Field(description="a table from transcripts to genes")

    @model_validator(mode="after")
    def _samples_and_table(self) -> Reads:
        _refuse_platform(self.transcripts)
        if self.second == self.file:
            raise ValueError(
                f"`second: {self.second}` is the same as `file` -> name the mates' files"
            )
        for key, pattern in (("file", self.file), ("second", self.second)):
            if pattern is not None and SAMPLE_MARK not in pattern:
                raise ValueError(
                    f"`{key}: {pattern}` has no '*' -> it stands for the sample's name"
                )
        return self


def _refuse_platform(transcripts: FeatureTable) -> None:
    if transcripts.geo is not None:
        raise ValueError("GEO has no table of transcripts -> state its `file`")


class H5ad(AnyTable):
    """A bulk assay as AnnData: samples x features."""

    format: Literal["h5ad"] = "h5ad"
    layer: str | None = Field(None, description="layer of the values; X if not stated")
    gene_column: str | None = Field(None, description="column of `var` that names the genes")


class SingleCell(Assay):
    """Single cells (10x .h5 or matrix.mtx, .h5ad), added up to one pseudobulk per sample.

    One file per sample (`*` in `file`), or one file whose cells name their sample.
    """

    format: Literal["single_cell"] = "single_cell"
    kind: Literal["rna_counts"] = "rna_counts"
    sample_key: str | None = Field(
        None,
        description="column of `obs` that names each cell's sample; `barcode` takes the ending of"
        " the cell's barcode (ACGT-1)",
    )
    cell_type_key: str | None = Field(None, description="column of `obs` with cell types")
    cell_type: str | None = Field(None, description="only cells of this type are added up")
    layer: str | None = Field(None, description="layer of the counts; X or raw if not stated")
    min_cells: int = Field(10, ge=1, description="samples with fewer cells have no pseudobulk")

    @model_validator(mode="after")
    def _type_needs_key(self) -> SingleCell:
        if (self.cell_type is None) != (self.cell_type_key is None):
            raise ValueError("`cell_type` and `cell_type_key` go together -> state both or neither")
        return self


class GeoSeriesMatrix(Assay):
    """A GEO series matrix; probes become genes through `features`.

    Without `file`, the series matrix of the cohort's `source: {geo: GSE...}` is downloaded.
    """

    any_base: ClassVar[bool] = True

    format: Literal["geo_series_matrix"] = "geo_series_matrix"
    file: str = ""
    kind: Literal["rna_array", "expression"] = "rna_array"
    sample_names: str = Field(
        "geo_accession", description="the `!Sample_` line that names the samples"
    )


class GeoSoft(Assay):
    """GEO's SOFT: a series family or a data set (GDS); its own platform gives the genes."""

    any_base: ClassVar[bool] = True

    format: Literal["geo_soft"] = "geo_soft"
    kind: Literal["rna_array", "expression"] = "rna_array"
    value: str = Field("VALUE", description="column of the samples' tables in a family file")
    gene: str | None = Field(
        None, description="column of the platform's table, or of the data set, with the genes"
    )
    platform: str | None = Field(
        None, description="GPL..., whose samples are read, where a family has several platforms"
    )


class MaxQuant(Assay):
    """MaxQuant's proteinGroups.txt; zeros are missing values."""

    format: Literal["maxquant"] = "maxquant"
    kind: Literal["ms_proteins"] = "ms_proteins"
    values: str = Field("LFQ intensity", description="the columns' common beginning")
    decimal: Decimal = "."


class ProteinTable(Assay):
    """A search engine's report of proteins: wide tables and long reports alike.

    The reader tells the layouts of one program apart by their headers.
    """

    format: Literal[
        "diann", "alphadia", "spectronaut", "spectromine", "fragpipe", "proteome_discoverer",
        "skyline", "metamorpheus", "openms",
    ]  # fmt: skip
    kind: Literal["ms_proteins"] = "ms_proteins"
    values: str | None = Field(
        None, description="which of the report's quantities; the program's best if not stated"
    )
    decimal: Decimal = "."
    max_q_value: float = Field(0.01, gt=0, le=1, description="of precursors and protein groups")
    roll_up: Literal["median_polish", "sum"] = Field(
        "median_polish", description="how peptides become proteins where the report has only those"
    )


class LongTable(Assay):
    """Any table with one row per run and peptide (or protein); its columns are declared."""

    format: Literal["long"] = "long"
    kind: Literal["ms_proteins", "metabolites", "cytokines"] = "ms_proteins"
    delimiter: Delimiter | None = None
    sheet: str | None = None
    header: int = Field(1, ge=1, description="row of the headers, if titles stand above it")
    decimal: Decimal = "."
    missing: list[str] = MISSING
    run: str = Field(description="header of the sample or run")
    feature: str = Field(description="header of the protein, metabolite or cytokine")
    part: list[str] = Field(
        [], description="headers that tell a protein's peptides or precursors apart"
    )
    value: str = Field(description="header of the values")
    only: dict[str, Wanted] = Field(
        {}, description="header and value, or values, of the rows to keep"
    )
    roll_up: Literal["median_polish", "sum"] = "median_polish"


class OlinkLong(Assay):
    """Olink's table of one row per sample and assay: CSV, Parquet or xlsx.

    NPX, or the concentrations of Target 48, Flex and Focus where `kind` is cytokines.
    """

    format: Literal["olink_long"] = "olink_long"
    kind: Literal["olink_npx", "cytokines"] = "olink_npx"
    sheet: str | None = Field(None, description="of a workbook; the only one that fits if not")
    delimiter: Literal[",", ";", "\t"] | None = None
    decimal: Decimal = "."


class OlinkWide(Assay):
    """The workbook that Olink's NPX Manager exports; `kind` as for the long table."""

    format: Literal["olink_wide"] = "olink_wide"
    kind: Literal["olink_npx", "cytokines"] = "olink_npx"
    sheet: str | None = Field(None, description="the only one that fits if not stated")
    decimal: Decimal = Field(".", description="of numbers that are written as text")


class Metabolon(Assay):
    """Metabolon's table of metabolites x samples, annotation above and at the left."""

    any_base: ClassVar[bool] = True

    format: Literal["metabolon"] = "metabolon"
    kind: Literal["metabolites"] = "metabolites"
    sheet: str | None = Field(None, description="OrigScale, ScaledImpData or its like")
    delimiter: Delimiter | None = None
    decimal: Decimal = "."
    missing: list[str] = MISSING
    sample_names: str = Field(
        "CLIENT_IDENTIFIER", description="label of the row above that names the samples"
    )


class SomaScan(Assay):
    """SomaLogic's ADAT; samples are named by `sample_names`, a column of its row data."""

    format: Literal["somascan"] = "somascan"
    kind: Literal["somascan"] = "somascan"
    sample_names: str = "SampleId"


AnyAssay = Annotated[
    Matrix
    | FeatureCounts
    | SampleCounts
    | Quantification
    | NfcoreRnaseq
    | Reads
    | H5ad
    | SingleCell
    | GeoSeriesMatrix
    | GeoSoft
    | MaxQuant
    | ProteinTable
    | LongTable
    | OlinkLong
    | OlinkWide
    | Metabolon
    | SomaScan,
    Field(discriminator="format"),
]


def assay_facts(stated: dict[str, Any]) -> AnyAssay:
    """The facts of one assay from their plain form, as rules pass them to jobs."""
    facts: AnyAssay = TypeAdapter(AnyAssay).validate_python(stated)
    return facts
