"""What may stand at the top of a text file instead of the header of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files.text_file import DELIMITERS

LOOKED_AT = 20
"""Lines among which a header may stand."""

GCT = (b"#1.2", b"#1.3")
XPONENT = re.compile(rb'"?program"?[,;\t]"?xponent', re.IGNORECASE)
PROGENESIS = re.compile(rb"[,;\t]\"?normali[sz]ed[ .]abundance\"?([,;\t]|$)", re.IGNORECASE)
PAGE = (b"<!doctype", b"<html", b"<?xml")


def refuse_other_tops(beginning: bytes, delimiter: str, shown: str) -> None:
    """Raise :class:`InputError` where the first line is no header, but what is usual instead.

    `beginning` are the first lines: of a web page, of GenePattern's GCT, of what xPONENT and
    Progenesis export, of a table below titles, comments or blank lines, or of one whose columns
    are divided by blanks.
    """
    lines = beginning.removesuffix(b"\n").split(b"\n")
    if lines[0].lstrip().lower().startswith(PAGE):
        raise _problem(shown, "is a web page, not a table", "download the file itself")
    if lines[0].startswith(GCT):
        raise _problem(
            f"{shown}:1", "is a GCT file: its header stands in line 3",
            "state `header: 3`, and list the columns of descriptions under `not_features` (of GCT"
            " 1.3 remove the rows of metadata first)",
        )  # fmt: skip
    refuse_coverage(beginning, shown)
    if XPONENT.match(lines[0]):
        raise _problem(
            f"{shown}:1", "is xPONENT's whole export: settings above, then a block for each"
            " statistic",
            "save the block below `DataType:` `Result`, from its header (`Location`, `Sample`) on,"
            " as a table of its own",
        )  # fmt: skip
    if PROGENESIS.search(lines[0]):
        raise _problem(
            f"{shown}:1", "is Progenesis' export: its header stands in line 3, and its samples"
            " several times in it",
            "remove the first two lines and the columns below `Raw abundance` and further titles,"
            " and list the columns beside the values under `not_features`",
        )  # fmt: skip
    counts = [line.count(delimiter.encode()) + 1 for line in lines]
    most = max(counts)
    # A header of one name may be that of the only sample, above rows of name and value.
    if counts[0] == 1 and most > 2:
        header = counts.index(most) + 1
        raise _problem(
            f"{shown}:1", f"the first line is no header: line {header} is the first with"
            f" {most} columns",
            f"state `header: {header}`",
        )  # fmt: skip
    words = [len(line.split()) for line in lines if line.strip()]
    marked = any(mark.encode() in lines[0] for mark in DELIMITERS)
    if (
        most == 1
        and not marked
        and len(words) > 1
        and min(words) > 1
        and words[1] - words[0] in (0, 1)
    ):
        raise _problem(
            f"{shown}:1", "the columns are divided by blanks",
            "save the table with tabs, or as CSV",
        )  # fmt: skip


def refuse_coverage(above: bytes, shown: str) -> None:
    """Refuse what recount3 calls gene sums: whole numbers, but base pairs and no reads.

    `above`: the lines above the header, by which its files are known. See the manual of
    `recount3::compute_read_counts`.
    """
    if above.startswith(b"##annotation=") and b"##date.generated=" in above:
        raise _problem(
            f"{shown}:1", "is recount3's table of gene sums: coverage in base pairs, not counts of"
            " reads",
            "make counts of it in R by recount3's `compute_read_counts`, and save these as a"
            " table",
        )  # fmt: skip


def header_among(rows: Sequence[Sequence[str]]) -> int:
    """The place of the header among the first rows: below titles, of which few cells are filled."""
    filled = [sum(map(bool, cells)) for cells in rows[:LOOKED_AT]]
    most = max(filled, default=0)
    if most < 3 or filled[0] * 2 >= most:
        return 0
    return next(place for place, count in enumerate(filled) if count * 5 >= most * 4)


def _problem(where: str, problem: str, remedy: str) -> InputError:
    return InputError(Problem(where, problem, remedy))
