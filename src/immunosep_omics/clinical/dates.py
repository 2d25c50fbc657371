"""Dates that can be read in one way only, or in the way that was stated."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_CLOCK = r"(?:[T ] *(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: *([AaPp])\.?[Mm]\.?|Z)?)?$"
_ISO = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})" + _CLOCK)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _CLOCK)
_NAMED = re.compile(r"(\d{1,2})[-/ .]?([A-Za-z]{3,9})[-/ .,]*(\d{4})" + _CLOCK)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_EITHER = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})" + _CLOCK)

_EXCEL_ORIGIN = datetime(1899, 12, 30)
_EXCEL_DAYS = (1, 80_000)


def one_way_time(cell: object, text: str, written: str | None = None) -> datetime | None:
    """The time of a cell from a workbook, or of its text; None where it could be another time.

    `written` says how dates are written that could be read in two ways: `d/m/y`, `m/d/y`, or
    `excel` for the number of days that Excel counts.
    """
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if match := _ISO.match(text):
        year, month, day = match.groups()[:3]
    elif match := _DOTTED.match(text):
        day, month, year = match.groups()[:3]
    elif match := _NAMED.match(text):
        day, month, year = match[1], _month(match[2]), match[3]
    elif written == "excel":
        return _of_days(text)
    elif written is not None and (match := _EITHER.match(text)):
        first, second, year = match.groups()[:3]
        day, month = (first, second) if written == "d/m/y" else (second, first)
    else:
        return None
    try:
        hour, minute, seconds = (int(part or 0) for part in match.groups()[3:6])
        if half := match.group(7):
            hour = _of_half_day(hour, half)
        century = 2000 if len(year) == 2 else 0
        return datetime(century + int(year), int(month), int(day), hour, minute, seconds)
    except ValueError:
        return None


def _month(word: str) -> str:
    """The number of an English month, written out or by its first three letters; 0 for others."""
    found = [n for n, name in enumerate(_MONTHS, 1) if word.lower() in (name, name[:3], name[:4])]
    return str(found[0] if found else 0)


def _of_half_day(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise ValueError("no hour of a half day")
    return hour % 12 + (12 if half in "Pp" else 0)


def _of_days(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{1,5}([.,]\d+)?", text):
        return None
    days = float(text.replace(",", "."))
    low, high = _EXCEL_DAYS
    return _EXCEL_ORIGIN + timedelta(days=days) if low <= days <= high else None
