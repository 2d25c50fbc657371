"""Writing a study to disk as hospitals and laboratories would have left it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from immunosep_omics.simulate import truth
from immunosep_omics.simulate.dialects import DIALECTS, clinical_file
from immunosep_omics.simulate.formats import assay_files, file_names
from immunosep_omics.simulate.oracle import oracle_of_cohort
from immunosep_omics.simulate.study import SimulatedCohort, SimulatedStudy
from immunosep_omics.simulate.world import World

TRUTH = ("patients", "samples", "cohort_effects", "oracle", "genes")


def files(world: World) -> dict[str, list[str]]:
    """What :func:`write` will write, by cohort and under `truth`; nothing is drawn."""
    listed = {}
    for name, plan in world.cohorts.items():
        names = [DIALECTS[plan.dialect].file]
        for assay, assay_plan in plan.assays.items():
            names += file_names(assay, assay_plan.platform, plan.dialect)
        listed[name] = [f"{name}/{file}" for file in names]
    listed["truth"] = [f"truth/{table}.tsv" for table in TRUTH]
    return listed


def write(study: SimulatedStudy | Iterable[SimulatedCohort], folder: Path) -> None:
    """Write raw files, clinical tables and truth; the same study gives the same bytes.

    Cohorts are taken one at a time, so that a stream of them
    (:func:`~immunosep_omics.simulate.stream_cohorts`) never holds more than one in memory.
    """
    cohorts = study.cohorts.values() if isinstance(study, SimulatedStudy) else study
    collected: dict[str, list[pd.DataFrame]] = {table: [] for table in TRUTH}
    for cohort in cohorts:
        place = folder / cohort.name
        place.mkdir(parents=True, exist_ok=True)
        name, content = clinical_file(cohort)
        (place / name).write_bytes(content)
        for assay in cohort.assays:
            for name, content in assay_files(cohort, assay).items():
                (place / name).write_bytes(content)
        collected["patients"].append(truth.patients(cohort))
        collected["samples"].append(truth.samples(cohort))
        collected["cohort_effects"].append(truth.cohort_effects(cohort))
        collected["oracle"].append(oracle_of_cohort(cohort))
        if not collected["genes"]:
            collected["genes"].append(truth.genes(cohort.world, cohort.biology))
    place = folder / "truth"
    place.mkdir(parents=True, exist_ok=True)
    for table, parts in collected.items():
        text = pd.concat(parts, ignore_index=True).to_csv(
            sep="\t", index=False, float_format="%.5g", lineterminator="\n"
        )
        (place / f"{table}.tsv").write_bytes(text.encode())
