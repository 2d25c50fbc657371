"""Ways to damage a file of any format; each gives the bytes of the damaged file, or None."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable

from specimens import Specimen

Damage = Callable[[Specimen], bytes | None]

ESCAPE = "\x1b[31m"


def _lines(specimen: Specimen) -> list[bytes]:
    return specimen.data.split(b"\n")


def _cut_in_a_row(specimen: Specimen) -> bytes | None:
    """Ends within a row's first cells, as a transfer that broke off."""
    lines = _lines(specimen)
    if not specimen.mark:
        return specimen.data[: len(specimen.data) * 2 // 3]
    middle = len(lines) * 2 // 3
    half = lines[middle][: lines[middle].find(specimen.mark.encode()) + 1]
    return b"\n".join([*lines[:middle], half])


def _first_bytes(specimen: Specimen) -> bytes:
    return specimen.data[:20]


def _cut_gzip(specimen: Specimen) -> bytes | None:
    if not specimen.mark:
        return None
    packed = gzip.compress(specimen.data)
    return packed[: len(packed) * 2 // 3]


def _zip(specimen: Specimen) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data.txt", specimen.data)
    return stream.getvalue()


def _zeros(specimen: Specimen) -> bytes | None:
    half = len(specimen.data) // 2
    return specimen.data[:half] + bytes(64) + specimen.data[half:] if specimen.mark else None


def _another_mark(specimen: Specimen) -> bytes | None:
    other = b"|" if specimen.mark == ";" else b";"
    return specimen.data.replace(specimen.mark.encode(), other) if specimen.mark else None


def _header_only(specimen: Specimen) -> bytes | None:
    if specimen.header is None:
        return None
    return b"\n".join(_lines(specimen)[: specimen.header + 1]) + b"\n"


def _sample_twice(specimen: Specimen) -> bytes | None:
    if specimen.header is None or specimen.each:
        return None
    lines = _lines(specimen)
    changed = lines[specimen.header].replace(b"S2", b"S1")
    if changed == lines[specimen.header]:
        return None
    lines[specimen.header] = changed
    return b"\n".join(lines)


def _cell(specimen: Specimen, text: bytes) -> bytes | None:
    """The last number of a row in the middle becomes another text."""
    if not specimen.mark:
        return None
    lines = _lines(specimen)
    mark = re.escape(specimen.mark.encode())
    middle = len(lines) * 2 // 3
    numbers = list(re.finditer(mark + rb"(\d+\.\d+|\d\d+)(?=" + mark + rb"|$)", lines[middle]))
    if not numbers:
        return None
    last = numbers[-1]
    lines[middle] = lines[middle][: last.start(1)] + text + lines[middle][last.end(1) :]
    return b"\n".join(lines)


def _every_value(specimen: Specimen) -> bytes | None:
    if not specimen.mark or specimen.header is None:
        return None
    lines = _lines(specimen)
    mark = re.escape(specimen.mark.encode())
    number = re.compile(mark + rb"-?(\d+\.\d+|\d{2,})(?=" + mark + rb"|$)")
    return b"\n".join(
        line if n <= specimen.header else number.sub(specimen.mark.encode() + b"NA", line)
        for n, line in enumerate(lines)
    )


def _long_cell(specimen: Specimen) -> bytes | None:
    if not specimen.mark:
        return None
    return re.sub(rb"TNF|P10001|ENST00000000001", b"x" * 100_000, specimen.data, count=1)


def _escapes(specimen: Specimen) -> bytes | None:
    """Names that would recolour a terminal, and a cell that makes the file wrong."""
    damaged = _cell(specimen, ESCAPE.encode() + b"many")
    if damaged is None:
        return None
    return re.sub(rb"IL6|P10002|ENST00000000002", ESCAPE.encode() + b"red", damaged)


DAMAGES: dict[str, Damage] = {
    "empty": lambda s: b"",
    "blank": lambda s: b"\n  \n\n",
    "cut in a row": _cut_in_a_row,
    "first bytes alone": _first_bytes,
    "gzip cut short": _cut_gzip,
    "gzip in gzip": lambda s: gzip.compress(gzip.compress(s.data)),
    "zip": _zip,
    "web page": lambda s: b"<!DOCTYPE html>\n<html><body>404\tnot found</body></html>\n",
    "web page in gzip": lambda s: gzip.compress(b"<html><body>Please log in</body></html>\n"),
    "prose": lambda s: b"This file was moved.\nAsk the data office, please.\n",
    "zero bytes": _zeros,
    "another delimiter": _another_mark,
    "header only": _header_only,
    "sample twice": _sample_twice,
    "text in a value": lambda s: _cell(s, b"many"),
    "infinite value": lambda s: _cell(s, b"inf"),
    "spreadsheet error": lambda s: _cell(s, b"#REF!"),
    "no value known": _every_value,
    "a cell of many letters": _long_cell,
    "terminal escapes": _escapes,
}  # fmt: skip
