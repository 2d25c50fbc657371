"""Files that an array scanner wrote: not tables, and refused with what to do instead."""

from __future__ import annotations

from immunosep_omics.errors import InputError, Problem

CEL = "is an Affymetrix CEL file: raw intensities of one array"
MATRIX = "then give its matrix with `format: matrix` and `scale: log2`"
RMA = f"normalise all CEL files together with RMA (R: oligo::rma or affy::rma), {MATRIX}"

SCANNED: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"[CEL]", CEL, RMA),
    (0, b"\x40\x00\x00\x00", CEL, RMA),
    (0, b"\x3b\x01", CEL.replace("CEL file", "CEL (or CHP) file"), RMA),
    (0, b"IDAT", "is an Illumina IDAT file: raw intensities of one array",
     f"read and normalise all IDAT files together (R: limma::read.idat, neqc), {MATRIX}"),
    (257, b"ustar", "is a tar archive, such as GEO's RAW.tar of one file per sample",
     f"unpack it; of CEL files, {RMA}; of tables, name them with one `*` in `file`"),
)  # fmt: skip
"""Place and bytes that tell a file, what it is, and what to do."""

HEAD = 512
"""Bytes of a file, unpacked from gzip, that :func:`refuse_raw_arrays` looks at."""


def refuse_raw_arrays(head: bytes, shown: str) -> None:
    """Raise :class:`InputError` for the first bytes of a scanner's file or an archive of such."""
    for place, mark, what, remedy in SCANNED:
        if head[place : place + len(mark)] == mark:
            raise InputError(Problem(shown, what, remedy))
