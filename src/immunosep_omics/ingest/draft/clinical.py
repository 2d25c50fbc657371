"""What the columns of a clinical table may be, by their headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml

from immunosep_omics.clinical.identifying import looks_identifying
from immunosep_omics.clinical.units import normal_unit
from immunosep_omics.clinical.vocabulary import Entry, vocabulary
from immunosep_omics.errors import printable
from immunosep_omics.ingest.draft.formats import Look
from immunosep_omics.ingest.draft.table import EMPTY, NOT_KNOWN

MOST_LEVELS = 8
"""A text column of more different texts is taken for free text, and its texts are not shown."""

SHOWN = 8
"""Units that are offered."""

SEXES = {"f": "female", "female": "female", "w": "female", "woman": "female", "weiblich": "female",
         "m": "male", "male": "male", "man": "male", "männlich": "male"}  # fmt: skip
BINARY = {"yes": 1, "no": 0, "true": 1, "false": 0, "died": 1, "dead": 1, "deceased": 1,
          "alive": 0, "survived": 0, "survivor": 0, "non-survivor": 1, "ja": 1, "nein": 0,
          "nee": 0, "oui": 1, "non": 0, "sí": 1, "si": 1, "sì": 1}  # fmt: skip


@dataclass
class ClinicalDraft:
    """What the headers of one table say.

    `patient` and `sample`: headers by their words. `columns`: lines of YAML by header; those that
    begin with `#` need a person, or are no word of the vocabulary. `words`: headers by the word
    of the vocabulary. `todo`: what is left to do, by header.
    """

    patient: str | None = None
    sample: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    todo: dict[str, str] = field(default_factory=dict)


@cache
def _words() -> dict[str, re.Pattern[str]]:
    text = files("immunosep_omics.ingest.draft").joinpath("words.yaml").read_text("utf-8")
    return {name: re.compile(pattern) for name, pattern in yaml.safe_load(text).items()}


def draft_clinical(
    look: Look, taken: Container[str] = (), table: str | None = None
) -> ClinicalDraft:
    """A draft of a table's clinical columns: units only where a header states them.

    `taken` are words that another table has already; `table` is the name of a further table.
    """
    draft = ClinicalDraft()
    more = f", table: {table}" if table else ""
    header = look.header
    for place, name in enumerate(header):
        if not name or header.count(name) > 1:
            continue
        what = looks_identifying(name)
        if what is not None:
            draft.todo[name] = f"is left out: it looks like {what}"
            continue
        plain, unit = _plain(name)
        word = next((w for w, pattern in _words().items() if pattern.fullmatch(plain)), None)
        if unit is not None and word in vocabulary() and vocabulary()[word].type != "number":
            word = None
        if word in ("patient", "sample"):
            if getattr(draft, word) is None:
                setattr(draft, word, name)
                continue
            word = None
        if word is None:
            draft.columns[name] = f"# {_key(name)}: {quoted(name)}  # no word of the vocabulary"
        elif word not in draft.words and word not in taken:
            draft.words[word] = name
            draft.columns[name] = _line(word, name, unit, look.column(place), draft.todo, more)
    return draft


def _plain(header: str) -> tuple[str, str | None]:
    """A header as lower-case words, and the unit that it ends with.

    SDRF writes `characteristics[age]`.
    """
    inner = re.fullmatch(r"(?:characteristics|comment|factor value) ?\[(.+)\]", header.lower())
    header = inner[1] if inner else header
    units = {u for entry in vocabulary().values() for u in _units(entry)}
    bracket = re.search(r"[(\[]([^)\]]+)[)\]]\s*$", header)
    if bracket and normal_unit(bracket[1]) in {normal_unit(unit) for unit in units}:
        return _spaced(header[: bracket.start()]), bracket[1]
    text = _spaced(header)
    for unit in sorted(units, key=len, reverse=True):
        small = unit.lower()
        # `mg/dL`, `mg/dl`, and `ngml` of headers that may have no signs.
        for form in (_spaced(unit), _spaced(small), re.sub(r"[\W_]+", "", small)):
            if len(form) > 1 and text.endswith(f" {form}"):
                return text[: -len(form) - 1], unit
    return text, None


def _spaced(header: str) -> str:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    words = re.sub(r"[\W_]+", " ", parted).strip().casefold()
    return words.replace(" per ", " ")


def _units(entry: Entry) -> list[str]:
    return [str(entry.unit), *entry.units, *entry.refused] if entry.unit else []


def _line(
    word: str, header: str, unit: str | None, cells: list[str], todo: dict[str, str], more: str
) -> str:
    entry = vocabulary()[word]
    if entry.type == "number":
        return _number(entry, header, unit, cells, todo, more)
    known = [cell for cell in cells if cell not in (*EMPTY, *NOT_KNOWN)]
    levels = [level for level, _ in Counter(known).most_common()]
    free = entry.type == "category" and not entry.levels
    if free or (entry.type == "binary" and set(levels) <= {"0", "1"}):
        return f"{word}: {{from: {quoted(header)}{more}}}" if more else f"{word}: {quoted(header)}"
    if len(levels) > MOST_LEVELS:
        todo[header] = f"({word}): say what its codes mean"
        return f"# {word}: {{from: {quoted(header)}, codes: {{}}{more}}}  # TODO: its codes"
    meanings = SEXES if word == "sex" else BINARY if entry.type == "binary" else {}
    own = {level: level for level in entry.levels or ()}
    found = {level: own.get(level, meanings.get(level.casefold())) for level in levels}
    codes = ", ".join(
        f"{quoted(level)}: {'TODO' if meaning is None else meaning}"
        for level, meaning in found.items()
    )
    line = f"{word}: {{from: {quoted(header)}, codes: {{{codes}}}{more}}}"
    valid = ", ".join(entry.levels) if entry.levels else "1 and 0"
    if None in found.values() or not found:
        todo[header] = f"({word}): say which code means which of {valid}"
        return f"# {line}  # TODO: {valid}"
    return f"{line}  # please confirm"


def _number(
    entry: Entry, header: str, unit: str | None, cells: list[str], todo: dict[str, str], more: str
) -> str:
    valid = {normal_unit(u): u for u in (str(entry.unit), *entry.units)}
    if unit is not None and normal_unit(unit) in valid:
        stated = quoted(valid[normal_unit(unit)])
        return f"{entry.name}: {{from: {quoted(header)}, unit: {stated}{more}}}"
    within = _units_in(cells)
    if unit is None and within and within <= set(valid):
        return f"{entry.name}: {{from: {quoted(header)}, unit_from: {quoted(header)}{more}}}"
    if unit is None and not entry.unit_must_be_stated:
        if more:
            return f"{entry.name}: {{from: {quoted(header)}{more}}}"
        return f"{entry.name}: {quoted(header)}"
    choices = ", ".join(list(valid.values())[:SHOWN]) + (" ..." if len(valid) > SHOWN else "")
    refused = "" if unit is None else f"; its header's '{unit}' is not one that can be converted"
    todo[header] = f"({entry.name}): state its unit, one of {choices}{refused}"
    return f"# {entry.name}: {{from: {quoted(header)}, unit: TODO{more}}}  # TODO: {choices}"


def _units_in(cells: list[str]) -> set[str]:
    """The units that all known cells have after their numbers: SDRF writes `40Y`."""
    known = [cell for cell in cells if cell not in (*EMPTY, *NOT_KNOWN)]
    found = [re.fullmatch(r"[0-9.,]+ ?([^0-9.,\s].*)", cell) for cell in known]
    units = {normal_unit(match[1]) for match in found if match}
    return units if all(found) else set()


def quoted(text: str) -> str:
    """Text as YAML writes it, in quotation marks unless it is a plain word."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_/.]*", text)
    trap = text.casefold() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    if plain and not trap:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'


def _key(header: str) -> str:
    key = re.sub(r"\W+", "_", header, flags=re.ASCII).strip("_").lower()
    return key if re.match(r"[a-z]", key) else f"column_{key}"
