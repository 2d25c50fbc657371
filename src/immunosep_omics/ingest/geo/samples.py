"""What GEO says of a series' samples, as a table: one row per sample."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files import text_file
from immunosep_omics.ingest.geo.text import Attributes, Block, blocks, is_series_matrix, is_soft
from immunosep_omics.ingest.raw_assay import Note

PREFIX = "Sample_"

CHARACTERISTIC = re.compile(r"characteristics_(ch\d+)$")

KEYLESS = re.compile(r"characteristics_ch\d+(\.\d+)?")
"""The columns of characteristics without a key."""

PAIR = re.compile(r"\s*([^:]*[^\W\d_][^:]*?)\s*(?:(?<!\d):|:(?!\d))(?!//)\s*(.*)", re.DOTALL)
"""`key: value`; a key has a letter; `at 12:30` and `http://` are none."""


class Samples(NamedTuple):
    """Header and rows, all text; `numbers` are lines (SOFT) or samples counted from 1 (matrix)."""

    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    notes: list[Note]


def describes_samples(data: bytes) -> bool:
    """True where a text begins as GEO's series matrices and SOFT files do."""
    return is_series_matrix(data) or is_soft(data)


def sample_rows(data: bytes, shown: str) -> Samples:
    """The samples of a series matrix, a SOFT family or a data set, of which subsets are columns.

    Columns are the `!Sample_` keys, then one per characteristic (`key: value`, whichever line it
    stands in). Characteristics without a key are a column for each line, as GEOquery names them:
    `characteristics_ch1`, `characteristics_ch1.1`. Other values of a repeated key are joined with
    `; `. Spellings of a characteristic that
    differ in case only, and never stand in one sample, are one column, named as most are.
    Raises :class:`InputError` where no sample is described, and for a damaged line.
    """
    found = _of_soft(data) if is_soft(data) else _of_matrix(data, shown)
    if not found:
        raise InputError(
            Problem(
                shown, "no sample is described in this GEO file",
                "give the series matrix or the family file (GSE..._family.soft.gz) of the series",
            )
        )  # fmt: skip
    taken = {key for _, entries in found for key, _ in entries}
    split = [
        [
            _split(key, line, value, taken)
            for (key, value), line in zip(entries, _lines_of_keys(entries), strict=True)
            if value or not _characteristic(key)
        ]
        for _, entries in found
    ]
    names, notes = _one_spelling(split)
    notes += _of_other_places(split)
    tables = []
    for entries in split:
        values: dict[str, list[str]] = {}
        for name, _, value in entries:
            values.setdefault(names[name], []).append(value)
        tables.append({name: "; ".join(filter(None, texts)) for name, texts in values.items()})
    header = _header(split, names)
    rows = [[table.get(name, "") for name in header] for table in tables]
    return Samples(header, rows, [number for number, _ in found], notes)


def _of_soft(data: bytes) -> list[tuple[int, Attributes]]:
    found = list(blocks(data))
    samples = [
        (block.line, [("geo_accession", block.name), *_own(block.attributes)])
        for block in found
        if block.kind == "SAMPLE"
    ]
    return samples or _of_subsets([block for block in found if block.kind == "SUBSET"])


def _of_subsets(subsets: list[Block]) -> list[tuple[int, Attributes]]:
    """The samples of a data set: what each subset is of (`disease state`), and what it is."""
    samples: dict[str, Attributes] = {}
    for block in subsets:
        stated = dict(block.attributes)
        pair = (stated.get("subset_type", "subset"), stated.get("subset_description", ""))
        for name in filter(None, re.split(r"\s*,\s*", stated.get("subset_sample_id", ""))):
            samples.setdefault(name, [("geo_accession", name)]).append(pair)
    return list(enumerate(samples.values(), start=1))


def _own(attributes: Attributes) -> Attributes:
    return [
        (key.removeprefix(PREFIX), value)
        for key, value in attributes
        if key.startswith(PREFIX) and key != f"{PREFIX}geo_accession"
    ]


def _of_matrix(data: bytes, shown: str) -> list[tuple[int, Attributes]]:
    lines = [
        (number, line)
        for number, line in enumerate(_head(data).split(b"\n"), start=1)
        if line.lstrip(b'"').startswith(b"!Sample_")
    ]
    if not lines:
        return []
    counts = Counter(len(text_file.split_line(line, "\t")) for _, line in lines)
    width = counts.most_common(1)[0][0]
    samples: list[Attributes] = [[] for _ in range(width - 1)]
    for number, line in lines:
        fields = _fields(line, width)
        if len(fields) != width:
            raise InputError(
                Problem(
                    f"{shown}:{number}",
                    f"the line names {len(fields) - 1} samples, the other lines {width - 1}",
                    "download the file again",
                )
            )
        key = fields[0].strip('!" ').removeprefix(PREFIX)
        for entries, value in zip(samples, fields[1:], strict=True):
            entries.append((key, value.strip()))
    return list(enumerate(samples, start=1))


def _head(data: bytes) -> bytes:
    end = data.find(b"!series_matrix_table_begin")
    return data if end < 0 else data[:end]


def _fields(line: bytes, width: int) -> list[str]:
    """The fields of a line; a quotation mark inside a text may not be doubled."""
    fields = text_file.split_line(line, "\t")
    if len(fields) != width:
        fields = [text.removeprefix('"').removesuffix('"') for text in line.decode().split("\t")]
    return fields


def _characteristic(key: str) -> str | None:
    """The channel, for a key of characteristics."""
    found = CHARACTERISTIC.fullmatch(key)
    return found.group(1) if found else None


def _lines_of_keys(entries: Attributes) -> list[int]:
    """Which line of its key each entry is, counted from 0."""
    seen: Counter[str] = Counter()
    lines = []
    for key, _ in entries:
        lines.append(seen[key])
        seen[key] += 1
    return lines


def _split(key: str, line: int, value: str, taken: set[str]) -> tuple[str, bool, str]:
    """Column, whether it is a characteristic, and value of a key's `line`, counted from 0."""
    channel, pair = _characteristic(key), PAIR.fullmatch(value)
    if channel is None:
        return key, False, value
    if pair is None:
        return f"{key}.{line}" if line else key, False, value
    name = " ".join(pair.group(1).split())
    if channel != "ch1":
        name = f"{name} ({channel})"
    return (f"{key}: {name}" if name in taken else name), True, pair.group(2).strip()


def _one_spelling(split: list[list[tuple[str, bool, str]]]) -> tuple[dict[str, str], list[Note]]:
    """The column of each name, and notes on spellings that became one."""
    samples: dict[str, set[int]] = {}
    characteristics: dict[str, list[str]] = {}
    for sample, entries in enumerate(split):
        for name, characteristic, _ in entries:
            samples.setdefault(name, set()).add(sample)
            alike = characteristics.setdefault(name.casefold(), []) if characteristic else []
            if characteristic and name not in alike:
                alike.append(name)
    names, notes = {name: name for name in samples}, []
    for alike in characteristics.values():
        together = sum(len(samples[name]) for name in alike)
        if len(alike) > 1 and together == len(set().union(*(samples[name] for name in alike))):
            usual = max(alike, key=lambda name: len(samples[name]))
            names.update(dict.fromkeys(alike, usual))
            notes.append(Note("spellings of a characteristic", len(alike), f"read as '{usual}'"))
    return names, notes


def _of_other_places(split: list[list[tuple[str, bool, str]]]) -> list[Note]:
    """A note where samples lack some characteristics without a key: the next take their places."""
    lines = [
        tuple(name for name, _, value in entries if KEYLESS.fullmatch(name) and value)
        for entries in split
    ]
    usual = Counter(filter(None, lines)).most_common(1)
    others = sum(found not in ((), usual[0][0]) for found in lines) if usual else 0
    if not others:
        return []
    reason = "what stands in one column may be of two kinds: compare the texts, give them `codes`"
    return [Note("samples with other characteristics without a key", others, reason)]


def _header(split: list[list[tuple[str, bool, str]]], names: dict[str, str]) -> list[str]:
    plain = dict.fromkeys(names[name] for entries in split for name, flag, _ in entries if not flag)
    own = dict.fromkeys(names[name] for entries in split for name, flag, _ in entries if flag)
    return list(plain | own)
