"""The checksum that Olink delivers with a table: in the archive, or beside the file."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from immunosep_omics.errors import InputError, Problem

ALGORITHMS = {32: "md5", 64: "sha256"}
"""By the letters of a digest."""

LINE = re.compile(r"(?P<digest>[0-9a-f]{32}|[0-9a-f]{64})(\s+\*?(?P<name>.+))?", re.IGNORECASE)
NAME = re.compile(r"(md5|sha-?256|checksums?)", re.IGNORECASE)
LONGEST = 100_000
"""Bytes of a file of checksums, at most: a longer one is another kind of file."""

TABLES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".zip")


def is_checksum(name: str) -> bool:
    """Whether a file's name says that it holds checksums (`MD5_checksum.txt`)."""
    path = PurePosixPath(name)
    return bool(NAME.search(path.name)) and path.suffix.lower() in (".txt", ".md5", ".sha256", "")


def refuse_wrong_in(archive: zipfile.ZipFile, table: str, shown: str) -> None:
    """Raise :class:`InputError` where a checksum in an archive is not that of its only table."""
    for member in archive.infolist():
        if is_checksum(member.filename) and member.file_size < LONGEST:
            text = archive.read(member).decode("utf-8", "replace")
            digest = _digest(text, PurePosixPath(table).name, alone=True)
            if digest:
                with archive.open(table) as stream:
                    _compare(stream, digest, f"{shown} [{table}]", member.filename)


def refuse_wrong_beside(path: Path) -> None:
    """Raise :class:`InputError` where a checksum beside a file is not the file's.

    A digest without a name is that of the file `x.csv` in `x.csv.md5`; elsewhere, of the only
    table of the folder.
    """
    beside = [other for other in sorted(path.parent.iterdir()) if other.is_file()]
    tables = [p for p in beside if p.suffix.lower() in TABLES and not is_checksum(p.name)]
    for other in beside:
        own = other.name.lower() in (f"{path.name}{end}".lower() for end in (".md5", ".sha256"))
        if (own or is_checksum(other.name)) and other.stat().st_size < LONGEST and other != path:
            text = other.read_text(encoding="utf-8", errors="replace")
            digest = _digest(text, path.name, alone=own or tables == [path])
            if digest:
                with path.open("rb") as stream:
                    _compare(stream, digest, path.as_posix(), other.name)


def _digest(text: str, name: str, *, alone: bool) -> str | None:
    """The digest of the file of a name; one without a name counts where it can be no other's."""
    found = [match for line in text.splitlines() if (match := LINE.fullmatch(line.strip()))]
    for match in found:
        if match["name"] and PurePosixPath(match["name"].replace("\\", "/")).name == name:
            return match["digest"].lower()
    nameless = [match["digest"].lower() for match in found if not match["name"]]
    return nameless[0] if alone and len(nameless) == 1 else None


def _compare(stream: IO[bytes], digest: str, shown: str, told_by: str) -> None:
    algorithm = ALGORITHMS[len(digest)]
    found = hashlib.new(algorithm, usedforsecurity=False)
    while chunk := stream.read(1 << 20):
        found.update(chunk)
    if found.hexdigest() != digest:
        raise InputError(
            Problem(
                shown, f"its {algorithm} checksum is not the one in {told_by}",
                "the file was damaged or changed: get it again; if it was changed on purpose,"
                " remove the checksum",
            )
        )  # fmt: skip
