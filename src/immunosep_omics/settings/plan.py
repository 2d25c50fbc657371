"""The plan: for each job of each stage, the files it reads and the settings it is given.

Rules look jobs up here by their wildcards, so that no rule needs an input function. Each job
gets one dict, `given`, which holds only what that job uses: a change elsewhere in the
configuration leaves it alone.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from immunosep_omics.settings.analysis import Analysis, Given
from immunosep_omics.settings.assays import RNA_KINDS, Reads
from immunosep_omics.settings.check import asked_of, groups_asked
from immunosep_omics.settings.files import assay_files, clinical_files, sample_files
from immunosep_omics.settings.geo import as_input, downloads_of, with_downloads
from immunosep_omics.settings.load import LoadedStudy, columns_of
from immunosep_omics.settings.recipes import Step
from immunosep_omics.settings.variants import variants_of

Plan = dict[str, Any]

SIMULATED = "simulated"
"""Folder below the results that a generated study's raw files are written to."""


def make_plan(loaded: LoadedStudy, tokens: dict[str, str], generated: list[str]) -> Plan:
    """All jobs of a study.

    `tokens` names, by stage, the version of the code behind it; `generated` the raw files of a
    generated study, below the folder of simulated data.
    """
    stated, loaded = loaded, _with_downloads(loaded)
    study = loaded.study
    simulated = [f"{study.results}/{SIMULATED}/{file}" for file in generated]
    return {
        "results": study.results,
        "study": study.study,
        "raw_assays": _assay_paths(loaded, "raw.h5ad"),
        "normalised_assays": _assay_paths(loaded, "normalised.h5ad"),
        "differential_tables": [
            path
            for name, analysis in study.analyses.items()
            for path in _differential_tables(loaded, name, analysis)
        ],
        "status_tables": [
            path
            for name, analysis in study.analyses.items()
            for path in _status_tables(loaded, name, analysis)
        ],
        "status": {"given": {"code": tokens["report"]}},
        "analyses": list(study.analyses),
        "simulate": _simulate(loaded, tokens, simulated),
        "downloads": _downloads(stated),
        "truth": [path for path in simulated if "/truth/" in path],
        "check": {name: _check(loaded, name, tokens) for name in loaded.cohorts},
        "check_study": _check_study(loaded, tokens),
        "clinical": {name: _clinical(loaded, name, tokens) for name in loaded.cohorts},
        "reads": _reads(loaded, tokens),
        "ingest": {
            cohort: {assay: _ingest(loaded, cohort, assay, tokens) for assay in facts.assays}
            for cohort, facts in loaded.cohorts.items()
        },
        "quality": {cohort: _quality(loaded, cohort, tokens) for cohort in loaded.cohorts},
        "quality_pages": _quality_pages(loaded, tokens),
        "quality_study": {
            "given": {
                "assays": [[c, a] for c, facts in loaded.cohorts.items() for a in facts.assays],
                "code": tokens["quality"],
            }
        },
        "normalise": {
            cohort: {assay: _normalise(loaded, cohort, assay, tokens) for assay in facts.assays}
            for cohort, facts in loaded.cohorts.items()
        },
        "analysis": {
            name: _analysis(loaded, name, analysis, tokens) | _variants(loaded, name, tokens)
            for name, analysis in study.analyses.items()
        },
        "provenance": _provenance(loaded, _resolved(stated), tokens),
        "report": {
            "given": {
                "analyses": list(study.analyses),
                "generated": _world(loaded),
                "code": tokens["report"],
            },
        },
    }


def _assay_paths(loaded: LoadedStudy, file: str) -> list[str]:
    return [
        f"{loaded.study.results}/assays/{cohort}/{assay}/{file}"
        for cohort, facts in loaded.cohorts.items()
        for assay in facts.assays
    ]


def _world(loaded: LoadedStudy) -> str:
    """The world that a study was generated from; nothing for a study of patients."""
    return loaded.study.simulate.world if loaded.study.simulate else ""


def _simulate(loaded: LoadedStudy, tokens: dict[str, str], simulated: list[str]) -> dict[str, Any]:
    if loaded.study.simulate is None:
        return {"files": [], "given": {}}
    given = {
        "world": loaded.study.simulate.world,
        "seed": loaded.study.seed,
        "folder": f"{loaded.study.results}/{SIMULATED}",
        "code": tokens["simulate"],
    }
    return {"files": simulated, "given": given}


def _with_downloads(loaded: LoadedStudy) -> LoadedStudy:
    """The study as if its cohorts stated the files that are downloaded for them."""
    results = loaded.study.results
    cohorts = {
        name: with_downloads(cohort, loaded.folders[name], results)
        for name, cohort in loaded.cohorts.items()
    }
    return replace(loaded, cohorts=cohorts)


def _downloads(loaded: LoadedStudy) -> dict[str, Any]:
    """Files that come from GEO, by name; what was fetched once is not fetched for newer code."""
    jobs: dict[str, Any] = {}
    for cohort in loaded.cohorts.values():
        for file in downloads_of(cohort):
            known = jobs.get(file.name, {}).get("sha256")
            jobs[file.name] = {"path": file.path, "sha256": file.sha256 or known}
    return jobs


def _check(loaded: LoadedStudy, cohort: str, tokens: dict[str, str]) -> dict[str, Any]:
    facts, folder = loaded.cohorts[cohort], loaded.folders[cohort]
    files = clinical_files(facts.clinical, folder)
    files += [path for assay in facts.assays.values() for path in assay_files(assay, folder)]
    files += [folder / facts.multiqc] if facts.multiqc else []
    return {
        "files": [as_input(path, loaded.study.results) for path in dict.fromkeys(files)],
        "given": {
            "folder": str(folder),
            "clinical": facts.clinical.model_dump(mode="json", by_alias=True),
            "assays": {
                name: assay.model_dump(mode="json", by_alias=True)
                for name, assay in facts.assays.items()
            },
            "multiqc": facts.multiqc,
            "code": tokens["check"],
        },
    }


def _check_study(loaded: LoadedStudy, tokens: dict[str, str]) -> dict[str, Any]:
    results = loaded.study.results
    return {
        "clinical": [f"{results}/cohorts/{name}/clinical.tsv" for name in loaded.cohorts],
        "names": [f"{results}/cohorts/{name}/assay_samples.tsv" for name in loaded.cohorts],
        "quality": _assay_paths(loaded, "qc.tsv"),
        "given": {
            "cohorts": [name for name, facts in loaded.cohorts.items() for _ in facts.assays],
            "assays": [assay for facts in loaded.cohorts.values() for assay in facts.assays],
            "asked": {n: asked.model_dump(mode="json") for n, asked in asked_of(loaded).items()},
            "code": tokens["check_study"],
        },
    }


def _clinical(loaded: LoadedStudy, cohort: str, tokens: dict[str, str]) -> dict[str, Any]:
    facts = loaded.cohorts[cohort]
    files = clinical_files(facts.clinical, loaded.folders[cohort])
    own_names = {
        assay: settings.sample_column
        for assay, settings in facts.assays.items()
        if settings.sample_column
    }
    return {
        "files": [as_input(path, loaded.study.results) for path in files],
        "given": {
            "folder": str(loaded.folders[cohort]),
            "clinical": facts.clinical.model_dump(mode="json", by_alias=True),
            "sample_columns": own_names,
            "code": tokens["ingest"],
        },
    }


def _ingest(loaded: LoadedStudy, cohort: str, assay: str, tokens: dict[str, str]) -> dict[str, Any]:
    facts = loaded.cohorts[cohort].assays[assay]
    if isinstance(facts, Reads):
        return _ingest_reads(loaded, cohort, assay, tokens)
    files = assay_files(facts, loaded.folders[cohort])
    return {
        "files": [as_input(path, loaded.study.results) for path in files],
        "given": {
            "folder": str(loaded.folders[cohort]),
            "assay": facts.model_dump(mode="json", by_alias=True, exclude={"bridge"}),
            "code": tokens["ingest"],
        },
    }


def _quality(loaded: LoadedStudy, cohort: str, tokens: dict[str, str]) -> dict[str, Any]:
    facts = loaded.cohorts[cohort]
    folders = [f"{loaded.study.results}/assays/{cohort}/{assay}" for assay in facts.assays]
    return {
        "raw": [f"{folder}/raw.h5ad" for folder in folders],
        "qc": [f"{folder}/qc.tsv" for folder in folders],
        "multiqc": [str(loaded.folders[cohort] / facts.multiqc)] if facts.multiqc else [],
        "given": {"assays": list(facts.assays), "code": tokens["quality"]},
    }


def _quality_pages(loaded: LoadedStudy, tokens: dict[str, str]) -> dict[str, Any]:
    """The pages about quality, one per cohort, and the tables that they show."""
    results, cohorts = loaded.study.results, loaded.cohorts
    of_assay = ("qc.tsv", "feature_qc.tsv", "drift.tsv", "steps.tsv", "normalisation.tsv")
    of_cohort = [
        f"{results}/cohorts/{c}/{table}.tsv" for c in cohorts for table in ("flags", "multiqc")
    ]
    kinds = {
        cohort: {name: assay.kind for name, assay in facts.assays.items()}
        for cohort, facts in cohorts.items()
    }
    return {
        "pages": [f"{results}/report/quality_{cohort}.html" for cohort in cohorts],
        "tables": [*of_cohort, *(path for file in of_assay for path in _assay_paths(loaded, file))],
        "given": {
            "cohorts": kinds,
            "generated": _world(loaded),
            "code": tokens["quality_pages"],
        },
    }


def _reads(loaded: LoadedStudy, tokens: dict[str, str]) -> dict[str, Any]:
    """Assays of raw reads: what is checked, each sample's files, and what salmon will write."""
    jobs: dict[str, Any] = {}
    for cohort, facts in loaded.cohorts.items():
        folder = loaded.folders[cohort]
        for assay, reads in facts.assays.items():
            if not isinstance(reads, Reads):
                continue
            seconds = sample_files(folder, reads.second) if reads.second else {}
            samples = {
                sample: [str(path), *([str(seconds[sample])] if sample in seconds else [])]
                for sample, path in sample_files(folder, reads.file).items()
            }
            jobs.setdefault(cohort, {})[assay] = {
                "files": [str(path) for path in assay_files(reads, folder)],
                "given": {
                    "folder": str(folder),
                    "assay": reads.model_dump(mode="json", by_alias=True),
                    "code": tokens["reads"],
                },
                "samples": samples,
                "reference": str(folder / reads.reference),
                "program": {"code": tokens["reads"]},
                "quantified": [
                    f"{_reads_folder(loaded, cohort, assay)}/{sample}/quant.sf"
                    for sample in samples
                ],
            }
    return jobs


def _reads_folder(loaded: LoadedStudy, cohort: str, assay: str) -> str:
    return f"{loaded.study.results}/reads/{cohort}/{assay}"


def _ingest_reads(
    loaded: LoadedStudy, cohort: str, assay: str, tokens: dict[str, str]
) -> dict[str, Any]:
    """Reads are ingested as what salmon made of them; the cohort's tables are where they were."""
    reads = _reads(loaded, tokens)[cohort][assay]
    folder = _reads_folder(loaded, cohort, assay)
    only_of_reads = {"format", "file", "second", "reference"}
    stated = {key: v for key, v in reads["given"]["assay"].items() if key not in only_of_reads}
    tables = []
    for part in ("features", "transcripts", "samples"):
        if stated[part] is not None and stated[part]["file"] is not None:
            path = loaded.folders[cohort] / stated[part]["file"]
            tables.append(str(path))
            stated[part] = stated[part] | {"file": os.path.relpath(path, folder)}
    return {
        "files": [*reads["quantified"], *tables, f"{folder}.multiqc.tsv"],
        "given": {
            "folder": folder,
            "assay": stated | {"format": "salmon", "file": "*/quant.sf"},
            "code": tokens["ingest"],
        },
    }


def _normalise(
    loaded: LoadedStudy, cohort: str, assay: str, tokens: dict[str, str]
) -> dict[str, Any]:
    study, facts = loaded.study, loaded.cohorts[cohort].assays[assay]
    folder = f"{study.results}/assays/{cohort}"
    recipe = study.recipes.of(facts.kind)
    given: dict[str, Any] = {
        "recipe": _dump_recipe(recipe),
        "design": _design(loaded, cohort),
        "code": tokens["normalise"],
    }
    if study.drop_samples:
        given["drop_samples"] = study.drop_samples
    if facts.bridge is not None:
        given["bridge"] = facts.bridge.model_dump(mode="json")
    by_plate = any(step.word == "intensity" for step in recipe)
    return {
        "given": given,
        "flags": [f"{study.results}/cohorts/{cohort}/flags.tsv"] if study.drop_samples else [],
        "quality": [f"{folder}/{assay}/qc.tsv"] if by_plate else [],
        "reference": [f"{folder}/{facts.bridge.to}/raw.h5ad"] if facts.bridge else [],
    }


def _design(loaded: LoadedStudy, cohort: str) -> list[str]:
    """Clinical columns of a cohort that some analysis asks about."""
    asked = {
        column
        for analysis in loaded.study.analyses.values()
        if cohort in loaded.cohorts_of(analysis)
        for contrast in analysis.contrasts.values()
        for column in contrast.asks_about
    }
    return sorted(asked & set(columns_of(loaded.cohorts[cohort])))


def _assays_of(loaded: LoadedStudy, analysis: Analysis) -> list[str]:
    """The assays of an analysis that any of its cohorts has, in its order, held-out ones last."""
    cohorts = loaded.cohorts_of(analysis)
    stated = [*analysis.assays, *analysis.held_out]
    return [a for a in stated if any(a in loaded.cohorts[c].assays for c in cohorts)]


def _differential_tables(loaded: LoadedStudy, name: str, analysis: Analysis) -> list[str]:
    folder = f"{loaded.study.results}/analyses/{name}/differential"
    return [f"{folder}/{assay}.tsv" for assay in _assays_of(loaded, analysis)]


def _status_tables(loaded: LoadedStudy, name: str, analysis: Analysis) -> list[str]:
    folder = f"{loaded.study.results}/analyses/{name}/status"
    differential = [f"differential.{assay}" for assay in _assays_of(loaded, analysis)]
    stages = ["integrate", "endotype", "neighbours", *differential, "panels"]
    return [f"{folder}/{stage}.tsv" for stage in stages]


def _dump_recipe(steps: list[Step]) -> list[dict[str, Any]]:
    return [{step.word: step.model_dump(mode="json")} for step in steps]


def _analysis(
    loaded: LoadedStudy, name: str, analysis: Analysis, tokens: dict[str, str]
) -> dict[str, Any]:
    results, seed = loaded.study.results, loaded.study.seed
    cohorts = loaded.cohorts_of(analysis)
    discovery = loaded.discovery_of(analysis)
    stated = analysis.model_dump(mode="json")
    common = {"analysis": name, "seed": seed}
    clinical = _clinical_columns(loaded, analysis)
    return {
        "normalised": [
            f"{results}/assays/{cohort}/{assay}/normalised.h5ad"
            for cohort in cohorts
            for assay in analysis.assays
            if assay in loaded.cohorts[cohort].assays
        ],
        "normalised_of": {
            assay: [
                f"{results}/assays/{cohort}/{assay}/normalised.h5ad"
                for cohort in cohorts
                if assay in loaded.cohorts[cohort].assays
            ]
            for assay in _assays_of(loaded, analysis)
        },
        "differential_tables": _differential_tables(loaded, name, analysis),
        "clinical": [f"{results}/cohorts/{cohort}/clinical.tsv" for cohort in cohorts],
        "integrate": {
            **common,
            "clinical": clinical["integrate"],
            "confounding": clinical["confounding"],
            "discover_in": discovery,
            "assays": analysis.assays,
            "samples": analysis.samples,
            "harmonise": stated["harmonise"],
            "integrate": {key: stated["integrate"][key] for key in ("method", "factors")},
            "asked": _asked(analysis),
            "rna": [assay for assay in analysis.assays if _is_rna(loaded, cohorts, assay)],
            "code": tokens["integrate"],
        },
        "harmonisation": {
            **common,
            "clinical": clinical["harmonisation"],
            "discover_in": discovery,
            "harmonise": stated["harmonise"],
            "asked": _asked(analysis),
            "code": tokens["harmonisation"],
        },
        "endotype": {
            **common,
            "clinical": clinical["endotype"],
            "endotype": stated["endotype"],
            "code": tokens["endotype"],
        },
        "neighbours": {"seed": seed, "code": tokens["neighbours"]},
        "export": {
            "harmonise": stated["harmonise"],
            "discover_in": discovery,
            "code": tokens["export"],
        },
        "differential": {
            "seed": seed,
            "clinical": clinical["differential"],
            "contrasts": stated["contrasts"],
            "choices": stated["differential"],
            "meta": analysis.meta,
            "labels_given": stated["endotype"]["method"] == "given",
            "held_out": analysis.held_out,
            "code": tokens["differential"],
        },
        "biomarkers": {"code": tokens["biomarkers"]},
        "panels": {
            **common,
            "clinical": clinical["panels"],
            "harmonise": stated["harmonise"],
            "outcome": stated["outcome"],
            "panel": stated["panel"],
            "code": tokens["panels"],
        },
        "figures": {"analysis": name, "code": tokens["figures"]},
    }


def _variants(loaded: LoadedStudy, name: str, tokens: dict[str, str]) -> dict[str, Any]:
    """An analysis's variants, and the tables that compare them with it."""
    analysis = loaded.study.analyses[name]
    folder = f"{loaded.study.results}/analyses/{name}/variants"
    jobs, compared = {}, {}
    for table, variants in variants_of(loaded, analysis).items():
        for variant, varied in variants.items():
            whole = _analysis(loaded, name, varied.analysis, tokens)
            needed = ("normalised", "clinical", "integrate", "endotype")
            jobs[variant] = {part: whole[part] for part in needed}
            if varied.without_tenth:
                jobs[variant]["integrate"]["without_tenth"] = varied.without_tenth
        compared[table] = {
            "endotypes": [f"{folder}/{variant}/endotypes.tsv" for variant in variants],
            "given": {
                "analysis": name,
                "seed": loaded.study.seed,
                "own": _way_of(loaded, analysis),
                "variants": {
                    variant: _way_of(loaded, varied.analysis)
                    for variant, varied in variants.items()
                },
                "code": tokens["variants"],
            },
        }
    return {"variants": jobs, "compared": compared}


def _way_of(loaded: LoadedStudy, analysis: Analysis) -> dict[str, str]:
    """What tells a variant from others, as text."""
    return {
        "integrator": analysis.integrate.method,
        "assays": "+".join(a for a in _assays_of(loaded, analysis) if a in analysis.assays),
        "discover_in": "+".join(loaded.discovery_of(analysis)),
    }


def _clinical_columns(loaded: LoadedStudy, analysis: Analysis) -> dict[str, list[str]]:
    """The only clinical columns that each stage is given, beside names of samples and patients.

    What a stage is not given it cannot have learned from. `normalise` has them to keep features
    that only a small group shows; `confounding`, the gate before harmonisation, has them to refuse.
    """
    given = [analysis.endotype.column] if isinstance(analysis.endotype, Given) else []
    event = [analysis.outcome.event] if analysis.outcome else []
    asked = [column for contrast in analysis.contrasts.values() for column in contrast.columns]
    questions = [
        column
        for contrast in _asked(analysis)["contrasts"].values()
        for column in (contrast["column"], *contrast["population"])
    ]
    stated = analysis.harmonise.model_dump(mode="json")
    controls = [stated["controls"]["column"]] if "controls" in stated else []
    needed = [*stated.get("protect", ()), *controls]
    columns = {
        "normalise": [c for cohort in loaded.cohorts_of(analysis) for c in _design(loaded, cohort)],
        "confounding": [*questions, *event, *given],
        "integrate": ["hours", *needed],
        "harmonisation": [*questions, *event, *given, *needed, "sex", "rule_class"],
        "endotype": given,
        "differential": [*asked, *analysis.differential.composition],
        "panels": [*event, *needed],
    }
    names = ["sample", "patient", "cohort"]
    return {stage: list(dict.fromkeys([*names, *own])) for stage, own in columns.items()}


def _asked(analysis: Analysis) -> dict[str, Any]:
    """What harmonisation must not remove: the columns and levels of the analysis's questions."""
    return groups_asked(
        analysis.contrasts,
        analysis.outcome.event if analysis.outcome else None,
        analysis.endotype.column if isinstance(analysis.endotype, Given) else None,
    )


def _is_rna(loaded: LoadedStudy, cohorts: list[str], assay: str) -> bool:
    kinds = {
        loaded.cohorts[cohort].assays[assay].kind
        for cohort in cohorts
        if assay in loaded.cohorts[cohort].assays
    }
    return not kinds.isdisjoint(RNA_KINDS)


def _provenance(
    loaded: LoadedStudy, settings: dict[str, Any], tokens: dict[str, str]
) -> dict[str, Any]:
    results = loaded.study.results
    files = {
        f"{cohort}/{_name_in(folder, path)}": as_input(path, results)
        for cohort, facts in loaded.cohorts.items()
        for folder in [loaded.folders[cohort]]
        for path in [
            *clinical_files(facts.clinical, folder),
            *(path for assay in facts.assays.values() for path in assay_files(assay, folder)),
        ]
    }
    return {
        "files": list(files.values()),
        "given": {
            "names": list(files),
            "settings": settings,
            "clinical": {
                name: _clinical_columns(loaded, analysis)
                for name, analysis in loaded.study.analyses.items()
            },
            "code": tokens["provenance"],
        },
    }


def _name_in(folder: Path, path: Path) -> str:
    """A file's path in its cohort's folder; a downloaded one has its name only."""
    relative = path.relative_to(folder)
    return relative.name if ".." in relative.parts else relative.as_posix()


def _resolved(loaded: LoadedStudy) -> dict[str, Any]:
    """All settings with their defaults, as written in the YAML files."""
    study = loaded.study.model_dump(mode="json", by_alias=True)
    # Where results lie is not part of what was computed.
    study.pop("results")
    study["recipes"] = {
        kind: _dump_recipe(loaded.study.recipes.of(kind)) for kind in study["recipes"]
    }
    cohorts = {
        name: cohort.model_dump(mode="json", by_alias=True) | {"folder": Path(cohort.folder).name}
        for name, cohort in loaded.cohorts.items()
    }
    return {"study": study, "cohorts": cohorts}
