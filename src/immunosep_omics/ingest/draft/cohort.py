"""The draft of a cohort's file, put together from looks at its data files."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from immunosep_omics.errors import InputError, Problem, Problems
from immunosep_omics.ingest.draft.clinical import ClinicalDraft, draft_clinical, quoted
from immunosep_omics.ingest.draft.formats import Look, Signature, look_at
from immunosep_omics.ingest.draft.table import guess_values, is_values

ASSAY_NAMES = {
    "rna_counts": "rna", "rna_array": "rna", "expression": "rna", "ms_proteins": "proteome",
    "olink_npx": "olink", "somascan": "somascan", "metabolites": "metabolites",
}  # fmt: skip


@dataclass
class Draft:
    """Text of the cohort's file, and one line for each thing that only a person can fill in."""

    text: str
    remarks: list[str] = field(default_factory=list)


@dataclass
class _Clinical:
    look: Look
    draft: ClinicalDraft


def draft_cohort(paths: list[Path], name: str | None, output: Path | None) -> Draft:
    """Draft the facts of a cohort whose data are in `paths`.

    `output` is where the draft will stand, to which its `folder:` is relative. Raises
    :class:`InputError` for files that cannot be read, with every such file.
    """
    looks = _looks(paths)
    folder = Path(os.path.commonpath([path.resolve().parent for path in paths]))
    clinical = _clinical(looks)
    known = _known_names(clinical)
    remarks: list[str] = []
    lines = [f"# Draft of the cohort {name or folder.name}: FACTS only. Check every line.",
             f"folder: {quoted(_relative(folder, output))}"]  # fmt: skip
    lines += _clinical_lines(clinical, folder, remarks)
    lines.append("assays:")
    used: dict[str, int] = {}
    rest = [look for look in looks if clinical is None or look is not clinical.look]
    for group in _groups(rest):
        lines += _assay_lines(group, folder, known, used, remarks)
    if not used:
        remarks.append("no assay was recognised: add one under `assays:`")
        lines.append("  # TODO: rna: {kind: rna_counts, format: matrix, file: counts.tsv}")
    lines.append("# source: {doi: ..., licence: ...}")
    return Draft("\n".join(lines) + "\n", [f"to do: {remark}" for remark in remarks])


def _looks(paths: list[Path]) -> list[Look]:
    problems, looks = Problems(), []
    for path in dict.fromkeys(paths):
        try:
            looks.append(look_at(path))
        except InputError as error:
            problems.extend(error)
    problems.raise_any()
    return looks


def _clinical(looks: list[Look]) -> _Clinical | None:
    """The plain table with most words of the vocabulary among its headers."""
    best: _Clinical | None = None
    for look in looks:
        if look.signature is not None or not look.rows:
            continue
        draft = draft_clinical([cell.strip() for cell in look.rows[0]], look.rows[1:])
        likely = draft.words + (draft.patient is not None) + (draft.sample is not None)
        values = is_values(look.rows) and draft.words < 2
        if likely and not values and (best is None or draft.words > best.draft.words):
            best = _Clinical(look, draft)
    return best


def _known_names(clinical: _Clinical | None) -> set[str]:
    if clinical is None:
        return set()
    header = [cell.strip() for cell in clinical.look.rows[0]]
    places = [
        header.index(h) for h in (clinical.draft.patient, clinical.draft.sample) if h is not None
    ]
    rows = clinical.look.rows[1:]
    return {row[place].strip() for row in rows for place in places if place < len(row)} - {""}


def _clinical_lines(clinical: _Clinical | None, folder: Path, remarks: list[str]) -> list[str]:
    if clinical is None:
        remarks.append("no clinical table was recognised: name its file and columns")
        return ["clinical:", "  file: TODO", "  patient: TODO  # header of the pseudonym"]
    look, draft = clinical.look, clinical.draft
    lines = ["clinical:", f"  file: {quoted(_relative_file(look.path, folder))}"]
    lines += _delimiter_line(look, "  ")
    decimal = any(
        re.fullmatch(r"[-+]?[0-9]+,[0-9]+", cell.strip()) for row in look.rows[1:] for cell in row
    )
    if decimal:
        lines.append('  decimal: ","  # please confirm')
    header = [cell.strip() for cell in look.rows[0]]
    patient = draft.patient or draft.sample
    if patient is None:
        patient = next((h for h in header if h and re.search(r"\bid\b|_id$|ID$", h)), header[0])
        remarks.append(f"which column is the patient? '{patient}' is a guess")
    lines.append(f"  patient: {quoted(patient)}")
    if draft.sample is not None and draft.sample != patient:
        lines.append(f"  sample: {quoted(draft.sample)}")
    lines.append(
        "  columns:" if any(line.strip()[0] != "#" for line in draft.columns) else "  columns: {}"
    )
    remarks += draft.todo
    return lines + draft.columns


def _groups(looks: list[Look]) -> list[list[Look]]:
    """Files of one format that has a file per sample belong together."""
    groups: dict[object, list[Look]] = {}
    for look in looks:
        each = look.signature is not None and (
            look.signature.each or look.signature.format == "featurecounts"
        )
        key: object = look.signature.format if each and look.signature else look.path
        groups.setdefault(key, []).append(look)
    return list(groups.values())


def _assay_lines(
    group: list[Look], folder: Path, known: set[str], used: dict[str, int], remarks: list[str]
) -> list[str]:
    look = group[0]
    file = _relative_file(look.path, folder)
    if len(group) > 1:
        file = _pattern([_relative_file(one.path, folder) for one in group])
    if look.signature is not None:
        return _platform_lines(look.signature, file, used, remarks)
    if not is_values(look.rows):
        remarks.append(f"{file}: neither a clinical table nor values; it is left out")
        return []
    guess = guess_values(look.rows, known)
    name = _name(guess.kind, used)
    lines = [f"  {name}:", f"    kind: {guess.kind}  # please confirm",
             "    format: matrix", f"    file: {quoted(file)}"]  # fmt: skip
    if guess.scale is not None:
        lines.append(f"    scale: {guess.scale}  # please confirm")
    lines += _delimiter_line(look, "    ")
    if guess.decimal == ",":
        lines.append('    decimal: ","')
    lines.append(f"    samples_in: {guess.samples_in}  # judged by {guess.sure}")
    if guess.kind == "metabolites":
        lines.append("    # unit: TODO")
    remarks.append(f"{file}: confirm that it holds {guess.kind} ({guess.scale or 'counts'})")
    return lines


def _platform_lines(
    signature: Signature, file: str, used: dict[str, int], remarks: list[str]
) -> list[str]:
    name = _name(signature.kind, used)
    lines = [f"  {name}:", f"    kind: {signature.kind}", f"    format: {signature.format}",
             f"    file: {quoted(file)}"]  # fmt: skip
    if signature.format in ("geo_series_matrix", "geo_soft"):
        lines.append("    # features: {file: GPL.txt, id: ID, gene: Gene symbol}  # TODO")
        remarks.append(f"{file}: name the platform's table under `features`; confirm the scale")
    if signature.format in ("salmon", "kallisto"):
        lines.append("    # transcripts: {file: tx2gene.csv, id: TODO, gene: TODO}")
        remarks.append(f"{file}: name the table from transcripts to genes under `transcripts`")
    return lines


def _name(kind: str, used: dict[str, int]) -> str:
    name = ASSAY_NAMES.get(kind, "assay")
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name}_{used[name]}"


def _delimiter_line(look: Look, indent: str) -> list[str]:
    by_ending = "," if look.path.name.lower().removesuffix(".gz").endswith(".csv") else "\t"
    if look.delimiter is None or look.delimiter == by_ending:
        return []
    shown = "\\t" if look.delimiter == "\t" else look.delimiter
    return [f'{indent}delimiter: "{shown}"']


def _pattern(files: list[str]) -> str:
    """The files' common beginning and end, with `*` for the sample's name between them."""
    before = _common(files)
    after = _common([file[len(before) :][::-1] for file in files])[::-1]
    if any("/" in file[len(before) : len(file) - len(after)] for file in files):
        raise InputError(
            Problem(
                ", ".join(files[:3]), "these files have no common place but for the sample's name",
                "give files of one folder, or of folders that are named as the samples",
            )
        )  # fmt: skip
    return f"{before}*{after}"


def _relative(folder: Path, output: Path | None) -> str:
    start = output.resolve().parent if output is not None else Path.cwd()
    return Path(os.path.relpath(folder, start)).as_posix()


def _relative_file(path: Path, folder: Path) -> str:
    return path.resolve().relative_to(folder).as_posix()


def _common(words: list[str]) -> str:
    """The letters with which all words begin."""
    first, last = min(words), max(words)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return first[: len(first) if same is None else same]
