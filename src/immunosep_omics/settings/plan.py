"""The plan: for each job of each stage, the files it reads and the settings it is given.

Rules look jobs up here by their wildcards, so that no rule needs an input function. Each job
gets one dict, `given`, which holds only what that job uses: a change elsewhere in the
configuration leaves it alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from immunosep_omics.settings.analysis import Analysis
from immunosep_omics.settings.files import assay_files, clinical_files
from immunosep_omics.settings.load import LoadedStudy, columns_of
from immunosep_omics.settings.recipes import Step

Plan = dict[str, Any]

SIMULATED = "simulated"
"""Folder below the results that a generated study's raw files are written to."""


def make_plan(loaded: LoadedStudy, tokens: dict[str, str], generated: list[str]) -> Plan:
    """All jobs of a study.

    `tokens` names, by stage, the version of the code behind it; `generated` the raw files of a
    generated study, below the folder of simulated data.
    """
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
        "truth": [path for path in simulated if "/truth/" in path],
        "clinical": {name: _clinical(loaded, name, tokens) for name in loaded.cohorts},
        "ingest": {
            cohort: {assay: _ingest(loaded, cohort, assay, tokens) for assay in facts.assays}
            for cohort, facts in loaded.cohorts.items()
        },
        "normalise": {
            cohort: {
                assay: {
                    "given": {
                        "recipe": _dump_recipe(study.recipes.of(facts.assays[assay].kind)),
                        "design": _design(loaded, cohort),
                        "code": tokens["normalise"],
                    }
                }
                for assay in facts.assays
            }
            for cohort, facts in loaded.cohorts.items()
        },
        "analysis": {
            name: _analysis(loaded, name, analysis, tokens)
            for name, analysis in study.analyses.items()
        },
        "provenance": _provenance(loaded, tokens),
        "report": {
            "given": {
                "analyses": list(study.analyses),
                "generated": study.simulate.world if study.simulate else "",
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


def _clinical(loaded: LoadedStudy, cohort: str, tokens: dict[str, str]) -> dict[str, Any]:
    facts = loaded.cohorts[cohort]
    own_names = {
        assay: settings.sample_column
        for assay, settings in facts.assays.items()
        if settings.sample_column
    }
    return {
        "files": [str(path) for path in clinical_files(facts.clinical, loaded.folders[cohort])],
        "given": {
            "folder": str(loaded.folders[cohort]),
            "clinical": facts.clinical.model_dump(mode="json", by_alias=True),
            "sample_columns": own_names,
            "code": tokens["ingest"],
        },
    }


def _ingest(loaded: LoadedStudy, cohort: str, assay: str, tokens: dict[str, str]) -> dict[str, Any]:
    facts = loaded.cohorts[cohort].assays[assay]
    return {
        "files": [str(path) for path in assay_files(facts, loaded.folders[cohort])],
        "given": {
            "folder": str(loaded.folders[cohort]),
            "assay": facts.model_dump(mode="json", by_alias=True),
            "code": tokens["ingest"],
        },
    }


def _design(loaded: LoadedStudy, cohort: str) -> list[str]:
    """Clinical columns of a cohort that some analysis asks about."""
    asked = {
        contrast.column
        for analysis in loaded.study.analyses.values()
        if cohort in loaded.cohorts_of(analysis)
        for contrast in analysis.contrasts.values()
    }
    return sorted(asked & set(columns_of(loaded.cohorts[cohort])))


def _assays_of(loaded: LoadedStudy, analysis: Analysis) -> list[str]:
    """The assays of an analysis that any of its cohorts has, in the analysis's order."""
    cohorts = loaded.cohorts_of(analysis)
    return [a for a in analysis.assays if any(a in loaded.cohorts[c].assays for c in cohorts)]


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
            "discover_in": discovery,
            "assays": analysis.assays,
            "samples": analysis.samples,
            "harmonise": analysis.harmonise,
            "integrate": stated["integrate"],
            "rna": [assay for assay in analysis.assays if _is_rna(loaded, cohorts, assay)],
            "code": tokens["integrate"],
        },
        "endotype": {
            **common,
            "endotype": stated["endotype"],
            "code": tokens["endotype"],
        },
        "neighbours": {"seed": seed, "code": tokens["neighbours"]},
        "export": {
            "harmonise": analysis.harmonise,
            "discover_in": discovery,
            "code": tokens["export"],
        },
        "differential": {
            "contrasts": stated["contrasts"],
            "labels_given": stated["endotype"]["method"] == "given",
            "code": tokens["differential"],
        },
        "biomarkers": {"code": tokens["biomarkers"]},
        "panels": {
            **common,
            "harmonise": analysis.harmonise,
            "outcome": stated["outcome"],
            "panel": stated["panel"],
            "code": tokens["panels"],
        },
        "figures": {"analysis": name, "code": tokens["figures"]},
    }


def _is_rna(loaded: LoadedStudy, cohorts: list[str], assay: str) -> bool:
    kinds = {
        loaded.cohorts[cohort].assays[assay].kind
        for cohort in cohorts
        if assay in loaded.cohorts[cohort].assays
    }
    return bool(kinds & {"rna_counts", "rna_array", "expression"})


def _provenance(loaded: LoadedStudy, tokens: dict[str, str]) -> dict[str, Any]:
    files = {
        f"{cohort}/{path.relative_to(folder).as_posix()}": str(path)
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
            "settings": _resolved(loaded),
            "code": tokens["provenance"],
        },
    }


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
