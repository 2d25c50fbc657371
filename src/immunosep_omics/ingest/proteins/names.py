"""How search engines name proteins, groups of them, and runs."""

from __future__ import annotations

import re
from collections.abc import Iterable

UNIPROT = r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}"

_CONTAMINANT = re.compile(
    r">?(#CONTAM#|CON__|CONT_|CONTAM_|CONTAMINANT_|CRAP|ZZ\||BIOGNOSYS\||IRT-?KIT)", re.IGNORECASE
)
"""Names of contaminants, and of the peptides that are added to tell retention times."""

_DECOY = re.compile(r">?(#DECOY#|REV(ERSED?)?_|DECOYS?(_|$)|XXX_|##)", re.IGNORECASE)
_COUNTED = re.compile(r"\d+/(?=\S)")
_FASTA = re.compile(r">?(?:sp|tr|ref|gb|emb|lcl)\|([^|\s]+)(?:\|.*)?$", re.IGNORECASE)
_HEADER = re.compile(r">?(?:sp|tr)\|([^|\s]+)\|\S+\s+\S", re.IGNORECASE)
_NAMED = re.compile(rf">?((?:{UNIPROT})(?:-\d+)?)\|\S+_\S+$")
_NAMED_TERM = re.compile(r"(?:^|;)\s*NT=([^;]+)", re.IGNORECASE)
_REAGENT = re.compile(r"(?:TMT|iTRAQ)\w*?[-_ ]?(?=1\d\d[NC]?D?$)", re.IGNORECASE)
_GENE = re.compile(r"\bGN=(\S+)")

RUN_ENDINGS = re.compile(
    r"\.(raw|mzml|mzxml|mgf|d|tdf|wiff2?|scan|dia|htrms|lcd|quant|zip|gz)$", re.IGNORECASE
)


def members_of(group: str) -> list[str]:
    """The names in a protein group: `A;B`, `A, B`, and OpenSWATH's `2/A/B`."""
    text = group.strip()
    counted = _COUNTED.match(text)
    if counted:
        # A name may hold a slash itself: a member begins where a database's mark does.
        rest = text[counted.end() :]
        return [part for part in re.split(r"/(?=(?:sp|tr)\|)|/(?![^|]*\|)", rest) if part]
    return [part for part in (piece.strip() for piece in re.split(r"[;,]", text)) if part]


def accession(member: str) -> str:
    """The accession in `sp|P1|NAME_HUMAN` and `P12345|NAME_HUMAN`; anything else as it is."""
    found = _FASTA.match(member) or _NAMED.match(member)
    return found.group(1) if found else member.lstrip(">")


def of_header(name: str) -> str | None:
    """The gene, or else the accession, of a whole FASTA header; None for shorter names."""
    found = _HEADER.match(name)
    return (gene_in_header(name) or found.group(1)) if found else None


def group_name(group: str) -> str:
    """A protein group as accessions joined by `;`, its contaminants left out.

    A group of contaminants or decoys only keeps its own words.
    """
    members = members_of(group)
    kept = [name for name in members if not _CONTAMINANT.match(name)]
    return ";".join(dict.fromkeys(accession(name) for name in kept or members))


def is_contaminant(group: str) -> bool:
    """True where every member of a group is named as a contaminant."""
    members = members_of(group)
    return bool(members) and all(_CONTAMINANT.match(name) for name in members)


def is_decoy(group: str) -> bool:
    """True where a group's first member is named as a decoy."""
    return bool(_DECOY.match(group.strip()))


def first_accession(group: str) -> str:
    """The first member of a group that :func:`group_name` made."""
    return group.split(";", 1)[0]


def first_gene(genes: str) -> str | None:
    """The first of `A;B`; None where no gene is named."""
    return next((gene for gene in (g.strip() for g in re.split(r"[;,]", genes)) if gene), None)


def gene_in_header(fasta: str) -> str | None:
    """The first gene that a FASTA header names as `GN=`."""
    found = _GENE.search(fasta)
    return found.group(1).rstrip(";") if found else None


def run_name(text: str) -> str:
    """A run without its folder and its format's endings: `/data/a.wiff.dia` is `a`."""
    name = re.split(r"[\\/]", text.strip().rstrip("\\/"))[-1]
    while RUN_ENDINGS.search(name) and RUN_ENDINGS.sub("", name):
        name = RUN_ENDINGS.sub("", name)
    return name


def run_names(texts: Iterable[str]) -> list[str]:
    """Runs by :func:`run_name`, or all as they are where that makes two of one name."""
    stated = list(texts)
    names = [run_name(text) for text in stated]
    return names if len(set(names)) == len(set(stated)) else stated


def label_name(text: str) -> str:
    """A label as reports name its channel: `TMT126` and `NT=TMT10plex-126;AC=...` are `126`."""
    term = _NAMED_TERM.search(text)
    return _REAGENT.sub("", (term.group(1) if term else text).strip(), count=1)
