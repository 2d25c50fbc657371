"""What a platform calls its features, one by one, becomes current gene symbols."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from immunosep_omics.identifiers.excel import RENAMED, candidates_of_date, is_serial
from immunosep_omics.identifiers.species import species_of
from immunosep_omics.identifiers.table import GeneTable, Places, gene_table

ENSEMBL = re.compile(r"(ENSG\d{11})(?:\.\d+)?(?:_PAR_Y)?")
UNIPROT = re.compile(
    r"(?:(?:sp|tr|up)\|)?"
    r"([OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z0-9]{2}\d){1,2})"
    r"(?:-\d+|-PRO_\d+)?(?:\|\w*|_HUMAN)?"
)
LOCUS = re.compile(r"LOC(\d+)")
NAMELESS = re.compile(r"\?\|(\d+)")
"""A gene without symbol in tables that write symbol|Entrez."""
IN_BRACKETS = re.compile(r"(.+?)\s*\((ENSG\d{11}(?:\.\d+)?|\d+)\)")
"""A symbol with its Ensembl or Entrez gene."""
GENOME = re.compile(r"(?:GRCh3[78]|hg19|hg38)_+(?=\w)")
"""What Cell Ranger puts before a gene where its reference has several genomes."""
MICRO_RNA = re.compile(r"hsa-(?:mir|miR|let|lin)-.+|MIMAT\d+.*|hsa_(?:mir|miR|let)_.+")
STRONG = re.compile(r"\s*(?:/{2,3}|;|,)\s*")
PIPE = re.compile(r"\s*\|\s*")
WEAK = re.compile(r"\s*[_/:]\s*|\s+")
ACCESSIONS = ("ensembl", "uniprot")
SURE = ("symbol", "renamed", "micro-RNA", "group", *ACCESSIONS)
GUESSES = ("previous", "alias", "other case", "R spelling")

BELIEVED = 0.1
"""Share of sure names, among at least `ENOUGH`, from which guesses are believed."""

ENOUGH = 20

ENTREZ = re.compile(r"(\d+)(?:\.0)?|\de\+\d\d")
"""Tables with gaps write 7124.0, and R writes 1e+05."""


NO_NAMES = frozenset("na nan n/a #n/a #name? none null unknown - -- --- . ?".split()) | {""}
"""What stands where a feature has no name, in small letters; some of them are aliases of genes."""

BRAINARRAY, CONTROL = re.compile(r"\d+_at"), "AFFX"
"""A probe set that is an Entrez gene; Affymetrix' own end in `_s_at` and `_x_at` too."""


class Naming(NamedTuple):
    """The gene of one identifier, how it was found, and which genes it may be."""

    gene: str | None
    route: str
    candidates: tuple[str, ...] = ()
    refused: bool = False


UNKNOWN = Naming(None, "")
SERIAL = Naming(None, "excel", (), refused=True)


def name_genes(identifiers: Sequence[str], table: GeneTable | None = None) -> pd.DataFrame:
    """Current symbols of identifiers of any kind: one row each, in their order.

    - `gene`: the current symbol, missing where there is none or more than one;
    - `route`: `symbol`, `renamed` (spreadsheets took the old symbol for a date), `previous`,
      `alias`, `ensembl`, `entrez`, `uniprot`, `excel` (a date turned back), `group`, `other case`,
      `R spelling` (HLA.DRA), `micro-RNA`; empty where nothing fits;
    - `status`: `kept` (already the symbol), `changed`, `ambiguous` (several genes: none is
      taken, but for a group its first), `unknown`, `refused` (a date or number that was a symbol);
    - `candidates`: the genes it may be, with `;`, where they are not just the one;
    - `name`: the gene, otherwise the identifier without an Ensembl version; missing if refused.

    A current symbol comes before any other meaning of the same word, a previous symbol before an
    alias. Numbers are Entrez genes only where the whole column is numbers (or Brainarray's
    `7124_at`), not a count of rows.
    Where hardly any name is a gene's (V1, V2, V3 ...), the few that are some alias are not taken;
    nor is an alias of a gene that another name of the column means: both were measured.
    """
    texts = [_clean(text) for text in identifiers]
    names = _Names(table or gene_table())
    numbers = _without_at(texts)
    if names.are_entrez([number for number in numbers if not is_no_name(number)]):
        found = [UNKNOWN if is_no_name(number) else names.entrez(number) for number in numbers]
    else:
        once = {
            text: UNKNOWN if is_no_name(text) else names.find(text) for text in dict.fromkeys(texts)
        }
        sure = sum(naming.route in SURE for naming in once.values())
        if sure * 2 >= len(once):
            once.update((text, SERIAL) for text in once if is_serial(text))
        elif len(once) >= ENOUGH and sure < BELIEVED * len(once):
            once.update((t, UNKNOWN) for t, n in once.items() if n.route in GUESSES)
        once.update(_taken(once))
        found = [once[text] for text in texts]
    return pd.DataFrame(
        {
            "gene": _texts(naming.gene for naming in found),
            "route": [naming.route for naming in found],
            "status": [_status(n, text) for n, text in zip(found, identifiers, strict=True)],
            "candidates": _texts(";".join(naming.candidates) or None for naming in found),
            "name": _texts(_name(n, text) for n, text in zip(found, texts, strict=True)),
        }
    )


def is_no_name(text: str) -> bool:
    """True for what programs write where there is no name, such as NaN, which is an alias too."""
    return text.strip().lower() in NO_NAMES


class _Names:
    """Looks single identifiers up."""

    def __init__(self, table: GeneTable) -> None:
        self.table = table
        self._singles: dict[str, Naming] = {}

    def find(self, text: str) -> Naming:
        """An identifier, or a group of them."""
        single = self._single(text)
        return single if single != UNKNOWN else self._group(text)

    def are_entrez(self, texts: Sequence[str]) -> bool:
        """True where all texts are numbers and most are human genes, but no row numbers."""
        members = [part for text in texts for part in STRONG.split(text) if part]
        if not members or not all(ENTREZ.fullmatch(part) for part in members):
            return False
        numbers = [_digits(part) for part in members]
        values = sorted({int(number) for number in numbers})
        steps = [later - one for one, later in pairwise(values)]
        if len(values) > 2 and sum(step == 1 for step in steps) > 0.9 * len(steps):
            return False
        return sum(number in self.table.entrez for number in numbers) * 2 >= len(numbers)

    def entrez(self, text: str) -> Naming:
        """An Entrez number or a group of them."""
        numbers = [_digits(part) for part in STRONG.split(text) if part]
        return self._joined([self._of(self.table.entrez.get(n, ()), "entrez") for n in numbers])

    def _single(self, text: str) -> Naming:
        """One name; kept, because the members of groups recur."""
        if text not in self._singles:
            self._singles[text] = self._looked_up(text)
        return self._singles[text]

    def _looked_up(self, text: str) -> Naming:
        if text in self.table.symbols:
            return Naming(text, "symbol")
        if text in RENAMED:
            return Naming(RENAMED[text], "renamed")
        return self._accession(text) or self._date(text) or self._other_name(text)

    def _accession(self, text: str) -> Naming | None:
        if match := ENSEMBL.fullmatch(text):
            return self._of(self.table.ensembl.get(match[1], ()), "ensembl")
        if match := UNIPROT.fullmatch(text):
            return self._of(self.table.uniprot.get(match[1], ()), "uniprot")
        if match := LOCUS.fullmatch(text):
            return self._of(self.table.entrez.get(match[1], ()), "entrez")
        if MICRO_RNA.fullmatch(text):
            return Naming(text, "micro-RNA")
        return None

    def _date(self, text: str) -> Naming | None:
        if text in self.table.previous or text in self.table.aliases:
            return None
        genes = candidates_of_date(text, self.table.symbols)
        if genes is None:
            return None
        if len(genes) == 1:
            return Naming(genes[0], "excel")
        return Naming(None, "excel", tuple(genes), refused=True)

    def _other_name(self, text: str) -> Naming:
        table = self.table
        exact = self._by_name(text, table.previous, table.aliases)
        if exact is not None:
            return exact
        # Names like Gapdh are another species' genes; taken for human ones they would mix.
        if not text or species_of(text) is not None:
            return UNKNOWN
        capitals = text.upper()
        if capitals in table.symbols_in_capitals:
            return self._of(table.symbols_in_capitals[capitals], "other case")
        if capitals in RENAMED:
            return Naming(RENAMED[capitals], "renamed")
        found = self._by_name(capitals, table.previous_in_capitals, table.aliases_in_capitals)
        if found is not None:
            return found
        dashed = text.replace(".", "-")
        return Naming(dashed, "R spelling") if dashed in table.symbols else UNKNOWN

    def _by_name(
        self, name: str, previous: dict[str, Places], aliases: dict[str, Places]
    ) -> Naming | None:
        if name in previous:
            return self._of(previous[name], "previous")
        if name in aliases:
            return self._of(aliases[name], "alias")
        return None

    def _of(self, places: Places, route: str) -> Naming:
        """The one gene, or the likeliest of several; all of them are candidates."""
        genes = tuple(self.table.symbols_of(places))
        if not genes:
            return UNKNOWN
        likely = self.table.symbols_of(self.table.likeliest(places))
        gene = likely[0] if len(likely) == 1 else None
        return Naming(gene, route, genes if len(genes) > 1 else ())

    def _group(self, text: str) -> Naming:
        if match := NAMELESS.fullmatch(text):
            return self.entrez(match[1])
        if match := IN_BRACKETS.fullmatch(text):
            return self._joined([self._single(part) for part in match.groups()])
        if UNIPROT.fullmatch(text):
            return UNKNOWN
        members = self._members(text, STRONG) or self._members(text, PIPE)
        if not members:
            members = self._members(text, WEAK)
            sure = [member for member in members if member.route in ACCESSIONS and member.gene]
            if sure:
                members = sure
            elif any(member.route not in SURE for member in members):
                return UNKNOWN
        return self._joined(members)

    def _members(self, text: str, divider: re.Pattern[str]) -> list[Naming]:
        """The names that a divider tells apart; none where it stands nowhere in the text."""
        parts = divider.split(text)
        return [self._single(part) for part in parts if part] if len(parts) > 1 else []

    def _joined(self, members: Sequence[Naming]) -> Naming:
        """A group is its members' one gene; of several likely genes the first named is taken."""
        named = [member for member in members if member.gene]
        genes = tuple(dict.fromkeys(member.gene for member in named if member.gene))
        if len(genes) == 1:
            return named[0]
        if genes:
            places = tuple(p for gene in genes for p in self.table.symbols.get(gene, ()))
            likely = self.table.symbols_of(self.table.likeliest(places)) or genes
            return Naming(likely[0], "group", genes)
        candidates = tuple(dict.fromkeys(gene for member in members for gene in member.candidates))
        refused = any(member.refused for member in members)
        return Naming(None, "group" if candidates or refused else "", candidates, refused)


def _without_at(texts: list[str]) -> list[str]:
    """Brainarray's probe sets as numbers, its controls as ""; other names as they are."""
    own = [text for text in texts if not text.startswith(CONTROL)]
    if not own or not all(map(BRAINARRAY.fullmatch, own)):
        return texts
    return ["" if text.startswith(CONTROL) else text.removesuffix("_at") for text in texts]


def _digits(number: str) -> str:
    return str(int(float(number))) if "e" in number else number.removesuffix(".0")


def _taken(once: dict[str, Naming]) -> dict[str, Naming]:
    """Guesses that would make one gene of two names: none of them is taken, the sure name stays."""
    sure = {n.gene for n in once.values() if n.gene and n.route not in GUESSES}
    guesses = {text: n for text, n in once.items() if n.gene and n.route in GUESSES}
    counts = Counter(n.gene for n in guesses.values())
    return {
        text: Naming(None, n.route, n.candidates or (str(n.gene),))
        for text, n in guesses.items()
        if n.gene in sure or counts[n.gene] > 1
    }


def _clean(text: str) -> str:
    r"""A name without what is around it: blanks, quotation marks, the genome it is of."""
    plain = text.replace("\u00a0", " ").strip().strip("'\"").strip()
    return GENOME.sub("", plain, count=1) if plain.startswith(("GRCh", "hg")) else plain


def _status(naming: Naming, identifier: str) -> str:
    if naming.refused:
        return "refused"
    if naming.route == "group" or (naming.gene is None and naming.candidates):
        return "ambiguous"
    if naming.gene is None:
        return "unknown"
    return "kept" if naming.gene == identifier else "changed"


def _name(naming: Naming, text: str) -> str | None:
    if naming.refused:
        return None
    if naming.gene is not None:
        return naming.gene
    match = ENSEMBL.fullmatch(text)
    return match[1] if match else text


def _texts(values: Iterable[str | None]) -> np.ndarray:
    """Texts with NaN for none."""
    return np.array([np.nan if value is None else value for value in values], dtype=object)
