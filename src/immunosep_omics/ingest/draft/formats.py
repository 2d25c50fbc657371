"""Which platform wrote a file: told by how it begins, not by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest import text_file
from immunosep_omics.ingest.table_file import cell_text
from immunosep_omics.ingest.workbook import is_workbook, read_sheet

LOOKED_AT = 60
"""Lines of a file that are looked at."""

BINARY = {b"\x89HDF": "hdf5", b"PAR1": "parquet"}


@dataclass(frozen=True)
class Signature:
    """How files of one format begin.

    `starts`: beginnings of the first line; `headers`: alternatives, each a set of headers (letters
    and digits only, in lower case) that all stand in one of the first lines. `each`: whether
    there is usually one file per sample.
    """

    format: str
    kind: str
    starts: tuple[str, ...] = ()
    headers: tuple[frozenset[str], ...] = ()
    each: bool = False


def _all(*alternatives: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words.split()) for words in alternatives)


SIGNATURES = (
    Signature("geo_series_matrix", "rna_array", ("!Series_", '"!Series_', "!Sample_")),
    Signature("geo_soft", "rna_array", ("^DATABASE", "^SERIES", "^DATASET", "^SAMPLE")),
    Signature("somascan", "somascan", ("!Checksum", "!AdatId", "^HEADER")),
    Signature("openms", "ms_proteins", ("MTD\t",)),
    Signature("star", "rna_counts", ("N_unmapped\t",), each=True),
    Signature("featurecounts", "rna_counts", ("# Program:featureCounts",),
              _all("geneid chr start end strand length")),
    Signature("salmon", "rna_counts", (), _all("name length effectivelength tpm numreads"), True),
    Signature("kallisto", "rna_counts", (),
              _all("targetid length efflength estcounts tpm"), True),
    Signature("rsem", "rna_counts", (), _all("geneid effectivelength expectedcount",
                                             "transcriptid effectivelength expectedcount"), True),
    Signature("maxquant", "ms_proteins", (),
              _all("proteinids majorityproteinids", "proteinids genenames proteinnames")),
    Signature("spectronaut", "ms_proteins", (), _all("rfilename pgproteingroups",
              "pgproteingroups pggenes", "pgproteinaccessions pggenes")),
    Signature("skyline", "ms_proteins", (), _all("protein peptidesequence replicatename",
              "proteinname peptidesequence filename",
              "proteinname peptidesequence replicatename", "protein peptide replicate",
              "proteinname peptidemodifiedsequence")),
    Signature("openms", "ms_proteins", (),
              _all("proteinname peptidesequence precursorcharge intensity reference",
              "proteinname peptidesequence charge channel intensity")),
    Signature("diann", "ms_proteins", (), _all("proteingroup proteinids", "proteingroup genes",
              "run precursorid proteingroup", "filename run proteingroup")),
    Signature("alphadia", "ms_proteins", (), _all("pg genes proteins")),
    Signature("fragpipe", "ms_proteins", (), _all("protein proteinid entryname gene",
              "index numberpsm gene", "proteinid entryname gene",
              "proteinname peptidesequence precursorcharge fragmention isotopelabeltype")),
    Signature("proteome_discoverer", "ms_proteins", (),
              _all("accession master description", "proteinfdrconfidencecombined accession",
                   "masterproteinaccessions sequence", "accession description coverage",
                   "sequence proteingroupaccessions precursorarea")),
    Signature("olink_long", "olink_npx", (), _all("sampleid npx assay")),
    Signature("olink_wide", "olink_npx", ("Project:", "NPX data", "Exported:"),
              _all("panel uniprotid olinkid")),
    Signature("nfcore_rnaseq", "rna_counts", (), _all("geneid genename", "geneid transcriptids")),
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """The first rows of a file, as text, and the format they show; None for a plain table."""

    path: Path
    rows: list[list[str]] = field(default_factory=list)
    delimiter: str | None = None
    signature: Signature | None = None


def look_at(path: Path) -> Look:
    """Read the beginning of a file; raises :class:`InputError` for what no reader reads."""
    if not path.is_file():
        raise InputError(Problem(path.as_posix(), "no such file", "check the path"))
    if re.search(r"\.cel(\.gz)?$", path.name.lower()):
        raise InputError(
            Problem(
                path.as_posix(), "is a CEL file, a scan before any summary",
                "summarise the CEL files with RMA, and give the table of log2 values",
            )
        )  # fmt: skip
    with path.open("rb") as file:
        magic = BINARY.get(file.read(4))
    if magic == "hdf5":
        kind = "rna_counts"
        cells = path.suffix == ".h5"
        return Look(path, signature=Signature("single_cell" if cells else "h5ad", kind, each=cells))
    if magic == "parquet":
        return Look(path, signature=_of_parquet(path))
    if is_workbook(path):
        cells_of = read_sheet(path, None, rows=LOOKED_AT).rows
        rows = [[cell_text(cell) for cell in row] for row in cells_of]
        return Look(path, rows, None, _signature(" ".join(rows[0]) if rows else "", rows))
    data = text_file.read_text_file(path, rows=LOOKED_AT).data
    text = data.decode("utf-8", errors="replace")
    if text.startswith("%%MatrixMarket"):
        return Look(path, signature=Signature("single_cell", "rna_counts", each=True))
    delimiter = _delimiter(text)
    rows = [fields for _, fields in text_file.records(data, delimiter)]
    found = _signature(text, rows)
    if found is None and _is_htseq(rows, path):
        found = Signature("htseq", "rna_counts", each=True)
    return Look(path, rows, delimiter, found)


def _of_parquet(path: Path) -> Signature:
    import polars as pl

    found = _signature("", [list(pl.read_parquet_schema(path))])
    if found is None:
        raise InputError(
            Problem(
                path.as_posix(), "is a Parquet file of no known platform",
                "write the table as text (TSV or CSV)",
            )
        )  # fmt: skip
    return found


def _signature(text: str, rows: list[list[str]]) -> Signature | None:
    headers = [{re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in row} for row in rows[:LOOKED_AT]]
    for signature in SIGNATURES:
        if text.startswith(signature.starts):
            return signature
        if any(wanted <= header for wanted in signature.headers for header in headers):
            return signature
    return None


def _delimiter(text: str) -> str:
    """The mark that divides the first lines most evenly."""
    lines = [line for line in text.split("\n") if line.strip() and line[0] not in "#!"][:20]
    counts = {mark: [line.count(mark) for line in lines] for mark in ("\t", ";", ",", "|")}
    steady = [mark for mark, found in counts.items() if found and min(found) > 0]
    if not steady:
        return "\t"
    # A decimal comma makes commas frequent, but not before a tab or a semicolon that divides.
    return max(steady, key=lambda mark: (mark in "\t;", counts[mark][0]))


def _is_htseq(rows: list[list[str]], path: Path) -> bool:
    """Two columns without a header, names and whole numbers."""
    plain = bool(rows) and all(len(row) == 2 and row[1].strip().isdigit() for row in rows)
    return plain and not is_workbook(path)
