"""SomaScan: SomaLogic's ADAT, one file of a header, analytes' and samples' annotation and RFU.

The library `somadata` reads well-formed files. It stops at blank lines, empty RFU cells, header
keys with two values and quotation marks in names, all of which real files have, and its errors
name no line: so the table is taken apart here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from immunosep_omics.clinical.numbers import parse_numbers
from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.ingest.files.number_cells import NumberCells
from immunosep_omics.ingest.files.text_file import read_text_file
from immunosep_omics.ingest.raw_assay import (
    Note,
    RawAssay,
    feature_table,
    refuse_repeated_samples,
)
from immunosep_omics.settings.assays import SomaScan

TABLE = "^TABLE_BEGIN"

CONTROL_TYPES = ("calibrator", "buffer", "qc", "no protein", "blank")
"""`SampleType` of SomaLogic's own wells; whatever else stands there is a study's sample."""

NO_NAME = ("NA", "N/A", "None", "-")
"""How an analyte without a gene is written, where its cell is not empty."""

NORMALISATION = re.compile(r"HybControlNormScale|NormScale_|Med\.Scale|ANMLFractionUsed_|RowCheck")

STEPS = re.compile(r'"?!ProcessSteps"?\t')

TOP_LINES = 2000
"""Lines above the rows of samples, at most: to read the first rows is to read these as well."""


@dataclass
class _Adat:
    """The table in its parts: annotation by name, RFU as text with the line of each sample.

    `steps`: how SomaLogic normalised it, with or without a reference population (ANML).
    """

    steps: str = ""
    analytes: dict[str, list[str]] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def of_samples(self, name: str) -> list[str]:
        place = self.samples.index(name)
        return [row[place] for row in self.rows]


def read(facts: SomaScan, folder: Path, rows: int | None = None) -> RawAssay:
    """Read RFU as they are (linear); scale factors of normalisation go with the samples.

    A feature is a SeqId. Calibrators, buffers and QC pools, and analytes that are no human
    protein, are left out and counted. Raises :class:`InputError` for a file that is no ADAT or is
    cut short, for cells that are not numbers, and for repeated sample names.
    """
    file = read_text_file(folder / facts.file, rows=None if rows is None else TOP_LINES + rows)
    adat = _taken_apart(file.data.decode("utf-8"), file.shown, rows)
    if facts.sample_names not in adat.samples:
        raise InputError(
            Problem(
                f"{file.shown} (sample_names)", f"there is no column '{facts.sample_names}'",
                did_you_mean(facts.sample_names, adat.samples),
            )
        )  # fmt: skip
    notes = list(file.notes)
    _drop_controls(adat, notes)
    if adat.steps:
        notes.append(Note("samples normalised by SomaLogic", len(adat.rows), adat.steps))
    if not adat.rows and rows is None:
        raise InputError(Problem(file.shown, "only control wells are in the file", "check it"))
    values = _numbers(adat, file.shown)
    names = adat.of_samples(facts.sample_names)
    _check_names(names, adat, facts.sample_names, file.shown)
    features = _features(adat.analytes)
    human = _human(adat.analytes)
    if not human.all():
        notes.append(Note("control analytes", int((~human).sum()), "no human protein"))
    samples = _sample_table(adat, names)
    frame = pd.DataFrame(values[:, human], index=names, columns=features.index[human])
    return RawAssay(frame, features[human], samples, file.shown, notes)


def _taken_apart(text: str, shown: str, rows: int | None) -> _Adat:
    lines = text.split("\n")
    begin = next((n for n, line in enumerate(lines) if line.startswith(TABLE)), None)
    if begin is None:
        raise InputError(
            Problem(
                shown, f"there is no line {TABLE}",
                "give SomaLogic's .adat; an Excel or CSV copy of it is `format: matrix` with"
                " `kind: somascan`",
            )
        )  # fmt: skip
    adat = _Adat(_steps(lines[:begin]))
    offset = width = 0
    problems = Problems()
    for number, line in enumerate(lines[begin + 1 :], start=begin + 2):
        cells = [_unquoted(cell) for cell in line.split("\t")]
        if not any(cells):
            continue
        if not adat.samples and not cells[0]:
            offset = next(place for place, cell in enumerate(cells) if cell)
            adat.analytes[cells[offset]] = cells[offset + 1 :]
        elif not adat.samples:
            adat.samples = [cell for cell in cells[: offset or None] if cell]
            width = offset + 1 + _count(adat.analytes, shown)
        elif rows is None or len(adat.rows) < rows:
            _add_row(adat, cells, width, number, shown, problems)
    if not adat.samples or not adat.rows:
        problems.add(shown, f"no row of a sample follows {TABLE}", "get the file again")
    problems.raise_any()
    return adat


def _steps(header: list[str]) -> str:
    fields = next((line.split("\t")[1:] for line in header if STEPS.match(line)), [])
    return ", ".join(filter(None, map(_unquoted, fields)))


def _unquoted(cell: str) -> str:
    """A cell without the quotation marks that a spreadsheet program puts round it."""
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _count(analytes: dict[str, list[str]], shown: str) -> int:
    """How many analytes there are; short lines of annotation are filled up."""
    if "SeqId" not in analytes:
        raise InputError(
            Problem(
                shown, f"no line SeqId follows {TABLE}",
                "give SomaLogic's .adat as it was delivered",
            )
        )  # fmt: skip
    count = sum(1 for cell in analytes["SeqId"] if cell)
    for name, cells in analytes.items():
        analytes[name] = [*cells[:count], *[""] * (count - len(cells))]
    return count


def _add_row(
    adat: _Adat, cells: list[str], width: int, number: int, shown: str, problems: Problems
) -> None:
    # A cell that is empty at the end of the line is missing, with its tab or without.
    if len(cells) < width - 1 or any(cells[width:]):
        problems.add(
            f"{shown}:{number}", f"the row has {len(cells)} fields, not {width}",
            "the file may be cut short: get it again",
        )  # fmt: skip
        return
    adat.rows.append([*cells, *[""] * (width - len(cells))][:width])
    adat.lines.append(number)


def _drop_controls(adat: _Adat, notes: list[Note]) -> None:
    if "SampleType" not in adat.samples:
        return
    kinds = adat.of_samples("SampleType")
    control = [kind.lower() in CONTROL_TYPES for kind in kinds]
    dropped = dict.fromkeys(k for k, drop in zip(kinds, control, strict=True) if drop)
    notes += [Note("control samples", kinds.count(k), f"wells of type {k}") for k in dropped]
    adat.rows = [row for row, drop in zip(adat.rows, control, strict=True) if not drop]
    adat.lines = [line for line, drop in zip(adat.lines, control, strict=True) if not drop]


def _numbers(adat: _Adat, shown: str) -> np.ndarray:
    """RFU of samples x analytes."""
    seq_ids, start = adat.analytes["SeqId"], -len(adat.analytes["SeqId"])
    values = np.empty((len(adat.rows), len(seq_ids)))
    reader = NumberCells(shown, missing=("", "NA", "NaN"), keys=())
    for place, (row, line) in enumerate(zip(adat.rows, adat.lines, strict=True)):

        def where(column: int, line: int = line) -> str:
            return f"{shown}:{line}, column '{seq_ids[column]}'"

        if not _fill(values[place], row[start:]):
            values[place] = reader.read(row[start:], where)
        reader.refuse_negative(values[place], where)
    reader.raise_any()
    return values


def _fill(values: np.ndarray, cells: list[str]) -> bool:
    """Take over cells that are plain numbers; False where any may be none."""
    if any("_" in cell for cell in cells):
        # NumPy would read 1_000, as Python does.
        return False
    try:
        values[:] = cells
    except ValueError:
        return False
    return not np.isinf(values).any()


def _check_names(names: list[str], adat: _Adat, header: str, shown: str) -> None:
    problems = Problems()
    for name, line in zip(names, adat.lines, strict=True):
        if not name:
            problems.add(
                f"{shown}:{line}, column '{header}'", "the sample has no name",
                "fill it, or name another column as `sample_names`",
            )  # fmt: skip
    others = [name for name in adat.samples if _names_each(adat.of_samples(name))]
    remedy = f"name a column that tells samples apart as `sample_names`: {', '.join(others)}"
    refuse_repeated_samples(
        [name for name in names if name], shown, problems, *([remedy] if others else [])
    )
    problems.raise_any()


def _names_each(cells: list[str]) -> bool:
    """Whether cells could be the names of samples: all filled, all different."""
    return all(cells) and len(set(cells)) == len(cells)


def _features(analytes: dict[str, list[str]]) -> pd.DataFrame:
    identifiers = [re.sub(r"_[0-9]+$", "", seq_id) for seq_id in analytes["SeqId"]]
    blank = [""] * len(identifiers)
    genes = [
        _several(cell if cell not in NO_NAME else "") or np.nan
        for cell in analytes.get("EntrezGeneSymbol", blank)
    ]
    features = feature_table(identifiers, genes)
    features["uniprot"] = [_several(cell) for cell in analytes.get("UniProt", blank)]
    for name, source in (("target", "Target"), ("dilution", "Dilution"), ("col_check", "ColCheck")):
        if source in analytes:
            features[name] = analytes[source]
    return features


def _several(cell: str) -> str:
    """Several names, which ADATs part with blanks, bars or commas, as `A;B`."""
    return ";".join(dict.fromkeys(re.split(r"[\s|,;]+", cell.strip()))) if cell.strip() else ""


def _human(analytes: dict[str, list[str]]) -> np.ndarray:
    count = len(analytes["SeqId"])
    kinds = analytes.get("Type", ["Protein"] * count)
    organisms = analytes.get("Organism", ["Human"] * count)
    return np.array(
        [kind.lower() in ("", "protein") and organism.lower() in ("", "human")
         for kind, organism in zip(kinds, organisms, strict=True)]
    )  # fmt: skip


def _sample_table(adat: _Adat, names: list[str]) -> pd.DataFrame:
    """`plate`; `qc_warning` from RowCheck; scale factors under their own names."""
    samples = pd.DataFrame(index=pd.Index(names))
    if "PlateId" in adat.samples:
        samples["plate"] = adat.of_samples("PlateId")
    if "RowCheck" in adat.samples:
        checks = adat.of_samples("RowCheck")
        samples["qc_warning"] = ["Pass" if check.upper() == "PASS" else check for check in checks]
    for name in adat.samples:
        if NORMALISATION.match(name) and name != "RowCheck":
            samples[name] = parse_numbers(adat.of_samples(name), ".")[0]
    return samples
