"""What a plain table holds: clinical columns, or measured values and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from immunosep_omics.identifiers import name_genes

NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]*)?([eE][-+]?[0-9]+)?$")
EMPTY = ("", "NA", "NaN", "nan", "null")
WHOLE = re.compile(r"[0-9]+(\.0*)?$")
LOGARITHMS_BELOW = 50.0


@dataclass(frozen=True)
class TableGuess:
    """How a table of values seems to be written; `sure` tells what the guess rests on."""

    kind: str
    scale: str | None
    samples_in: str
    decimal: str
    sure: str


def is_values(rows: list[list[str]]) -> bool:
    """True where nearly all cells below the header are numbers, in more than two columns."""
    cells = [cell.strip() for row in rows[1:] for cell in row[1:] if cell.strip() not in EMPTY]
    wide = bool(rows) and len(rows[0]) > 3
    return wide and bool(cells) and sum(bool(NUMBER.match(c)) for c in cells) > 0.9 * len(cells)


def guess_values(rows: list[list[str]], names: set[str]) -> TableGuess:
    """Orientation, decimal mark, kind and scale; `names`: samples and patients that are known."""
    header, first = [c.strip() for c in rows[0][1:]], [row[0].strip() for row in rows[1:] if row]
    in_columns, in_rows = float(len(names & set(header))), float(len(names & set(first)))
    across, below = _share_of_genes(header[:300]), _share_of_genes(first)
    sure = "the sample names"
    if in_columns == in_rows:
        in_columns, in_rows, sure = below, across, "where names of genes stand"
        if below == across:
            sure = "nothing: please check"
    cells = [c.strip() for row in rows[1:] for c in row[1:] if NUMBER.match(c.strip())]
    decimal = "," if any("," in cell for cell in cells) else "."
    numbers = [float(cell.replace(",", ".")) for cell in cells]
    genes = max(across, below) > 0.3
    features = first if in_columns >= in_rows else header
    accessions = [bool(re.fullmatch(r"[OPQA-Z][0-9][A-Z0-9]{3}[0-9].*", f)) for f in features]
    proteins = bool(features) and sum(accessions) > 0.5 * len(features)
    if genes and not proteins and all(WHOLE.match(cell) for cell in cells):
        kind, scale = "rna_counts", None
    else:
        kind = "ms_proteins" if proteins else "expression" if genes else "metabolites"
        scale = "log2" if min(numbers) < 0 or max(numbers) < LOGARITHMS_BELOW else "linear"
    return TableGuess(kind, scale, "columns" if in_columns >= in_rows else "rows", decimal, sure)


def _share_of_genes(names: list[str]) -> float:
    return float(name_genes(names)["gene"].notna().mean()) if names else 0.0
