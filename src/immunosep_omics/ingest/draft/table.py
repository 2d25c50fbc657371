"""What a plain table holds: clinical columns, or measured values and how they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from immunosep_omics.identifiers import name_cytokines, name_genes
from immunosep_omics.ingest.concentrations import ABOVE, BELOW, EXTRAPOLATED, FAILED, UNIT
from immunosep_omics.ingest.draft.formats import Look
from immunosep_omics.ingest.name_likeness import names_of_file
from immunosep_omics.ingest.readers.matrix import BESIDE

NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]*)*([eE][-+]?[0-9]+)?$")
DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+$")
DECIMAL_POINT = re.compile(r"[-+]?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?$")
THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+$")
ACCESSION = re.compile(r"([OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2})")

PROBE = re.compile(r"(AFFX-.+|\d+(_[a-z])?)_(at|st)|ILMN_\d+|A_\d\d_P\d+|TC\w+\.hg(\.\d+)?")
"""Names of probes: Affymetrix's, Illumina's and Agilent's."""

TRANSCRIPTS = ("ENST", "NM_", "NR_")
"""How names of transcripts begin."""

ENTREZ = re.compile(r"(entrez|ncbi)?(gene)?(id)?(entrez)?(id)?")
"""Headers (letters and digits, lower case) of a column of Entrez genes; also none."""

BEADS = re.compile(
    r"detection.?p.?val(ue)?|(avg.?)?nbeads|bead.?std?(err|dev)|narrays|array.?stdev", re.IGNORECASE
)
"""What Illumina's software puts beside each sample's signal."""

UNSURE = "nothing: please check"

EMPTY = ("", "NA")
"""What stands for missing values unless a file says otherwise."""

NOT_KNOWN = ("NaN", "nan", "N/A", "n/a", "#N/A", "na", "null", "NULL", "None", "n.d.", "ND", "nd",
             ".", "-", "?", "missing", "not applicable",
             "not available", "not known", "unknown")  # fmt: skip
"""Other words for a missing value; which of them a file uses is stated in the draft."""

GENES = 0.3
"""Share of names that are genes from which they are features."""

MANY = 20
"""Columns of numbers from which a table is taken for measurements, whatever its names."""

MEASURED, VERY_MANY = 8, 200
"""Genes, or numbers of whatever name, that make a clinical table one of measurements as well."""


@dataclass(frozen=True)
class Values:
    """How a table of values is written, and what the guess of its orientation rests on.

    `features` names the rows or columns that are measured, as far as they were looked at.
    """

    samples_in: str
    sure: str
    names: str | None = None
    not_features: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)


def numbers_in(look: Look) -> list[int]:
    """Places of the columns whose known cells are nearly all numbers, or out of an assay's range.

    A unit below the header is passed over.
    """
    found = []
    for place in range(len(look.header)):
        known = [cell for cell in look.column(place) if cell not in (*EMPTY, *NOT_KNOWN)]
        known = [cell for cell in known if not UNIT.fullmatch(cell)]
        if known and _share(known, _is_number) > 0.9:
            found.append(place)
    return found


def _is_number(cell: str) -> bool:
    marked = (pattern.fullmatch(cell) for pattern in (BELOW, ABOVE, EXTRAPOLATED))
    return cell in FAILED or bool(NUMBER.match(cell)) or any(marked)


def measured(look: Look, known: set[str], clinical: set[str], named: str | None) -> Values | None:
    """How the values of a plain table are written; None for a table of other things.

    `known` are names of samples and patients that other tables hold, `clinical` the headers that
    are words of the clinical vocabulary, `named` the header of samples or patients, if there is
    one.
    """
    header = look.header
    numeric = [place for place in numbers_in(look) if not BEADS.search(header[place])]
    if len(look.rows) < 2 or len(numeric) < 2 or all(NUMBER.match(name) for name in header if name):
        return None
    heads = [header[place] for place in numeric]
    texts = [place for place in range(len(header)) if place not in numeric]
    genes_at = next((p for p in [*texts, 0] if share_of_genes(look.column(p)) > GENES), None)
    if genes_at is None:
        genes_at = next((place for place in numeric if _is_entrez(look, place)), None)
    named_at = next((p for p in range(len(header)) if _meet(look.column(p), known)), None)
    sure = "the sample names" if named_at is not None else f"the column '{named}'"
    if named_at is None and named is not None:
        named_at = header.index(named)
    # CRP is a clinical word, but among genes it is one of them.
    across = [name for name in heads if name not in clinical or share_of_genes([name])]
    if _meet(heads, known):
        return _in_columns(look, numeric, genes_at, "the sample names")
    in_rows = named_at is not None or bool(clinical)
    wanted = share_of_genes(across) * len(across) >= MEASURED or len(across) >= VERY_MANY
    if clinical:
        return _in_rows(look, across, named_at, sure) if wanted else None
    if genes_at is not None and not in_rows:
        return _in_columns(look, numeric, genes_at, "where names of genes stand")
    if in_rows and len(numeric) > len(header) / 2:
        return _in_rows(look, across, named_at, sure)
    if share_of_genes(heads) > GENES:
        return _in_rows(look, across, named_at, "where names of genes stand")
    if len(numeric) >= max(2, len(header) - 1) or MANY <= len(numeric) > len(header) / 2:
        return _in_columns(look, numeric, None, UNSURE)
    return None


def _in_columns(look: Look, numeric: list[int], genes_at: int | None, sure: str) -> Values:
    header = look.header
    names_at = genes_at if genes_at is not None else 0
    beside = [
        f"*{beads.group()}*" if (beads := BEADS.search(name)) else name
        for place, name in enumerate(header)
        if name and place != names_at
        and (place not in numeric or _plain(name) in BESIDE["columns"])
    ]  # fmt: skip
    # Numbers of rows are no names of features, unless a person says that they are.
    numbered = all(cell.isdigit() for cell in look.column(names_at))
    names = (header[names_at] or None) if names_at or numbered else None
    return Values("columns", sure, names, list(dict.fromkeys(beside)), look.column(names_at))


def _in_rows(look: Look, across: list[str], named_at: int | None, sure: str) -> Values:
    header = look.header
    names_at = named_at or 0
    features = [name for name in across if name and name != header[names_at]
                and _plain(name) not in BESIDE["rows"]]  # fmt: skip
    kept = set(features)
    beside = [
        name for place, name in enumerate(header)
        if name and place != names_at and name not in kept
    ]  # fmt: skip
    names = header[names_at] if names_at else None
    return Values("rows", sure, names, beside, features)


def marks(look: Look, places: list[int]) -> tuple[str, list[str], list[str]]:
    """The decimal mark, codes for missing values, and doubts, of the numbers in some columns."""
    cells = [cell for place in places for cell in look.column(place)]
    comma = sum(bool(DECIMAL_COMMA.match(cell)) for cell in cells)
    point = sum(bool(DECIMAL_POINT.match(cell)) for cell in cells)
    thousands = sum(bool(THOUSANDS.match(cell)) for cell in cells)
    doubts = []
    decimal = "," if comma and not point and comma > thousands else "."
    if comma and point:
        doubts.append("some numbers have a comma and others a point: which is the decimal mark?")
    elif comma and comma == thousands:
        doubts.append("are the commas in numbers decimal marks (`decimal`) or `thousands`?")
    elif comma:
        doubts.append("confirm that the comma is the decimal mark")
    codes = [code for code in NOT_KNOWN if code in set(cells)]
    return decimal, codes, doubts


def are_proteins(features: list[str]) -> bool:
    """True where most features are named by UniProt accessions."""
    return _share(features, ACCESSION.match) > 0.5


def are_probes(features: list[str]) -> bool:
    """True where most features are named as arrays name their probes."""
    return _share(features, PROBE.fullmatch) > 0.5


def are_genes(features: list[str]) -> bool:
    """True where many features are names of genes."""
    return share_of_genes(features) > GENES


def share_of_genes(names: list[str]) -> float:
    """Share of names that the gene vocabulary knows, also as laboratories spell cytokines."""
    return float(_named(names)["gene"].notna().mean())


def are_cytokines(features: list[str]) -> bool:
    """True where many features have names that laboratories give to cytokines: IL-1b, TNF-a."""
    return bool((_named(features)["route"] == "cytokine").mean() > GENES)


def _named(names: list[str]) -> pd.DataFrame:
    """What the gene vocabulary says of the first names; of none where most are numbers."""
    words = [name for name in names[:300] if name and not NUMBER.match(name)]
    return name_cytokines(words if len(words) >= len(names[:300]) / 2 else [])


def _is_entrez(look: Look, place: int) -> bool:
    """True for a column of numbers that its header calls genes, and that are Entrez genes."""
    called = ENTREZ.fullmatch(_plain(look.header[place]))
    return bool(called) and float(name_genes(look.column(place))["gene"].notna().mean()) > GENES


def _meet(names: list[str], known: set[str]) -> bool:
    """True where names are mostly those that are known."""
    words = [name for name in names if name]
    met = sum(not known.isdisjoint([name, *names_of_file(name)]) for name in words)
    return len(words) > 1 and met > len(words) / 2


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _share(words: list[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(word)) for word in words) / len(words) if words else 0.0


def share_met(look: Look, names: set[str]) -> tuple[float, str | None]:
    """The largest share of names that a column holds, and its header."""
    if not names:
        return 0.0, None
    shares = [
        (len(names & set(look.column(place))) / len(names), header)
        for place, header in enumerate(look.header)
        if look.header.count(header) == 1
    ]
    return max(shares, key=lambda pair: pair[0], default=(0.0, None))
