"""Numbers written as text, with declared marks: nothing ambiguous is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

import numpy as np

_SPACES = " \u00a0\u2009\u202f"
_MARKS = {",": ",", ".": r"\.", " ": f"[{_SPACES}]", "'": "['\u2019]"}
"""How each mark between thousands is looked for."""

_GROUPED = re.compile(rf"[-+]?[0-9][0-9.,'\u2019{_SPACES}]*([eE][-+]?[0-9]+)?$")
_ERROR = re.compile(r"#[^\W\d_]")
_INFINITE = re.compile(r"[-+]?inf(inity)?$", re.IGNORECASE)
_CENSORED = re.compile(r"[<>≤≥]")
_RANGE = re.compile(r"[0-9][0-9.,]*\s*(-|\u2013|\u2014|to|\.\.)\s*[0-9][0-9.,]*$")
_PERCENT = re.compile(rf"[-+]?[0-9][0-9.,'{_SPACES}]*%$")
_FOLLOWED = re.compile(rf"[-+]?[0-9.][0-9.,'{_SPACES}]*[^0-9.,]")

_WITH_UNIT = re.compile(r"([-+\u2212]?[0-9][0-9.,'\u2019]*)(?:\s+|(?=[^0-9.,\s]))(.*[^0-9\s].*)$")

MISSING_WORDS = frozenset({
    "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "nil", ".", "..", "-", "--", "?", "x",
    "missing", "unknown", "not known", "not applicable", "not available", "not done",
    "not measured", "not determined", "not tested", "nd", "n.d.", "nr", "unk", "k.a.", "inconnu",
    "desconocido", "onbekend", "unbekannt",
})  # fmt: skip
"""Texts, in lower case, by which tables commonly say that a value is not known."""

NO_LEVEL = frozenset({"na", "n/a", "n.a.", "#n/a", "nan", "null", "."})
"""Those of them that can hardly be a group of patients."""

LEAST_MARKED, FAR_BELOW = 2, 10
"""Numbers with a mark, and without, that tell what it means; and how many times smaller the former
are, read as decimals, that rather are larger."""

KEYS = frozenset({"decimal", "thousands", "missing", "unit", "unit_from", "not_features"})
"""Keys that a remedy may name; a format has some of them."""


def parse_numbers(
    cells: Sequence[object], decimal: str, thousands: str | None = None
) -> tuple[np.ndarray, dict[int, str]]:
    """Values of cells (NaN where missing or at fault), and the kind of fault by position.

    A cell is None or "" (missing), a number (from a workbook), or text. With the decimal mark "."
    a text with a comma is at fault, and with "," one with a point, because the other reading of
    ``5.120`` is a thousand times larger. Where `thousands` is declared, numbers may have that
    mark between groups of three digits, and nowhere else.
    """
    values = np.full(len(cells), np.nan)
    faults: dict[int, str] = {}
    plain = _plain(decimal, thousands)
    for position, cell in enumerate(cells):
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            values[position] = float(cell)
        elif isinstance(cell, str) and plain.match(text := _ascii_minus(cell)):
            values[position] = _value(text, decimal, thousands)
        else:
            faults[position] = _kind(cell, decimal, thousands)
            continue
        if not np.isfinite(values[position]):
            values[position] = np.nan
            faults[position] = "an infinite number"
    return values, faults


def may_be_thousands(cells: Sequence[object], decimal: str) -> list[int]:
    """Places of texts such as ``5.120`` whose decimal mark rather stands between thousands.

    So it is where every number with the mark has three digits behind it and up to three before,
    and the others are whole and below a thousand: rounded to three digits, those would have the
    mark too. A column in which all numbers have it tells nothing. It also takes a last digit of
    0, which is no precision where whole numbers stand beside, or numbers that read with the
    decimal mark lie far below the whole ones.
    """
    texts = {n: _ascii_minus(cell) for n, cell in enumerate(cells) if isinstance(cell, str)}
    marked = {n: text for n, text in texts.items() if decimal in text}
    group = re.compile(rf"[-+]?[1-9][0-9]{{0,2}}{re.escape(decimal)}[0-9]{{3}}")
    whole = [abs(int(t)) for t in texts.values() if re.fullmatch("[-+]?[0-9]+", t)]
    written = any(isinstance(cell, (int, float)) for cell in cells)
    if written or len(marked) < LEAST_MARKED or len(whole) < LEAST_MARKED or max(whole) >= 1000:
        return []
    if not all(group.fullmatch(text) for text in marked.values()):
        return []
    read = [abs(float(text.replace(decimal, "."))) for text in marked.values()]
    far = float(np.median(whole)) > FAR_BELOW * float(np.median(read))
    return list(marked) if far or any(text.endswith("0") for text in marked.values()) else []


def numbers_and_units(cells: Sequence[object]) -> tuple[list[object], list[str]]:
    """Number and unit of cells such as ``5.2 mmol/L``; "" where a cell has no unit."""
    parted = [_WITH_UNIT.match(cell.strip()) if isinstance(cell, str) else None for cell in cells]
    numbers = [cell if m is None else m[1] for cell, m in zip(cells, parted, strict=True)]
    return numbers, ["" if m is None else m[2] for m in parted]


def quotable(text: str) -> str:
    """Text as it may stand in a message: shortened, and withheld if it may hold a measurement."""
    return "" if re.search(r"[0-9]", text) else f"'{text.strip()[:20]}'"


def remedy_for(kind: str, keys: Collection[str] = KEYS) -> str:
    """What to do about a fault that :func:`parse_numbers` told, by the keys that can be stated."""
    word = re.fullmatch(r"text '(.+)'", kind)
    if word and word.group(1).casefold() in MISSING_WORDS:
        listed = f'add it: `missing: ["", NA, "{word.group(1)}"]`'
        return f'if it means "not known", {listed if "missing" in keys else "empty the cell"}'
    return next((said for part, said in _remedies(keys).items() if part in kind),
                "correct the cell")  # fmt: skip


def _remedies(keys: Collection[str]) -> dict[str, str]:
    """Remedies by a part of the fault's name."""

    def where(key: str, stated: str, otherwise: str = "") -> str:
        return stated if key in keys else otherwise

    listed = where("missing", "list that text under `missing`", "empty the cell")
    thousands = where("thousands", " (and `thousands`)")
    mark = where("decimal", f"state the file's `decimal`{thousands}, and ")
    differing = where("unit_from", ", or `unit_from` if rows differ")
    unit = where("unit", f", and state its unit (`unit`{differing})")
    percent = where("unit", ', and state `unit: "%"`')
    return {
        "thousands": "write it with groups of three digits, or correct `thousands`",
        "ambiguous": f"{mark}write numbers without other marks",
        "with <": f"{listed}, or write the number that it stands for",
        "percent": f"remove the sign in the file{percent}",
        "followed": f"keep the number alone{unit}; or {listed}",
        "two numbers": f"write one number, or {listed}",
        "spreadsheet": f"mend the formula in the workbook, or {listed}",
        "date": "format the cell as a number; a spreadsheet may have turned a number into a date",
        "infinite": where("missing", "list its text under `missing`, or ")
        + "mend the step that made it (the log of 0?)",
        "negative": "give the values as the platform wrote them, before logarithms or centring",
        "text": f"correct the cell, or {listed}",
    }


@cache
def _plain(decimal: str, thousands: str | None) -> re.Pattern[str]:
    """What a number may look like; a group of thousands never begins with 0 (``0.120``)."""
    mark = re.escape(decimal)
    whole = "[0-9]+"
    if thousands is not None:
        whole = rf"([1-9][0-9]{{0,2}}({_MARKS[thousands]}[0-9]{{3}})+|[0-9]+)"
    return re.compile(rf"[-+]?({whole}({mark}[0-9]*)?|{mark}[0-9]+)([eE][-+]?[0-9]+)?$")


def _ascii_minus(cell: str) -> str:
    return cell.strip().replace("\u2212", "-")


def _value(text: str, decimal: str, thousands: str | None) -> float:
    if thousands is not None:
        text = re.sub(_MARKS[thousands], "", text)
    return float(text.replace(decimal, "."))


def _kind(cell: object, decimal: str, thousands: str | None) -> str:
    if not isinstance(cell, str):
        return "a date" if hasattr(cell, "isoformat") else "a truth value"
    text = cell.strip()
    if _ERROR.match(text):
        return f"a spreadsheet error {text[:20]}"
    if _INFINITE.match(text):
        return "an infinite number"
    if _GROUPED.match(text):
        if thousands is not None and re.search(_MARKS[thousands], text):
            return f"a number whose thousands ('{thousands}') are not groups of three digits"
        other = "," if decimal == "." else "."
        return f"a number that is ambiguous while the decimal mark is '{decimal}'" + (
            f" (it has a '{other}')" if other in text else ""
        )
    for pattern, kind in (
        (_CENSORED, "a value with < or >"),
        (_RANGE, "two numbers in one cell"),
        (_PERCENT, "a number with a percent sign"),
        (_FOLLOWED, "a number followed by a unit or a remark"),
    ):
        if pattern.match(text):
            return kind
    return f"text {quotable(text)}" if quotable(text) else "text that is not a number"
