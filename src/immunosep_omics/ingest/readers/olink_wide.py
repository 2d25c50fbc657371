"""Olink's table of samples x proteins, as NPX Manager and its successors export it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.concentrations import ConcentrationCells, out_of_range
from immunosep_omics.ingest.files.number_cells import NumberCells
from immunosep_omics.ingest.files.table_file import cell_text
from immunosep_omics.ingest.files.text_file import dividing, read_text_file
from immunosep_omics.ingest.files.workbook import (
    Sheet,
    is_workbook,
    read_sheet,
    sheet_names,
    text_sheet,
)
from immunosep_omics.ingest.olink.controls import joined, warnings
from immunosep_omics.ingest.olink.limits import add_limits
from immunosep_omics.ingest.olink.sheet import HEADER_ROWS, Block, blocks, key
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    refuse_repeated_samples,
)
from immunosep_omics.settings.assays import OlinkWide

MISSING = ("", "NA", "NaN", "No Data", "ND")

LOOKED_AT = 30
"""Rows below the header that show whether a sheet holds NPX."""


def read(facts: OlinkWide, folder: Path, rows: int | None = None) -> RawAssay:
    """Read a workbook, or its text export: full exports, and those stripped to names and values.

    Somewhere at the top a row begins with `Assay`; `Panel`, `Uniprot ID` and `OlinkID` may stand
    above or below it. Samples and summary rows (LOD, missing frequency) follow; further panels
    stand beside or below. Without `sheet` the only sheet that fits is read, or the
    fullest of several with the same values. NPX below the limit of detection are kept. Control
    wells are left out and counted. Raises :class:`InputError` for another layout, sheets that
    differ, values without a name, text among the values, and repeated samples.
    """
    path = folder / facts.file
    limit = None if rows is None else HEADER_ROWS + rows
    if not is_workbook(path):
        return _read(_text_sheet(path, limit), facts)
    if facts.sheet is not None:
        sheet = read_sheet(path, facts.sheet, rows=limit)
        try:
            return _read(sheet, facts)
        except InputError as error:
            raise _with_fitting(error, path, facts) from None
    return _unnamed_sheet(path, facts, limit)


def _text_sheet(path: Path, rows: int | None) -> Sheet:
    """A text export as a sheet; its lines are the rows."""
    file = read_text_file(path, rows=rows)
    top = file.data.split(b"\n", HEADER_ROWS)
    begins = (line.strip(b'"\t;, ').lower().startswith(b"assay") for line in top)
    start = next((place for place, found in enumerate(begins) if found), 0)
    return text_sheet(file, dividing(b"\n".join(top[start:])))


def _unnamed_sheet(path: Path, facts: OlinkWide, limit: int | None) -> RawAssay:
    """The only sheet that fits; of several that say the same, the one that tells most."""
    names = sheet_names(path)
    if len(names) == 1:
        return _read(read_sheet(path, names[0], rows=limit), facts)
    fitting, problems = _fitting(path, names, facts)
    if not fitting:
        problems.raise_any()
    found = {name: _read(read_sheet(path, name, rows=limit), facts) for name in fitting}
    best = max(fitting, key=lambda name: found[name].samples.shape[1])
    others = [name for name in fitting if name != best]
    if not all(_same_values(found[best], found[name]) for name in others):
        raise InputError(
            Problem(
                path.as_posix(),
                f"{len(fitting)} sheets hold NPX: {', '.join(fitting)}, and they differ",
                "state one as `sheet`",
            )
        )
    if others:
        reason = f"sheet {best} is read; {', '.join(others)} hold the same values"
        found[best].notes.append(Note("sheets of the same values", len(others), reason))
    return found[best]


def _same_values(one: RawAssay, other: RawAssay) -> bool:
    """True for the same samples and values in the same places, whatever the assays' names."""
    return one.values.index.equals(other.values.index) and np.array_equal(
        one.values.to_numpy(), other.values.to_numpy(), equal_nan=True
    )


def _fitting(path: Path, names: list[str], facts: OlinkWide) -> tuple[list[str], Problems]:
    """The sheets whose first rows can be read, and what is wrong with the others."""
    fitting, problems = [], Problems()
    for name in names:
        try:
            _read(read_sheet(path, name, rows=HEADER_ROWS + LOOKED_AT), facts)
        except InputError as error:
            problems.extend(error)
        else:
            fitting.append(name)
    return fitting, problems


def _with_fitting(error: InputError, path: Path, facts: OlinkWide) -> InputError:
    """The same problems; the remedy names the sheets that could be meant instead."""
    others = [name for name in sheet_names(path) if name != facts.sheet]
    fitting, _ = _fitting(path, others, facts)
    if not fitting:
        return error
    more = f"; sheets that hold NPX: {', '.join(fitting)}"
    return InputError([Problem(p.where, p.problem, p.remedy + more) for p in error.problems])


@dataclass(frozen=True)
class _Part:
    """One block, or several together: the assay, and the limits of detection of each value."""

    raw: RawAssay
    lod: pd.DataFrame


def _read(sheet: Sheet, facts: OlinkWide) -> RawAssay:
    found = list(blocks(sheet, facts.kind))
    reader = ConcentrationCells(
        sheet.shown, decimal=facts.decimal, missing=MISSING, keys=OlinkWide.model_fields
    )
    whole = reduce(_together, [_part(block, reader) for block in found])
    raw, lod = whole.raw, whole.lod.to_numpy()
    if raw.values.empty:
        raise InputError(Problem(sheet.shown, "there is no row of a sample", "check the sheet"))
    if not np.isnan(lod).all():
        add_limits(raw.features, raw.samples, raw.values.to_numpy(), lod)
    controls = sum(block.controls for block in found)
    if controls:
        raw.notes.append(Note("control samples", controls, "rows of control wells"))
    raw.notes.extend(reader.notes)
    return out_of_range(raw)


def _part(block: Block, reader: ConcentrationCells) -> _Part:
    problems = Problems()
    values = _numbers(block, [place for _, place in block.samples], reader)
    lod = _lod(block, reader)
    reader.tell(problems)
    names = [name for name, _ in block.samples]
    refuse_repeated_samples(names, block.sheet.shown, problems)
    problems.raise_any()
    features = _features(block)
    frame = pd.DataFrame(values, index=names, columns=features.index)
    raw = RawAssay(frame, features, _quality(block, names), block.sheet.shown)
    return _Part(raw, pd.DataFrame(lod, index=frame.index, columns=frame.columns))


def _numbers(block: Block, rows: list[int], reader: NumberCells) -> np.ndarray:
    """Rows x assays; the cells that are no numbers are noted."""
    values = np.empty((len(rows), len(block.assays)))
    for place, (column, name) in enumerate(block.assays.items()):
        values[:, place] = reader.read_column(
            [block.sheet.rows[row][column] for row in rows],
            lambda row: f"{block.sheet.shown} row {rows[row] + 1}",
            name,
        )
    return values


def _features(block: Block) -> pd.DataFrame:
    assays = list(block.assays.values())
    panels = [block.head("panel", column) for column in block.assays]
    identifiers = [
        block.head("id", column)
        or (name if assays.count(name) == 1 or not panel else f"{panel}:{name}")
        for (column, name), panel in zip(block.assays.items(), panels, strict=True)
    ]
    features = feature_table(identifiers, assays)
    if "uniprot" in block.heads:
        features["uniprot"] = [block.head("uniprot", column) for column in block.assays]
    if any(panels):
        features["panel"] = panels
    if "unit" in block.heads:
        features["unit"] = [block.head("unit", column) for column in block.assays]
    return features


def _quality(block: Block, names: list[str]) -> pd.DataFrame:
    samples = pd.DataFrame(index=pd.Index(names, dtype=object))
    for word, summary in (("plate", joined), ("qc_warning", warnings)):
        if word in block.quality:
            samples[word] = [
                summary([cell_text(block.sheet.rows[place][c]) for c in block.quality[word]])
                for _, place in block.samples
            ]
    return samples


def _lod(block: Block, reader: NumberCells) -> np.ndarray:
    """Samples x assays: of the sample's plate where the file tells it, else the one of all."""
    rows = {
        word: [place for name, place in block.summaries if key(name) == word]
        for word in ("lod", "maxlod", "platelod")
    }
    shape = (len(block.samples), len(block.assays))
    common = rows["lod"][:1] or rows["maxlod"][:1]
    by_plate = rows["platelod"] or (rows["lod"] if len(rows["lod"]) > 1 else [])
    if not common and not by_plate:
        return np.full(shape, np.nan)
    of_plates = _finite(_numbers(block, by_plate, reader))
    of_all = _finite(_numbers(block, common, reader))
    everywhere = of_all[0] if common else pd.DataFrame(of_plates).max().to_numpy()
    lod = np.tile(everywhere, (shape[0], 1))
    for at, column in enumerate(block.assays):
        plate = _plate_column(block, column)
        if plate is None or not by_plate:
            continue
        known = {cell_text(block.sheet.rows[row][plate]): of_plates[n, at]
                 for n, row in enumerate(by_plate)}  # fmt: skip
        for n, (_, place) in enumerate(block.samples):
            lod[n, at] = known.get(cell_text(block.sheet.rows[place][plate]), lod[n, at])
    return lod


def _finite(limits: np.ndarray) -> np.ndarray:
    """Limits that are themselves out of range are not known."""
    return np.where(np.isfinite(limits), limits, np.nan)


def _plate_column(block: Block, assay: int) -> int | None:
    """The column of plates that belongs to an assay's panel."""
    columns = block.quality.get("plate", [])
    panel = block.head("panel", assay)
    own = [column for column in columns if block.head("panel", column) == panel]
    return next(iter(own or columns), None)


def _together(part: _Part, further: _Part) -> _Part:
    """Two blocks of a sheet: further panels of the same samples, or further samples."""
    one, other = part.raw, further.raw
    both = one.values.columns.intersection(other.values.columns)
    twice = one.values.index.intersection(other.values.index)
    if len(both) and len(twice):
        problems = Problems()
        refuse_repeated_samples([*twice, *twice], one.source, problems)
        problems.raise_any()
    names = list(dict.fromkeys([*one.values.index, *other.values.index]))
    features = pd.concat([one.features, other.features.drop(index=both)])
    samples = pd.concat([one.samples, other.samples])
    rules = {"plate": joined, "qc_warning": _worse}
    told = {name: rule for name, rule in rules.items() if name in samples}
    samples[[*told]] = samples[[*told]].fillna("")
    merged = samples.groupby(level=0, sort=False).agg(told) if told else pd.DataFrame(index=names)
    values = one.values.combine_first(other.values).loc[names, features.index]
    lod = part.lod.combine_first(further.lod).loc[names, features.index]
    raw = RawAssay(values, features, merged.loc[names], one.source, [*one.notes, *other.notes])
    return _Part(raw, lod)


def _worse(texts: pd.Series) -> str:
    return warnings(text for cell in texts for text in str(cell).split(";"))
