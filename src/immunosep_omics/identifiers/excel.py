"""Gene symbols that a spreadsheet took for dates or numbers.

Ziemann, Eren & El-Osta 2016 (doi:10.1186/s13059-016-1044-7) and Abeysooriya et al. 2021
(doi:10.1371/journal.pcbi.1008984) tell which; HGNC renamed them in 2020 (Bruford et al.,
doi:10.1038/s41588-020-0669-3).
"""

from __future__ import annotations

import re
from collections.abc import Container

RENAMED: dict[str, str] = {
    **{f"SEPT{n}": f"SEPTIN{n}" for n in (*range(1, 13), 14)},
    **{f"MARCH{n}": f"MARCHF{n}" for n in range(1, 12)},
    "MARC1": "MTARC1", "MARC2": "MTARC2", "DEC1": "DELEC1", "SEP15": "SELENOF",
}  # fmt: skip
"""Former approved symbols that spreadsheets take for dates, and what they are called now."""

FAMILIES: dict[int, tuple[str, ...]] = {3: ("MARCH", "MARC"), 9: ("SEPT", "SEP"), 12: ("DEC",)}
"""What stood before the number, by month."""

MONTHS: dict[str, int] = {
    word: month
    for month, words in enumerate(
        (
            "jan january januar janv janvier ene enero gen gennaio januari jän ιαν",  # noqa: RUF001
            "feb february februar févr février fév fev febrero febbraio febr februari φεβ",
            "mar march mär märz mrz mars marzo março maart mrt μαρ",
            "apr april avr avril abr abril aprile kwi απρ",
            "may mai mayo mag maggio mei maj maio μαϊ μαι",
            "jun june juni juin junio giu giugno cze ιουν",  # noqa: RUF001
            "jul july juli juil juillet julio lug luglio lip ιουλ",
            "aug august août aout ago agosto augustus sie αυγ",  # noqa: RUF001
            "sep sept september septembre septiembre set settembre setembro wrz σεπ",
            "oct october oktober okt octobre octubre ott ottobre out outubro paź οκτ",
            "nov november novembre noviembre novembro lis νοε",
            "dec december dezember dez déc décembre dic diciembre dicembre des desember gru δεκ",
        ),
        start=1,
    )
    for word in words.split()
}
"""Months as spreadsheets of several languages write them, in small letters without a dot."""

_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})\.?[-. /](?P<word>[^\W\d_]+)\.?(?:[-. /](?:\d{4}|\d{2}))?"
)
_WORD_FIRST = re.compile(r"(?P<word>[^\W\d_]+)\.?[-. /](?P<day>20\d\d|\d{1,2})(?:,? \d{4})?")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<year>\d{4}|\d{2})")
_TIME = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?Z?")
_FLOAT = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE)

_LIKE_A_DATE = re.compile(r"\d{1,4}\.?[-/. ]|[^\W\d_]+\.?[-/. ]\d|\d[.,\dEe]*\+")
"""How all of these begin; few names do, so that they are looked at once."""

_SERIALS = range(36526, 54789)
"""Day numbers of the years 2000 to 2049."""

_LONGEST = 30


def candidates_of_date(text: str, symbols: Container[str]) -> list[str] | None:
    """The current symbols that may have become this date; None for what is no date.

    A date keeps only a month and a number, and the number may be its day or, where the file went
    through a spreadsheet twice, its year (Mar-07, then 2007-03-01). A month's word that is itself
    the beginning of a symbol counts (1-ago may be AGO1). Numbers such as 2.31E+13 come from clones
    of the mouse: an empty list.
    """
    if len(text) > _LONGEST or not _LIKE_A_DATE.match(text):
        return None
    if _FLOAT.fullmatch(text):
        return []
    readings = _readings(_TIME.sub("", text))
    if readings is None:
        return None
    found: dict[str, None] = {}
    for month, number, word in readings:
        names = [f"{family}{number}" for family in FAMILIES.get(month, ())]
        found.update((RENAMED[name], None) for name in names if name in RENAMED)
        own = f"{word.upper()}{number}"
        if word and own not in names and own in symbols:
            found[own] = None
    return list(found)


def is_serial(text: str) -> bool:
    """True for a number that a spreadsheet may hold behind a date's cell.

    It is not turned back into a symbol: the same day has two numbers (1900 and 1904 systems),
    which would make one septin of another.
    """
    return len(text) == 5 and text.isdigit() and int(text) in _SERIALS


def _readings(text: str) -> list[tuple[int, int, str]] | None:
    """Month, number and month's word of each way to read a date."""
    named = _DAY_FIRST.fullmatch(text) or _WORD_FIRST.fullmatch(text)
    if named:
        word, month = named["word"], MONTHS.get(named["word"].lower())
        return None if month is None else [(month, int(named["day"]) % 100, word)]
    first = _YEAR_FIRST.fullmatch(text)
    if first:
        return _with_year(int(first["month"]), int(first["day"]), int(first["year"]))
    last = _YEAR_LAST.fullmatch(text)
    if last:
        one, two, year = int(last["one"]), int(last["two"]), int(last["year"])
        return [*_with_year(one, two, year), *_with_year(two, one, year)]
    return None


def _with_year(month: int, day: int, year: int) -> list[tuple[int, int, str]]:
    """A first day of a month may stand for the year's number."""
    numbers = [day] if day != 1 else [day, year % 100]
    return [(month, number, "") for number in numbers]
