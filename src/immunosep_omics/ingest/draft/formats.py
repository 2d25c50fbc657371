"""What a file is: told by how it begins and by the readers' own signs, not by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import dropwhile
from pathlib import Path

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.draft.options import first_reading, fitting_sheets
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.h5ad_file import BARCODE, open_h5ad
from immunosep_omics.ingest.files.other_files import PARQUET, refuse_other_files
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.table_top import PAGE, header_among, refuse_other_tops
from immunosep_omics.ingest.files.workbook import is_workbook, read_sheet, sheet_names
from immunosep_omics.ingest.readers.protein_table import UnreadTableError, program_of

LOOKED_AT = 60
"""Lines of a file that are looked at."""

MANY_ROWS = 20_000

HEAD = 512

STARTS = {
    "geo_series_matrix": ("!Series_", '"!Series_', "!Sample_", '"!Sample_'),
    "geo_soft": ("^DATABASE", "^SERIES", "^DATASET", "^SAMPLE"),
    "platform": ("^Annotation", "^PLATFORM", "#ID = "),
    "somascan": ("!Checksum", "!AdatId", "^HEADER"),
    "star": ("N_unmapped\t",),
    "openms": ("MTD\t", "COM\t"),
    "featurecounts": ("# Program:featureCounts",),
    "reference": (">",),
    "single_cell": ("%%MatrixMarket",),
}
"""How the first line of files of a format begins."""

HEADERS = {
    "star": ("geneid unstranded strandedfirst strandedsecond",),
    "featurecounts": ("geneid chr start end strand length",),
    "salmon": ("name length effectivelength tpm numreads",),
    "kallisto": ("targetid length efflength estcounts tpm",),
    "rsem": ("geneid effectivelength expectedcount", "transcriptid effectivelength expectedcount"),
    "olink_long": ("sampleid npx assay", "sampleid quantifiedvalue assay"),
    "nfcore_rnaseq": ("geneid genename", "geneid transcriptids"),
    "maxquant": ("proteinids majorityproteinids", "proteinids genenames proteinnames"),
}
"""Headers, letters and digits only, that stand together in one of the first lines."""

BY_READER = {
    "olink_long": {"assay"},
    "olink_wide": {"assay"},
    "metabolon": {"biochemical", "biochemicalname", "chemicalname", "metabolite"},
}
"""Formats whose files only their readers tell from others, and words of which each has one."""

LONG = {
    "run": (
        r"run|replicate( ?name)?|file ?name|raw ?file|spectrum ?file|sample ?(id|name)?|ms ?run",
    ),
    "feature": (
        r"protein( ?(name|group|id|accession|groups|ids|accessions))?s?|analyte|compound"
        r"|metabolite|cytokine",
        r"target|(bio)?marker|assay",
    ),
    "value": (
        "calc conc mean",
        "calc concentration",
        r"(peak )?(intensity|area|abundance|quantity)|conc(entration)?( \w+){0,3}",
        "npq|value",
    ),
    "part": (
        r"(full |modified )?peptide( ?(ion|name|sequence|modified sequence))?s?"
        r"|(full |modified )?sequence|precursor( ?(id|ion))?|((precursor|product) )?charge"
        r"|fragment ?ion",
    ),
}
"""Headers (words, lower case) of a table of one row per run and peptide or protein, best first.

Meso Scale's `Concentration` is what the standards hold: `Calc. Conc. Mean` is measured.
"""

HTSEQ_END = re.compile(rb"^(__)?no_feature\t", re.MULTILINE)

LARGEST_HTSEQ = 1 << 25
"""Bytes; what is larger is a matrix, whose end is not looked at."""

BESIDE = re.compile(
    r"(barcodes|features|genes)\.tsv(\.gz)?$|\.summary$|\.log$|Log\.(final\.)?out$|SJ\.out\.tab$"
    r"|\.(stats|protein_description|manifest)\.(tsv|txt)$|^metrics_summary\.csv$"
    r"|\.(pca\.vals|sample\.dists)\.txt$"
    r"|^(summary|parameters|msms|ms3?Scans|msmsScans|mzRange|allPeptides|matchedFeatures"
    r"|libraryMatch|modificationSpecificPeptides)\.txt$"
    r"|\.(json|html|bai|bam|yml|yaml|md)$|^\."
)
"""Names of what programs leave beside their results; passed over in a folder."""


@dataclass(frozen=True)
class Look:
    """The beginning of a file, or of a sheet; `format` is None for a plain table.

    `rows` are text, the header first, which stands in row `top` of the file. `platform` and
    `reference` are formats of files that go with an assay: a table of genes of probes, the
    sequences of transcripts.
    """

    path: Path
    format: str | None = None
    rows: list[list[str]] = field(default_factory=list)
    delimiter: str | None = None
    sheet: str | None = None
    top: int = 1

    @property
    def header(self) -> list[str]:
        """The first row."""
        return [cell.strip() for cell in self.rows[0]] if self.rows else []

    def column(self, place: int) -> list[str]:
        """The cells of a column below the header."""
        return [row[place].strip() if place < len(row) else "" for row in self.rows[1:]]


def whole(look: Look) -> Look:
    """The same plain table with many more of its rows, which show the levels of its columns."""
    if look.format is not None:
        return look
    if is_workbook(look.path):
        cells = read_sheet(look.path, look.sheet, rows=MANY_ROWS).rows
        rows = [[cell_text(cell) for cell in row] for row in cells]
        return replace(look, rows=[row for row in rows[look.top - 1 :] if any(row)])
    file = text_file.read_text_file(look.path, rows=MANY_ROWS)
    delimiter = look.delimiter or "\t"
    rows = [fields for line, fields in text_file.records(file.data, delimiter) if line >= look.top]
    return replace(look, rows=rows)


def look_at(path: Path) -> list[Look]:
    """Look at the beginning of a file: one look, or one for each sheet that is a plain table.

    Raises :class:`InputError` for what no reader reads, with what to do.
    """
    head = _head(path)
    if head.startswith(b"\x89HDF"):
        return [Look(path, _of_hdf5(path))]
    if head.startswith(PARQUET):
        return [Look(path, _of_table(path) or _program(path) or _unknown_parquet(path))]
    if is_workbook(path):
        return _of_workbook(path)
    file = text_file.read_text_file(path, rows=LOOKED_AT)
    text = file.data.decode("utf-8", errors="replace")
    if text[:64].lstrip().lower().startswith(tuple(page.decode() for page in PAGE)):
        raise InputError(
            Problem(path.as_posix(), "is a web page, not a table", "download the file itself")
        )
    if text.startswith("@") and "\n+" in text:
        return [Look(path, "reads")]
    begins = next((name for name, starts in STARTS.items() if text.startswith(starts)), None)
    delimiter = _delimiter(text)
    numbered = list(text_file.records(file.data, delimiter))
    rows = [fields for _, fields in numbered]
    name = begins or _by_header(rows) or _merged_counts(path, rows)
    name = name or _of_table(path, rows) or _program(path) or _htseq(path, rows)
    if name is not None:
        return [Look(path, name, rows, delimiter)]
    top = header_among([[cell.strip() for cell in row] for row in rows])
    below = "\n".join(text.split("\n")[numbered[top][0] - 1 :][:5])
    refuse_other_tops(below.encode(), delimiter, path.as_posix())
    return [Look(path, _long(rows[top]), rows[top:], delimiter, top=numbered[top][0])]


def _long(header: list[str]) -> str | None:
    """Whether a table that no program is known by has one row per run and protein or its like."""
    return "long" if {"run", "feature", "value"} <= long_headers(header).keys() else None


def long_headers(header: list[str]) -> dict[str, list[str]]:
    """The headers of a long table by what they are; for each but `part`, one header."""
    spaced = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) for name in header]
    words = [re.sub(r"[\W_]+", " ", name).strip().casefold() for name in spaced]
    found: dict[str, list[str]] = {}
    for part, patterns in LONG.items():
        fitting = [
            name for pattern in patterns for name, word in zip(header, words, strict=True)
            if re.fullmatch(pattern, word)
        ]  # fmt: skip
        if fitting:
            found[part] = fitting if part == "part" else fitting[:1]
    return found


def _head(path: Path) -> bytes:
    shown = path.as_posix()
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        raise InputError(Problem(shown, "no such file", "check the path")) from None
    except OSError as error:
        raise InputError(
            Problem(shown, f"cannot be read ({error.strerror})", "get the file again")
        ) from None
    if not head.startswith(PARQUET):
        refuse_other_files(head, shown)
    if head[:4] == b"PK\x03\x04" and not is_workbook(path):
        raise InputError(
            Problem(shown, "is a document or a zip archive, not a table",
                    "unpack it, or save its table as CSV, TSV or xlsx")
        )  # fmt: skip
    return head


def _by_header(rows: list[list[str]]) -> str | None:
    for row in rows[:3]:
        cells = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in row]
        for name, alternatives in HEADERS.items():
            # nf-core/rnaseq's tx2gene.tsv has the same headers after that of the transcript.
            other = name == "nfcore_rnaseq" and cells[0] != "geneid"
            if not other and any(set(words.split()) <= set(cells) for words in alternatives):
                return name
    return None


def _merged_counts(path: Path, rows: list[list[str]]) -> str | None:
    """nf-core/rnaseq's tables without names of genes: only the file's name tells them."""
    named = re.search(r"\.merged\.(gene|transcript)_(counts|tpm|lengths?)\w*\.tsv", path.name)
    return "nfcore_rnaseq" if named and rows and rows[0][0] in ("gene_id", "tx") else None


def _of_table(path: Path, rows: list[list[str]] | None = None) -> str | None:
    """The platform's format whose reader takes the header; `rows` are the first, if known."""
    words = {re.sub(r"[^a-z]", "", cell.lower()) for row in rows or () for cell in row}
    for name, signs in BY_READER.items():
        if rows is not None and signs.isdisjoint(words):
            continue
        facts = {"format": name, "file": path.name}
        if first_reading(facts, path.parent, LOOKED_AT) is not None:
            return name
        if is_workbook(path) and sheets_of(name, path):
            return name
    return None


def _program(path: Path) -> str | None:
    """The search engine whose report this is."""
    try:
        return program_of(path)
    except UnreadTableError:
        raise
    except InputError:
        return None


def _of_workbook(path: Path) -> list[Look]:
    # Spectronaut gives text the ending .xls; other text with it is refused, as by the readers.
    found = _program(path)
    sheets = [] if found else list(_sheets(path))
    found = found or _of_table(path, [row for sheet in sheets for row in sheet.rows])
    return [Look(path, found)] if found else sheets


def sheets_of(name: str, path: Path) -> list[str]:
    """The sheets of a workbook that the reader of a format takes; imputed values come last."""
    return sorted(fitting_sheets(name, path, LOOKED_AT), key=lambda sheet: "imp" in sheet.lower())


def _sheets(path: Path) -> Iterator[Look]:
    for place, name in enumerate(sheet_names(path)):
        cells = read_sheet(path, name, rows=LOOKED_AT).rows
        rows = [[cell_text(cell) for cell in row] for row in cells]
        filled = [n for n, row in enumerate(rows) if any(row)]
        if filled:
            top = filled[header_among([rows[n] for n in filled])]
            below = [rows[n] for n in filled if n >= top]
            form = _long(below[0])
            yield Look(path, form, below, None, name if place else None, top + 1)


def _of_hdf5(path: Path) -> str:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            keys = set(file)
            inner = {
                key for name in keys if isinstance(file[name], h5py.Group) for key in file[name]
            }
    except OSError as error:
        raise InputError(
            Problem(path.as_posix(), f"is HDF5 that cannot be read ({error})", "get it again")
        ) from None
    if {"est_counts", "aux"} <= keys:
        return "kallisto"
    if "barcodes" in inner:
        return "single_cell"
    if {"obs", "var"} <= keys:
        with open_h5ad(path) as found:
            names = [str(name) for name in found.obs_names[:1000]]
        cells = sum(bool(re.search(BARCODE, name)) for name in names) > len(names) / 2
        return "single_cell" if cells else "h5ad"
    raise InputError(
        Problem(path.as_posix(), "is HDF5 of no known program", "give an .h5ad, or 10x's .h5")
    )


def _unknown_parquet(path: Path) -> str:
    raise InputError(
        Problem(path.as_posix(), "is a Parquet file of no known program",
                "write the table as text (TSV or CSV)")
    )  # fmt: skip


def _delimiter(text: str) -> str:
    """The mark that divides the first lines most evenly; titles above them have none."""
    lines = [line for line in text.split("\n") if line.strip() and line[0] not in "#!"]
    lines = list(dropwhile(lambda line: not re.search("[\t;,|]", line), lines))[:20]
    counts = {mark: [line.count(mark) for line in lines] for mark in ("\t", ";", ",", "|")}
    steady = [mark for mark, found in counts.items() if found and min(found) > 0]
    if not steady:
        return "\t"
    # A decimal comma makes commas frequent, but not before a tab or a semicolon that divides.
    return max(steady, key=lambda mark: (mark in "\t;", counts[mark][0]))


def _htseq(path: Path, rows: list[list[str]]) -> str | None:
    """Names and whole numbers without a header, or HTSeq's special rows at the end."""
    if not rows or any(len(row) < 2 or not row[-1].strip().isdigit() for row in rows[1:]):
        return None
    headless = all(len(row) == 2 for row in rows) and rows[0][1].strip().isdigit()
    if headless and len(rows) > 1:
        return "htseq"
    if path.stat().st_size > LARGEST_HTSEQ:
        return None
    return "htseq" if HTSEQ_END.search(text_file.read_text_file(path).data) else None
