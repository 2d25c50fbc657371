"""Files of scanners and other programs that are no tables, refused with what to do instead."""

from __future__ import annotations

import re

from immunosep_omics.errors import InputError, Problem

CEL_NAME = re.compile(r"\.cel(\.gz)?$", re.IGNORECASE)
CEL = "is an Affymetrix CEL file: raw intensities of one array"
MATRIX = "then give its matrix with `format: matrix` and `scale: log2`"
RMA = f"normalise all CEL files together with RMA (R: oligo::rma or affy::rma), {MATRIX}"

PARQUET = b"PAR1"

SAVE = "save it as CSV or .xlsx in that program (labels or codes: the YAML's `codes` takes both)"

OTHERS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"[CEL]", CEL, RMA),
    (0, b"\x40\x00\x00\x00", CEL, RMA),
    (0, b"\x3b\x01", CEL.replace("CEL file", "CEL (or CHP) file"), RMA),
    (0, b"IDAT", "is an Illumina IDAT file: raw intensities of one array",
     f"read and normalise all IDAT files together (R: limma::read.idat, neqc), {MATRIX}"),
    (257, b"ustar", "is a tar archive, such as GEO's RAW.tar of one file per sample",
     f"unpack it; of CEL files, {RMA}; of tables, name them with one `*` in `file`"),
    (0, b"$FL2", "is an SPSS file", SAVE),
    (0, b"$FL3", "is an SPSS file", SAVE),
    (0, b"<stata_dta>", "is a Stata file", SAVE),
    *((0, bytes([version, order]), "is a Stata file (before Stata 13)", SAVE)
      for version in (113, 114, 115) for order in (1, 2)),
    (12, b"\xc2\xea\x81\x60", "is a SAS file (sas7bdat)", SAVE),
    (0, b"HEADER RECORD*******", "is a SAS transport file (xpt)", SAVE),
    *((0, mark, "is a file of R's own (RData, RDS)", "write it as text with R: write.csv")
      for mark in (b"RDX2\n", b"RDX3\n", b"X\n\0\0\0", b"RDA3\n")),
    (0, b"%PDF", "is a PDF", "get the table itself, as CSV or .xlsx"),
    (0, b"{\\rtf", "is a text of a word processor (RTF)", "save the table as CSV or .xlsx"),
    (0, b"\xd0\xcf\x11\xe0", "is in Excel's or Word's old format, whatever its ending says",
     "save it as .xlsx or CSV"),
    (0, PARQUET, "is a Parquet file", "save it as CSV"),
    *((0, mark, "is a picture", "give the values that it shows as a table")
      for mark in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")),
    (0, b"BZh", "is packed with bzip2", "unpack it, or pack it with gzip"),
    (0, b"\xfd7zXZ", "is packed with xz", "unpack it, or pack it with gzip"),
    (0, b"SQLite format 3", "is a database", "export the table as CSV"),
)  # fmt: skip
"""Place and bytes that tell a file, what it is, and what to do."""

HEAD = 512
"""Bytes of a file, unpacked from gzip, that :func:`refuse_other_files` looks at."""


def refuse_other_files(head: bytes, shown: str) -> None:
    """Raise :class:`InputError` for the first bytes of what is no table, or the name of a scan."""
    if CEL_NAME.search(shown):
        raise InputError(Problem(shown, CEL, RMA))
    for place, mark, what, remedy in OTHERS:
        if head[place : place + len(mark)] == mark:
            raise InputError(Problem(shown, what, remedy))
