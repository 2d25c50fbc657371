"""The facts of an assay as far as its files tell them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from immunosep_omics.errors import InputError
from immunosep_omics.ingest.draft.formats import BY_READER, Look, long_headers, sheets_of
from immunosep_omics.ingest.draft.options import first_reading, readings
from immunosep_omics.ingest.draft.patterns import EACH, mates, pattern, root_of
from immunosep_omics.ingest.draft.table import (
    EMPTY,
    UNSURE,
    Values,
    are_cytokines,
    are_genes,
    are_probes,
    are_proteins,
    marks,
    numbers_in,
)
from immunosep_omics.ingest.files.text_file import delimiter_of
from immunosep_omics.ingest.files.workbook import is_workbook
from immunosep_omics.ingest.raw_assay import RawAssay
from immunosep_omics.ingest.scale import LOG_MAXIMUM, check_scale
from immunosep_omics.settings.assays import SCALE_OF_KIND

CONFIRM = "please confirm"

TO_FIND = {"file": "TODO", "id": "TODO", "gene": "TODO"}
"""A table from transcripts to genes that is not among the files."""

KINDS = {
    "geo_series_matrix": "rna_array", "geo_soft": "rna_array", "olink_long": "olink_npx",
    "olink_wide": "olink_npx", "somascan": "somascan", "metabolon": "metabolites",
}  # fmt: skip
"""Kinds by format, where they are neither counts of RNA nor proteins of mass spectrometry."""

NATURAL = re.compile(r"log[ _-]*transf|natural|(?<![a-z])ln(?![a-z])", re.IGNORECASE)
"""Names of files and sheets of natural logarithms, Metabolon's `Log Transformed Data` first."""

ESTIMATED = 0.2
"""Share of whole numbers from which fractions are estimated counts: half of RSEM's are whole."""

COUNTS = (*EACH, "nfcore_rnaseq")


@dataclass
class AssayDraft:
    """Facts of an assay, remarks on single keys, and what is left to a person.

    `open` are keys that cannot be filled in: they are written as comments. `raw` is what the
    reader gives for the facts, None where it refuses them (the check then says why).
    """

    facts: dict[str, Any]
    comments: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    todo: list[str] = field(default_factory=list)
    raw: RawAssay | None = None

    @property
    def file(self) -> str:
        """The file, or the pattern of files."""
        return str(self.facts["file"])

    def holds_same(self, other: AssayDraft) -> bool:
        """True where both readers found the same samples and features."""
        if self.raw is None or other.raw is None:
            return False
        own, others = self.raw.values, other.raw.values
        return own.index.equals(others.index) and own.columns.equals(others.columns)

    def values_equal(self, other: AssayDraft) -> bool:
        """True where both readers found the same values, of those that :meth:`holds_same`."""
        if self.raw is None or other.raw is None:
            return False
        return np.array_equal(self.raw.values, other.raw.values, equal_nan=True)

    @property
    def samples(self) -> list[str]:
        """The samples that the reader found in the first rows."""
        return [] if self.raw is None else self.raw.values.index.astype(str).tolist()


def draft_platform(group: list[Look], folder: Path, known: set[str]) -> AssayDraft:
    """The facts of files that a program wrote: one file, or one per sample."""
    name = str(group[0].format)
    kind = KINDS.get(name, "rna_counts" if name in COUNTS else "ms_proteins")
    draft = AssayDraft({"kind": kind, "format": name, "file": _file(group, folder, known)})
    if len(group) > 1 and "*" not in draft.file:
        draft.todo.append(
            f"{len(group)} files of {name} have no place in common but for the sample's name: put"
            " them into one folder, or into folders named as the samples"
        )
    for step in (_long, _reads, _quantified, _cells, _sheet, _bulk):
        step(draft, group, folder, known)
    draft.raw = _tried(draft, folder)
    _scale(draft, declared=name in ("geo_series_matrix", "geo_soft"))
    return draft


def draft_matrix(look: Look, values: Values, folder: Path) -> AssayDraft:
    """The facts of a plain table of values; kind and scale as the readers' own checks allow."""
    draft = AssayDraft({"kind": "expression", "format": "matrix"})
    facts, comments = draft.facts, draft.comments
    facts["file"] = _relative(look.path, folder)
    facts.update(layout_facts(look))
    places = numbers_in(look)
    decimal, codes, doubts = marks(look, places)
    if decimal != ".":
        facts["decimal"] = decimal
        comments["decimal"] = CONFIRM
    if codes:
        facts["missing"] = [*EMPTY, *codes]
        comments["missing"] = CONFIRM
    draft.todo += [f"{draft.file}: {doubt}" for doubt in doubts]
    facts["samples_in"] = values.samples_in
    comments["samples_in"] = f"judged by {values.sure}"
    if values.names is not None:
        facts["names"] = values.names
    if values.not_features:
        facts["not_features"] = values.not_features
        comments["not_features"] = CONFIRM
    draft.raw = _tried(draft, folder)
    _kind(draft, values.features)
    if draft.raw is None:
        # Concentrations may be out of range, where expression may not.
        draft.raw = _tried(draft, folder)
    _scale(draft, declared=facts["kind"] != "rna_counts")
    comments["kind"] = CONFIRM
    scale = facts.get("scale", SCALE_OF_KIND[facts["kind"]])
    draft.todo.append(f"{draft.file}: confirm that it holds {facts['kind']} ({scale})")
    if values.sure == UNSURE:
        draft.todo.append(f"{draft.file}: are samples in columns or in rows (`samples_in`)?")
    if facts["kind"] == "metabolites":
        comments["kind"] = "or cytokines, expression, ms_proteins, olink_npx"
    if facts["kind"] in ("cytokines", "metabolites"):
        draft.open["unit"] = "TODO"
        draft.todo.append(f"{draft.file}: state the unit of the values, if they have one")
    return draft


def layout_facts(look: Look) -> dict[str, Any]:
    """Where in its file a plain table stands, and how it is divided, if not as the ending says."""
    facts: dict[str, Any] = {} if look.sheet is None else {"sheet": look.sheet}
    if look.top > 1:
        facts["header"] = look.top
    if look.delimiter is not None and look.delimiter != delimiter_of(look.path, None):
        facts["delimiter"] = look.delimiter
    return facts


def folder_of(group: list[Look]) -> Path:
    """The folder below which the path of an assay's file, or its pattern, can stand."""
    paths = [look.path for look in group]
    return paths[0].parent if _holds_all_samples(group) else root_of(paths)


def _holds_all_samples(group: list[Look]) -> bool:
    """True for one file that is not just one sample's."""
    look = group[0]
    several = look.format == "htseq" and len(numbers_in(look)) > 1
    table = look.format not in EACH or look.format == "featurecounts"
    return len(group) == 1 and (table or several or look.path.suffix == ".h5ad")


def _file(group: list[Look], folder: Path, known: set[str]) -> str:
    paths, _ = mates([look.path for look in group])
    one = _holds_all_samples(group)
    found = None if one else pattern(paths or [look.path for look in group], folder, known)
    return found or _relative(group[0].path, folder)


def _long(draft: AssayDraft, group: list[Look], folder: Path, known: set[str]) -> None:
    """A table whose columns no program's layout explains: its headers by their words."""
    if draft.facts["format"] != "long":
        return
    draft.facts.update(layout_facts(group[0]))
    for key, headers in long_headers(group[0].header).items():
        draft.facts[key] = headers if key == "part" else headers[0]
        draft.comments[key] = CONFIRM
    words = f"{draft.facts['feature']} {draft.facts['value']}".lower()
    kinds = {"metabolite": "metabolites", "compound": "metabolites", "cytokine": "cytokines",
             "conc": "cytokines", "analyte": "cytokines", "marker": "cytokines",
             "target": "cytokines", "npq": "cytokines"}  # fmt: skip
    draft.facts["kind"] = next((kind for w, kind in kinds.items() if w in words), "ms_proteins")
    draft.comments["kind"] = CONFIRM
    if "npq" in words:
        # Alamar's NULISA counts are logarithms to base 2.
        draft.facts["scale"] = "log2"
        draft.comments["scale"] = CONFIRM
    draft.todo.append(f"{draft.file}: confirm the columns, and state in `only` which rows count")


def _reads(draft: AssayDraft, group: list[Look], folder: Path, known: set[str]) -> None:
    if draft.facts["format"] != "reads":
        return
    _, second = mates([look.path for look in group])
    if second:
        draft.facts["second"] = pattern(second, folder, known) or _relative(second[0], folder)
    draft.facts["reference"] = "TODO"
    draft.facts["transcripts"] = TO_FIND


def _quantified(draft: AssayDraft, group: list[Look], folder: Path, known: set[str]) -> None:
    of_genes = ".genes." in draft.file or "gene_id" in group[0].header
    if draft.facts["format"] in ("salmon", "kallisto") and not of_genes:
        draft.open["transcripts"] = "{file: tx2gene.csv, id: TODO, gene: TODO}"


def _cells(draft: AssayDraft, group: list[Look], folder: Path, known: set[str]) -> None:
    """Which sample each cell is of: a column of `obs` that holds the samples' names."""
    if draft.facts["format"] != "single_cell" or "*" in draft.file:
        return
    from immunosep_omics.ingest.files.h5ad_file import open_h5ad

    if group[0].path.suffix != ".h5ad":
        return
    with open_h5ad(group[0].path) as found:
        levels = {
            str(column): set(found.obs[column].astype(str).unique()) for column in found.obs.columns
        }
    fitting = [column for column, names in levels.items() if len(names & known) > len(names) / 2]
    if fitting:
        draft.facts["sample_key"] = fitting[0]
        draft.comments["sample_key"] = CONFIRM
        return
    few = [name for name, found in levels.items() if 1 < len(found) <= 500]
    draft.open["sample_key"] = f"TODO  # one of {', '.join(few) or 'none fits'}"
    draft.todo.append(f"{draft.file}: say which column of `obs` names each cell's sample")


def _sheet(draft: AssayDraft, group: list[Look], folder: Path, known: set[str]) -> None:
    """A workbook of several sheets that the reader takes, or of one that is not the first."""
    name, path = draft.facts["format"], group[0].path
    if name not in BY_READER or not is_workbook(path):
        return
    sheets = sheets_of(name, path)
    # Olink's reader joins sheets that go together; Metabolon's are the same values, changed.
    if first_reading(draft.facts, folder) is None or (name == "metabolon" and len(sheets) > 1):
        draft.facts["sheet"] = sheets[0]
        draft.comments["sheet"] = f"or {', '.join(sheets[1:])}" if sheets[1:] else CONFIRM
        draft.todo.append(f"{draft.file}: confirm the `sheet`, one of {', '.join(sheets)}")


def _bulk(draft: AssayDraft, group: list[Look], folder: Path, known: set[str]) -> None:
    """AnnData of samples: a layer of counts, where there is one, rather than normalised values."""
    if draft.facts["format"] != "h5ad":
        return
    from immunosep_omics.ingest.files.h5ad_file import open_h5ad

    with open_h5ad(group[0].path) as found:
        layers = [*map(str, found.layers), *(["raw"] if found.raw is not None else [])]
    for stated in ({}, *({"layer": name} for name in layers)):
        reading = first_reading(draft.facts | stated, folder)
        if reading is None:
            continue
        draft.raw = reading.raw
        _kind(draft, [str(name) for name in draft.raw.values.columns])
        if draft.facts["kind"] == "rna_counts":
            draft.facts.update(stated)
            draft.comments.update(dict.fromkeys(stated, CONFIRM))
            break
    draft.comments["kind"] = CONFIRM


def _tried(draft: AssayDraft, folder: Path) -> RawAssay | None:
    """What the reader gives, with the first options that it takes; these are stated."""
    ways = readings(draft.facts, folder)
    found = next(ways, None)
    if found is None:
        return None
    draft.facts.update(found.stated)
    draft.comments.update(dict.fromkeys(found.stated, CONFIRM))
    for key, value in found.stated.items():
        draft.todo.append(f"{draft.file}: confirm `{key}: {value}`")
    if any("kind" in other.stated for other in ways):
        draft.comments["kind"] = "or cytokines: the file holds concentrations too"
    return found.raw


def _kind(draft: AssayDraft, features: list[str]) -> None:
    """The kind of a table that does not say it: by its features, and whether it can be counts."""
    if are_proteins(features):
        draft.facts["kind"] = "ms_proteins"
        return
    if sum(name.startswith("OID") for name in features) > len(features) / 2:
        draft.facts["kind"] = "olink_npx"
        return
    if are_probes(features):
        draft.facts["kind"] = "rna_array"
        return
    if are_cytokines(features):
        draft.facts["kind"] = "cytokines"
        return
    values = np.empty(0)
    if draft.raw is not None:
        values = draft.raw.values.dropna(axis="columns", how="all").to_numpy()
    whole = _share_whole(values)
    if whole == 1 and (are_genes(features) or values.max() > LOG_MAXIMUM):
        draft.facts["kind"] = "rna_counts"
    elif whole > ESTIMATED and are_genes(features) and values.max() > LOG_MAXIMUM:
        draft.facts |= {"kind": "rna_counts", "counts": "estimated"}
        draft.comments["counts"] = f"fractions beside whole numbers; {CONFIRM}"
    else:
        draft.facts["kind"] = "expression" if are_genes(features) else "metabolites"


def _share_whole(values: np.ndarray) -> float:
    """The share of whole numbers among those above 0; 0 where any are missing or negative."""
    if not values.size or not np.isfinite(values).all() or values.min() < 0:
        return 0.0
    known = values[values > 0]
    return float(np.mean(known == np.floor(known))) if known.size else 1.0


def _scale(draft: AssayDraft, *, declared: bool) -> None:
    """State the scale where values contradict the kind's own, or where `declared` is asked for."""
    kind = draft.facts["kind"]
    own = SCALE_OF_KIND[kind]
    if draft.raw is None or own in ("counts", "npx") or "scale" in draft.facts:
        return
    values = draft.raw.values.to_numpy()
    other = "linear" if own == "log2" else "log2"
    scale = own if _fits(values, own, kind) or not _fits(values, other, kind) else other
    known = values[np.isfinite(values)]
    both = _fits(values, other, kind) and scale == own
    if both and known.size and declared:
        scale = "log2" if known.min() < 0 or known.max() < LOG_MAXIMUM else "linear"
    named = draft.raw.source.rpartition("/")[2]
    if scale == "log2" and kind == "metabolites" and NATURAL.search(named):
        scale = "ln"
    if declared or scale != own:
        draft.facts["scale"] = scale
        draft.comments["scale"] = CONFIRM if scale != "ln" else f"by its name; {CONFIRM}"
    if scale != own or (declared and draft.facts["format"] != "matrix"):
        draft.todo.append(f"{draft.file}: confirm that the values are {scale}")


def _fits(values: np.ndarray, scale: Any, kind: str) -> bool:
    try:
        check_scale(values, scale, kind, "draft")
    except InputError:
        return False
    return True


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
