"""Makes the shipped table of genes: `python -m immunosep_omics.identifiers.build --help`."""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from immunosep_omics.errors import InputError, Problem, did_you_mean, tell
from immunosep_omics.identifiers.table import COLUMNS

TABLE = Path(__file__).parents[1] / "resources" / "identifiers" / "genes.tsv.gz"

NO_GENES = ("biological-region", "unknown")
"""NCBI's types of records that are regulatory regions, diseases mapped to a place, and the like.

Their names (MS, TEC, HBD) would make symbols ambiguous. Those with an Ensembl gene are kept.
"""

HGNC_COLUMNS = {
    "symbol": "symbol", "entrez": "entrez_id", "type": "locus_type", "chromosome": "location",
    "ensembl": "ensembl_gene_id", "uniprot": "uniprot_ids", "previous": "prev_symbol",
    "aliases": "alias_symbol",
}  # fmt: skip
"""Columns of the table, and of HGNC's `hgnc_complete_set.txt`."""

PREVIOUS: dict[str, str] = dict(
    pair.split("=")
    for pair in (
        "CDC2=CDK1 BAT1=DDX39B CD97=ADGRE5 SARS=SARS1 KARS=KARS1 LOR=LORICRIN GBA=GBA1 NOV=CCN3"
        " HN1=JPT1 AIM1=CRYBG1 ABP1=AOC1 AZI1=CEP131 ADC=AZIN2 CCBP2=ACKR2 NAT6=NAA80 CHP=CHP1"
        " CSRP2BP=KAT14 C11orf2=VPS51 BRWD2=WDR11 GIF=CBLIF DUSP27=STYXL2 C10orf2=TWNK"
        ""
    ).split()
)
"""Previous symbols (HGNC) that are ambiguous where they are not told from aliases."""

_DATES = (("Entrez", "EGSOURCEDATE"), ("Ensembl", "ENSOURCEDATE"), ("UniProt", "UPSOURCEDATE"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table from one of its two sources; 0 if all went well, otherwise 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--org-hs", type=Path, help="org.Hs.eg.sqlite of Bioconductor's package")
    source.add_argument("--hgnc", type=Path, help="hgnc_complete_set.txt as HGNC offers it")
    parser.add_argument("--output", type=Path, default=TABLE, help="where the table goes")
    chosen = parser.parse_args(arguments)
    try:
        made = from_hgnc(chosen.hgnc) if chosen.hgnc else from_org_hs(chosen.org_hs)
    except InputError as error:
        sys.stderr.write(tell(error) + "\n")
        return 1
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_bytes(made)
    return 0


def from_org_hs(path: Path) -> bytes:
    """The table from the SQLite file of Bioconductor's org.Hs.eg.db.

    It does not tell previous symbols from aliases: all but `PREVIOUS` are aliases. Genes of the
    mitochondrion get HGNC's symbols (MT-CO1), where NCBI has others (COX1).
    """
    if not path.is_file():
        raise InputError(Problem(str(path), "no such file", "name org.Hs.eg.sqlite"))
    source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        facts = dict(source.execute("SELECT name, value FROM metadata"))
        names = [
            _several(source, column, table)
            for table, column in (
                ("chromosomes", "chromosome"), ("ensembl", "ensembl_id"),
                ("uniprot", "uniprot_id"), ("alias", "alias_symbol"),
            )
        ]  # fmt: skip
        genes = source.execute(
            "SELECT _id, symbol, gene_id, gene_type FROM genes"
            " JOIN gene_info USING (_id) JOIN genetype USING (_id)"
        ).fetchall()
    except sqlite3.DatabaseError as error:
        raise InputError(
            Problem(str(path), f"is not org.Hs.eg.sqlite ({error})", "name org.Hs.eg.sqlite")
        ) from None
    finally:
        source.close()
    before = defaultdict(set)
    for old, new in PREVIOUS.items():
        before[new].add(old)
    rows = []
    for key, symbol, entrez, kind in genes:
        chromosome, ensembl, uniprot, aliases = (found[key] for found in names)
        if kind in NO_GENES and not ensembl:
            continue
        if chromosome == {"MT"}:
            aliases, symbol = aliases | {symbol}, _mitochondrial(symbol, aliases)
        rows.append({
            "symbol": {symbol}, "entrez": {entrez}, "type": {kind}, "chromosome": chromosome,
            "ensembl": ensembl, "uniprot": uniprot, "previous": before[symbol],
            "aliases": aliases,
        })  # fmt: skip
    dates = ", ".join(f"{name} {facts[key]}" for name, key in _DATES if key in facts)
    return _packed(rows, f"Bioconductor org.Hs.eg.db; {dates}")


def _several(source: sqlite3.Connection, column: str, table: str) -> defaultdict[int, set[str]]:
    """The values of a column by gene."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for key, value in source.execute(f"SELECT _id, {column} FROM {table}"):  # noqa: S608 our words
        found[key].add(value)
    return found


def _mitochondrial(symbol: str, aliases: set[str]) -> str:
    """HGNC's symbol: MTCO1 among the aliases means MT-CO1; TRNF without one is MT-TF."""
    joined = sorted(alias for alias in aliases if alias.startswith("MT"))
    return f"MT-{joined[0][2:]}" if joined else f"MT-T{symbol.removeprefix('TRN')}"


def from_hgnc(path: Path) -> bytes:
    """The table from HGNC's complete set, which tells previous symbols from aliases."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            header = reader.fieldnames or []
            missing = [name for name in (*HGNC_COLUMNS.values(), "status") if name not in header]
            if missing:
                raise InputError(
                    Problem(
                        str(path), f"there is no column '{missing[0]}'",
                        did_you_mean(missing[0], header),
                    )
                )  # fmt: skip
            approved = [row for row in reader if row["status"] == "Approved"]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Problem(str(path), f"cannot be read ({error})", "name hgnc_complete_set.txt")
        ) from None
    rows = [
        {column: _parts(row[name]) for column, name in HGNC_COLUMNS.items()} for row in approved
    ]
    for row in rows:
        row["chromosome"] = {_chromosome(band) for band in row["chromosome"]}
    changed = max((row.get("date_modified") or "" for row in approved), default="")
    return _packed(rows, f"HGNC complete set; last change {changed}")


def _chromosome(band: str) -> str:
    """The chromosome of a band: `6p21.33` is on 6."""
    found = re.match(r"\d+|X|Y", band)
    return found[0] if found else {"mitochondria": "MT"}.get(band, "")


def _parts(cell: str | None) -> set[str]:
    return {part.strip() for part in (cell or "").strip('"').split("|")} - {""}


def _packed(rows: Iterable[dict[str, set[str]]], source: str) -> bytes:
    """The same bytes for the same genes: sorted, and without the time of writing."""
    lines = []
    for row in rows:
        other = {"previous": set(), "aliases": set(), **row}
        other["aliases"] = other["aliases"] - row["symbol"] - other["previous"]
        lines.append([_cell(other[column]) for column in COLUMNS])
    lines.sort(key=lambda cells: (int(cells[1] or 0), cells))
    text = "\n".join([f"# {source}", *("\t".join(cells) for cells in [list(COLUMNS), *lines])])
    return gzip.compress(f"{text}\n".encode(), compresslevel=9, mtime=0)


def _cell(names: set[str]) -> str:
    return "|".join(sorted(" ".join(name.split()) for name in names if "|" not in name))


if __name__ == "__main__":
    raise SystemExit(main())
