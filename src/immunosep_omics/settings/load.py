"""Read a study and its cohorts from YAML; tell every mistake at once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from immunosep_omics.errors import InputError, Problem, Problems, did_you_mean
from immunosep_omics.settings.analysis import Analysis, Contrast, Given
from immunosep_omics.settings.assays import MEASURED, AnyAssay, assay_facts
from immunosep_omics.settings.base import valid, validate, without_faults
from immunosep_omics.settings.cohort import Clinical, Cohort, Column
from immunosep_omics.settings.files import is_file, is_folder, leaves, named_by, stated_files
from immunosep_omics.settings.harmonise import faults_of
from immunosep_omics.settings.strict_yaml import Document, read_yaml
from immunosep_omics.settings.study import Study
from immunosep_omics.stats.leiden_extra import leiden_installed

DERIVED_FROM: dict[str, tuple[tuple[str, ...], ...]] = {
    "rule_class": (("ferritin",), ("hla_dr",)),
    "sofa": (
        ("sofa_respiration",), ("sofa_coagulation",), ("sofa_liver",), ("sofa_cardiovascular",),
        ("sofa_nervous",), ("sofa_renal",),
    ),
    "sofa_change": (("sofa_day0",), ("sofa_day9",)),
    **dict.fromkeys(
        ("death_28d", "time_28d", "death_90d", "time_90d"), (("death",), ("follow_up",))
    ),
    "eligibility": (
        ("age",), ("site_of_infection",), ("sofa_day0", "sofa"), ("rule_class",), ("hours",),
    ),
}  # fmt: skip
"""Clinical columns that ingest computes when a cohort has, of each group, at least one column.

A column may be needed that is itself computed, by a line above.
"""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class LoadedStudy:
    """A valid study: choices, facts of each cohort, and where each cohort's files are."""

    study: Study
    cohorts: dict[str, Cohort]
    folders: dict[str, Path]
    documents: dict[str, Document]

    def cohorts_of(self, analysis: Analysis) -> list[str]:
        """Cohorts of an analysis that have at least one of its assays, in the study's order."""
        named = set(analysis.discover_in or self.study.cohorts) | set(analysis.apply_to)
        return [
            cohort
            for cohort in self.study.cohorts
            if cohort in named and set(self.cohorts[cohort].assays) & set(analysis.assays)
        ]

    def discovery_of(self, analysis: Analysis) -> list[str]:
        """The cohorts whose samples make the endotypes."""
        return [c for c in self.cohorts_of(analysis) if c not in analysis.apply_to]


@dataclass(frozen=True)
class CohortFiles:
    """What is sound of a cohort's facts: these files can be looked at whatever else is wrong.

    `clinical` is None where its facts, or its files, are not sound.
    """

    folder: Path
    clinical: Clinical | None
    assays: dict[str, AnyAssay]
    multiqc: str | None = None


@dataclass(frozen=True)
class ReadStudy:
    """A study as it was read: whole, or its problems, and of each cohort what is sound."""

    loaded: LoadedStudy | None
    cohorts: dict[str, CohortFiles]
    problems: list[Problem]


def load_study(files: Sequence[Path], overrides: Mapping[str, Any] | None = None) -> LoadedStudy:
    """Read study files (later ones win, key by key) and the cohorts that they name.

    Raises :class:`InputError` with every problem of every file.
    """
    read = read_study(files, overrides)
    if read.loaded is None:
        raise InputError(read.problems)
    return read.loaded


def read_study(files: Sequence[Path], overrides: Mapping[str, Any] | None = None) -> ReadStudy:
    """As :func:`load_study`, but problems are given, with what can be looked at beside them.

    Raises :class:`InputError` where no file is given.
    """
    if not files:
        raise InputError(
            Problem(
                "configuration",
                "no study file was given",
                "name one: snakemake --cores all --configfile my_study.yaml",
            )
        )
    surprises, problems = Problems(), Problems()
    study_document = _merge([read_yaml(path, surprises) for path in files], overrides or {})
    study = validate(Study, study_document, problems) if study_document.data else None
    documents = _cohort_documents(files, study_document, study, surprises, problems)
    cohorts = {}
    for name, document in documents.items():
        cohort = validate(Cohort, document, problems)
        if cohort is not None:
            cohorts[name] = cohort
    documents["study"] = study_document
    folders = {
        name: folder
        for name, document in documents.items()
        if name != "study" and (folder := _folder(document, study_document, problems))
    }
    parts = _check_files(documents, folders, cohorts, problems)
    # What is sound of the analyses is held against the cohorts beside what is not.
    names = study.cohorts if study else _named(study_document)
    whole = bool(names) and set(names) <= set(cohorts)
    study = study or (without_faults(Study, study_document, "analyses") if whole else None)
    loaded = LoadedStudy(study, cohorts, folders, documents) if study and whole else None
    if loaded is not None:
        _check_scales(loaded, problems)
        for name, analysis in loaded.study.analyses.items():
            _check_analysis(loaded, name, analysis, problems)
    # What YAML reads otherwise than it looks is told once, without what follows from it.
    odd = {problem.where for problem in surprises}
    told = [*surprises, *(problem for problem in problems if problem.where not in odd)]
    return ReadStudy(None if told else loaded, parts, told)


def _cohort_documents(
    files: Sequence[Path], study_document: Document, study: Study | None, surprises: Problems,
    problems: Problems,
) -> dict[str, Document]:  # fmt: skip
    """The cohorts' files, also of a study that is not valid."""
    names = study.cohorts if study else _named(study_document)
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.add(
            study_document.where(("cohorts",)), f"'{name}' stands twice", "keep one of the two"
        )
    documents = {}
    for name in dict.fromkeys(names):
        path = _folder_of_cohorts(files) / f"{name}.yaml"
        if is_file(path):
            documents[name] = read_yaml(path, surprises)
            continue
        known = sorted(p.stem for p in path.parent.glob("*.yaml"))
        problems.add(
            study_document.where(("cohorts", names.index(name))),
            f"there is no file {path.as_posix()} for the cohort '{name}'",
            did_you_mean(name, known),
        )
    return documents


def _coded_levels(cohorts: Sequence[Cohort], column: str) -> set[str]:
    """Levels a column can have, if every cohort that declares it also declares its codes."""
    declared = [c.clinical.columns[column] for c in cohorts if column in c.clinical.columns]
    if not declared or any(facts.codes is None for facts in declared):
        return set()
    return {
        f"{level:g}" if isinstance(level, int | float) else level
        for facts in declared
        for level in (facts.codes or {}).values()
    }


def columns_of(cohort: Cohort) -> list[str]:
    """Clinical columns that a cohort will have: the declared ones and those derived from them."""
    return with_derived(cohort.clinical.columns)


def with_derived(declared: Iterable[str]) -> list[str]:
    """Columns, and after them those that ingest can compute from them."""
    columns = list(declared)
    for name, needed in DERIVED_FROM.items():
        if name not in columns and all(set(group) & set(columns) for group in needed):
            columns.append(name)
    return columns


def needs_of(derived: str) -> str:
    """The columns that a computed column needs, in words."""
    return ", ".join(" or ".join(group) for group in DERIVED_FROM[derived])


def _folder_of_cohorts(files: Sequence[Path]) -> Path:
    return files[-1].parent / "cohorts"


def _merge(documents: Sequence[Document], overrides: Mapping[str, Any]) -> Document:
    merged, data = Document(path=documents[-1].path), dict[str, Any]()
    for document in documents:
        data = _update(data, document.data or {})
        merged.lines.update(document.lines)
    merged.data = _update(data, overrides)
    return merged


def _update(base: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in change.items():
        inner = result.get(key)
        if isinstance(value, Mapping) and isinstance(inner, dict):
            result[key] = _update(inner, value)
        else:
            result[key] = value
    return result


def _named(document: Document) -> list[str]:
    """The cohorts that an invalid study names, as far as they can be read."""
    named = document.data.get("cohorts")
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def _folder(document: Document, study_document: Document, problems: Problems) -> Path | None:
    """The cohort's folder: variables expanded, relative to the cohort's own file."""
    text = _stated(document, "folder", ".")
    results = _stated(study_document, "results", "results")
    unset = Problems()

    def value(match: re.Match[str]) -> str:
        variable = match.group(1) or match.group(2)
        if variable == "RESULTS":
            return results
        if variable not in os.environ:
            unset.add(
                document.where(("folder",)),
                f"the environment variable {variable} is not set",
                f"export {variable}=... before the run, or write the path",
            )
        return os.environ.get(variable, "")

    expanded = _VARIABLE.sub(value, text)
    problems.extend(unset)
    if unset:
        return None
    if text.startswith(("${RESULTS}", "$RESULTS")):
        # Results are relative to where the run happens, and named by rules exactly like this.
        return Path(expanded)
    return Path(os.path.relpath(Path(document.path).parent / expanded))


def _stated(document: Document, key: str, default: str) -> str:
    """A text at the top of a file that may not be valid."""
    stated = (document.data or {}).get(key, default)
    return stated if isinstance(stated, str) and stated else default


def _check_files(
    documents: Mapping[str, Document], folders: Mapping[str, Path], cohorts: Mapping[str, Cohort],
    problems: Problems,
) -> dict[str, CohortFiles]:  # fmt: skip
    """Tell which files are not where the facts say; give what can be looked at."""
    simulated = "simulate" in (documents["study"].data or {})
    found = {}
    for name, folder in folders.items():
        document = documents[name]
        generated = simulated and "RESULTS" in _stated(document, "folder", ".")
        part = _sound(document, folder, cohorts.get(name))
        stated = list(stated_files(part.clinical, part.assays, part.multiqc))
        if stated and not generated and not is_folder(folder):
            what = "is a file" if is_file(folder) else "there is no such folder"
            problems.add(
                document.where(("folder",)), f"{what}: {folder.as_posix()}",
                "`folder` is where the cohort's files are, relative to this file",
            )  # fmt: skip
            continue
        faults = Problems()
        lost = {
            key[:2] if key[0] == "assays" else key[:1]
            for key, file in stated
            if _check_file(folder, file, document.where(key), generated, faults)
        }
        problems.extend(faults)
        found[name] = CohortFiles(
            folder,
            None if ("clinical",) in lost else part.clinical,
            {a: facts for a, facts in part.assays.items() if ("assays", a) not in lost},
            None if ("multiqc",) in lost else part.multiqc,
        )
    return found


def _check_file(folder: Path, file: str, where: str, generated: bool, problems: Problems) -> bool:
    """True where a file cannot be read from a folder, which is told."""
    if leaves(folder, file):
        problems.add(
            where, f"'{file}' leaves the cohort's folder",
            "put the file below `folder`, and write its path relative to it",
        )  # fmt: skip
    elif is_folder(folder / file):
        problems.add(
            where, f"'{file}' is a folder",
            "name the file in it; `*` stands for the sample where each has one",
        )  # fmt: skip
    elif not generated and not named_by(folder, file):
        parent = (folder / file).parent
        beside = [p.name for p in parent.glob("*")] if is_folder(parent) else []
        problems.add(
            where, f"no such file: {(folder / file).as_posix()}",
            did_you_mean(Path(file).name, sorted(beside)),
        )  # fmt: skip
    else:
        return False
    return True


def _sound(document: Document, folder: Path, cohort: Cohort | None) -> CohortFiles:
    """A valid cohort's facts, or those that are valid by themselves."""
    if cohort is not None:
        return CohortFiles(folder, cohort.clinical, cohort.assays, cohort.multiqc)
    stated = document.data if isinstance(document.data, dict) else {}
    assays = stated.get("assays")
    found = {
        name: valid(assay_facts, facts)
        for name, facts in (assays if isinstance(assays, dict) else {}).items()
    }
    return CohortFiles(
        folder,
        _sound_clinical(stated.get("clinical")),
        {name: facts for name, facts in found.items() if facts is not None},
    )


def _sound_clinical(stated: Any) -> Clinical | None:
    """The clinical tables with the columns that are valid."""
    columns = stated.get("columns") if isinstance(stated, dict) else None
    if isinstance(columns, dict):
        kept = {
            name: facts
            for name, facts in columns.items()
            if isinstance(facts, str) or valid(Column.model_validate, facts) is not None
        }
        stated = {**stated, "columns": kept}
    return valid(Clinical.model_validate, stated)


def _check_scales(loaded: LoadedStudy, problems: Problems) -> None:
    """What the recipe does with a file's values, and what the cohort says of them, agree."""
    for name, cohort in loaded.cohorts.items():
        for assay, facts in cohort.assays.items():
            if facts.bridge is not None and "bridge" not in [
                step.word for step in loaded.study.recipes.of(facts.kind)
            ]:
                problems.add(
                    loaded.documents[name].where(("assays", assay, "bridge")),
                    f"the recipe of {facts.kind} does not use it",
                    "put `bridge` first in that recipe of the study file",
                )
            words = [s.word for s in loaded.study.recipes.of(facts.kind) if s.of_linear]
            if words and facts.stated_scale != "linear":
                problems.add(
                    loaded.documents[name].where(("assays", assay)),
                    f"the recipe of {facts.kind} has '{words[0]}', which is for linear values, and"
                    f" these are on the scale '{facts.stated_scale}'",
                    "use `log2` in the recipe (it passes them unchanged), or a file of intensities",
                )


def _check_measured(
    loaded: LoadedStudy, analysis: Analysis, assay: str, where: str, problems: Problems
) -> None:
    """An assay's name joins cohorts: one name must not stand for two kinds of molecules."""
    measured: dict[str, list[str]] = {}
    for cohort in loaded.cohorts_of(analysis):
        facts = loaded.cohorts[cohort].assays.get(assay)
        if facts is not None:
            measured.setdefault(MEASURED[facts.kind], []).append(cohort)
    if len(measured) > 1:
        listed = ", ".join(f"{what} in {' and '.join(c)}" for what, c in measured.items())
        problems.add(
            where, f"'{assay}' is not the same everywhere: {listed}",
            "give these assays different names in the cohorts' files",
        )  # fmt: skip


def _check_levels(
    loaded: LoadedStudy, cohorts: Sequence[Cohort], key: tuple[str, ...], contrast: Contrast,
    problems: Problems,
) -> None:  # fmt: skip
    """Levels that a contrast names are among those that the cohorts' codes give."""
    named = [
        ("level", contrast.column, contrast.level),
        ("versus", contrast.column, contrast.versus),
    ]
    named += [("population", c, level) for c, own in contrast.population.items() for level in own]
    for part, column, level in named:
        levels = _coded_levels(cohorts, column) if column and level is not None else set()
        special = set() if part == "population" else {"rest", "each", "any"}
        if levels and str(level) not in levels | special:
            problems.add(
                loaded.documents["study"].where((*key, part)),
                f"'{level}' is not a level that the codes of '{column}' give",
                did_you_mean(str(level), sorted(levels)),
            )


def _check_plan(
    loaded: LoadedStudy, key: tuple[str, ...], contrast: Contrast, problems: Problems
) -> None:
    """The plan that a confirmatory contrast cites is there, and is still what it was."""
    if contrast.plan is None:
        return
    document = loaded.documents["study"]
    path = Path(document.path).parent / contrast.plan.file
    if not is_file(path):
        problems.add(
            document.where((*key, "file")), f"no such file: {path.as_posix()}",
            "`file` is relative to the study's file",
        )  # fmt: skip
        return
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != contrast.plan.sha256:
        problems.add(
            document.where((*key, "sha256")),
            f"{path.as_posix()} is not the plan that is cited: its SHA-256 is {found}",
            "bring the plan back that was written before the data were looked at; a question"
            " of a changed plan is exploratory",
        )


def _check_analysis(loaded: LoadedStudy, name: str, analysis: Analysis, problems: Problems) -> None:
    document = loaded.documents["study"]

    def check(key: tuple[str | int, ...], word: str, valid: Iterable[str], what: str) -> None:
        if word not in valid:
            problems.add(
                document.where(("analyses", name, *key)),
                f"'{word}' is not {what}",
                f"declare what it is computed from: {needs_of(word)}"
                if word in DERIVED_FROM
                else did_you_mean(word, valid),
            )

    for part in ("discover_in", "apply_to"):
        for place, cohort in enumerate(getattr(analysis, part) or []):
            check((part, place), cohort, loaded.study.cohorts, "a cohort of this study")
    cohorts = [loaded.cohorts[c] for c in loaded.cohorts_of(analysis) if c in loaded.cohorts]
    assays = sorted({assay for cohort in loaded.cohorts.values() for assay in cohort.assays})
    stated = {"assays": analysis.assays, "held_out": analysis.held_out}
    named = [(part, *own) for part, words in stated.items() for own in enumerate(words)]
    for part, place, assay in named:
        check((part, place), assay, assays, "an assay of any cohort")
    for part, place, assay in named:
        where = document.where(("analyses", name, part, place))
        _check_measured(loaded, analysis, assay, where, problems)
    columns = sorted({column for cohort in cohorts for column in columns_of(cohort)})
    if not cohorts:
        return
    for label, contrast in analysis.contrasts.items():
        for word in contrast.asks_about:
            part = "column" if contrast.column else "formula"
            check(("contrasts", label, part), word, columns, "a clinical column")
        for place, word in enumerate(contrast.adjust):
            check(("contrasts", label, "adjust", place), word, columns, "a clinical column")
        for word in contrast.population:
            check(("contrasts", label, "population", word), word, columns, "a clinical column")
        _check_levels(loaded, cohorts, ("analyses", name, "contrasts", label), contrast, problems)
        _check_plan(loaded, ("analyses", name, "contrasts", label, "plan"), contrast, problems)
    for place, word in enumerate(analysis.differential.composition):
        key = ("differential", "composition", place)
        check(key, word, columns, "a clinical column")
    if analysis.outcome is not None:
        check(("outcome", "event"), analysis.outcome.event, columns, "a clinical column")
    if isinstance(analysis.endotype, Given):
        check(("endotype", "column"), analysis.endotype.column, columns, "a clinical column")
    elif analysis.endotype.clusterer == "leiden" and not leiden_installed():
        problems.add(
            document.where(("analyses", name, "endotype", "clusterer")),
            "leiden needs libraries that are not installed (GPL, so never by default)",
            "install the `leiden` extra (README.md says how), or choose another clusterer",
        )
    _check_harmonise(loaded, name, analysis, problems)
    if not problems and not loaded.discovery_of(analysis):
        problems.add(
            document.where(("analyses", name)),
            "no cohort is left to discover endotypes in",
            "name cohorts that have these assays in discover_in",
        )


def _check_harmonise(
    loaded: LoadedStudy, name: str, analysis: Analysis, problems: Problems
) -> None:
    cohorts = loaded.cohorts_of(analysis)
    having = {
        assay: [cohort for cohort in cohorts if assay in loaded.cohorts[cohort].assays]
        for assay in analysis.assays
    }
    faults = faults_of(
        analysis.harmonise,
        {cohort: columns_of(loaded.cohorts[cohort]) for cohort in cohorts},
        _predicted(analysis, [loaded.cohorts[cohort] for cohort in cohorts]),
        loaded.discovery_of(analysis),
        having,
    )
    for key, problem, remedy in faults:
        where = loaded.documents["study"].where(("analyses", name, "harmonise", *key))
        problems.add(where, problem, remedy)


def _predicted(analysis: Analysis, cohorts: Sequence[Cohort]) -> dict[str, str]:
    """Columns that the data will be used to predict, and those that say the same, with why."""
    found = {}
    if isinstance(analysis.endotype, Given):
        found[analysis.endotype.column] = "holds the endotypes"
    if analysis.outcome is not None:
        event = analysis.outcome.event
        found[event] = "is the outcome"
        same = {event, *(c for group in DERIVED_FROM.get(event, ()) for c in group)}
        same |= {c for c, needed in DERIVED_FROM.items() if same & {n for g in needed for n in g}}
        for declared in (cohort.clinical.columns for cohort in cohorts):
            sources = {(declared[c].table, declared[c].source) for c in same & set(declared)}
            same |= {c for c, facts in declared.items() if (facts.table, facts.source) in sources}
        for column in sorted(same - set(found)):
            found[column] = f"tells the outcome '{event}'"
    return found
