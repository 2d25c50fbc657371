"""Olink's long table as delimited text: read fast, and strictly where anything is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from immunosep_omics.ingest.concentrations import read_concentrations
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.files.wide_text import open_wide
from immunosep_omics.ingest.olink.columns import MISSING, LongNpx, Places, find_places
from immunosep_omics.settings.assays import OlinkLong

if TYPE_CHECKING:
    import polars as pl


def from_text(file: text_file.TextFile, facts: OlinkLong) -> LongNpx:
    """Read the table; raises :class:`InputError` for ragged rows and cells that are no numbers."""
    import polars as pl

    data = file.data
    delimiter: str = facts.delimiter or text_file.dividing(data)
    table = open_wide(data, delimiter, file.shown)
    places = find_places(table.header, facts.kind, file.shown)
    plain = not table.ends_empty
    frame = _fast(data, delimiter, len(table.header), places, facts.decimal) if plain else None
    if frame is not None:
        texts = {name: frame.get_column(str(place)) for name, place in places.texts.items()}
        numbers = {
            name: frame.get_column(str(place)).to_numpy() for name, place in places.numbers.items()
        }
        return LongNpx(file.shown, texts, numbers, file.notes)
    notes = list(file.notes)
    words, values = read_concentrations(
        table, list(places.texts.values()), list(places.numbers.values()),
        decimal=facts.decimal, missing=MISSING, keys=OlinkLong.model_fields, notes=notes,
    )  # fmt: skip
    words.columns = list(places.texts)
    # A column without any word comes as missing numbers.
    texts = {
        name: pl.Series(
            [word if isinstance(word, str) else None for word in words[name]], dtype=pl.String
        ).cast(pl.Categorical)
        for name in places.texts
    }
    numbers = {name: values[:, place] for place, name in enumerate(places.numbers)}
    return LongNpx(file.shown, texts, numbers, notes)


def _fast(
    data: bytes, delimiter: str, width: int, places: Places, decimal: str
) -> pl.DataFrame | None:
    """The columns as the parser reads them, or None where it finds anything odd."""
    import polars as pl

    last = width - 1
    texts, numbers = set(places.texts.values()), list(places.numbers.values())
    number: type[pl.DataType] = pl.Float64 if decimal == "." else pl.String
    kinds: dict[int, type[pl.DataType]] = dict.fromkeys(range(width), pl.String)
    kinds |= {**dict.fromkeys(texts, pl.Categorical), **dict.fromkeys(numbers, number)}
    try:
        frame = pl.read_csv(
            data, separator=delimiter, has_header=False, skip_lines=1, null_values=["", *MISSING],
            schema={str(n): kind for n, kind in kinds.items()},
            columns=sorted({*texts, *numbers, last}),
        )  # fmt: skip
        if number is pl.String:
            frame = frame.with_columns(_with_comma(frame.get_column(str(n))) for n in numbers)
    except pl.exceptions.PolarsError:
        return None
    infinite = any(frame.get_column(str(n)).is_infinite().any() for n in numbers)
    return None if infinite or not _complete(frame, data, delimiter, width) else frame


def _with_comma(column: pl.Series) -> pl.Series:
    """Numbers with a decimal comma; raises where a point stands, of whatever meaning."""
    import polars as pl

    if column.str.contains(".", literal=True).any():
        raise pl.exceptions.ComputeError("a point where the decimal mark is a comma")
    return column.str.replace(",", ".", literal=True).cast(pl.Float64)


def _complete(frame: pl.DataFrame, data: bytes, delimiter: str, width: int) -> bool:
    """False where a line is blank or too short, which shows in an empty last cell."""
    empty = frame.get_column(str(width - 1)).is_null()
    if not empty.any():
        return True
    lines = data.rstrip(b"\n").split(b"\n")[1:]
    if len(lines) != frame.height:
        return False
    mark = delimiter.encode()
    return all(
        lines[row].count(mark) == width - 1
        or len(text_file.split_line(lines[row], delimiter)) == width
        for row in empty.arg_true().to_list()
    )
