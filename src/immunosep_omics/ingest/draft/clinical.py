"""What the columns of a clinical table may be, by their headers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml

from immunosep_omics.clinical.identifying import looks_identifying
from immunosep_omics.clinical.units import normal_unit
from immunosep_omics.clinical.vocabulary import Entry, vocabulary

MOST_LEVELS = 8
"""A text column of more different texts is taken for free text, and its texts are not shown."""

SEXES = {"f": "female", "female": "female", "w": "female", "woman": "female", "weiblich": "female",
         "m": "male", "male": "male", "man": "male", "männlich": "male"}  # fmt: skip
BINARY = {"yes": 1, "no": 0, "true": 1, "false": 0, "died": 1, "dead": 1, "deceased": 1,
          "alive": 0, "survived": 0, "survivor": 0, "non-survivor": 1}  # fmt: skip


@dataclass
class ClinicalDraft:
    """Headers of patient and sample, lines of YAML for the columns, and what is left to do."""

    patient: str | None = None
    sample: str | None = None
    columns: list[str] = field(default_factory=list)
    words: int = 0
    todo: list[str] = field(default_factory=list)


@cache
def _words() -> dict[str, re.Pattern[str]]:
    text = files("immunosep_omics.ingest.draft").joinpath("words.yaml").read_text("utf-8")
    return {name: re.compile(pattern) for name, pattern in yaml.safe_load(text).items()}


def draft_clinical(header: list[str], body: list[list[str]]) -> ClinicalDraft:
    """A draft of the clinical columns: units only where a header states them.

    Whatever a person must decide is a comment in the lines, and named in `todo`.
    """
    draft = ClinicalDraft()
    taken: set[str] = set()
    for place, name in enumerate(header):
        if not name or header.count(name) > 1:
            continue
        what = looks_identifying(name)
        if what is not None:
            draft.todo.append(f"column '{name}' is left out: it looks like {what}")
            continue
        cells = [row[place].strip() for row in body if place < len(row)]
        plain, unit = _plain(name)
        word = next((w for w, pattern in _words().items() if pattern.fullmatch(plain)), None)
        if word in ("patient", "sample"):
            if getattr(draft, word) is None:
                setattr(draft, word, name)
            continue
        if word is None or word in taken:
            draft.columns.append(f"    # {_key(name)}: {quoted(name)}  # no word of the vocabulary")
            continue
        taken.add(word)
        draft.words += 1
        draft.columns.append(_line(word, name, unit, cells, draft.todo))
    return draft


def _plain(header: str) -> tuple[str, str | None]:
    """A header as lower-case words, and the unit that it ends with."""
    units = {u for entry in vocabulary().values() for u in _units(entry)}
    bracket = re.search(r"[(\[]([^)\]]+)[)\]]\s*$", header)
    if bracket and normal_unit(bracket[1]) in {normal_unit(unit) for unit in units}:
        return _spaced(header[: bracket.start()]), bracket[1]
    text = _spaced(header)
    for unit in sorted(units, key=len, reverse=True):
        ending = " " + _spaced(unit)
        if len(ending) > 2 and text.endswith(ending):
            return text[: -len(ending)], unit
    return text, None


def _spaced(header: str) -> str:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return re.sub(r"[\W_]+", " ", parted).strip().casefold()


def _units(entry: Entry) -> list[str]:
    return [str(entry.unit), *entry.units, *entry.refused] if entry.unit else []


def _line(word: str, header: str, unit: str | None, cells: list[str], todo: list[str]) -> str:
    entry = vocabulary()[word]
    known = [cell for cell in cells if cell not in ("", "NA")]
    if entry.type == "number":
        return _number(entry, header, unit, todo)
    levels = [level for level, _ in Counter(known).most_common()]
    if entry.type == "binary" and set(levels) <= {"0", "1"}:
        return f"    {word}: {quoted(header)}"
    if entry.type == "category" and not entry.levels:
        return f"    {word}: {quoted(header)}"
    if len(levels) > MOST_LEVELS:
        todo.append(f"column '{header}' ({word}): say what its codes mean")
        return f"    # {word}: {{from: {quoted(header)}, codes: {{}}}}  # TODO: its codes"
    meanings = SEXES if word == "sex" else BINARY if entry.type == "binary" else {}
    found = {level: meanings.get(level.casefold()) for level in levels}
    codes = ", ".join(
        f"{quoted(level)}: {'TODO' if meaning is None else meaning}"
        for level, meaning in found.items()
    )
    line = f"    {word}: {{from: {quoted(header)}, codes: {{{codes}}}}}"
    valid = ", ".join(entry.levels) if entry.levels else "1 and 0"
    if None in found.values() or not found:
        todo.append(f"column '{header}' ({word}): say which code means which of {valid}")
        return line.replace("    ", "    # ", 1) + f"  # TODO: {valid}"
    return f"{line}  # please confirm"


def _number(entry: Entry, header: str, unit: str | None, todo: list[str]) -> str:
    valid = {normal_unit(u): u for u in (str(entry.unit), *entry.units)}
    if unit is not None and normal_unit(unit) in valid:
        stated = quoted(valid[normal_unit(unit)])
        return f"    {entry.name}: {{from: {quoted(header)}, unit: {stated}}}"
    choices = ", ".join(valid.values())
    if unit is None and not entry.unit_must_be_stated:
        return f"    {entry.name}: {{from: {quoted(header)}, unit: {quoted(str(entry.unit))}}}"
    todo.append(f"column '{header}' ({entry.name}): state its unit, one of {choices}")
    return f"    # {entry.name}: {{from: {quoted(header)}, unit: TODO}}  # TODO: {choices}"


def quoted(text: str) -> str:
    """Text as YAML writes it, in quotation marks unless it is a plain word."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_/.]*", text)
    trap = text.casefold() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    if plain and not trap:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def _key(header: str) -> str:
    key = re.sub(r"\W+", "_", header, flags=re.ASCII).strip("_").lower()
    return key if re.match(r"[a-z]", key) else f"column_{key}"
