"""One block of NPX Manager's wide layout: where its header, samples and summary rows stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from immunosep_omics.errors import InputError, Problem
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.workbook import Sheet, column_letter
from immunosep_omics.ingest.olink.controls import CONTROL_ASSAY, CONTROL_SAMPLE

HEADER_ROWS = 60
"""The first row that begins with `Assay` is one of this many: a summary may stand above it."""

LABEL_COLUMNS = 3
"""The labels of rows stand in one of this many first columns."""

HEADS = {
    "panel": "panel",
    "uniprotid": "uniprot",
    "uniprot": "uniprot",
    "olinkid": "id",
    "oid": "id",
    "unit": "unit",
}
"""Labels of header rows (letters only, lower case), above or below the row of assays."""

TITLE = re.compile(r"(olink )?npx (data|manager|signature|map)|quantified data|panel$", re.I)
SUMMARY = re.compile(
    r"((max|plate|fixed)[ _]?)?(lod|lql)\b|(lowest|upper|lower|highest) (limit|quant)|(l|u)loq\b"
    r"|missing (data )?freq|normali[sz]ation\b|assay warning|detectability|(intra|inter).?cv",
    re.IGNORECASE,
)
QUALITY = {"plateid": "plate", "plate": "plate", "qcwarning": "qc_warning"}
NO_ASSAY = re.compile(r"(qcdeviation|wellid|sampletype|sampleid|project|index)")


@dataclass
class Block:
    """Positions in a sheet: rows of samples and summaries, columns of assays and of quality."""

    sheet: Sheet
    label: int
    top: int
    heads: dict[str, list[str]]
    assays: dict[int, str] = field(default_factory=dict)
    quality: dict[str, list[int]] = field(default_factory=dict)
    samples: list[tuple[str, int]] = field(default_factory=list)
    summaries: list[tuple[str, int]] = field(default_factory=list)
    controls: int = 0
    end: int = 0

    def head(self, word: str, column: int) -> str:
        """What a header row says of a column; "" where there is no such row."""
        row = self.heads.get(word, [])
        return row[column] if column < len(row) else ""


def blocks(sheet: Sheet, kind: str) -> Iterator[Block]:
    """The blocks of a sheet, which has several where panels are stacked.

    Raises :class:`InputError` for sheets in another layout, values in columns or rows without a
    name, and values of another kind: NPX or concentrations (cytokines).
    """
    place, found = 0, False
    while True:
        top = _assay_row(sheet, place, len(sheet.rows) if found else HEADER_ROWS)
        if top is None and found:
            return
        if top is None:
            raise InputError(
                Problem(
                    sheet.shown, "no row begins with 'Assay'",
                    "name the `sheet` that NPX Manager wrote; another layout is `format: matrix`",
                )
            )  # fmt: skip
        block = _block(sheet, top, place, kind)
        yield block
        place, found = block.end, True


def key(text: str) -> str:
    """A label without its case, blanks and signs."""
    return re.sub(r"[^a-z]", "", text.lower())


def _assay_row(sheet: Sheet, start: int, stop: int) -> tuple[int, int] | None:
    for place in range(start, min(stop, len(sheet.rows))):
        for column, cell in enumerate(sheet.rows[place][:LABEL_COLUMNS]):
            filled = any(cell_text(other) for other in sheet.rows[place][column + 1 :])
            if key(cell_text(cell)) == "assay" and filled:
                return place, column
    return None


def _block(sheet: Sheet, top: tuple[int, int], start: int, kind: str) -> Block:
    row, label = top
    block = Block(sheet, label, row, {})
    first = row + 1
    for place in range(start, min(row + 7, len(sheet.rows))):
        word = HEADS.get(key(cell_text(sheet.rows[place][label])))
        if word is not None:
            block.heads[word] = [cell_text(cell) for cell in sheet.rows[place]]
            first = max(first, place + 1)
    _fill_merged(block)
    _refuse_other_values(block, start, kind)
    names = [cell_text(cell) for cell in sheet.rows[row]]
    for column in range(label + 1, len(names)):
        name = names[column]
        quality = QUALITY.get(key(name))
        if quality is not None:
            block.quality.setdefault(quality, []).append(column)
        elif name and not NO_ASSAY.match(key(name)) and not CONTROL_ASSAY.match(name):
            block.assays[column] = name
    if all(SUMMARY.match(name) for name in block.assays.values()):
        raise InputError(
            Problem(sheet.shown, "no column is an assay", "name the `sheet` with NPX of samples")
        )
    _read_rows(block, first)
    _refuse_unnamed(block, names)
    return block


def _fill_merged(block: Block) -> None:
    """Merged cells hold their text in the first: a panel's name goes on to the next name."""
    row = block.heads.get("panel", [])
    for column in range(block.label + 2, len(row)):
        row[column] = row[column] or row[column - 1]


def _refuse_other_values(block: Block, start: int, kind: str) -> None:
    """Titles and the row of units tell NPX, concentrations and Ct values apart."""
    sheet = block.sheet
    above = [cell_text(cell).lower() for row in sheet.rows[start : block.top] for cell in row[:3]]
    units = block.heads.get("unit", [])[block.label + 1 :]
    given = next((unit for unit in units if unit and unit.upper() != "NPX"), None)
    quantified = given is not None or any(text.startswith("quantified") for text in above)
    if any(re.match(r"ct( data)?$", text) for text in above):
        raise InputError(Problem(sheet.shown, "holds Ct values", "give the NPX export"))
    if quantified and kind == "olink_npx":
        unit = f" ({given})" if given else ""
        raise InputError(
            Problem(
                sheet.shown, f"holds quantified values{unit}, not NPX",
                "state `kind: cytokines` for concentrations, or give the NPX export",
            )
        )  # fmt: skip
    if not quantified and kind == "cytokines":
        raise InputError(
            Problem(
                sheet.shown, "does not tell the unit of its values: there is no row `Unit`",
                "give Olink's export of quantified values; NPX are `kind: olink_npx`",
            )
        )  # fmt: skip


def _read_rows(block: Block, first: int) -> None:
    """Sort the rows below the header into samples, controls and summaries of the assays."""
    sheet = block.sheet
    for place in range(first, len(sheet.rows)):
        row = sheet.rows[place]
        name = next((text for cell in row[block.label :: -1] if (text := cell_text(cell))), "")
        filled = any(cell_text(row[column]) for column in block.assays)
        if key(name) == "assay" or TITLE.match(name):
            block.end = place
            return
        if SUMMARY.match(name):
            block.summaries.append((name, place))
        elif not filled:
            # Footnotes, and samples of which nothing was measured.
            continue
        elif not name:
            raise InputError(
                Problem(
                    f"{sheet.shown} row {place + 1}", "the row has values but no sample name",
                    f"name the sample in column {column_letter(block.label)}, or clear the row",
                )
            )  # fmt: skip
        elif CONTROL_SAMPLE.match(name):
            block.controls += 1
        else:
            block.samples.append((name, place))
    block.end = len(sheet.rows)


def _refuse_unnamed(block: Block, names: list[str]) -> None:
    # A merged title over the deviations of several controls stands in the first of them only.
    rows = [block.sheet.rows[place] for _, place in block.samples]
    unnamed = [
        column
        for column in range(block.label + 1, len(names))
        if not names[column]
        and not CONTROL_ASSAY.match(block.head("uniprot", column))
        and any(cell_text(row[column]) for row in rows)
    ]
    if unnamed:
        more = f" (and {len(unnamed) - 1} more columns)" if len(unnamed) > 1 else ""
        raise InputError(
            Problem(
                block.sheet.shown,
                f"column {column_letter(unnamed[0])} has values but no assay name{more}",
                "name the `sheet` that NPX Manager wrote, or give the column a name",
            )
        )
