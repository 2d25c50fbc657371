"""Files of GEO: fetched once, resumed where a transfer breaks off, checked, and kept in a cache."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from immunosep_omics.errors import InputError, Problem

if TYPE_CHECKING:
    from requests import Response

GEO = "https://ftp.ncbi.nlm.nih.gov/geo"

ADDRESS, CACHE = "IMMUNOSEP_GEO_URL", "IMMUNOSEP_CACHE"
"""Environment variables: a mirror of GEO, and the folder of the cache."""

WAITS = (1.0, 4.0, 15.0)
"""Seconds before each further attempt, after an attempt that brought nothing new."""

TIMEOUT = (20.0, 60.0)
"""Seconds for a connection, and between two pieces of data."""

PIECE = 1 << 16
"""Bytes stored at a time: what breaks off within one is lost."""

CHECKSUM, PART, LOCK = ".sha256", ".part", ".lock"

BY_HAND = "or download it by hand, put it into the cohort's folder and state it as `file`"


def cache_folder() -> Path:
    """The folder of files fetched before."""
    from platformdirs import user_cache_path

    stated = os.environ.get(CACHE)
    return Path(stated) if stated else user_cache_path("immunosep-omics")


def fetch(path: str, sha256: str | None, target: Path) -> None:
    """Put the file at `path` below GEO's address into `target`, from the cache if it is there.

    What is kept has been checked: its length, its gzip sums, and `sha256` where declared. Raises
    :class:`InputError` where GEO has no such file or is not reached, and for a wrong checksum.
    """
    url = f"{os.environ.get(ADDRESS, GEO).rstrip('/')}/{path}"
    kept = cache_folder() / path
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with _locked(kept):
            if not _is_kept(kept):
                _transfer(url, kept, sha256)
            _check_declared(kept, url, sha256)
            _copy(kept, target)
    except OSError as error:
        raise _problem(
            f"{kept.as_posix()}", f"cannot be written ({error.strerror or error})",
            f"free some space, or set {CACHE} to a folder that can be written to",
        ) from None  # fmt: skip


@contextmanager
def _locked(kept: Path) -> Iterator[None]:
    """Only one process at a time fetches a file; the lock ends with the process that holds it."""
    import fcntl

    with Path(f"{kept}{LOCK}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_kept(kept: Path) -> bool:
    """True for a cached file whose bytes are still those that were checked."""
    noted = Path(f"{kept}{CHECKSUM}")
    if not kept.is_file() or not noted.is_file():
        return False
    return _sha256(kept) == noted.read_text(encoding="ascii").strip()


def _transfer(url: str, kept: Path, sha256: str | None) -> None:
    """Fetch into a part beside the place in the cache; a broken part is resumed next time."""
    part = Path(f"{kept}{PART}")
    waits = list(WAITS)
    while True:
        before = part.stat().st_size if part.is_file() else 0
        failure = _attempt(url, part)
        if failure is None:
            break
        if not (part.is_file() and part.stat().st_size > before):
            if not waits:
                raise _problem(url, failure, f"check the network and try again, {BY_HAND}")
            time.sleep(waits.pop(0))
    if not _whole_gzip(part):
        part.unlink()
        raise _problem(
            url, "the file is damaged: it is no whole gzip file",
            f"try again; if it stays so, the server's file is damaged: {BY_HAND}",
        )  # fmt: skip
    found = _sha256(part)
    if sha256 is not None and found != sha256:
        part.unlink()
        raise _wrong_checksum(url, found)
    part.replace(kept)
    Path(f"{kept}{CHECKSUM}").write_text(f"{found}\n", encoding="ascii")


def _attempt(url: str, part: Path) -> str | None:
    """Fetch what is still missing of a part; what went wrong if trying again may help."""
    import requests

    have = part.stat().st_size if part.is_file() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
            if have and answer.status_code == requests.codes.requested_range_not_satisfiable:
                # The part is whole, or longer than the file is now: checked, or fetched anew.
                if _whole_gzip(part):
                    return None
                part.unlink()
                return "the transfer could not be resumed"
            if answer.status_code >= 500 or answer.status_code == requests.codes.too_many_requests:
                return f"the server answers with an error ({answer.status_code})"
            if not answer.ok:
                raise _absent(url, answer.status_code)
            return _store(answer, part, have)
    except requests.exceptions.RequestException as error:
        return f"cannot be reached or broke off ({type(error).__name__})"


def _store(answer: Response, part: Path, have: int) -> str | None:
    """Write an answer to the part, behind what it has if the server resumed there."""
    resumed = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    with part.open("ab" if have and resumed else "wb") as file:
        stored = 0
        for piece in answer.iter_content(PIECE):
            file.write(piece)
            stored += len(piece)
    expected = answer.headers.get("Content-Length", "")
    if expected.isdigit() and stored != int(expected):
        return f"the transfer broke off after {stored:,} of {int(expected):,} bytes"
    return None


def _absent(url: str, status: int) -> InputError:
    if status != 404:
        return _problem(url, f"the server refuses the file ({status})", f"try later, {BY_HAND}")
    if "/platforms/" in url:
        return _problem(
            url, "GEO keeps no annotation of this platform",
            "check the GPL number; else download the full table from the platform's page at GEO,"
            " and state it as `file` under `features`",
        )  # fmt: skip
    return _problem(
        url, "GEO has no such series matrix",
        "check `source`: the number of the series, and `platform: GPL...`, which a series of"
        f" several platforms needs and another must not have; {BY_HAND}",
    )  # fmt: skip


def _check_declared(kept: Path, url: str, sha256: str | None) -> None:
    found = Path(f"{kept}{CHECKSUM}").read_text(encoding="ascii").strip()
    if sha256 is not None and found != sha256:
        raise _wrong_checksum(url, found)


def _wrong_checksum(url: str, found: str) -> InputError:
    return _problem(
        f"{url} (source.sha256)", f"the file's sha256 is {found}, not the declared one",
        "GEO may have changed the file: look at it, then declare its sum or remove `sha256`",
    )  # fmt: skip


def _copy(kept: Path, target: Path) -> None:
    """Into place as a whole: a reader never sees a half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}{PART}")
    shutil.copyfile(kept, part)
    part.replace(target)


def _whole_gzip(path: Path) -> bool:
    try:
        with gzip.open(path) as file:
            while file.read(PIECE):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
