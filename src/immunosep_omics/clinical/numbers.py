"""Numbers written as text, with a declared decimal mark: nothing ambiguous is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_PLAIN = {
    ".": re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$"),
    ",": re.compile(r"[-+]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][-+]?[0-9]+)?$"),
}
_GROUPED = re.compile(r"[-+]?[0-9][0-9.,' \u2019\u00a0\u202f]*([eE][-+]?[0-9]+)?$")
_CENSORED = re.compile(r"[<>≤≥]")

_REMEDIES = {
    "ambiguous": "state the file's `decimal`, and write numbers without thousands marks",
    "with <": "list that text under `missing`, or write the number that it stands for",
    "spreadsheet": "mend the formula in the workbook",
    "date": "format the cell as a number; a spreadsheet may have turned a number into a date",
    "text": "correct the cell, or list its text under `missing`",
}


def parse_numbers(cells: Sequence[object], decimal: str) -> tuple[np.ndarray, dict[int, str]]:
    """Values of cells (NaN where missing or at fault), and the kind of fault by position.

    A cell is None or "" (missing), a number (from a workbook), or text. With the decimal mark "."
    a text with a comma is at fault, and with "," one with a point, because the other reading of
    ``5.120`` is a thousand times larger.
    """
    values = np.full(len(cells), np.nan)
    faults: dict[int, str] = {}
    for position, cell in enumerate(cells):
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            values[position] = float(cell)
        elif isinstance(cell, str) and _PLAIN[decimal].match(cell.strip()):
            values[position] = float(cell.strip().replace(",", "."))
        else:
            faults[position] = _kind(cell, decimal)
            continue
        if not np.isfinite(values[position]):
            values[position] = np.nan
            faults[position] = "an infinite number"
    return values, faults


def quotable(text: str) -> str:
    """Text as it may stand in a message: shortened, and withheld if it may hold a measurement."""
    return "" if re.search(r"[0-9]", text) else f"'{text.strip()[:20]}'"


def _kind(cell: object, decimal: str) -> str:
    if not isinstance(cell, str):
        return "a date" if hasattr(cell, "isoformat") else "a truth value"
    text = cell.strip()
    if text.startswith("#"):
        return f"a spreadsheet error {text[:20]}"
    if _GROUPED.match(text):
        other = "," if decimal == "." else "."
        return f"a number that is ambiguous while the decimal mark is '{decimal}'" + (
            f" (it has a '{other}')" if other in text else ""
        )
    if _CENSORED.match(text):
        return "a value with < or >"
    return f"text {quotable(text)}".strip() if quotable(text) else "text that is not a number"


def remedy_for(kind: str) -> str:
    """What to do about a fault that :func:`parse_numbers` told."""
    for word, remedy in _REMEDIES.items():
        if word in kind:
            return remedy
    return "correct the cell"
