"""Small files for readers, and the real data beside the project."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from openpyxl import Workbook

from immunosep_omics.errors import InputError

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"real data are not here: {SHARED}")
    return SHARED


@pytest.fixture
def put(tmp_path):
    """Write a file below the test's folder; text is UTF-8, names ending in .gz are compressed."""

    def write(name: str, content: str | bytes) -> Path:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return tmp_path

    return write


@pytest.fixture
def put_sheets(tmp_path):
    """Write a workbook from lists of rows."""

    def write(name: str, **sheets: list[list[object]]) -> Path:
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path

    return write


@pytest.fixture
def refused():
    """The message of the refusal of a call; each of `words` must stand in it."""

    def check(call, *words: str) -> str:
        with pytest.raises(InputError) as error:
            call()
        message = str(error.value)
        for word in words:
            assert word in message, f"{word!r} not in: {message}"
        assert " -> " in message
        return message

    return check
