"""Scanners' files are refused with what to do instead."""

import pytest

from immunosep_omics.ingest.files.other_files import refuse_other_files

TAR = b"GSM1.CEL.gz".ljust(257, b"\0") + b"ustar\x0000"


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"[CEL]\nVersion=3\n", ("CEL", "RMA")),
        (b"\x40\0\0\0\x04\0\0\0", ("CEL", "RMA")),
        (b"\x3b\x01\0\0\0\x01", ("CEL", "RMA")),
        (b"IDAT\x03\0", ("IDAT", "limma")),
        (TAR, ("tar archive", "unpack")),
        (b"$FL2@(#) SPSS DATA FILE", ("SPSS", "CSV", "`codes`")),
        (b"<stata_dta><header><release>118", ("Stata", "CSV")),
        (b"\x73\x02\x01\0", ("Stata", "CSV")),
        (b"\0" * 12 + b"\xc2\xea\x81\x60\xb3", ("SAS", "CSV")),
        (b"X\n\0\0\0\x03\0", ("R's own", "write.csv")),
        (b"%PDF-1.7", ("PDF",)),
        (b"\xd0\xcf\x11\xe0\xa1", ("old format", ".xlsx")),
    ],
)
def test_refused_by_content(refused, head, words):
    refused(lambda: refuse_other_files(head, "a.bin"), "a.bin", *words)


@pytest.mark.parametrize("head", [b"gene\ts1\n", b"", b"!Series_title", b"@"])
def test_tables_pass(head):
    refuse_other_files(head, "a.txt")
