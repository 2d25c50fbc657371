"""Olink's long table out of the containers it comes in: text, Parquet, a workbook, a zip."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.concentrations import ConcentrationCells
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.workbook import is_workbook, read_sheet, refuse_bomb, sheet_names
from immunosep_omics.ingest.olink.checksum import (
    is_checksum,
    refuse_wrong_beside,
    refuse_wrong_in,
)
from immunosep_omics.ingest.olink.columns import MISSING, LongNpx, find_places
from immunosep_omics.ingest.olink.text import from_text
from immunosep_omics.settings.assays import OlinkLong

PARQUET, ZIP = b"PAR1", b"PK\x03\x04"


def read_long(facts: OlinkLong, folder: Path, rows: int | None) -> LongNpx:
    """Read the columns that the table has of those above; with `rows`, only so many rows.

    The container is told by the file's first bytes. Raises :class:`InputError` for missing
    columns, cells that are not numbers, containers that cannot be read, and a checksum in the
    archive (or, of a file read to its end, beside it) that is another file's.
    """
    path = folder / facts.file
    shown = path.as_posix()
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        start = b""
    if start and rows is None:
        refuse_wrong_beside(path)
    if start == PARQUET:
        return _from_parquet(path, facts, shown, rows)
    if start == ZIP and path.suffix.lower() == ".zip":
        return _from_zip(path, shown, facts, rows)
    if is_workbook(path):
        return _from_workbook(path, facts, rows)
    text = text_file.read_text_file(path, rows=None if rows is None else rows + 1)
    return from_text(text, facts)


def _from_parquet(
    source: Path | io.BytesIO, facts: OlinkLong, shown: str, rows: int | None
) -> LongNpx:
    import polars as pl

    try:
        scan = pl.scan_parquet(source)
        names = scan.collect_schema().names()
        places = find_places(names, facts.kind, shown)
        wanted = [names[place] for place in (*places.texts.values(), *places.numbers.values())]
        chosen = scan.select(wanted)
        table = (chosen if rows is None else chosen.head(rows)).collect()
        texts = {
            name: table.get_column(names[place]).cast(pl.String).replace([*MISSING, ""], None)
            for name, place in places.texts.items()
        }
        reader = _reader(shown, facts)
        numbers = {
            name: reader.read_series(table.get_column(names[place]))
            for name, place in places.numbers.items()
        }
    except pl.exceptions.PolarsError as error:
        raise InputError(
            Problem(shown, f"cannot be read as Parquet ({str(error).splitlines()[0][:80]})",
                    "get the file again")
        ) from None  # fmt: skip
    reader.raise_any()
    texts = {name: column.cast(pl.Categorical) for name, column in texts.items()}
    return LongNpx(shown, texts, numbers, reader.notes)


def _reader(shown: str, facts: OlinkLong) -> ConcentrationCells:
    return ConcentrationCells(
        shown, decimal=facts.decimal, missing=MISSING, keys=OlinkLong.model_fields
    )


def _from_zip(path: Path, shown: str, facts: OlinkLong, rows: int | None) -> LongNpx:
    """The one table of an archive; Olink delivers a checksum beside it."""
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_bomb(archive.infolist(), shown)
            names = [name for name in archive.namelist() if _is_table(name)]
            if len(names) != 1:
                raise InputError(
                    Problem(
                        shown, f"{len(names)} tables are in the archive"
                        + (f": {', '.join(names[:5])}" if names else ""),
                        "unpack it, and state the file with NPX",
                    )
                )  # fmt: skip
            refuse_wrong_in(archive, names[0], shown)
            data = archive.read(names[0])
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        raise InputError(
            Problem(shown, "cannot be unpacked (damaged, or with a password)", "unpack it yourself")
        ) from None
    shown = f"{shown} [{names[0]}]"
    if data[:4] == PARQUET:
        return _from_parquet(io.BytesIO(data), facts, shown, rows)
    try:
        data = data.decode("utf-8-sig").replace("\r\n", "\n").encode()
    except UnicodeDecodeError:
        raise InputError(
            Problem(shown, "is not UTF-8 text", "unpack the archive, and state the file itself")
        ) from None
    if rows is not None:
        data = b"".join(io.BytesIO(data).readlines()[: rows + 1])
    return from_text(text_file.TextFile(shown, data, []), facts)


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    tables = path.suffix.lower() in (".csv", ".tsv", ".txt", ".parquet")
    return tables and not hidden and not is_checksum(name) and "readme" not in path.name.lower()


def _from_workbook(path: Path, facts: OlinkLong, rows: int | None) -> LongNpx:
    """The stated sheet, or the only one with the headers of a long table."""
    import polars as pl

    names = [facts.sheet] if facts.sheet is not None else sheet_names(path)
    problems, fitting = Problems(), []
    for name in names:
        top = read_sheet(path, name, rows=1)
        try:
            find_places(
                [cell_text(cell) for row in top.rows for cell in row], facts.kind, top.shown
            )
        except InputError as error:
            problems.extend(error)
        else:
            fitting.append(name)
    if not fitting:
        problems.raise_any()
    if len(fitting) > 1:
        raise InputError(
            Problem(
                path.as_posix(), f"{len(fitting)} sheets hold long NPX: {', '.join(fitting)}",
                "state one as `sheet`",
            )
        )  # fmt: skip
    sheet = read_sheet(path, fitting[0], rows=None if rows is None else rows + 1)
    places = find_places([cell_text(cell) for cell in sheet.rows[0]], facts.kind, sheet.shown)
    body = [(n, row) for n, row in enumerate(sheet.rows[1:], start=2) if any(map(cell_text, row))]
    texts = {}
    for name, place in places.texts.items():
        words = [cell_text(row[place]) for _, row in body]
        column = pl.Series([None if w in ("", *MISSING) else w for w in words], dtype=pl.String)
        texts[name] = column.cast(pl.Categorical)
    numbers, reader = {}, _reader(sheet.shown, facts)
    for name, place in places.numbers.items():
        numbers[name] = reader.read_column(
            [row[place] for _, row in body],
            lambda at: f"{sheet.shown} row {body[at][0]}",
            cell_text(sheet.rows[0][place]),
        )
    reader.raise_any()
    return LongNpx(sheet.shown, texts, numbers, reader.notes)
