"""The draft of a cohort's file, put together from looks at its data files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from immunosep_omics.errors import InputError, Problem, Problems, printable
from immunosep_omics.ingest import READERS
from immunosep_omics.ingest.draft.assay import (
    AssayDraft,
    draft_matrix,
    draft_platform,
    folder_of,
    layout_facts,
)
from immunosep_omics.ingest.draft.clinical import draft_clinical, quoted
from immunosep_omics.ingest.draft.formats import BESIDE, Look, look_at, whole
from immunosep_omics.ingest.draft.genes import add_genes
from immunosep_omics.ingest.draft.options import LOOKED_AT
from immunosep_omics.ingest.draft.patterns import groups
from immunosep_omics.ingest.draft.proof import problems_of
from immunosep_omics.ingest.draft.sample_names import identity, translate, translate_through_key
from immunosep_omics.ingest.draft.sheets import (
    Sheet,
    Tables,
    add_geo,
    add_named_samples,
    names_in,
    sorted_tables,
)
from immunosep_omics.ingest.draft.table import (
    marks,
    share_met,
)
from immunosep_omics.ingest.geo.text import NoValuesError, joined_names
from immunosep_omics.settings.assays import assay_facts

ASSAY_NAMES = {
    "rna_counts": "rna", "rna_array": "rna", "expression": "rna", "ms_proteins": "proteome",
    "olink_npx": "olink", "somascan": "somascan", "cytokines": "cytokines",
    "metabolites": "metabolites",
}  # fmt: skip


GOES_WITH = ("platform", "reference")
"""Formats of files that are no assay of their own."""


MOST_FILES = 5_000
"""Files below a folder that are looked at."""


@dataclass
class Draft:
    """Text of the cohort's file, and one line for each thing that only a person can fill in."""

    text: str
    remarks: list[str] = field(default_factory=list)


def draft_cohort(paths: list[Path], name: str | None, output: Path | None) -> Draft:
    """Draft the facts of a cohort whose data are in `paths`: files, or folders of files.

    `output` is where the draft will stand, to which its `folder:` is relative. What cannot be
    read is left out and said so; :class:`InputError` is raised for paths that are not there, and
    where nothing can be read.
    """
    remarks: list[str] = []
    looks = _looks(paths, remarks)
    tables = sorted_tables([look for look in looks if look.format is None])
    found, doubled = groups([look for look in looks if look.format not in (None, *GOES_WITH)])
    remarks += [_said_twice(left, other) for left, other in doubled]
    roots = [folder_of(group) for group in found]
    roots += [look.path.parent for look in looks if look.format is None or look.format in GOES_WITH]
    folder = Path(os.path.commonpath(roots))
    known = names_in(tables.sheets)
    found = _one_platform(found, remarks)
    measured = [group for group in found if _has_values(group[0], remarks)]
    assays = [draft_platform(group, folder, known) for group in measured]
    assays += [draft_matrix(look, values, folder) for look, values in tables.values]
    assays = _once(assays, remarks)
    add_geo(found, folder, tables)
    add_named_samples(assays, tables)
    add_genes(assays, tables, looks, folder)
    title = name or (output or folder).stem
    lines = [f"# Draft of the cohort {printable(title)}: FACTS only. Check them.",
             f"folder: {quoted(_relative(folder, output))}"]  # fmt: skip
    lines += _clinical_lines(tables, assays, folder, remarks)
    lines += ["assays:", *_assay_lines(assays, remarks)]
    remarks += [
        f"left out: {_shown(look)}: neither a clinical table nor values" for look in tables.others
    ]
    lines.append("# source: {doi: ..., licence: ...}")
    text = "\n".join(lines) + "\n"
    if assays:
        left_open = [key for draft in assays for key in draft.open]
        shown = (output or Path(f"{name or 'draft'}.yaml")).as_posix()
        remarks += problems_of(text, shown, Path(os.path.relpath(folder)), left_open)
    return Draft(text, list(dict.fromkeys(remarks)))


def _said_twice(left: list[Look], other: Look) -> str:
    root = os.path.commonpath([look.path.parent for look in [*left, other]])
    *names, kept = [look.path.relative_to(root).as_posix() for look in [*left, other]]
    return f"left out: {joined_names(names)}: {kept} says the same"


def _one_platform(found: list[list[Look]], remarks: list[str]) -> list[list[Look]]:
    """Without the series matrices after the first: each describes samples of its own."""
    matrices = [group for group in found if group[0].format == "geo_series_matrix"]
    remarks += [
        f"left out: {group[0].path.name}: other samples than those of {matrices[0][0].path.name};"
        " they are a cohort of their own, to be drafted from this file alone"
        for group in matrices[1:]
    ]
    return [group for group in found if group not in matrices[1:]]


def _has_values(look: Look, remarks: list[str]) -> bool:
    """False for a file of GEO that is a clinical table only; then it is told where values are."""
    if look.format not in ("geo_series_matrix", "geo_soft"):
        return True
    facts = assay_facts({"format": look.format, "file": look.path.name})
    try:
        READERS[look.format](facts, look.path.parent, rows=LOOKED_AT)
    except NoValuesError as error:
        remarks += [
            f"{look.path.name} is a clinical table only: {p.problem}; {p.remedy}"
            for p in error.problems
        ]
        return False
    except InputError:
        pass
    return True


def _once(drafts: list[AssayDraft], remarks: list[str]) -> list[AssayDraft]:
    """Without files that hold the values of another, as CSV beside Parquet and GEO's two forms do.

    And without sheets of a workbook whose samples and features an earlier one has: other scales.
    """
    kept: list[AssayDraft] = []
    for draft in drafts:
        alike = [other for other in kept if draft.holds_same(other)]
        sheets = [other for other in alike if other.file == draft.file]
        files = [other for other in alike if draft.values_equal(other)]
        if sheets:
            remarks.append(
                f"left out: {draft.file}, sheet '{draft.facts.get('sheet')}': the same samples and"
                f" features as sheet '{sheets[0].facts.get('sheet')}'; name it there if it is the"
                " right one"
            )
        elif files:
            remarks.append(f"left out: {draft.file}: {files[0].file} says the same")
        else:
            kept.append(draft)
    return kept


def _looks(paths: list[Path], remarks: list[str]) -> list[Look]:
    problems, absent, looks, passed_over = Problems(), Problems(), list[Look](), list[str]()
    for path, named in _files(paths, absent):
        try:
            # By the path that was given: what a link leads to may lie anywhere.
            looks += look_at(Path(os.path.normpath(Path.cwd() / path)))
        except InputError as error:
            problems.extend(error)
            passed_over += [] if named else [path.name]
            remarks += [
                f"left out: {path.as_posix()}: {problem.problem}; {problem.remedy}"
                for problem in (error.problems if named else ())
            ]
    absent.raise_any()
    if passed_over:
        remarks.append(
            f"left out: no reader reads {joined_names(passed_over)} of the folder; name a file, to"
            " be told why"
        )
    if not looks:
        problems.raise_any()
        raise InputError(Problem(str(paths[0]), "no file is in this folder", "name another"))
    return looks


def _files(paths: list[Path], absent: Problems) -> Iterator[tuple[Path, bool]]:
    """Every file, and whether it was named: in a folder, what programs leave beside is not."""
    seen = set()
    for path in dict.fromkeys(paths):
        if not path.is_dir():
            if not path.exists():
                absent.add(path.as_posix(), "no such file or folder", "check the path")
            elif path.resolve() not in seen:
                seen.add(path.resolve())
                yield path, True
            continue
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not BESIDE.search(p.name))
        if len(inside) > MOST_FILES:
            absent.add(
                path.as_posix(), f"holds {len(inside):,} files", "name the cohort's own files"
            )
            continue
        for file in inside:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file, False


def _clinical_lines(
    tables: Tables, assays: list[AssayDraft], folder: Path, remarks: list[str]
) -> Iterator[str]:
    yield "clinical:"
    if not tables.sheets:
        remarks.append("to do: no clinical table was recognised: name its file and columns")
        yield "  file: TODO"
        yield "  patient: TODO  # header of the pseudonym"
        return
    samples = {name for draft in assays for name in draft.samples}
    main = max(tables.sheets, key=lambda s: (len(s.draft.words), share_met(s.look, samples)[0]))
    main.look = whole(main.look)
    main.draft = draft_clinical(main.look)
    file = main.look.path.relative_to(folder).as_posix()
    yield f"  file: {quoted(file)}"
    yield from _written(main.look, "  ", remarks)
    patient, sample = identity(main, assays, remarks)
    for assay in assays:
        translate(assay, main.look, sample, file)
    used = [translate_through_key(a, main.look, sample, tables, folder) for a in assays]
    tables.others = [look for look in tables.others if look not in used]
    tables.sheets = [sheet for sheet in tables.sheets if sheet.look not in used]
    yield f"  patient: {quoted(patient)}"
    if sample != patient:
        yield f"  sample: {quoted(sample)}"
    further = list(_further(tables, main, patient, sample, remarks))
    if further:
        yield "  tables:"
    lines = list(main.draft.columns.values())
    for other, key, header in further:
        yield f"    {other.name}:"
        yield f"      file: {quoted(other.look.path.relative_to(folder).as_posix())}"
        yield from _written(other.look, "      ", remarks)
        yield f"      {key}: {quoted(header)}"
        lines += [line for line in other.draft.columns.values() if not line.endswith("vocabulary")]
    filled = any(not line.startswith("#") for line in lines)
    yield "  columns:" if filled else "  columns: {}"
    own = {patient, sample}
    for sheet in [main, *(other for other, _, _ in further)]:
        for header, todo in sheet.draft.todo.items():
            if header not in own:
                remarks.append(f"to do: {sheet.look.path.name}, column '{header}' {todo}")
    for line in lines:
        yield f"    {line}"


def _written(look: Look, indent: str, remarks: list[str]) -> Iterator[str]:
    """How a table is written: its sheet, delimiter, decimal mark and codes for missing values."""
    for key, value in layout_facts(look).items():
        yield f"{indent}{key}: {_value(value)}"
    decimal, codes, doubts = marks(look, list(range(len(look.header))))
    if decimal != ".":
        yield f'{indent}decimal: "{decimal}"  # please confirm'
    if codes:
        yield f"{indent}missing: {_value(['', 'NA', *codes])}  # please confirm"
    remarks += [f"to do: {look.path.name}: {doubt}" for doubt in doubts]


def _further(
    tables: Tables, main: Sheet, patient: str, sample: str, remarks: list[str]
) -> Iterator[tuple[Sheet, str, str]]:
    """Further tables that a patient or a sample joins, with the key and its header."""
    taken = set(main.draft.words)
    for sheet in tables.sheets:
        if sheet is main or sheet.look.format is not None:
            continue
        look = whole(sheet.look)
        name = _word(f"{look.path.name.split('.')[0]}_{look.sheet or ''}")
        draft = draft_clinical(look, taken, name)
        key = "sample" if sample in look.header and sample != patient else "patient"
        header = sample if key == "sample" else patient if patient in look.header else draft.patient
        if header is None or not draft.words:
            what = "no column that joins it" if header is None else "no further clinical column"
            remarks.append(f"left out: {_shown(look)}: {what}")
            continue
        taken |= set(draft.words)
        yield Sheet(look, draft, name), key, header


def _assay_lines(assays: list[AssayDraft], remarks: list[str]) -> Iterator[str]:
    if not assays:
        remarks.append("to do: no assay was recognised: add one under `assays:`")
        yield "  # rna: {kind: rna_counts, format: matrix, file: counts.tsv}  # TODO"
    used: dict[str, int] = {}
    for draft in assays:
        kind = draft.facts["kind"]
        name = ASSAY_NAMES.get(kind, "assay")
        used[name] = used.get(name, 0) + 1
        yield f"  {name if used[name] == 1 else f'{name}_{used[name]}'}:"
        for key, value in draft.facts.items():
            comment = f"  # {draft.comments[key]}" if key in draft.comments else ""
            yield f"    {key}: {_value(value)}{comment}"
        yield from (f"    # {key}: {value}" for key, value in draft.open.items())
        remarks += [f"to do: {todo}" for todo in draft.todo]


def _value(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value) if isinstance(value, int) else quoted(str(value))


def _word(text: str) -> str:
    """A text as a name that settings allow."""
    word = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in text).strip("_")
    return word if word[:1].isalpha() else f"table_{word}".strip("_")


def _shown(look: Look) -> str:
    return look.path.name + (f" [sheet {look.sheet}]" if look.sheet else "")


def _relative(folder: Path, output: Path | None) -> str:
    start = output.resolve().parent if output is not None else Path.cwd()
    return Path(os.path.relpath(folder, start)).as_posix()
