"""Names of samples and patients that two files write differently: what the difference is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
"""What word processors and web pages write for a hyphen."""

FILE_ENDING = re.compile(
    r"([._-]?Aligned)?"
    r"(\.(fastq|fq|bam|sam|cram|raw|mzml|d|txt|tsv|csv|gz|sorted|sortedByCoord|out|counts|cel"
    r"|markdup|dedup|umi_dedup))+$",
    re.IGNORECASE,
)
"""What aligners and their companions put behind a sample's name."""


def file_stem(name: str) -> str:
    """The name of a file without its folder and its endings: `runs/a_Aligned.out.bam` is `a`."""
    return FILE_ENDING.sub("", re.sub(r"^.*[/\\]", "", name))


SIGNAL = re.compile(
    r"[._ :]?(AVG_Signal|Signal|Peak[._ ](area|height)|(?<=[ :])(area|height))$"
    r"|^(datafile:|(LFQ[ .])?intensity[ .])",
    re.IGNORECASE,
)
"""What BeadStudio, MZmine, PEAKS and MaxQuant add to the name of a sample or of its file."""

GEO_FILE = re.compile(r"(GSM\d+)[-_.](.+)")
"""What GEO calls the files of its samples: the accession before the submitter's own name."""


def names_of_file(name: str) -> list[str]:
    """What a file, or a scanner's column, may be called after.

    Its stem, the name before `.AVG_Signal` or ` Peak area`, and the accession and the rest of
    GEO's files.
    """
    stem, named = file_stem(name), SIGNAL.sub("", name)
    found = GEO_FILE.fullmatch(stem)
    return list(dict.fromkeys([stem, named, file_stem(named), *(found.groups() if found else ())]))


DIFFERENCES: dict[str, Callable[[str], str]] = {
    "spaces": lambda name: re.sub(r"\s+", "", name),
    "upper and lower case": str.casefold,
    "leading zeros": lambda name: re.sub(r"(?<!\d)0+(?=\d)", "", name),
    "the kind of dash or letter (Unicode)": lambda name: _ascii_dashes(name),
    "'-', '_' and '.'": lambda name: re.sub(r"[-_.\s]+", ".", name),
    "the X (and the dots) that R writes": lambda name: re.sub(
        r"[^A-Za-z0-9.]", ".", re.sub(r"^X(?=[\d._])", "", name)
    ),
    "the decimals of a spreadsheet's number": lambda name: re.sub(r"(?<=\d)\.0+$", "", name),
    "the folder or the ending of a file": file_stem,
    "what the scanner's software adds (.AVG_Signal)": lambda name: SIGNAL.sub("", name),
    "what the sequencer adds (_S1, _L001, _R1, _001)": lambda name: re.sub(
        r"(_S\d+)?(_L00\d)?(_R[12])?(_001)?$", "", name
    ),
    "letters before the number": lambda name: re.sub(r"^\D+(?=\d)", "", name),
}  # fmt: skip
"""What tools and hands change in a name, each with a function that undoes it."""


def plain(name: str, zeros: bool = False) -> str:
    """A name without case, spaces and kinds of dashes, and with `zeros` without leading ones."""
    undone = ["spaces", "upper and lower case", "the kind of dash or letter (Unicode)"]
    return _undone(name, tuple(undone + ["leading zeros"] * zeros))


def what_differs(names: Iterable[str], known: Iterable[str]) -> str:
    """The differences but for which most of the names would be known ones; "" if none are.

    One difference that explains most of the names is told before two that do so together.
    """
    wanted, there = list(dict.fromkeys(filter(None, names))), set(filter(None, known))
    for chosen in [(one,) for one in DIFFERENCES] + _pairs():
        plain = {_undone(name, chosen) for name in there}
        met = sum(_undone(name, chosen) in plain for name in wanted)
        # Two names that become one would be confused: then the difference means something.
        if 2 * met > min(len(wanted), len(there)) and len(plain) == len(there):
            return " and ".join(chosen)
    return ""


LANE = re.compile(r"(.+)_L00\d(?:_R[12])?(?:_001)?")


def lanes(names: Iterable[str]) -> list[str]:
    """The names that are lanes of one library, where any library has several (A_L001, A_L002)."""
    found = {name: match[1] for name in names if (match := LANE.fullmatch(name))}
    counts = Counter(found.values())
    return [name for name, library in found.items() if counts[library] > 1]


def like(name: str, known: Iterable[str]) -> tuple[str, str] | None:
    """The only known name that differs from `name` in a way that means nothing, and that way."""
    there = list(dict.fromkeys(known))
    for chosen in [(one,) for one in DIFFERENCES] + _pairs():
        plain = _undone(name, chosen)
        found = [other for other in there if _undone(other, chosen) == plain]
        if len(found) == 1:
            return found[0], " and ".join(chosen)
    return None


def _ascii_dashes(name: str) -> str:
    return re.sub(f"[{DASHES}]", "-", unicodedata.normalize("NFKC", name))


def _undone(name: str, differences: tuple[str, ...]) -> str:
    for difference in differences:
        name = DIFFERENCES[difference](name)
    return name


def _pairs() -> list[tuple[str, ...]]:
    names = list(DIFFERENCES)
    return [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
