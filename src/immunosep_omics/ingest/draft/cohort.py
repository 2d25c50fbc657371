"""The draft of a cohort's file, put together from looks at its data files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from immunosep_omics.errors import InputError, Problem, Problems, printable
from immunosep_omics.ingest.draft.assay import (
    AssayDraft,
    delimiter_fact,
    draft_matrix,
    draft_platform,
    folder_of,
)
from immunosep_omics.ingest.draft.clinical import ClinicalDraft, draft_clinical, quoted
from immunosep_omics.ingest.draft.formats import BESIDE, Look, look_at, whole
from immunosep_omics.ingest.draft.patterns import groups
from immunosep_omics.ingest.draft.proof import problems_of
from immunosep_omics.ingest.draft.table import (
    Values,
    are_genes,
    marks,
    measured,
    numbers_in,
    share_of_genes,
)
from immunosep_omics.ingest.files.table_file import read_table_file
from immunosep_omics.ingest.genes.feature_table import PLATFORM_COMMENTS
from immunosep_omics.ingest.proteins.names import run_name
from immunosep_omics.settings.tables import TableFile

ASSAY_NAMES = {
    "rna_counts": "rna", "rna_array": "rna", "expression": "rna", "ms_proteins": "proteome",
    "olink_npx": "olink", "somascan": "somascan", "metabolites": "metabolites",
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


@dataclass
class _Sheet:
    """A plain table of patients or samples, and what its headers say."""

    look: Look
    draft: ClinicalDraft
    name: str = ""


@dataclass
class _Tables:
    """Plain tables by what they hold; a table of values may be a sheet as well."""

    sheets: list[_Sheet] = field(default_factory=list)
    values: list[tuple[Look, Values]] = field(default_factory=list)
    others: list[Look] = field(default_factory=list)


def draft_cohort(paths: list[Path], name: str | None, output: Path | None) -> Draft:
    """Draft the facts of a cohort whose data are in `paths`: files, or folders of files.

    `output` is where the draft will stand, to which its `folder:` is relative. What cannot be
    read is left out and said so; :class:`InputError` is raised for paths that are not there, and
    where nothing can be read.
    """
    remarks: list[str] = []
    looks = _looks(paths, remarks)
    tables = _tables([look for look in looks if look.format is None])
    found, doubled = groups([look for look in looks if look.format not in (None, *GOES_WITH)])
    remarks += [f"left out: {look.path.as_posix()}: another file says the same" for look in doubled]
    roots = [folder_of(group) for group in found]
    roots += [look.path.parent for look in looks if look.format is None or look.format in GOES_WITH]
    folder = Path(os.path.commonpath(roots))
    known = _names(tables.sheets)
    assays = [draft_platform(group, folder, known) for group in found]
    assays += [draft_matrix(look, values, folder) for look, values in tables.values]
    _described_by_geo(found, folder, tables)
    _named_in(assays, tables)
    _annotate(assays, tables, looks, folder)
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


def _looks(paths: list[Path], remarks: list[str]) -> list[Look]:
    problems, absent, looks = Problems(), Problems(), list[Look]()
    for path, named in _files(paths, absent):
        try:
            # By the path that was given: what a link leads to may lie anywhere.
            looks += look_at(Path(os.path.normpath(Path.cwd() / path)))
        except InputError as error:
            problems.extend(error)
            remarks += [
                f"left out: {path.as_posix()}: {problem.problem}; {problem.remedy}"
                for problem in (error.problems if named else ())
            ]
    absent.raise_any()
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


def _tables(plain: list[Look]) -> _Tables:
    """Sort plain tables: sheets first, since their names tell how values are turned."""
    tables = _Tables()
    drafts = {place: draft_clinical(look) for place, look in enumerate(plain)}
    sheets = {place: draft for place, draft in drafts.items() if _is_sheet(plain[place], draft)}
    names = {place: _names([_Sheet(plain[place], draft)]) for place, draft in sheets.items()}
    for place, look in enumerate(plain):
        own = drafts[place]
        words = set(own.words.values()) if place in sheets else set()
        known = set().union(*(found for other, found in names.items() if other != place))
        values = measured(look, known, words, own.sample or own.patient)
        if values is not None:
            tables.values.append((look, values))
        if place in sheets:
            tables.sheets.append(_Sheet(look, drafts[place]))
        elif values is None:
            tables.others.append(look)
    return tables


def _is_sheet(look: Look, draft: ClinicalDraft) -> bool:
    named = draft.patient is not None or draft.sample is not None
    numbers = numbers_in(look)
    heads = [look.header[place] for place in numbers]
    mostly_values = len(numbers) > 0.6 * len(look.header) and (
        are_genes(heads) or any(share_of_genes(look.column(p)) > 0.3 for p in (0, 1)
                                if p < len(look.header))
    )  # fmt: skip
    words = [h for h in draft.words.values() if not (mostly_values and share_of_genes([h]))]
    return len(words) > 1 or (
        (named or bool(words)) and not mostly_values and len(numbers) < len(look.header)
    )


def _names(sheets: list[_Sheet]) -> set[str]:
    """All texts of the sheets' text columns: samples and patients are among them."""
    found: set[str] = set()
    for sheet in sheets:
        look = whole(sheet.look)
        for place in range(len(look.header)):
            cells = look.column(place)
            if len(set(cells)) > len(cells) / 3:
                found.update(cells)
    return found - {"", "NA"}


def _described_by_geo(found: list[list[Look]], folder: Path, tables: _Tables) -> None:
    """What GEO's files say of their samples is a clinical table too."""
    for group in found:
        if group[0].format not in ("geo_series_matrix", "geo_soft"):
            continue
        try:
            file = group[0].path.relative_to(folder).as_posix()
            table = read_table_file(TableFile(file=file), folder)
        except InputError:
            continue
        rows = [table.header, *([str(cell or "") for cell in row] for row in table.rows)]
        look = Look(group[0].path, "geo", rows)
        draft = draft_clinical(look)
        draft.sample = draft.sample or "geo_accession"
        tables.sheets.append(_Sheet(look, draft))


def _named_in(assays: list[AssayDraft], tables: _Tables) -> None:
    """A table that names the samples of an assay is a sheet, whatever else its headers say."""
    for look in list(tables.others):
        if any(_column_of(assay, look) is not None for assay in assays):
            tables.sheets.append(_Sheet(look, draft_clinical(look)))
            tables.others.remove(look)


def _annotate(assays: list[AssayDraft], tables: _Tables, looks: list[Look], folder: Path) -> None:
    """Tables of genes go to the assay whose features or transcripts they name."""
    for look in list(tables.others):
        for draft in assays:
            fitted = _genes_for(draft, look)
            if fitted is None:
                continue
            key, stated = fitted
            draft.facts[key] = {"file": _relative_file(look.path, folder)} | stated
            draft.comments[key] = "please confirm"
            draft.open.pop(key, None)
            tables.others = [other for other in tables.others if other is not look]
    for look in looks:
        for draft in assays:
            if look.format == "platform" and draft.raw is not None:
                _by_platform(draft, look, folder)
            if look.format == "reference" and draft.facts["format"] == "reads":
                draft.facts["reference"] = _relative_file(look.path, folder)
    for draft in assays:
        lacks = "features" not in draft.facts and draft.facts["format"] == "geo_series_matrix"
        if lacks and draft.raw is not None and not are_genes(list(draft.raw.values.columns)):
            draft.open["features"] = "{file: GPL.txt, id: ID, gene: Gene symbol}"
            draft.todo.append(f"{draft.file}: name the platform's table under `features`")
        if "transcripts" in draft.open:
            draft.todo.append(
                f"{draft.file}: name the table from transcripts to genes under `transcripts`"
            )


def _by_platform(draft: AssayDraft, look: Look, folder: Path) -> None:
    """GEO's table of a platform, where it has the assay's probes."""
    file = _relative_file(look.path, folder)
    try:
        table = read_table_file(TableFile(file=file), folder, skip=PLATFORM_COMMENTS)
    except InputError:
        return
    rows = [table.header, *([str(cell or "") for cell in row] for row in table.rows)]
    fitted = _genes_for(draft, Look(look.path, None, rows))
    if fitted is not None:
        draft.facts["features"] = {"file": file} | fitted[1]
        draft.comments["features"] = "please confirm"


def _genes_for(draft: AssayDraft, look: Look) -> tuple[str, dict[str, str]] | None:
    """The key that a table of genes belongs to, with its headers."""
    named = draft.facts["format"]
    columns = [look.column(place) for place in range(len(look.header))]
    transcripts = named in ("salmon", "kallisto", "reads")
    if transcripts:
        ids = [sum(c.startswith(("ENST", "NM_", "NR_")) for c in cells) for cells in columns]
    elif draft.raw is not None and named in ("matrix", "geo_series_matrix", "h5ad"):
        features = set(draft.raw.features["identifier"])
        ids = [sum(cell in features for cell in cells) for cells in columns]
    else:
        return None
    if not transcripts and are_genes(list(features)[:300]):
        return None
    at = max(range(len(ids)), key=lambda place: ids[place])
    genes = [
        share_of_genes(list(filter(None, cells))) + ("symbol" in look.header[n].lower())
        if n != at else 0.0
        for n, cells in enumerate(columns)
    ]  # fmt: skip
    gene_at = max(range(len(genes)), key=lambda place: genes[place])
    looked_at = len(columns[0]) if transcripts else min(len(columns[0]), len(features))
    if ids[at] < looked_at / 4 or genes[gene_at] < 0.3:
        return None
    stated = {"id": look.header[at], "gene": look.header[gene_at]}
    return "transcripts" if transcripts else "features", stated


def _clinical_lines(
    tables: _Tables, assays: list[AssayDraft], folder: Path, remarks: list[str]
) -> Iterator[str]:
    yield "clinical:"
    if not tables.sheets:
        remarks.append("to do: no clinical table was recognised: name its file and columns")
        yield "  file: TODO"
        yield "  patient: TODO  # header of the pseudonym"
        return
    samples = {name for draft in assays for name in draft.samples}
    main = max(tables.sheets, key=lambda s: (len(s.draft.words), _met(s.look, samples)[0]))
    main.look = whole(main.look)
    main.draft = draft_clinical(main.look)
    file = _relative_file(main.look.path, folder)
    yield f"  file: {quoted(file)}"
    yield from _written(main.look, "  ", remarks)
    patient, sample = _identity(main, assays, remarks)
    for assay in assays:
        _translate(assay, main.look, sample, file)
        _through_key(assay, main.look, sample, tables, folder)
    yield f"  patient: {quoted(patient)}"
    if sample != patient:
        yield f"  sample: {quoted(sample)}"
    further = list(_further(tables, main, patient, sample, remarks))
    if further:
        yield "  tables:"
    lines = list(main.draft.columns.values())
    for other, key, header in further:
        yield f"    {other.name}:"
        yield f"      file: {quoted(_relative_file(other.look.path, folder))}"
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
    if look.sheet is not None:
        yield f"{indent}sheet: {quoted(look.sheet)}"
    for key, value in delimiter_fact(look).items():
        yield f"{indent}{key}: {_value(value)}"
    decimal, codes, doubts = marks(look, list(range(len(look.header))))
    if decimal != ".":
        yield f'{indent}decimal: "{decimal}"  # please confirm'
    if codes:
        yield f"{indent}missing: {_value(['', 'NA', *codes])}  # please confirm"
    remarks += [f"to do: {look.path.name}: {doubt}" for doubt in doubts]


def _identity(main: _Sheet, assays: list[AssayDraft], remarks: list[str]) -> tuple[str, str]:
    """Headers of patient and sample: the sample's by the assays' names first, then by its word."""
    look, draft = main.look, main.draft
    met = [header for assay in assays if (header := _column_of(assay, look)) is not None]
    sample = draft.sample if draft.sample in met or not met else met[0]
    patient = draft.patient
    if patient is None and sample is None:
        rows = len(look.rows) - 1
        unique = (h for n, h in enumerate(look.header) if len(set(look.column(n))) == rows)
        sample = next(unique, look.header[0])
        remarks.append(f"to do: which column is the patient? '{sample}' is a guess")
    elif patient is None:
        remarks.append(
            f"to do: no column is known as the patient: each row of '{sample}' counts as a patient"
            " of its own; confirm, or name the pseudonym's column in `patient`"
        )
    patient = patient or str(sample)
    for header in (patient, sample):
        draft.columns.pop(str(header), None)
    return patient, patient if sample is None else sample


def _column_of(assay: AssayDraft, look: Look) -> str | None:
    """The header of the column that holds most of an assay's sample names."""
    share, header = _met(look, set(assay.samples))
    return header if share > 0.5 else None


def _translate(assay: AssayDraft, look: Look, sample: str, file: str) -> None:
    """An assay whose samples the sheet names in another column, or by their runs, as SDRF does."""
    own = _column_of(assay, look)
    if own == sample or not assay.samples:
        return
    if own is not None:
        if sample not in look.header or not set(assay.samples) & set(
            look.column(look.header.index(sample))
        ):
            assay.facts["sample_column"] = own
            assay.comments["sample_column"] = "please confirm"
        return
    runs = {run_name(name) for name in assay.samples}
    for place, header in enumerate(look.header):
        if len(runs & {run_name(cell) for cell in look.column(place)}) > len(runs) / 2:
            assay.facts["samples"] = {"file": file, "from": header, "to": sample}
            return


def _through_key(assay: AssayDraft, look: Look, sample: str, tables: _Tables, folder: Path) -> None:
    """A table that holds both the assay's own names and the sheet's translates them."""
    if not assay.samples or _column_of(assay, look) or "samples" in assay.facts:
        return
    known = set(look.column(look.header.index(sample))) - {""}
    for other in [*tables.others, *(sheet.look for sheet in tables.sheets)]:
        own = _column_of(assay, other)
        shares = [len(known & set(other.column(n))) for n in range(len(other.header))]
        to = other.header[max(range(len(shares)), key=lambda place: shares[place])]
        if other.path != look.path and own is not None and own != to and max(shares) > 1:
            file = _relative_file(other.path, folder)
            facts = {"file": file, **delimiter_fact(other), "from": own, "to": to}
            assay.facts["samples"] = facts
            tables.others = [table for table in tables.others if table is not other]
            tables.sheets = [sheet for sheet in tables.sheets if sheet.look is not other]
            return


def _met(look: Look, names: set[str]) -> tuple[float, str | None]:
    """The largest share of names that a column holds, and its header."""
    if not names:
        return 0.0, None
    shares = [
        (len(names & set(look.column(place))) / len(names), header)
        for place, header in enumerate(look.header)
        if look.header.count(header) == 1
    ]
    return max(shares, key=lambda pair: pair[0], default=(0.0, None))


def _further(
    tables: _Tables, main: _Sheet, patient: str, sample: str, remarks: list[str]
) -> Iterator[tuple[_Sheet, str, str]]:
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
        yield _Sheet(look, draft, name), key, header


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
    return quoted(str(value))


def _word(text: str) -> str:
    """A text as a name that settings allow."""
    word = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in text).strip("_")
    return word if word[:1].isalpha() else f"table_{word}".strip("_")


def _shown(look: Look) -> str:
    return look.path.name + (f" [sheet {look.sheet}]" if look.sheet else "")


def _relative(folder: Path, output: Path | None) -> str:
    start = output.resolve().parent if output is not None else Path.cwd()
    return Path(os.path.relpath(folder, start)).as_posix()


def _relative_file(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
