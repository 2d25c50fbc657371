"""Whose row each row of a clinical table is; rows that are nobody's are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from immunosep_omics.errors import Problems
from immunosep_omics.ingest.files.table_file import Table, cell_text
from immunosep_omics.ingest.name_likeness import plain
from immunosep_omics.settings.cohort import Clinical

SUMMARY = frozenset({
    "total", "totals", "sum", "mean", "average", "avg", "median", "sd", "std", "stdev", "iqr",
    "min", "max", "minimum", "maximum", "range", "n", "count", "missing", "unit", "units",
    "gesamt", "summe", "mittelwert", "mittel", "einheit", "somme", "moyenne", "unité", "totaal",
    "gemiddelde", "eenheid", "media", "promedio", "suma", "totale", "σύνολο",
})  # fmt: skip
"""What the first cell of a row says that sums up the rows above it, or tells the units."""

MOST = 0.9
"""Share of the names that are of one form, where a name of another form is told."""

NOTE = re.compile(r"^\D+$|\S+\s+\S+\s+\S")
"""Words without a number, or several words; `CONTROL_SAMPLE_AS 1` may be a sample of its own."""

MANGLED = (
    (re.compile(r"#[A-Z/0!?]+$"), "an error of the spreadsheet"),
    (re.compile(r"[-+]?[0-9][.,][0-9]+E[-+]?[0-9]+$", re.I), "a number cut short (1.2E+11)"),
)


def names_of_rows(table: Table, facts: Clinical, problems: Problems) -> list[str]:
    """The sample that each row is, the patients' names being checked with them.

    Told are rows without a name, sums and notes among the rows, names that a spreadsheet changed,
    names that nobody would tell apart, and samples that stand in several rows.
    """
    own = facts.sample is not None
    headers = [facts.patient] if facts.sample is None else [facts.patient, facts.sample]
    for what, header in zip(("patient", "sample"), headers, strict=False):
        names = table.texts(header, facts.missing)
        nobody = _nobody(table, names)
        for problem in dict.fromkeys(nobody.values()):
            rows = [table.numbers[place] for place, other in nobody.items() if other == problem]
            listed = ", ".join(map(str, rows[:20]))
            problems.add(
                f"{table.shown}, column '{header}', {rows_text(rows)}",
                problem.format(what=what),
                f"if it is no row of the table, state `ignore_rows: [{listed}]`; otherwise name"
                f" the {what} there",
            )
        _tell_mangled(table, header, what, problems)
    _tell_alike(table, facts, problems)
    samples = table.texts(headers[-1])
    repeated = list(_repeated(samples, table.numbers))
    if repeated:
        problems.add(
            f"{table.shown}, column '{headers[-1]}', {rows_text(repeated[0])}",
            "the same sample stands in several rows"
            + (f", and {len(repeated) - 1} more samples do" if len(repeated) > 1 else ""),
            "keep one row per sample"
            + ("" if own else "; with several samples per patient, state `sample`, or its parts:"
               " `sample: \"{Patient}_{Day}\"`; or choose rows with `only`"),
        )  # fmt: skip
    return samples


def rows_text(rows: Sequence[int]) -> str:
    """Row numbers for a message: the first few, and how many there are."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"rows {', '.join(str(row) for row in rows[:5])}{more}"


def _nobody(table: Table, names: list[str]) -> dict[int, str]:
    """What is wrong with rows that belong to nobody, by place."""
    found = {place: "the {what} is not named" for place, name in enumerate(names) if not name}
    forms = [_form(name) for name in names]
    if not forms:
        return {}
    usual = max(set(forms), key=forms.count)
    most = forms.count(usual) >= MOST * len(names)
    for place, name in enumerate(names):
        if name.casefold().strip(" :.()=") in SUMMARY and _form(name) != usual:
            found[place] = "a summary or the units stand where a {what} is named"
        elif most and forms[place] != usual and NOTE.search(name) and _is_alone(table.rows[place]):
            found[place] = (
                "a note seems to stand where a {what} is named: the row has no other cell"
            )
    return found


def _form(name: str) -> tuple[bool, bool]:
    """Whether a name has blanks, and whether it has digits."""
    return " " in name, any(letter.isdigit() for letter in name)


def _is_alone(row: Sequence[object]) -> bool:
    return len(row) > 1 and sum(bool(cell_text(cell)) for cell in row) == 1


def _tell_mangled(table: Table, header: str, what: str, problems: Problems) -> None:
    changed: dict[str, list[int]] = {}
    for part in table.headers_of(header):
        for cell, number in zip(table.cells(part), table.numbers, strict=True):
            text = cell_text(cell)
            kinds = [kind for pattern, kind in MANGLED if pattern.match(text)]
            if isinstance(cell, date):
                kinds = ["a date"]
            for kind in kinds:
                changed.setdefault(kind, []).append(number)
    for kind, rows in changed.items():
        problems.add(
            f"{table.shown}, column '{header}', {rows_text(rows)}",
            f"the {what} is named by {kind}, which a spreadsheet makes of other names",
            "write the names as text, or remove the rows by `ignore_rows`",
        )  # fmt: skip


def _tell_alike(table: Table, facts: Clinical, problems: Problems) -> None:
    """Tell patients whose names differ in upper and lower case, spaces or kinds of dashes only.

    One patient under two names would count as two, and could be learned from and tested on.
    """
    names = table.texts(facts.patient, facts.missing)
    spelled: dict[str, set[str]] = {}
    for name in filter(None, names):
        spelled.setdefault(plain(name), set()).add(name)
    for alike in (spellings for spellings in spelled.values() if len(spellings) > 1):
        rows = [n for name, n in zip(names, table.numbers, strict=True) if name in alike]
        problems.add(
            f"{table.shown}, column '{facts.patient}', {rows_text(rows)}",
            "names of one patient differ in upper and lower case, spaces or dashes",
            "write them alike in the file; if they are several patients, give them other names",
        )


def _repeated(samples: list[str], numbers: list[int]) -> Iterator[list[int]]:
    rows: dict[str, list[int]] = {}
    for name, number in zip(samples, numbers, strict=True):
        rows.setdefault(name, []).append(number)
    return (found for name, found in rows.items() if name and len(found) > 1)
