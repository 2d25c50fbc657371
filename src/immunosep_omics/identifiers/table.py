"""The shipped table of human genes, and look-ups in it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

COLUMNS = (
    "symbol", "entrez", "type", "chromosome", "ensembl", "uniprot", "previous", "aliases",
)  # fmt: skip
"""Columns of the table; the last four hold any number of names, divided by `|`."""

Places = tuple[int, ...]
"""Rows of the table, by number."""

_SYMBOL, _ENTREZ, _TYPE = (COLUMNS.index(name) for name in ("symbol", "entrez", "type"))
_SEGMENTS = ("other", "immunoglobulin", "T cell receptor")
"""Types of the genes of antibodies and T cell receptors: `other` to NCBI."""

_UNNAMED = re.compile(r"LOC[0-9]+|.+_[0-9]+")


@dataclass(frozen=True)
class GeneTable:
    """Genes as rows of texts, in the order of `COLUMNS`."""

    rows: list[list[str]]

    @cached_property
    def symbols(self) -> dict[str, Places]:
        """Current symbols; a few genes of transfer RNA share theirs."""
        return _by(self.rows, _SYMBOL)

    @cached_property
    def entrez(self) -> dict[str, Places]:
        """Entrez (NCBI gene) numbers as text."""
        return _by(self.rows, _ENTREZ)

    @cached_property
    def ensembl(self) -> dict[str, Places]:
        """Ensembl genes without version."""
        return _by(self.rows, COLUMNS.index("ensembl"))

    @cached_property
    def uniprot(self) -> dict[str, Places]:
        """UniProt accessions without isoform."""
        return _by(self.rows, COLUMNS.index("uniprot"))

    @cached_property
    def previous(self) -> dict[str, Places]:
        """Symbols that genes had before."""
        return _by(self.rows, COLUMNS.index("previous"))

    @cached_property
    def aliases(self) -> dict[str, Places]:
        """Other names of genes."""
        return _by(self.rows, COLUMNS.index("aliases"))

    @cached_property
    def symbols_in_capitals(self) -> dict[str, Places]:
        """Current symbols without regard to case."""
        return _in_capitals(self.symbols)

    @cached_property
    def previous_in_capitals(self) -> dict[str, Places]:
        """Previous symbols without regard to case."""
        return _in_capitals(self.previous)

    @cached_property
    def aliases_in_capitals(self) -> dict[str, Places]:
        """Aliases without regard to case."""
        return _in_capitals(self.aliases)

    def symbols_of(self, places: Iterable[int]) -> list[str]:
        """The symbols of rows, each once."""
        return list(dict.fromkeys(self.rows[place][_SYMBOL] for place in places))

    def likeliest(self, places: Places) -> Places:
        """Of several genes of one name, those that are meant.

        A gene with a name of its own stands before a numbered one (LOC110384692, C4B_2), a gene
        before one that reads through to its neighbour (CHURC1-FNTB), a protein's gene before one
        without.
        """
        for better in (self._has_a_name, self._is_single, self._makes_protein):
            chosen = tuple(place for place in places if better(place))
            places = chosen or places
        return places

    def _has_a_name(self, place: int) -> bool:
        return not _UNNAMED.fullmatch(self.rows[place][_SYMBOL])

    def _is_single(self, place: int) -> bool:
        first, _, second = self.rows[place][_SYMBOL].partition("-")
        return not (first in self.symbols and second in self.symbols)

    def _makes_protein(self, place: int) -> bool:
        return self.rows[place][_TYPE].startswith(("protein", *_SEGMENTS))


@cache
def gene_table() -> GeneTable:
    """The shipped table: see `resources/README.md` for its source and date."""
    resource = files("immunosep_omics") / "resources/identifiers/genes.tsv.gz"
    return parse_table(resource.read_bytes())


def parse_table(packed: bytes) -> GeneTable:
    """A table of genes from its bytes; lines that begin with `#` tell its source."""
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    body = [line for line in lines if not line.startswith("#")]
    if tuple(body[0].split("\t")) != COLUMNS:
        raise ValueError(f"the table of genes has other columns than {', '.join(COLUMNS)}")
    return GeneTable([line.split("\t") for line in body[1:]])


def _by(rows: list[list[str]], column: int) -> dict[str, Places]:
    found: dict[str, Places] = {}
    for place, row in enumerate(rows):
        if row[column]:
            for name in row[column].split("|"):
                found[name] = (*found[name], place) if name in found else (place,)
    return found


def _in_capitals(names: dict[str, Places]) -> dict[str, Places]:
    found: dict[str, Places] = {}
    for name, places in names.items():
        capitals = name.upper()
        found[capitals] = (*found[capitals], *places) if capitals in found else places
    return found
