"""Large delimited tables of numbers, read fast and checked cell by cell where a cell is odd."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.clinical.numbers import parse_numbers, remedy_for
from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest import text_file

SHOWN = 5
"""How many cells or lines of a kind a message names."""


@dataclass(frozen=True)
class WideText:
    """A table whose header is read: `body` are the lines below it, the first is `first_line`."""

    shown: str
    header: list[str]
    body: bytes
    delimiter: str
    first_line: int


def open_wide(data: bytes, delimiter: str, shown: str, first_line: int = 1) -> WideText:
    """Read the header of a table (UTF-8, lines ended by a line feed).

    Where every row has one field more than the header, the header of the row names is missing
    (R writes such files), and is given as "". Raises :class:`InputError` for a wrong delimiter.
    """
    top, _, body = data.partition(b"\n")
    header = [name.strip() for name in text_file.split_line(top, delimiter)]
    text_file.check_delimiter(header, delimiter, shown)
    first = next((line for line in body.split(b"\n", 5)[:5] if line.strip()), b"")
    fields = text_file.split_line(first, delimiter)
    if len(fields) == len(header) + 1:
        header = [*header, ""] if fields[-1] == "" else ["", *header]
    return WideText(shown, header, body, delimiter, first_line + 1)


def read_columns(
    table: WideText, texts: list[int], numbers: list[int], *, decimal: str, missing: list[str],
    trimmed: bool = False,
) -> tuple[pd.DataFrame, np.ndarray]:  # fmt: skip
    """Some columns of a table: a frame of text columns, and float64 rows x `numbers`.

    Both address columns by position in the header. With `trimmed`, short rows are complete: their
    empty cells at the end were cut. Raises :class:`InputError` for rows that are too short or too
    long, and for cells among `numbers` that are not numbers, with line and column.
    """
    quoting = _quoting(table.body)
    lines = _check_rows(table, quoting, trimmed)
    if not lines:
        raise InputError(Problem(table.shown, "the table has no rows", "check the export"))
    frame = pd.read_csv(
        io.BytesIO(table.body), sep=table.delimiter, header=None, names=range(len(table.header)),
        index_col=False, usecols=sorted({*texts, *numbers}), dtype=dict.fromkeys(texts, str),
        quoting=quoting,
        na_values=list({"", *missing}), keep_default_na=False, decimal=decimal, engine="c",
        low_memory=False, skip_blank_lines=True, encoding="utf-8",
    )  # fmt: skip
    problems = Problems()
    _mend_odd_columns(frame, numbers, table, lines, decimal, missing, problems)
    problems.raise_any()
    values = frame[numbers].to_numpy(dtype=np.float64)
    _refuse_infinite(values, numbers, table, lines)
    return frame[texts], values


def _quoting(body: bytes) -> int:
    """Quotation marks enclose fields where each line has an even number, or are plain letters."""
    if b'"' in body and any(line.count(b'"') % 2 for line in body.split(b"\n")):
        return csv.QUOTE_NONE
    return csv.QUOTE_MINIMAL


def _check_rows(table: WideText, quoting: int, trimmed: bool) -> list[int]:
    """Line numbers of the rows; raises where a row's fields are not as many as the header's."""
    width, mark = len(table.header), table.delimiter.encode()
    lines, problems, wrong = [], Problems(), 0
    for number, line in enumerate(table.body.split(b"\n"), start=table.first_line):
        if not line.strip(b" "):
            continue
        lines.append(number)
        found = line.count(mark) + 1
        if found != width and quoting == csv.QUOTE_MINIMAL and b'"' in line:
            found = len(text_file.split_line(line, table.delimiter))
        if found == width or (trimmed and found < width):
            continue
        wrong += 1
        if wrong <= SHOWN:
            problems.add(
                f"{table.shown}:{number}", f"the row has {found} fields, the header {width}",
                "mend the row, or export the table again",
            )  # fmt: skip
    if wrong > SHOWN:
        problems.add(table.shown, f"{wrong} rows are too short or too long", "see those above")
    problems.raise_any()
    return lines


def _mend_odd_columns(
    frame: pd.DataFrame, numbers: list[int], table: WideText, lines: list[int], decimal: str,
    missing: list[str], problems: Problems,
) -> None:  # fmt: skip
    """Columns that pandas did not read as numbers: read them strictly, tell what is not one."""
    odd = [place for place in numbers if frame[place].dtype.kind not in "fiu"]
    all_text, some_text = [], 0
    for place in odd:
        cells = [_cell(cell, missing) for cell in frame[place]]
        values, faults = parse_numbers(cells, decimal)
        if len(faults) == sum(cell is not None for cell in cells) and faults and len(numbers) > 1:
            all_text.append(table.header[place])
            continue
        some_text += bool(faults)
        if faults and some_text <= SHOWN:
            row, kind = next(iter(faults.items()))
            more = f" (and {len(faults) - 1} more in this column)" if len(faults) > 1 else ""
            problems.add(
                f"{table.shown}:{lines[row]}, column '{table.header[place]}'",
                f"{kind} where a number is expected{more}", remedy_for(kind),
            )  # fmt: skip
        frame[place] = values
    if all_text:
        shown = ", ".join(f"'{name}'" for name in all_text[:10])
        problems.add(
            table.shown, f"text, not values, is in {len(all_text)} column(s): {shown}",
            "list them under `not_features`",
        )  # fmt: skip
    if some_text > SHOWN:
        problems.add(table.shown, f"{some_text} columns have such cells", "see those above")


def _cell(cell: object, missing: list[str]) -> object:
    if isinstance(cell, (bool, np.bool_)):
        return str(cell)
    if isinstance(cell, str):
        text = cell.strip()
        return None if text in missing else text
    return None if pd.isna(cell) else cell


def _refuse_infinite(
    values: np.ndarray, numbers: list[int], table: WideText, lines: list[int]
) -> None:
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        row, place = infinite[0]
        raise InputError(
            Problem(
                f"{table.shown}:{lines[row]}, column '{table.header[numbers[place]]}'",
                f"an infinite value ({len(infinite)} in all)",
                "list its text under `missing`, or mend the step that made it (the log of 0?)",
            )
        )
